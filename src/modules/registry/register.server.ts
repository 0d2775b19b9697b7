import { z } from 'zod';
import type { RawBuilder } from 'kysely';
import { fold } from '../../core/fold.ts';
import { findBook, getReferenceRule, type BookRule } from '../../core/jurisdiction.ts';
import { day, optionalLine, say } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { sql } from '../../core/database.ts';
import { wrong } from '../../core/refusal.ts';
import { bookReaders, bookYear } from './book.server.ts';

export const lineStates = ['entered', 'reserved', 'annulled', 'hidden'] as const;
export const RegisterRow = z.object({
  id: z.string(), caseId: z.string(), state: z.enum(lineStates), reference: z.string(), number: z.number(), sub: z.number(), direction: z.string(), channel: z.string(), subject: z.string(), party: z.string(), partyPlace: z.string(),
  at: z.date(), receivedOn: z.string(), senderReference: z.string(), senderDatedOn: z.string().nullable(), unitId: z.string().nullable(), handler: z.string(), pages: z.number().nullable(), enclosures: z.number(), valueNoted: z.string(),
  classCode: z.string(), closedAt: z.date().nullable(), dispatchedAt: z.date().nullable(), answeredAt: z.date().nullable(), answeredTo: z.string(), connectedTo: z.string(),
  reservedFor: z.string(), annulledAt: z.date().nullable(), annulledBy: z.string(), annulReason: z.string(),
});
export type RegisterRow = z.infer<typeof RegisterRow>;

type Row = {
  id: string | null; case_id: string; kind: string; reference: string; number: number; sub: number; direction: string | null; channel: string | null; subject: string; party: string | null; folded: string | null; place: string | null; at: Date;
  received_on: string; sender_reference: string | null; sender_dated_on: string | null; unit_id: string | null; handler: string | null; pages: number | null; enclosures: number | null; value_noted: string | null; class_code: string;
  closed_at: Date | null; dispatched_at: Date | null; answered_at: Date | null; answered_to: string | null; connected_to: string | null; reserved_for: string; annulled_at: Date | null; annulled_by: string | null; annul_reason: string;
};

const rowOf = (row: Row): RegisterRow => ({
  id: row.id ?? row.case_id, caseId: row.case_id, state: row.annulled_at ? 'annulled' : row.kind === 'reserved' ? 'reserved' : 'entered', reference: row.reference, number: row.number, sub: row.sub || 1, direction: row.direction ?? '', channel: row.channel ?? '',
  subject: row.subject, party: row.party ?? '', partyPlace: row.place ?? '', at: row.at, receivedOn: row.received_on, senderReference: row.channel === 'email' ? '' : (row.sender_reference ?? ''), senderDatedOn: row.sender_dated_on, unitId: row.unit_id, handler: row.handler ?? '',
  pages: row.pages, enclosures: row.enclosures ?? 0, valueNoted: row.value_noted ?? '', classCode: row.class_code, closedAt: row.closed_at, dispatchedAt: row.dispatched_at, answeredAt: row.answered_at, answeredTo: row.answered_to ?? '', connectedTo: row.connected_to ?? '',
  reservedFor: row.reserved_for, annulledAt: row.annulled_at, annulledBy: row.annulled_by ?? '', annulReason: row.annul_reason,
});

const noDay = () => z.union([z.literal(''), day()]).default('');
const cursor = /^(?:\d{1,10})(?:\.\d{1,10})?(?:@.*)?$/su;
const Wanted = z.object({
  book: optionalLine(40), year: z.union([z.literal('').transform(() => undefined), bookYear()]).optional(), from: noDay(), until: noDay(), direction: optionalLine(10), classCode: optionalLine(20), unitId: optionalLine(60), sender: optionalLine(120),
  number: z.union([z.literal('').transform(() => undefined), z.coerce.number().int().min(1).max(2_147_483_647)]).optional(), after: optionalLine(400).refine((value) => value === '' || cursor.test(value), say('field.wrong')), limit: z.coerce.number().int().min(1).max(1000).default(100),
});
type Wanted = z.output<typeof Wanted>;

/** `12` stands after the whole of number 12, `12.3` after its third paper, and `…@name` after that name in an index. */
function readCursor(after: string): { number: number; sub: number; name: string } {
  const [place = '', ...name] = after.split('@');
  const [number, sub] = place.split('.').map(Number);
  const whole = 2_147_483_647;
  if (number! > whole || (sub ?? 0) > whole) throw wrong({ after: { key: 'field.wrong' } });
  return { number: number ?? 0, sub: sub ?? whole, name: name.join('@') };
}

/** The rows of a book in its order: by number and sub-number, or by name in an index. */
async function readRows({ db, office }: Context, view: BookRule, year: number, input: Wanted): Promise<Row[]> {
  const zone = office.jurisdiction.timeZone;
  const received = sql`coalesce(e.received_on, (coalesce(e.at, c.opened_at) at time zone ${zone})::date)`;
  const conditions: RawBuilder<unknown>[] = [sql`c.office_id = ${office.id} and c.book = ${view.of ?? view.id} and c.year = ${year}`];
  const byName = view.kind === 'index';
  if (input.after) {
    const { number, sub, name } = readCursor(input.after);
    conditions.push(byName ? sql`(p.folded, c.number, e.sub) > (${name}, ${number}, ${sub})` : sql`(c.number, coalesce(e.sub, 0)) > (${number}, ${sub}) and c.number >= ${number}`);
  }
  if (byName) conditions.push(sql`p.id is not null`);
  if (view.kind === 'petitions') conditions.push(sql`c.kind = 'petition'`);
  if (input.from) conditions.push(sql`${received} >= ${input.from}::date`);
  if (input.until) conditions.push(sql`${received} <= ${input.until}::date`);
  if (['in', 'out', 'internal'].includes(input.direction)) conditions.push(sql`e.direction = ${input.direction}`);
  if (input.classCode) conditions.push(sql`c.class_code = ${input.classCode}`);
  if (input.unitId) conditions.push(sql`c.unit_id = ${input.unitId}`);
  if (input.number) conditions.push(sql`c.number = ${input.number}`);
  if (input.sender) conditions.push(sql`p.folded like ${`%${fold(input.sender).replaceAll(/[\\%_]/g, String.raw`\$&`)}%`}`);
  return (await sql<Row>`select e.id, c.id as case_id, c.kind, coalesce(nullif(e.reference, ''), c.reference) as reference, c.number, coalesce(e.sub, 0) as sub, e.direction, e.channel, coalesce(e.subject, c.subject) as subject, p.name as party, p.folded, p.place, coalesce(e.at, c.opened_at) as at,
      ${received}::text as received_on, e.sender_reference, e.sender_dated_on::text as sender_dated_on, c.unit_id, h.name as handler, e.pages, e.enclosures, e.value_noted, c.class_code, c.closed_at, e.dispatched_at, answer.dispatched_at as answered_at, answer.name as answered_to, links.connected_to,
      c.reserved_for, coalesce(e.annulled_at, c.annulled_at) as annulled_at, coalesce(nullif(e.annul_reason, ''), c.annul_reason) as annul_reason, a.name as annulled_by
    from case_file c left join entry e on e.office_id = c.office_id and e.case_id = c.id left join party p on p.office_id = e.office_id and p.id = e.party_id
      left join person h on h.office_id = c.office_id and h.id = c.handled_by left join person a on a.office_id = c.office_id and a.id = coalesce(e.annulled_by, c.annulled_by)
      left join lateral (select o.dispatched_at, op.name from entry o left join party op on op.office_id = o.office_id and op.id = o.party_id
        where o.office_id = c.office_id and o.case_id = c.id and e.sub = 1 and o.sub > 1 and o.direction = 'out' and o.dispatched_at is not null and o.annulled_at is null order by o.sub limit 1) answer on true
      left join lateral (select string_agg(oc.reference, ', ' order by oc.number) as connected_to
        from (select l.other_id as id from case_link l where l.office_id = c.office_id and l.case_id = c.id union select c.merged_into where c.merged_into is not null) other
        join case_file oc on oc.office_id = c.office_id and oc.id = other.id where e.sub = 1) links on true
    where ${sql.join(conditions, sql` and `)} order by ${byName ? sql`p.folded, c.number, e.sub` : sql`c.number, coalesce(e.sub, 0)`} limit ${input.limit + 1}`.execute(db)).rows;
}

const hidden = (number: number): RegisterRow => ({
  id: `hidden-${number}`, caseId: '', state: 'hidden', reference: String(number), number, sub: 1, direction: '', channel: '', subject: '', party: '', partyPlace: '', at: new Date(0), receivedOn: '', senderReference: '', senderDatedOn: null, unitId: null, handler: '', pages: null,
  enclosures: 0, valueNoted: '', classCode: '', closedAt: null, dispatchedAt: null, answeredAt: null, answeredTo: '', connectedTo: '', reservedFor: '', annulledAt: null, annulledBy: '', annulReason: '',
});

/** The lines with a line for each number between them that the reader may not see: a bound book has no gap, and says no more than that. */
function withHidden(rows: readonly RegisterRow[], after: number, until: number): RegisterRow[] {
  const lines: RegisterRow[] = [];
  let expected = after + 1;
  for (const row of rows) {
    while (expected < row.number) lines.push(hidden(expected++));
    lines.push(row);
    expected = row.number + 1;
  }
  while (expected <= until) lines.push(hidden(expected++));
  return lines;
}

export const readRegister = operation({
  id: 'register.read', kind: 'query', rest: 'GET /register', allow: bookReaders,
  summary: 'A book of a year as it shows: every number in order with its papers, annulled and reserved ones too; by day, direction, class, unit, sender. A list of acts or an index is a book of this kind, seen otherwise.',
  input: Wanted,
  output: z.object({ book: z.string(), year: z.number(), years: z.array(z.number()), rows: z.array(RegisterRow), next: z.string().nullable(), last: z.number(), closedOn: z.string().nullable(), isImported: z.boolean(), pattern: z.string() }),
  async run(context, input) {
    const { db, office, today } = context;
    const view = findBook(office.jurisdiction, input.book || 'main');
    if (!view) throw wrong({ book: { key: 'field.choose' } });
    const years = await db.selectFrom('book_year').select(['year', 'last_number', 'closed_on', 'is_imported']).where('office_id', '=', office.id).where('book', '=', view.of ?? view.id).orderBy('year', 'desc').execute();
    const thisYear = Number(today.slice(0, 4));
    const year = input.year ?? years.find((one) => one.year <= thisYear)?.year ?? years[0]?.year ?? thisYear;
    const of = years.find((one) => one.year === year);
    const rows = await readRows(context, view, year, input);
    const hasMore = rows.length > input.limit;
    const cut = rows.slice(0, input.limit);
    // A page ends with a whole number, unless one number fills it: its papers are not torn apart.
    const tail = rows.at(-1)!;
    const isTorn = view.kind !== 'index' && hasMore && cut[0]!.number !== tail.number;
    const shown = isTorn ? cut.filter((row) => row.number !== tail.number) : cut;
    const last = shown.at(-1);
    const next = hasMore && last ? (view.kind === 'index' ? `${last.number}.${last.sub}@${last.folded}` : isTorn ? String(last.number) : `${last.number}.${last.sub}`) : null;
    const lines = shown.map(rowOf);
    const isWhole = !view.of && !of?.is_imported && !input.from && !input.until && !input.direction && !input.classCode && !input.unitId && !input.sender && !input.number;
    const from = input.after ? readCursor(input.after) : null;
    return {
      book: view.id, year, years: years.map((one) => one.year), last: of?.last_number ?? 0, closedOn: of?.closed_on ?? null, isImported: of?.is_imported ?? false, pattern: getReferenceRule(office.jurisdiction, today).pattern, next,
      rows: isWhole ? withHidden(lines, from ? from.number - (lines[0]?.number === from.number ? 1 : 0) : 0, next === null ? (of?.last_number ?? 0) : (last?.number ?? 0)) : lines,
    };
  },
});
