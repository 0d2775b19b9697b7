import { runImport, mapImport, uploadImport } from '../../src/modules/exchange/import.server.ts';
import { driveImport } from '../../src/modules/exchange/import-entry.server.ts';
import type { Examples, Extend } from '../world.ts';

const book = 'Број;Датум;Предмет\n1/2019;5.3.2019.;Пут\n2/2019;6.3.2019.;\n';
const columns = { number: 0, receivedOn: 1, subject: 2 };

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office) => {
  const registrar = await office.as('registrar');
  const upload = async () => (await office.run(uploadImport, registrar, { file: { name: 'стари.csv', bytes: Buffer.from(book) } })).id;
  const [importId, checkedId, checkingId, runningId] = [await upload(), await upload(), await upload(), await upload()];
  for (const id of [checkedId, checkingId, runningId]) await office.run(mapImport, registrar, { id, ...columns });
  for (const id of [checkedId, runningId]) await driveImport(office.kernel, office.office, id);
  await office.run(runImport, registrar, { id: runningId });
  return { importId, importCheckedId: checkedId, importCheckingId: checkingId, importRunningId: runningId };
};

export const examples: Examples = {
  'import.upload': () => ({ file: { name: 'стари.csv', bytes: Buffer.from(book) } }), 'import.map': (w) => ({ id: w['importId'], ...columns }), 'import.check': (w) => ({ id: w['importCheckingId'] }), 'import.run': (w) => ({ id: w['importCheckedId'] }),
  'import.stop': (w) => ({ id: w['importRunningId'] }), 'import.enter': (w) => ({ id: w['importRunningId'], from: 0, rows: [] }), 'import.fail': (w) => ({ id: w['importRunningId'], error: 'x' }), 'import.unfinished': () => ({}), 'import.read': (w) => ({ id: w['importId'] }),
  'import.list': () => ({}), 'import.get': (w) => ({ id: w['importId'] }), 'import.refusals': (w) => ({ id: w['importCheckedId'] }),
  'case.export': (w) => ({ id: w.caseId }),
};
