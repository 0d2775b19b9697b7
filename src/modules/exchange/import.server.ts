import { setImmediate as breathe } from 'node:timers/promises';
import { z } from 'zod';
import type { Allow } from '../../core/caller.ts';
import { sql } from '../../core/database.ts';
import { fileBytesAtMost, fileName } from '../../core/file.ts';
import { choice, id } from '../../core/input.ts';
import { translator } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong, type FieldErrors, type Said } from '../../core/refusal.ts';
import { UploadInput } from '../documents/index.ts';
import { headRow, neededFields, oldFields, proposeMapping, type Mapping } from './old-column.ts';
import { arrangeRows, isRefused, judgeRow, key, type Judged, type Known, type Refused } from './old-entry.ts';
import { cellText, encodings, readSheet, type Encoding, type Sheet } from '../../core/sheet.ts';

export const importStates = ['mapping', 'checking', 'checked', 'running', 'done', 'failed', 'dropped'] as const;
export const importers: readonly Allow[] = ['registrar', 'it', 'chief'];
const previewRows = 6;
const refusalsAPage = 50;

/** What a run keeps beside its figures: which column is which, how the file is read, its first rows, and whether entering has begun. */
export type Reading = { fields: Mapping; kind: Sheet['kind']; encoding: Encoding | ''; delimiter: string; head: number; preview: string[][]; begun?: boolean };
export const ImportRun = z.object({
  id: z.string(), fileName: z.string(), state: z.enum(importStates), total: z.number(), passed: z.number(), refused: z.number(), entered: z.number(), error: z.string(), by: z.string(), at: z.date(), endedAt: z.date().nullable(),
});
export type ImportRun = z.infer<typeof ImportRun>;

function readingOf(sheet: Sheet): { columns: string[]; reading: Reading; total: number } {
  const head = headRow(sheet.rows);
  const width = Math.max(...sheet.rows.slice(head, head + 200).map((row) => row.cells.length));
  const columns = Array.from({ length: width }, (_, index) => cellText(sheet.rows[head]!.cells[index]).slice(0, 120));
  const preview = sheet.rows.slice(head + 1, head + 1 + previewRows).map((row) => columns.map((_, index) => cellText(row.cells[index]).slice(0, 200)));
  return { columns, total: sheet.rows.length - head - 1, reading: { fields: proposeMapping(columns), kind: sheet.kind, encoding: sheet.encoding, delimiter: sheet.delimiter, head, preview } };
}

export const uploadImport = operation({
  id: 'import.upload', kind: 'command', rest: 'POST /imports', allow: importers,
  summary: 'Takes an old register as CSV or XLSX, recognises encoding and separator, and proposes which column is which.',
  input: z.object({ file: UploadInput }),
  output: z.object({ id: z.string(), total: z.number() }),
  async run(context, input) {
    const { db, office, kernel, caller, now } = context;
    const bytes = new Uint8Array(input.file.bytes);
    if (bytes.length > fileBytesAtMost) throw wrong({ file: { key: 'field.file_large', args: { name: fileName(input.file.name), max: fileBytesAtMost / 1024 / 1024 } } });
    const { columns, reading, total } = readingOf(await readSheet(bytes));
    const sha256 = await kernel.files.put(office.id, bytes);
    await db.insertInto('file').values({ office_id: office.id, sha256, size: bytes.length, media_type: reading.kind === 'csv' ? 'text/csv' : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' })
      .onConflict((conflict) => conflict.doNothing()).execute();
    const runId = context.newId();
    await db.insertInto('import_run').values({ office_id: office.id, id: runId, file_name: fileName(input.file.name), sha256, columns, mapping: JSON.stringify(reading), total, made_by: caller.personId, at: now }).execute();
    context.record({ name: 'import.uploaded', nounId: runId, data: { sha256, total } });
    return { id: runId, total };
  },
});

/** The run with its file's particulars; locked when something is about to happen to it. */
export async function getRun({ db, office }: Pick<Context, 'db' | 'office'>, runId: string, lock = false) {
  let query = db.selectFrom('import_run').selectAll().where('office_id', '=', office.id).where('id', '=', runId);
  if (lock) query = query.forUpdate();
  const run = await query.executeTakeFirst();
  if (!run) throw notFound();
  return { ...run, reading: run.mapping as Reading };
}
type Run = Awaited<ReturnType<typeof getRun>>;
export const changeRun = ({ db, office }: Pick<Context, 'db' | 'office'>, runId: string) => db.updateTable('import_run').where('office_id', '=', office.id).where('id', '=', runId);

/** Every row of a run's file, read and judged, in the order in which it is entered: the same each time. */
export async function judgeFile(context: Pick<Context, 'db' | 'office' | 'kernel' | 'today'>, run: Pick<Run, 'sha256' | 'reading'>): Promise<Judged[]> {
  const { db, office, kernel, today } = context;
  const { reading } = run;
  const sheet = await readSheet(await kernel.files.get(office.id, run.sha256), { encoding: reading.encoding, delimiter: reading.delimiter });
  const people = await db.selectFrom('person').select(['id', 'name']).where('office_id', '=', office.id).execute();
  const t = translator(office.locale);
  const known: Known = {
    patterns: [...new Set(office.jurisdiction.references.flatMap((rule) => [rule.pattern, ...rule.alternatives]))], today,
    units: new Map(office.data.units.flatMap((unit) => [unit.code, ...Object.values(unit.name as Record<string, string>)].filter(Boolean).map((name) => [key(name), unit.id] as const))),
    people: new Map(people.map((person) => [key(person.name), person.id])),
    labels: { unit: t('import.field.unit'), handler: t('import.field.handler'), closedOn: t('import.field.closedOn') },
  };
  const judged: Judged[] = [];
  for (const [index, row] of sheet.rows.slice(reading.head + 1).entries()) {
    judged.push(judgeRow(row, reading.fields, known));
    // The server answers others meanwhile.
    if (index % 1000 === 999) await breathe();
  }
  return arrangeRows(judged);
}

const column = () => z.union([z.literal('').transform(() => null), z.coerce.number().int().min(0).max(200)]).nullish().transform((value) => value ?? null);
export const mapImport = operation({
  id: 'import.map', kind: 'command', rest: 'POST /imports/{id}/mapping', allow: importers,
  summary: 'Says which column is which and checks every row without entering any; with another encoding the file is only read anew.',
  input: z.object({ id: id(), encoding: choice(['', ...encodings]).default(''), ...Object.fromEntries(oldFields.map((field) => [field, column()])) as Record<(typeof oldFields)[number], ReturnType<typeof column>> }),
  output: z.object({ id: z.string(), state: z.enum(importStates) }),
  async run(context, input) {
    const { office, kernel } = context;
    const run = await getRun(context, input.id, true);
    if (!['mapping', 'checked'].includes(run.state)) throw notNow('error.import_begun');
    if (input.encoding && run.reading.kind === 'csv' && input.encoding !== run.reading.encoding) {
      const { columns, reading, total } = readingOf(await readSheet(await kernel.files.get(office.id, run.sha256), { encoding: input.encoding }));
      await changeRun(context, run.id).set({ columns, mapping: JSON.stringify(reading), total, state: 'mapping', passed: 0, refused: 0 }).execute();
      context.record({ name: 'import.reread', nounId: run.id, data: { encoding: input.encoding } });
      return { id: run.id, state: 'mapping' as const };
    }
    const errors: FieldErrors = {};
    const fields: Mapping = {};
    for (const field of oldFields) {
      const place = input[field];
      if (place === null) {
        if (neededFields.includes(field)) errors[field] = { key: 'field.import_column' };
      } else if (place >= run.columns.length) errors[field] = { key: 'field.choose' };
      else if (Object.values(fields).includes(place)) errors[field] = { key: 'field.import_column_twice' };
      else fields[field] = place;
    }
    if (Object.keys(errors).length > 0) throw wrong(errors);
    await changeRun(context, run.id).set({ mapping: JSON.stringify({ ...run.reading, fields }), state: 'checking', passed: 0, refused: 0, error: '' }).execute();
    context.record({ name: 'import.mapped', nounId: run.id, data: { fields } });
    return { id: run.id, state: 'checking' as const };
  },
});

/** Keeps what was refused, each row once. */
export async function keepRefusals({ db, office }: Pick<Context, 'db' | 'office'>, runId: string, refused: readonly Refused[]): Promise<void> {
  for (let from = 0; from < refused.length; from += 1000) {
    await db.insertInto('import_refusal').values(refused.slice(from, from + 1000).map((one) => ({ office_id: office.id, run_id: runId, row_number: one.row, field: one.field, said: JSON.stringify(one.said), cells: JSON.stringify(one.cells) })))
      .onConflict((conflict) => conflict.columns(['office_id', 'run_id', 'row_number']).doNothing()).execute();
  }
}

export const dropRefusals = ({ db, office }: Pick<Context, 'db' | 'office'>, runId: string) => db.deleteFrom('import_refusal').where('office_id', '=', office.id).where('run_id', '=', runId).execute();

export const runImport = operation({
  id: 'import.run', kind: 'command', rest: 'POST /imports/{id}/run', allow: importers,
  summary: 'Enters what passed the check, or goes on where entering was stopped.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string(), state: z.enum(importStates) }),
  async run(context, input) {
    const run = await getRun(context, input.id, true);
    const goesOn = run.reading.begun && ['dropped', 'failed'].includes(run.state);
    if (!goesOn && run.state !== 'checked') throw notNow('error.import_unchecked');
    if (!goesOn) await dropRefusals(context, run.id);
    await changeRun(context, run.id).set({ state: 'running', error: '', ended_at: null, ...(goesOn ? {} : { entered: 0, refused: 0, mapping: JSON.stringify({ ...run.reading, begun: true }) }) }).execute();
    context.record({ name: 'import.started', nounId: run.id, data: { from: goesOn ? run.entered + run.refused : 0 } });
    return { id: run.id, state: 'running' as const };
  },
});

export const stopImport = operation({
  id: 'import.stop', kind: 'command', rest: 'POST /imports/{id}/stop', allow: importers,
  summary: 'Stops after the rows that are being entered; what is entered stays, and the rest may follow later.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string(), state: z.enum(importStates) }),
  async run(context, input) {
    const run = await getRun(context, input.id, true);
    if (['done', 'dropped'].includes(run.state)) throw notNow('error.import_ended');
    await changeRun(context, run.id).set({ state: 'dropped', ended_at: context.now }).execute();
    context.record({ name: 'import.stopped', nounId: run.id, data: { entered: run.entered } });
    return { id: run.id, state: 'dropped' as const };
  },
});

const rowsOf = (context: Pick<Context, 'db' | 'office'>) => context.db.selectFrom('import_run as r').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'r.office_id').onRef('p.id', '=', 'r.made_by'))
  .select(['r.id', 'r.file_name', 'r.state', 'r.total', 'r.passed', 'r.refused', 'r.entered', 'r.error', 'r.at', 'r.ended_at', 'r.columns', 'r.mapping', 'p.name as by']).where('r.office_id', '=', context.office.id);
type Row = Awaited<ReturnType<ReturnType<typeof rowsOf>['execute']>>[number];
const shown = (row: Row): ImportRun => ({ id: row.id, fileName: row.file_name, state: row.state as ImportRun['state'], total: row.total, passed: row.passed, refused: row.refused, entered: row.entered, error: row.error, by: row.by ?? '', at: row.at, endedAt: row.ended_at });

export const listImports = operation({
  id: 'import.list', kind: 'query', rest: 'GET /imports', allow: importers,
  summary: 'The old registers that were taken over or are being taken over, newest first.',
  input: z.object({}),
  output: z.object({ runs: z.array(ImportRun) }),
  async run(context) {
    return { runs: (await rowsOf(context).orderBy('r.at', 'desc').limit(100).execute()).map(shown) };
  },
});

export const getImport = operation({
  id: 'import.get', kind: 'query', rest: 'GET /imports/{id}', allow: importers,
  summary: 'A run with its figures, how its file is read, and the first rows.',
  input: z.object({ id: id() }),
  output: z.object({
    run: ImportRun, columns: z.array(z.string()), fields: z.partialRecord(z.enum(oldFields), z.number()), kind: z.string(), encoding: z.string(), delimiter: z.string(), preview: z.array(z.array(z.string())), begun: z.boolean(),
    reasons: z.array(z.object({ key: z.string(), count: z.number() })),
  }),
  async run(context, input) {
    const row = await rowsOf(context).where('r.id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    const { fields, kind, encoding, delimiter, preview, begun = false } = row.mapping as Reading;
    const reasons = await context.db.selectFrom('import_refusal').select([sql<string>`said ->> 'key'`.as('key'), (eb) => eb.fn.countAll<number>().as('count')]).where('office_id', '=', context.office.id).where('run_id', '=', row.id).groupBy('key').orderBy('count', 'desc').execute();
    return { run: shown(row), columns: row.columns, fields, kind, encoding, delimiter, preview, begun, reasons };
  },
});

export const listRefusals = operation({
  id: 'import.refusals', kind: 'query', rest: 'GET /imports/{id}/refusals', allow: importers,
  summary: 'The rows that were refused, each with the field, the reason and the row itself, in the order of the file; pages by row number.',
  input: z.object({ id: id(), after: z.coerce.number().int().min(0).max(10_000_000).default(0), limit: z.coerce.number().int().min(1).max(1000).default(refusalsAPage) }),
  output: z.object({ columns: z.array(z.string()), refusals: z.array(z.object({ row: z.number(), field: z.string(), key: z.string(), args: z.record(z.string(), z.union([z.string(), z.number()])), cells: z.array(z.string()) })), next: z.number().nullable() }),
  async run(context, input) {
    const run = await getRun(context, input.id);
    const rows = await context.db.selectFrom('import_refusal').selectAll().where('office_id', '=', context.office.id).where('run_id', '=', run.id).where('row_number', '>', input.after).orderBy('row_number').limit(input.limit + 1).execute();
    const page = rows.slice(0, input.limit);
    return {
      columns: run.columns, next: rows.length > input.limit ? page[page.length - 1]!.row_number : null,
      refusals: page.map((row) => ({ row: row.row_number, field: row.field, key: (row.said as Said).key, args: (row.said as Said).args ?? {}, cells: row.cells as string[] })),
    };
  },
});

export const isEnded = (state: string): boolean => !['checking', 'running'].includes(state);
export const refusedOf = (rows: readonly Judged[]): Refused[] => rows.filter(isRefused);
