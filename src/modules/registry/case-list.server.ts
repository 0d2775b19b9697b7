import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { isDay } from '../../core/day.ts';
import { fold, prefixQuery } from '../../core/fold.ts';
import { isId } from '../../core/id.ts';
import { choice, day, optionalLine, say } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { beginsWith, markedOpen } from '../../core/search.ts';

export const caseViews = ['distribute', 'open', 'mine', 'unit', 'waiting', 'closed', 'all'] as const;
export type CaseListView = (typeof caseViews)[number];

export const CaseRow = z.object({
  id: z.string(), reference: z.string(), subject: z.string(), party: z.string(), direction: z.string(), channel: z.string(), openedAt: z.date(), receivedOn: z.string().nullable(), unitId: z.string().nullable(), handler: z.string(), access: z.string(),
  classCode: z.string(), closedAt: z.date().nullable(), annulledAt: z.date().nullable(), isMerged: z.boolean(), isDelivered: z.boolean(), backOn: z.string().nullable(), awaited: z.string(),
});
export type CaseRow = z.infer<typeof CaseRow>;

const rowsAPage = 40;
// A moment as PostgreSQL writes it, and the id of the row.
const cursor = /^(\d{4}-\d\d-\d\d) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?[+-](0\d|1[0-4])(:[0-5]\d)?\|([0-9a-f-]{36})$/;
const isCursor = (text: string): boolean => {
  const found = cursor.exec(text);
  return text === '' || (found !== null && isDay(found[1]!) && isId(found[6]!));
};

const given = sql`exists (select 1 from delivery d where d.office_id = c.office_id and d.case_id = c.id and d.state in ('sent', 'received'))`;
const open = sql`c.closed_at is null and c.annulled_at is null`;
/** The condition of a view; what of it the caller may see is the database's. */
function inView(view: CaseListView, { caller, office }: Pick<Context, 'caller' | 'office'>) {
  switch (view) {
    case 'distribute': return sql`${open} and c.unit_id is null and not ${given} and exists (select 1 from entry e where e.office_id = c.office_id and e.case_id = c.id and e.sub = 1 and e.direction = 'in')`;
    case 'open': return open;
    case 'mine': return sql`${open} and c.handled_by = ${caller.personId}::uuid`;
    case 'unit': return sql`${open} and c.unit_id = any(${[...caller.marks]}::text[])`;
    case 'waiting': return sql`${open} and c.id in (select b.case_id from bring_forward b where b.office_id = ${office.id} and b.returned_at is null)`;
    case 'closed': return sql`c.closed_at is not null`;
    case 'all': return sql`true`;
  }
}

const papers = (context: Pick<Context, 'office'>) => sql`c.office_id = ${context.office.id} and c.kind = 'paper'`;
const optionalDay = () => z.union([z.literal(''), day()]).default('');

export const listCases = operation({
  id: 'case.list', kind: 'query', rest: 'GET /cases', allow: ['staff'],
  summary: 'Cases of papers that are no petition, by view (distribute, open, mine, unit, waiting, closed, all), filtered, newest first; pages by cursor.',
  input: z.object({
    view: choice(caseViews).default('open'), query: optionalLine(200), direction: optionalLine(10), classCode: optionalLine(20), unitId: optionalLine(60), from: optionalDay(), until: optionalDay(), after: optionalLine(120).refine(isCursor, say('field.wrong')),
  }),
  output: z.object({ cases: z.array(CaseRow), next: z.string().nullable() }),
  async run(context, input) {
    const { db, office } = context;
    const zone = office.jurisdiction.timeZone;
    const conditions = [papers(context), inView(input.view, context)];
    if (input.direction) conditions.push(sql`exists (select 1 from entry e where e.office_id = c.office_id and e.case_id = c.id and e.sub = 1 and e.direction = ${input.direction})`);
    if (input.classCode) conditions.push(sql`c.class_code = ${input.classCode}`);
    if (input.unitId) conditions.push(sql`c.unit_id = ${input.unitId}`);
    if (input.from) conditions.push(sql`c.opened_at >= (${input.from}::date::timestamp at time zone ${zone})`);
    if (input.until) conditions.push(sql`c.opened_at < ((${input.until}::date + 1)::timestamp at time zone ${zone})`);
    const [afterAt, afterId] = input.after.split('|');
    if (afterAt && afterId) conditions.push(sql`(c.opened_at, c.id) < (${afterAt}::timestamptz, ${afterId}::uuid)`);
    const words = prefixQuery(input.query);
    const held = input.query ? sql`join (select id from case_file where office_id = ${office.id} and reference = ${input.query}
      ${words ? sql`union select case_id from search_matches(to_tsquery('simple', ${words}), 1000)
      union select f.id from party s join case_file f on f.office_id = s.office_id and f.party_id = s.id where s.office_id = ${office.id} and ${beginsWith('s.folded', fold(input.query))}` : sql``}) held on held.id = c.id` : sql``;
    type Row = { id: string; reference: string; subject: string; party: string | null; direction: string; channel: string; opened_at: Date; received_on: string | null; unit_id: string | null; handler: string | null; access: string; class_code: string;
      closed_at: Date | null; annulled_at: Date | null; merged_into: string | null; given: boolean; due_on: string | null; awaited: string | null; cursor: string };
    const { rows } = await sql<Row>`select c.id, c.reference, c.subject, p.name as party, e.direction, e.channel, c.opened_at, e.received_on, c.unit_id, h.name as handler, c.access, c.class_code, c.closed_at, c.annulled_at, c.merged_into, ${given} as given,
        b.due_on, b.awaited, c.opened_at::text as cursor
      from (select c.* from case_file c ${held} where ${sql.join(conditions, sql` and `)} order by c.opened_at desc, c.id desc limit ${rowsAPage + 1}) c
        join entry e on e.office_id = c.office_id and e.case_id = c.id and e.sub = 1 left join party p on p.office_id = c.office_id and p.id = c.party_id left join person h on h.office_id = c.office_id and h.id = c.handled_by
        left join bring_forward b on b.office_id = c.office_id and b.case_id = c.id and b.returned_at is null
      order by c.opened_at desc, c.id desc`.execute(db);
    const last = rows.length > rowsAPage ? rows[rowsAPage - 1]! : null;
    return {
      cases: rows.slice(0, rowsAPage).map((row) => ({
        id: row.id, reference: row.reference, subject: row.subject, party: row.party ?? '', direction: row.direction, channel: row.channel, openedAt: row.opened_at, receivedOn: row.received_on, unitId: row.unit_id, handler: row.handler ?? '', access: row.access,
        classCode: row.class_code, closedAt: row.closed_at, annulledAt: row.annulled_at, isMerged: row.merged_into !== null, isDelivered: row.given, backOn: row.due_on, awaited: row.awaited ?? '',
      })),
      next: last ? `${last.cursor}|${last.id}` : null,
    };
  },
});

export const countCases = operation({
  id: 'case.count', kind: 'query', rest: 'GET /cases/counts', allow: ['staff'],
  summary: 'How many cases of other papers wait for distribution, and how many are the caller’s own; up to 1,000.',
  input: z.object({}),
  output: z.object({ distribute: z.number(), mine: z.number(), unit: z.number(), waiting: z.number() }),
  async run(context) {
    const marked = markedOpen(context.caller);
    const count = (view: CaseListView) => sql`(select count(*)::int from (select 1 from case_file c ${marked ? sql`join own on own.id = c.id` : sql``} where ${papers(context)} and ${inView(view, context)} limit 1000) x)`;
    const { rows } = await sql<{ distribute: number; mine: number; unit: number; waiting: number }>`${marked ? sql`with own as materialized (select id from ${marked}) ` : sql``}select ${count('distribute')} as distribute, ${count('mine')} as mine, ${count('unit')} as unit, ${count('waiting')} as waiting`.execute(context.db);
    return rows[0]!;
  },
});
