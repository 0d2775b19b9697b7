import type { RawBuilder } from 'kysely';
import { z } from 'zod';
import { clockLabel, targetLabel } from '../../core/clock.ts';
import { sql } from '../../core/database.ts';
import { addDays, isDay } from '../../core/day.ts';
import { isId } from '../../core/id.ts';
import { fold } from '../../core/fold.ts';
import { id, line, optionalLine, choice, say } from '../../core/input.ts';
import { formatDay } from '../../core/language.ts';
import { translator } from '../../core/message.ts';
import { operation } from '../../core/operation.ts';
import { prefixQuery } from '../../core/fold.ts';
import { beginsWith, markedOpen } from '../../core/search.ts';
import { clockFrom, officeCalendar } from '../registry/index.ts';
import { openStates, states, type State } from './petition.ts';
import type { Context } from '../../core/operation.ts';
import { notFound } from '../../core/refusal.ts';

export const views = ['open', 'inbox', 'mine', 'approval', 'late', 'soon', 'waiting', 'unit', 'settled', 'all'] as const;
export type ListView = (typeof views)[number];

export const CaseRow = z.object({
  id: z.string(), reference: z.string(), subject: z.string(), sender: z.string(), kind: z.string(), state: z.enum(states), unitId: z.string().nullable(), handler: z.string(), registeredAt: z.date(), place: z.string(),
  access: z.string(), clock: z.object({ state: z.enum(['ok', 'soon', 'late', 'paused', 'none']), label: z.string(), legalOn: z.string(), target: z.string() }), waitsFor: z.string(),
});
export type CaseRow = z.infer<typeof CaseRow>;

const rowsAPage = 40;
// A day or a moment as PostgreSQL writes it, and the id of the row.
const cursor = /^(\d{4}-\d\d-\d\d)( ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?[+-](0\d|1[0-4])(:[0-5]\d)?)?\|([0-9a-f-]{36})$/;
const isCursor = (text: string): boolean => {
  const [, on = '', , , , , , rowId] = cursor.exec(text) ?? [];
  return text === '' || (isDay(on) && isId(rowId));
};

/** Conditions of a view, in SQL, by the table they ask: petition, case file, clock. The row's visibility is the database's. */
type Conditions = { p: RawBuilder<unknown>; c?: RawBuilder<unknown>; k?: RawBuilder<unknown> };
function inView(view: ListView, context: Pick<Context, 'caller' | 'today'>): Conditions {
  const { caller, today } = context;
  const open = sql`p.state in (${sql.join(openStates.map((state) => sql.lit(state)))})`;
  const running = sql`k.stopped_on is null and k.paused_since is null`;
  const me = caller.personId;
  switch (view) {
    case 'open': return { p: open };
    case 'inbox': return { p: sql`p.state = 'registered'` };
    case 'mine': return { p: open, c: sql`c.closed_at is null and c.handled_by = ${me}::uuid` };
    case 'approval': return { p: sql`p.state = 'awaiting_approval' and (p.approver_id = any(${caller.marks.filter((mark) => mark.length === 36)}::uuid[]) or ${caller.roles.has('mayor')})` };
    case 'late': return { p: open, k: sql`${running} and k.legal_on < ${today}::date` };
    case 'soon': return { p: open, k: sql`${running} and k.legal_on >= ${today}::date and k.warn_on <= ${today}::date` };
    case 'waiting': return { p: sql`p.state = 'awaiting_completion'` };
    case 'unit': return { p: open, c: sql`c.closed_at is null and c.unit_id = any(${[...caller.marks]}::text[])` };
    case 'settled': return { p: sql`p.state in ('answered', 'forwarded', 'dismissed', 'withdrawn', 'closed')` };
    case 'all': return { p: sql`true` };
  }
}

const joined = {
  c: sql`join case_file c on c.office_id = p.office_id and c.id = p.id`,
  k: sql`join clock k on k.office_id = p.office_id and k.case_id = p.id`,
};
/** The cases that hold these words, are of this reference, or of a sender whose name begins so. */
const casesOf = (office: Context['office'], query: string, words: string) => {
  const named = sql`select id from case_file where office_id = ${office.id} and reference = ${query}`;
  if (!words) return named;
  return sql`select case_id as id from search_matches(to_tsquery('simple', ${words}), 1000) union ${named}
    union select f.id from party s join case_file f on f.office_id = s.office_id and f.party_id = s.id where s.office_id = ${office.id} and ${beginsWith('s.folded', fold(query))}`;
};

export const listPetitions = operation({
  id: 'petition.list', kind: 'query', rest: 'GET /petitions', allow: ['staff'],
  summary: 'Cases of a view (open, inbox, mine, approval, late, soon, waiting, unit, settled, all), filtered, newest first or by due day; pages by cursor.',
  input: z.object({
    view: choice(views).default('open'), query: optionalLine(200), kind: optionalLine(30), unitId: optionalLine(60), handlerId: optionalLine(40), area: optionalLine(60),
    limit: z.coerce.number().int().min(1).max(500).default(rowsAPage), sort: choice(['newest', 'due']).default('newest'), after: optionalLine(120).refine(isCursor, say('field.wrong')),
  }),
  output: z.object({ cases: z.array(CaseRow), next: z.string().nullable() }),
  async run(context, input) {
    const { db, office, today, caller } = context;
    const t = translator(caller.locale);
    const view = inView(input.view, context);
    const conditions = [sql`p.office_id = ${office.id}`, view.p, view.c, view.k].filter((one) => one !== undefined);
    if (input.kind) conditions.push(sql`p.kind = ${input.kind}`);
    if (input.area) conditions.push(sql`p.area = ${input.area}`);
    if (input.unitId) conditions.push(sql`c.unit_id = ${input.unitId}`);
    if (input.handlerId === 'none') conditions.push(sql`c.handled_by is null`);
    else if (input.handlerId) conditions.push(sql`c.handled_by::text = ${input.handlerId}`);
    const due = input.sort === 'due';
    const [afterKey, afterId] = input.after.split('|');
    if (afterKey && afterId) conditions.push(due ? sql`(k.legal_on, k.case_id) > (${afterKey}::date, ${afterId}::uuid)` : sql`(p.registered_at, p.id) < (${afterKey}::timestamptz, ${afterId}::uuid)`);
    const held = input.query ? sql`join (${casesOf(office, input.query, prefixQuery(input.query))}) held on held.id = p.id` : sql``;
    type Row = { id: string; reference: string; subject: string; sender: string | null; kind: string; state: State; unit_id: string | null; handler: string | null; registered_at: Date; place: string; access: string;
      rule: unknown; started_on: string; pauses: unknown; extensions: unknown; stopped_on: string | null; legal_on: string; cursor: string; waits_for: string | null };
    // First the page's ids, from the tables that are asked and no other; then what is shown of them.
    const asked = sql`petition p ${view.c || input.unitId || input.handlerId ? joined.c : sql``} ${view.k || due ? joined.k : sql``}`;
    const rows = await sql<Row>`select p.id, c.reference, c.subject, pa.name as sender, p.kind, p.state, c.unit_id, h.name as handler, p.registered_at, p.place, c.access, k.rule, k.started_on, k.pauses, k.extensions, k.stopped_on, k.legal_on,
        ${due ? sql`k.legal_on::text` : sql`p.registered_at::text`} as cursor,
        (select x.asked_name from contribution x where x.office_id = p.office_id and x.case_id = p.id and x.state in ('asked', 'returned') order by x.due_on limit 1) as waits_for
      from (select p.id from ${asked} ${held} where ${sql.join(conditions, sql` and `)}
          order by ${due ? sql`k.legal_on, k.case_id` : sql`p.registered_at desc, p.id desc`} limit ${input.limit + 1}) page
        join petition p on p.office_id = ${office.id} and p.id = page.id ${joined.c} ${joined.k}
        left join party pa on pa.office_id = c.office_id and pa.id = c.party_id left join person h on h.office_id = c.office_id and h.id = c.handled_by
      order by ${due ? sql`k.legal_on, p.id` : sql`p.registered_at desc, p.id desc`}`.execute(db);
    const calendar = await officeCalendar(db, office);
    const cases = rows.rows.slice(0, input.limit).map((row): CaseRow => {
      const clock = row.stopped_on ? null : clockFrom(row, calendar, today);
      return {
        id: row.id, reference: row.reference, subject: row.subject, sender: row.sender ?? '', kind: row.kind, state: row.state, unitId: row.unit_id, handler: row.handler ?? '', registeredAt: row.registered_at, place: row.place,
        access: row.access, waitsFor: row.waits_for ?? '',
        clock: clock ? { state: clock.state, label: clockLabel(clock, t, (on) => formatDay(on, caller.locale, 'short')), legalOn: row.legal_on, target: clock.state === 'soon' && clock.targetDaysLeft < 8 ? targetLabel(clock, t) : '' } : { state: 'none', label: '', legalOn: row.legal_on, target: '' },
      };
    });
    const last = rows.rows.length > input.limit ? rows.rows[input.limit - 1]! : null;
    return { cases, next: last ? `${last.cursor}|${last.id}` : null };
  },
});

export const countPetitions = operation({
  id: 'petition.count', kind: 'query', rest: 'GET /petitions/counts', allow: ['staff'],
  summary: 'How many cases the caller has in each view.',
  input: z.object({}),
  output: z.record(z.enum(views), z.number()),
  async run(context) {
    const counted = views.filter((view) => view !== 'all' && view !== 'settled');
    // Counted up to 1,000: beyond that nobody needs the figure, and a large office does not wait for it.
    const most = sql.lit(1000);
    const marked = markedOpen(context.caller);
    const own = (caseId: RawBuilder<unknown>) => (marked ? sql`join own on own.id = ${caseId}` : sql``);
    const parts = counted.map((view) => {
      const { p, c, k } = inView(view, context);
      const office = context.office.id;
      // What is asked of the clock is cut before it meets the petition: the planner does not know how many clocks are late.
      const from = k ? sql`(select k.case_id from clock k ${own(sql`k.case_id`)} where k.office_id = ${office} and ${k} limit ${most}) k join petition p on p.office_id = ${office} and p.id = k.case_id` : sql`petition p ${own(sql`p.id`)} ${c ? joined.c : sql``}`;
      return sql`select ${sql.lit(view)} as view, count(*) as n from (select 1 from ${from} where p.office_id = ${office} and ${p} ${c ? sql`and ${c}` : sql``} limit ${most}) x`;
    });
    const rows = await sql<{ view: ListView; n: number }>`${marked ? sql`with own as materialized (select id from ${marked}) ` : sql``}${sql.join(parts, sql` union all `)}`.execute(context.db);
    const found = Object.fromEntries(rows.rows.map((row) => [row.view, row.n]));
    return Object.fromEntries(views.map((view) => [view, found[view] ?? 0])) as Record<ListView, number>;
  },
});

export const dashboard = operation({
  id: 'petition.dashboard', kind: 'query', rest: 'GET /petitions/dashboard', allow: ['staff'],
  summary: 'Came in, answered, late and the median days, by month, kind, unit and area, over the cases the caller may see.',
  input: z.object({ months: z.coerce.number().int().min(1).max(36).default(12) }),
  output: z.object({
    totals: z.object({ arrived: z.number(), answered: z.number(), inTime: z.number(), late: z.number(), open: z.number(), medianDays: z.number().nullable(), forwarded: z.number(), satisfied: z.number(), dissatisfied: z.number() }),
    months: z.array(z.object({ month: z.string(), arrived: z.number(), answered: z.number(), late: z.number() })),
    byKind: z.array(z.object({ key: z.string(), count: z.number() })), byUnit: z.array(z.object({ key: z.string(), open: z.number(), late: z.number(), medianDays: z.number().nullable() })),
    byArea: z.array(z.object({ key: z.string(), count: z.number() })), byChannel: z.array(z.object({ key: z.string(), count: z.number() })), byClock: z.object({ ok: z.number(), soon: z.number(), late: z.number(), paused: z.number() }),
    days: z.array(z.object({ on: z.string(), arrived: z.number() })),
  }),
  async run({ db, office, today }, input) {
    const from = `${addDays(today, -30 * input.months).slice(0, 8)}01`;
    const zone = office.jurisdiction.timeZone;
    // A moment, not a day: comparing a moment with a day is not leakproof, and behind the policy would read every petition there ever was.
    const begin = sql`(${from}::date::timestamp at time zone ${zone})`;
    // One pass over what the caller may see; every figure below is counted from it.
    const seen = sql`with seen as materialized (
      select p.kind, p.state, p.area, p.channel, c.unit_id, p.satisfaction, k.legal_on, k.warn_on, k.paused_since,
        (p.registered_at at time zone ${zone})::date as arrived_on, (p.answered_at at time zone ${zone})::date as answered_on, p.state in ('registered','assigned','awaiting_completion','drafting','awaiting_approval','approved') as is_open
      from (select p.id, p.kind, p.state, p.area, p.channel, p.satisfaction, p.registered_at, p.answered_at from petition p where p.office_id = ${office.id} and p.registered_at >= ${begin}
          union all select p.id, p.kind, p.state, p.area, p.channel, p.satisfaction, p.registered_at, p.answered_at from petition p where p.office_id = ${office.id} and p.registered_at < ${begin}
            and p.state in ('registered','assigned','awaiting_completion','drafting','awaiting_approval','approved') offset 0) p
        cross join lateral (select c.unit_id from case_file c where c.office_id = ${office.id} and c.id = p.id offset 0) c cross join lateral (select k.legal_on, k.warn_on, k.paused_since from clock k where k.office_id = ${office.id} and k.case_id = p.id offset 0) k)`;
    const late = sql`is_open and paused_since is null and legal_on < ${today}::date`;
    type Totals = { arrived: number; answered: number; inTime: number; late: number; open: number; medianDays: number | null; forwarded: number; satisfied: number; dissatisfied: number; ok: number; soon: number; paused: number };
    type Figures = {
      totals: Totals; months: { month: string; arrived: number; answered: number; late: number }[]; by_kind: { key: string; count: number }[]; by_area: { key: string; count: number }[]; by_channel: { key: string; count: number }[];
      by_unit: { key: string; open: number; late: number; medianDays: number | null }[]; days: { on: string; arrived: number }[];
    };
    const by = (column: 'kind' | 'area' | 'channel') => sql`(select coalesce(json_agg(x order by x.count desc), '[]') from (select coalesce(${sql.ref(column)}, '') as key, count(*) as count from seen where arrived_on >= ${from}::date group by 1) x)`;
    const found = await sql<Figures>`${seen} select
      (select row_to_json(x) from (select count(*) filter (where arrived_on >= ${from}::date) as arrived, count(answered_on) as answered, count(*) filter (where answered_on <= legal_on) as "inTime", count(*) filter (where ${late}) as late,
        count(*) filter (where is_open) as open, percentile_cont(0.5) within group (order by answered_on - arrived_on) as "medianDays", count(*) filter (where state = 'forwarded') as forwarded,
        count(*) filter (where satisfaction = 'satisfied') as satisfied, count(*) filter (where satisfaction = 'dissatisfied') as dissatisfied, count(*) filter (where is_open and paused_since is not null) as paused,
        count(*) filter (where is_open and paused_since is null and legal_on >= ${today}::date and warn_on <= ${today}::date) as soon,
        count(*) filter (where is_open and paused_since is null and legal_on >= ${today}::date and warn_on > ${today}::date) as ok from seen) x) as totals,
      (select json_agg(x order by x.month) from (select to_char(m, 'YYYY-MM') as month, coalesce(a.n, 0) as arrived, coalesce(d.n, 0) as answered, coalesce(d.late, 0) as late from generate_series(date_trunc('month', ${from}::date), date_trunc('month', ${today}::date), interval '1 month') m
        left join (select date_trunc('month', arrived_on) as month, count(*) as n from seen group by 1) a on a.month = m
        left join (select date_trunc('month', answered_on) as month, count(*) as n, count(*) filter (where answered_on > legal_on) as late from seen group by 1) d on d.month = m) x) as months,
      ${by('kind')} as by_kind, ${by('area')} as by_area, ${by('channel')} as by_channel,
      (select coalesce(json_agg(x order by x.open desc, x.key), '[]') from (select unit_id as key, count(*) filter (where is_open) as open, count(*) filter (where ${late}) as late, percentile_cont(0.5) within group (order by answered_on - arrived_on) as "medianDays" from seen where unit_id is not null group by 1) x) as by_unit,
      (select json_agg(x order by x.on) from (select d::date as on, (select count(*) from seen where arrived_on = d::date) as arrived from generate_series(${addDays(today, -9)}::date, ${today}::date, interval '1 day') d) x) as days`.execute(db);
    const figures = found.rows[0]!;
    const { ok, soon, paused, ...totals } = figures.totals;
    return { totals, months: figures.months, byKind: figures.by_kind, byUnit: figures.by_unit, byArea: figures.by_area, byChannel: figures.by_channel, byClock: { ok, soon, late: totals.late, paused }, days: figures.days };
  },
});

const lists = ['petitions'] as const;
export const saveView = operation({
  id: 'view.save', kind: 'command', rest: 'POST /views', allow: ['staff'], summary: 'Keeps a list with its filters under a name of the caller’s own.',
  input: z.object({ list: choice(lists).default('petitions'), name: line(60), query: z.string().max(1000).regex(/^[^<>"\u0000-\u001F]*$/, say('field.wrong')) }), output: z.object({ id: z.string() }),
  async run(context, input) {
    const viewId = context.newId();
    await context.db.insertInto('saved_view').values({ office_id: context.office.id, id: viewId, person_id: context.caller.personId!, list: input.list, name: input.name, query: input.query, at: context.now }).execute();
    context.record({ name: 'view.saved', nounId: viewId });
    return { id: viewId };
  },
});
export const dropView = operation({
  id: 'view.drop', kind: 'command', rest: 'DELETE /views/{id}', allow: ['staff'], summary: 'Removes a view of the caller’s own.',
  input: z.object({ id: id() }), output: z.object({ id: z.string() }),
  async run(context, input) {
    const gone = await context.db.deleteFrom('saved_view').where('office_id', '=', context.office.id).where('id', '=', input.id).where('person_id', '=', context.caller.personId).returning('id').executeTakeFirst();
    if (!gone) throw notFound();
    context.record({ name: 'view.dropped', nounId: input.id });
    return gone;
  },
});
export const listViews = operation({
  id: 'view.list', kind: 'query', rest: 'GET /views', allow: ['staff'], summary: 'The views that the caller keeps.',
  input: z.object({}), output: z.object({ views: z.array(z.object({ id: z.string(), name: z.string(), query: z.string() })) }),
  async run({ db, office, caller }) {
    return { views: await db.selectFrom('saved_view').select(['id', 'name', 'query']).where('office_id', '=', office.id).where('person_id', '=', caller.personId).orderBy('at').execute() };
  },
});
