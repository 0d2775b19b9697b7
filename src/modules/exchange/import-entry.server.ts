import { z } from 'zod';
import { instantIn } from '../../core/day.ts';
import { sql } from '../../core/database.ts';
import { fold, searchText } from '../../core/fold.ts';
import { id } from '../../core/input.ts';
import { operation, type Context, type RunOptions } from '../../core/operation.ts';
import { notNow, Refusal } from '../../core/refusal.ts';
import type { Kernel } from '../../core/kernel.ts';
import { log } from '../../core/log.ts';
import type { Office } from '../../core/office.ts';
import { changeRun, dropRefusals, getRun, importStates, isEnded, judgeFile, keepRefusals, refusedOf } from './import.server.ts';
import { isRefused, type Accepted, type Judged, type OldEntry, type Refused } from './old-entry.ts';

const rowsAtOnce = 500;
// After these batches the planner is told anew how much there is (0018_exchange.sql).
const weighedAt: ReadonlySet<number> = new Set([0, 3, 12, 40]);
const book = 'main';
type Filed = { id: string; entries: number; references: Set<string> };
type Shelf = { liveYears: ReadonlySet<number>; cases: Map<string, Filed> };
const place = (entry: Pick<OldEntry, 'year' | 'number'>): string => `${entry.year}/${entry.number}`;

/** What the books hold already of the numbers that these rows name. */
async function lookUp({ db, office, today }: Pick<Context, 'db' | 'office' | 'today'>, rows: readonly Accepted[]): Promise<Shelf> {
  const years = [...new Set(rows.map((row) => row.entry.year))];
  const books = await db.selectFrom('book_year').select('year').where('office_id', '=', office.id).where('book', '=', book).where('is_imported', '=', false).execute();
  const live = new Set([...books.map((one) => one.year), ...years.filter((year) => year >= Number(today.slice(0, 4)))]);
  const found = years.length === 0 ? [] : (await sql<{ id: string; year: number; number: number; entries: number; references: string[] }>`select c.id, c.year, c.number, c.entries, array(select e.reference from entry e where e.office_id = c.office_id and e.case_id = c.id) as references
    from unnest(${rows.map((row) => row.entry.year)}::int[], ${rows.map((row) => row.entry.number)}::int[]) as asked (year, number)
    join case_file c on c.office_id = ${office.id} and c.book = ${book} and c.year = asked.year and c.number = asked.number`.execute(db)).rows;
  return { liveYears: live, cases: new Map(found.map((one) => [place(one), { id: one.id, entries: one.entries, references: new Set(one.references) }])) };
}

/** Why a row cannot be entered although it was read; null when it can. `fresh` are the cases that rows before it open. */
function refusalOf(row: Accepted, shelf: Shelf, fresh: ReadonlySet<string>): Refused | null {
  const { entry } = row;
  const refuse = (reason: string, args: Record<string, string | number>): Refused => ({ row: row.row, cells: row.cells, field: 'number', said: { key: `import.refusal.${reason}`, args } });
  if (shelf.liveYears.has(entry.year)) return refuse('year_live', { year: String(entry.year) });
  const filed = shelf.cases.get(place(entry));
  if (filed && (entry.sub === 0 || filed.references.has(entry.reference))) return refuse('twin_book', { reference: entry.reference });
  if (!filed && !row.opens && !fresh.has(place(entry))) return refuse('no_base', { number: String(entry.number), year: String(entry.year) });
  return null;
}

export const checkImport = operation({
  id: 'import.check', kind: 'command', allow: [],
  summary: 'The dry run: judges every row of the file against the books and enters none.',
  input: z.object({ id: id() }),
  output: z.object({ state: z.enum(importStates) }),
  async run(context, input) {
    const run = await getRun(context, input.id, true);
    if (run.state !== 'checking') throw notNow('error.import_begun');
    const rows = await judgeFile(context, run);
    const refused: Refused[] = refusedOf(rows);
    const accepted = rows.filter((row): row is Accepted => !isRefused(row));
    const fresh = new Set<string>();
    for (let from = 0; from < accepted.length; from += 5000) {
      const part = accepted.slice(from, from + 5000);
      const shelf = await lookUp(context, part);
      for (const row of part) {
        const refusal = refusalOf(row, shelf, fresh);
        if (refusal) refused.push(refusal);
        else if (row.opens) fresh.add(place(row.entry));
      }
    }
    await dropRefusals(context, run.id);
    await keepRefusals(context, run.id, refused);
    await changeRun(context, run.id).set({ state: 'checked', total: rows.length, passed: rows.length - refused.length, refused: refused.length }).execute();
    context.record({ name: 'import.checked', nounId: run.id, data: { total: rows.length, refused: refused.length } });
    return { state: 'checked' as const };
  },
});

/** The parties of these senders, found by name or added, each once: the id by the folded name. */
async function partiesOf(context: Context, rows: readonly Accepted[]): Promise<Map<string, string>> {
  const { db, office, now } = context;
  const senders = new Map(rows.filter((row) => row.entry.sender).map((row) => [fold(row.entry.sender), row.entry]));
  if (senders.size === 0) return new Map();
  // A person of whom an address is known may be somebody else of that name.
  const same = await db.selectFrom('party').select(['id', 'folded']).where('office_id', '=', office.id).where('folded', '=', sql<string>`any(${[...senders.keys()]}::text[])`).where('merged_into', 'is', null)
    .where((eb) => eb.or([eb('kind', '<>', 'person'), eb.and([eb('email', 'is', null), eb('phone', 'is', null), eb('address', 'is', null)])])).orderBy('created_at', 'desc').execute();
  const ids = new Map(same.map((party) => [party.folded, party.id]));
  const added = [...senders].filter(([folded]) => !ids.has(folded)).map(([folded, entry]) => ({ id: context.newId(), folded, entry }));
  if (added.length > 0) {
    await db.insertInto('party').values(added.map(({ id: partyId, folded, entry }) => ({ office_id: office.id, id: partyId, kind: entry.isOrganisation ? 'organisation' : 'person', name: entry.sender, folded, place: entry.place || null, created_at: now }))).execute();
    await findable(context, added.map(({ id: partyId, entry }) => ({ id: partyId, noun: 'party', caseId: null, title: entry.sender, detail: '', text: entry.place, at: now })));
    for (const one of added) ids.set(one.folded, one.id);
  }
  return ids;
}

type Findable = { id: string; noun: string; caseId: string | null; title: string; detail: string; text: string; at: Date };
/** indexSearch for many at once. */
async function findable({ db, office }: Pick<Context, 'db' | 'office'>, rows: readonly Findable[]): Promise<void> {
  const list = JSON.stringify(rows.map((row) => ({ ...row, folded: searchText(row.title), text: searchText(row.text) })));
  await sql`insert into search_entry (office_id, id, noun, case_id, title, detail, folded, vector, at)
    select ${office.id}, x.id, x.noun, x."caseId", x.title, x.detail, x.folded, setweight(to_tsvector('simple', x.folded), 'A') || setweight(to_tsvector('simple', x.text), 'B'), x.at
    from jsonb_to_recordset(${list}::jsonb) as x (id uuid, noun text, "caseId" uuid, title text, detail text, folded text, text text, at timestamptz)`.execute(db);
}

export const enterRows = operation({
  id: 'import.enter', kind: 'command', allow: [],
  summary: 'Enters the next rows of a run; `from` is how many were entered or refused before.',
  input: z.object({ id: id(), from: z.int32(), rows: z.array(z.custom<Judged>()) }),
  output: z.object({ state: z.enum(importStates), from: z.number() }),
  async run(context, input) {
    const { db, office } = context;
    const zone = office.jurisdiction.timeZone;
    const run = await getRun(context, input.id, true);
    // Another process may have entered these rows already: the figures are written with them.
    if (run.state !== 'running' || run.entered + run.refused !== input.from) throw notNow('error.import_begun');
    const accepted = input.rows.filter((row): row is Accepted => !isRefused(row));
    const shelf = await lookUp(context, accepted);
    const refused = refusedOf(input.rows);
    const entering: Accepted[] = [];
    const fresh = new Set<string>();
    for (const row of accepted) {
      const refusal = refusalOf(row, shelf, fresh);
      if (refusal) refused.push(refusal);
      else {
        entering.push(row);
        if (row.opens) fresh.add(place(row.entry));
      }
    }
    const parties = await partiesOf(context, entering);
    const lastNumbers = new Map<number, number>();
    const files: { id: string; row: Accepted; filed: Filed }[] = [];
    const grown = new Set<Filed>();
    const entries = entering.map((row) => {
      const { entry } = row;
      lastNumbers.set(entry.year, Math.max(lastNumbers.get(entry.year) ?? 0, entry.number));
      let filed = shelf.cases.get(place(entry));
      if (!filed) {
        filed = { id: context.newId(), entries: 0, references: new Set() };
        shelf.cases.set(place(entry), filed);
        files.push({ id: filed.id, row, filed });
      } else if (!fresh.has(place(entry))) grown.add(filed);
      filed.entries++;
      const at = instantIn(zone, entry.receivedOn, '12:00');
      return {
        office_id: office.id, id: context.newId(), case_id: filed.id, sub: filed.entries, reference: entry.reference, direction: entry.direction, channel: 'import', party_id: parties.get(fold(entry.sender)) ?? null, subject: entry.subject, body: entry.note,
        sender_reference: entry.senderReference || null, received_on: entry.receivedOn, entered_by: run.made_by, at, dispatched_at: entry.direction === 'out' ? at : null,
      };
    });
    if (lastNumbers.size > 0)
      await db.insertInto('book_year').values([...lastNumbers].map(([year, last]) => ({ office_id: office.id, book, year, last_number: last, opened_on: `${year}-01-01`, closed_on: `${year}-12-31`, is_imported: true })))
        .onConflict((conflict) => conflict.columns(['office_id', 'book', 'year']).doUpdateSet({ last_number: sql`greatest(book_year.last_number, excluded.last_number)` })).execute();
    // What is still open is with the mayor's service, whose book it was, until somebody is given it: it is not new mail.
    const own = office.data.units.find((unit) => unit.cabinet)?.id ?? null;
    const unitOf = (entry: OldEntry): string | null => entry.unitId ?? (entry.closedOn ? null : own);
    if (files.length > 0) {
      await db.insertInto('case_file').values(files.map(({ id: caseId, filed, row: { entry } }) => ({
        office_id: office.id, id: caseId, book, year: entry.year, number: entry.number, reference: entry.reference, kind: 'paper', subject: entry.subject, class_code: entry.classCode, unit_id: unitOf(entry), handled_by: entry.handlerId, party_id: parties.get(fold(entry.sender)) ?? null,
        involved: [unitOf(entry), entry.handlerId].filter((mark): mark is string => mark !== null), entries: filed.entries, opened_at: instantIn(zone, entry.receivedOn, '12:00'), closed_at: entry.closedOn ? instantIn(zone, entry.closedOn, '12:01') : null,
      }))).execute();
      await findable(context, files.map(({ id: caseId, row: { entry } }) => ({ id: caseId, noun: 'case', caseId, title: entry.subject, detail: entry.sender, text: [entry.sender, entry.senderReference, entry.note].filter(Boolean).join(' '), at: instantIn(zone, entry.receivedOn, '12:00') })));
    }
    for (const filed of grown) await db.updateTable('case_file').set({ entries: filed.entries }).where('office_id', '=', office.id).where('id', '=', filed.id).execute();
    if (entries.length > 0) await db.insertInto('entry').values(entries).execute();
    await keepRefusals(context, run.id, refused);
    if (weighedAt.has(input.from / rowsAtOnce)) await sql`select weigh_books()`.execute(db);
    const from = input.from + input.rows.length;
    const isDone = from >= run.total;
    await changeRun(context, run.id).set({ entered: run.entered + entering.length, refused: run.refused + refused.length, ...(isDone ? { state: 'done', ended_at: context.now } : {}) }).execute();
    context.record({ name: 'import.advanced', nounId: run.id, data: { from: input.from, entered: entering.length, refused: refused.length } });
    if (isDone) context.record({ name: 'import.ended', nounId: run.id, data: { entered: run.entered + entering.length, refused: run.refused + refused.length } });
    return { state: isDone ? 'done' as const : 'running' as const, from };
  },
});

export const failImport = operation({
  id: 'import.fail', kind: 'command', allow: [],
  summary: 'Notes that a run broke off, and by what.',
  input: z.object({ id: id(), error: z.string() }),
  output: z.object({ state: z.enum(importStates) }),
  async run(context, input) {
    const run = await getRun(context, input.id, true);
    if (isEnded(run.state)) throw notNow('error.import_ended');
    await changeRun(context, run.id).set({ state: 'failed', error: input.error.slice(0, 500), ended_at: context.now }).execute();
    context.record({ name: 'import.failed', nounId: run.id });
    return { state: 'failed' as const };
  },
});

export const findUnfinished = operation({
  id: 'import.unfinished', kind: 'query', allow: [],
  summary: 'Runs that are being checked or entered.',
  input: z.object({}),
  output: z.object({ ids: z.array(z.string()) }),
  async run({ db, office }) {
    const rows = await db.selectFrom('import_run').select('id').where('office_id', '=', office.id).where('state', 'in', ['checking', 'running']).execute();
    return { ids: rows.map((row) => row.id) };
  },
});

export const readRows = operation({
  id: 'import.read', kind: 'query', allow: [],
  summary: 'The state of a run, and its judged rows when it is being entered.',
  input: z.object({ id: id() }),
  output: z.object({ state: z.enum(importStates), from: z.number(), rows: z.array(z.custom<Judged>()) }),
  async run(context, input) {
    const run = await getRun(context, input.id);
    return { state: run.state as 'running', from: run.entered + run.refused, rows: run.state === 'running' ? await judgeFile(context, run) : [] };
  },
});

// In this process; between processes the run's row decides.
const atWork = new Set<string>();

/** Brings a run as far as it can go: the check, or batch after batch from where it stands. A run that a crash left is picked up again. */
export async function driveImport(kernel: Kernel, office: Office, runId: string, options: RunOptions = {}): Promise<void> {
  if (atWork.has(runId)) return;
  atWork.add(runId);
  const system = kernel.system(office);
  try {
    const read = await kernel.run(readRows, system, { id: runId });
    if (read.state === 'checking') await kernel.run(checkImport, system, { id: runId }, options);
    for (let { state, from } = read; state === 'running'; )
      ({ state, from } = await kernel.run(enterRows, system, { id: runId, from, rows: read.rows.slice(from, from + rowsAtOnce) }, options));
  } catch (error) {
    // Stopped, or another process is at it.
    if (error instanceof Refusal) return;
    log.error({ err: (error as Error).message, office: office.slug, run: runId }, 'import broke off');
    await kernel.run(failImport, system, { id: runId, error: (error as Error).message }).catch(() => undefined);
  } finally {
    atWork.delete(runId);
  }
}
