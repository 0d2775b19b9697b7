import { randomBytes } from 'node:crypto';
import writeExcelFile from 'write-excel-file/node';
import type { System } from '../src/bin/system.ts';
import { personCaller } from '../src/modules/people/index.ts';
import { addOffice, readOfficeFiles } from '../src/modules/offices/index.ts';
import { enter } from '../src/core/operation.ts';
import { getImport, mapImport, runImport, uploadImport } from '../src/modules/exchange/import.server.ts';
import { driveImport } from '../src/modules/exchange/import-entry.server.ts';
import { busyTime } from './measure.ts';
import { asCsv, makeOldRegister } from './old-register.ts';

export type ImportLine = { step: string; seconds: number; busy: number };

/** Takes a made-up register of `count` rows over into a new office, as CSV or XLSX; how long each step took and what it computed. */
export async function runImportBench({ kernel, databases, server }: System, count: number, as: 'csv' | 'xlsx'): Promise<{ lines: ImportLine[]; said: string }> {
  const office = await addOffice(databases.owner, kernel.modules, readOfficeFiles().find((data) => data.slug === 'cetinje')!, `import-${randomBytes(4).toString('hex')}`);
  kernel.offices.forget();
  kernel.quiet = true;
  const registrar = await kernel.db.transaction().execute(async (db) => {
    await enter(db, kernel.system(office), 'all');
    const { id } = await db.selectFrom('person').select('id').where('office_id', '=', office.id).where((eb) => eb('roles', '@>', eb.val(['registrar']))).orderBy('key').executeTakeFirstOrThrow();
    return (await personCaller(db, office, id))!;
  });
  const made = makeOldRegister(count);
  const bytes = as === 'csv' ? Buffer.from(asCsv(made)) : new Uint8Array(await writeExcelFile([made.head, ...made.rows]).toBuffer());
  const lines: ImportLine[] = [];
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const [began, before] = [performance.now(), busyTime(process.pid, server!.pid)];
    const result = await work();
    lines.push({ step: name, seconds: (performance.now() - began) / 1000, busy: (busyTime(process.pid, server!.pid) - before) / 1000 });
    return result;
  };
  const { id } = await step('read and map', () => kernel.run(uploadImport, registrar, { file: { name: `book.${as}`, bytes } }));
  const { fields } = await kernel.run(getImport, registrar, { id });
  await kernel.run(mapImport, registrar, { id, ...fields });
  await step('check every row', () => driveImport(kernel, office, id));
  await kernel.run(runImport, registrar, { id });
  await step('enter', () => driveImport(kernel, office, id));
  await step('seal', () => kernel.seal(office));
  const { run } = await kernel.run(getImport, registrar, { id });
  if (run.state !== 'done' || run.entered + run.refused !== count) throw new Error(`the run ended as ${JSON.stringify(run)}`);
  return { lines, said: `${run.entered} rows entered, ${run.refused} refused` };
}
