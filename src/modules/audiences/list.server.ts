import { z } from 'zod';
import { sql, type Tx } from '../../core/database.ts';
import { addDays, isDay } from '../../core/day.ts';
import { isId } from '../../core/id.ts';
import { choice, optionalId, optionalLine, say } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { fold } from '../../core/fold.ts';
import { addWorkingDays } from '../distribution/index.ts';
import { officeCalendar } from '../registry/index.ts';
import { mayOrganise, states } from './audience.ts';
import { audienceColumns, audienceJoins, AudienceRow, type Audience } from './audience.server.ts';

export const views = ['waiting', 'ahead', 'calls', 'notes', 'owed', 'held', 'all'] as const;
export type ViewName = (typeof views)[number];
const rowsAPage = 50;
const isCursor = (cursor: string): boolean => {
  const [at = '', rowId = ''] = cursor.split('|');
  return cursor === '' || (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/.test(at) && isDay(at.slice(0, 10)) && isId(rowId));
};

/** Those whom nothing but a call reaches: a time that is not confirmed, or one that is near and was not said again. */
const calls = (today: string, soon: string) => sql`a.contact_by <> 'email' and (a.state = 'scheduled' or (a.state = 'confirmed' and a.reminded_at is null and d.on_day <= ${soon}::date)) and d.on_day >= ${today}::date`;
const notesOf = ({ caller }: Pick<Context, 'caller'>) => (mayOrganise(caller) ? sql`true` : sql`a.unit_id = any (${[...caller.marks]}::text[])`);

function inView(view: ViewName, context: Context, soon: string) {
  switch (view) {
    case 'waiting': return sql`a.state in ('asked', 'waiting')`;
    case 'ahead': return sql`a.state in ('scheduled', 'confirmed', 'arrived', 'talking')`;
    case 'calls': return calls(context.today, soon);
    case 'notes': return sql`a.state in ('asked', 'waiting', 'scheduled', 'confirmed') and a.unit_id is not null and a.note_at is null and ${notesOf(context)}`;
    case 'owed': return sql`a.state = 'held' and a.reply_due_on is not null`;
    case 'held': return sql`a.state in ('held', 'answered')`;
    case 'all': return sql`true`;
  }
}
const soonOf = async (context: Context): Promise<string> => addWorkingDays(await officeCalendar(context.db as Tx, context.office), context.today, 1);

const Kept = z.object({ promises: z.number(), done: z.number(), late: z.number() });
export const listAudiences = operation({
  id: 'audience.list', kind: 'query', rest: 'GET /audiences', allow: ['staff'],
  summary: 'Audiences that the caller may see: who waits, the earliest first; ahead by time; to be called; notes and answers owed; held, with how each promise was kept; pages by cursor.',
  input: z.object({
    view: choice(views).default('waiting'), topic: optionalLine(60), unitId: optionalLine(60), hostId: optionalId(), state: choice(['', ...states]).default(''), query: optionalLine(200), after: optionalLine(120).refine(isCursor, say('field.wrong')), limit: z.coerce.number().int().min(1).max(5000).default(rowsAPage),
  }),
  output: z.object({ audiences: z.array(AudienceRow.extend({ kept: Kept })), next: z.string().nullable() }),
  async run(context, input) {
    const { db, office, today } = context;
    const conditions = [sql`a.office_id = ${office.id}`, inView(input.view, context, await soonOf(context))];
    if (input.topic) conditions.push(sql`a.topic = ${input.topic}`);
    if (input.unitId) conditions.push(sql`a.unit_id = ${input.unitId}`);
    if (input.hostId) conditions.push(sql`(a.host_id = ${input.hostId}::uuid or a.wished_host_id = ${input.hostId}::uuid)`);
    if (input.state) conditions.push(sql`a.state = ${input.state}`);
    if (input.query) conditions.push(sql`(p.folded like ${`%${fold(input.query).replace(/[%_\\]/g, '')}%`} or a.number::text = ${input.query.replace(/\/\d+$/, '')})`);
    // Who waits longest comes first, and so does the next time; what is over begins with the latest.
    const newest = input.view === 'all' || input.view === 'held';
    const key = input.view === 'ahead' || input.view === 'calls' ? sql`coalesce(s.starts_at, a.arrived_at, a.at)` : input.view === 'held' ? sql`coalesce(a.ended_at, a.at)` : input.view === 'owed' ? sql`a.reply_due_on::timestamptz` : sql`a.at`;
    const [at, rowId] = input.after.split('|');
    if (at && rowId) conditions.push(newest ? sql`(${key}, a.id) < (${at}::timestamptz, ${rowId}::uuid)` : sql`(${key}, a.id) > (${at}::timestamptz, ${rowId}::uuid)`);
    type Row = Audience & { cursor: string };
    const rows = (await sql<Row>`select ${audienceColumns}, (${key})::text as cursor from ${audienceJoins} where ${sql.join(conditions, sql` and `)} order by ${newest ? sql`${key} desc, a.id desc` : sql`${key}, a.id`} limit ${input.limit + 1}`.execute(db)).rows;
    const shown = rows.slice(0, input.limit);
    const last = rows.length > input.limit ? shown.at(-1)! : null;
    const kept = await keptOf(context, shown.filter((row) => row.endedAt !== null).map((row) => row.id), today);
    return { audiences: shown.map((row) => ({ ...row, kept: kept.get(row.id) ?? { promises: 0, done: 0, late: 0 } })), next: last ? `${last.cursor}|${last.id}` : null };
  },
});

/** How the promises of these audiences were kept. */
async function keptOf({ db, office }: Context, ids: readonly string[], today: string): Promise<Map<string, z.infer<typeof Kept>>> {
  if (ids.length === 0) return new Map();
  const rows = await sql<{ id: string; promises: number; done: number; late: number }>`select source_id as id, count(*)::int as promises, count(*) filter (where state = 'done')::int as done, count(*) filter (where state in ('open', 'reported') and due_on < ${today}::date)::int as late
    from obligation where office_id = ${office.id} and source_noun = 'audience' and source_id = any (${[...ids]}::uuid[]) and state <> 'dropped' group by source_id`.execute(db);
  return new Map(rows.rows.map((row) => [row.id, { promises: row.promises, done: row.done, late: row.late }]));
}

export const countAudiences = operation({
  id: 'audience.count', kind: 'query', rest: 'GET /audiences/count', allow: ['staff'],
  summary: 'How many are new, wait, are to be called, come today, and how many notes and answers are owed.',
  input: z.object({}), output: z.object({ asked: z.number(), waiting: z.number(), calls: z.number(), today: z.number(), here: z.number(), notes: z.number(), owed: z.number() }),
  async run(context) {
    const { db, office, today } = context;
    const soon = await soonOf(context);
    const rows = await sql<{ asked: number; waiting: number; calls: number; today: number; here: number; notes: number; owed: number }>`select count(*) filter (where a.state = 'asked')::int as asked, count(*) filter (where a.state in ('asked', 'waiting'))::int as waiting,
      count(*) filter (where ${calls(today, soon)})::int as calls, count(*) filter (where d.on_day = ${today}::date)::int as today, count(*) filter (where a.state in ('arrived', 'talking'))::int as here,
      count(*) filter (where a.state in ('asked', 'waiting', 'scheduled', 'confirmed') and a.unit_id is not null and a.note_at is null and ${notesOf(context)})::int as notes,
      count(*) filter (where a.state = 'held' and a.reply_due_on <= ${addDays(today, 3)}::date)::int as owed
      from audience a left join audience_day d on d.office_id = a.office_id and d.id = a.day_id where a.office_id = ${office.id} and (a.state in ('asked', 'waiting', 'scheduled', 'confirmed', 'arrived', 'talking') or (a.state = 'held' and a.reply_due_on is not null) or d.on_day = ${today}::date)`.execute(db);
    return rows.rows[0]!;
  },
});
