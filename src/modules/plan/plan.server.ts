import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { addDays } from '../../core/day.ts';
import { choice, day, id, optionalLine, optionalText } from '../../core/input.ts';
import { actsIn, nextState } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { keepCalendar } from '../calendar/index.ts';
import { audiences, changesSince, PlanContent, PlanEntry, periods, planLifecycle, planStates } from './plan.ts';
import { printPlan } from './plan-print.ts';
import { sendPlan } from './plan-mail.server.ts';
import { copiesOf, findBefore, preparePlanOf, putCopy, type PlanRow } from './prepare.server.ts';

export const preparers = ['chief', 'protocol', 'clerk', 'registrar', 'mayor', 'deputy'] as const;
const Done = z.object({ id: z.string() });
const daysAhead = 400;

/** A plan of the office, locked until the end of the transaction; refuses with 404. */
async function lockPlan({ db, office }: Context, planId: string): Promise<PlanRow> {
  const row = await db.selectFrom('plan').selectAll().where('office_id', '=', office.id).where('id', '=', planId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  return row as PlanRow;
}
/** Plans are in the hands of who keeps the mayor's calendar. */
async function beginPlan(context: Context, planId: string): Promise<PlanRow> {
  const row = await lockPlan(context, planId);
  if (row.calendars[0]) await keepCalendar(context, row.calendars[0]);
  return row;
}

export const preparePlan = operation({
  id: 'plan.prepare', kind: 'command', rest: 'POST /plans', allow: preparers,
  summary: 'Prepares the plan of a day, week or month of those who lead, from their calendars: a new version, or the draft that is there anew.',
  input: z.object({ period: choice(periods), on: day() }),
  output: Done.extend({ version: z.number() }),
  async run(context, input) {
    const { caller, today } = context;
    if (input.on > addDays(today, daysAhead) || input.on < addDays(today, -daysAhead)) throw wrong({ on: { key: 'field.day_far' } });
    if (caller.kind === 'person') await keepFirst(context);
    return preparePlanOf(context, input.period, input.on);
  },
});
async function keepFirst(context: Context): Promise<void> {
  const { db, office } = context;
  const first = await db.selectFrom('calendar as k').innerJoin('person as p', (join) => join.onRef('p.office_id', '=', 'k.office_id').onRef('p.id', '=', 'k.person_id')).select('k.id').where('k.office_id', '=', office.id).where(sql<boolean>`'mayor' = any(p.roles)`).where('p.is_active', '=', true).executeTakeFirst();
  if (first) await keepCalendar(context, first.id);
}

const Words = z.object({ key: z.string().max(80), title: optionalLine(200), place: optionalLine(200) });
export const changePlan = operation({
  id: 'plan.change', kind: 'command', rest: 'PUT /plans/{id}', allow: preparers,
  summary: 'Says which entries stand in the internal and which in the public version of a plan that is being prepared, the words for the public, and a note.',
  input: z.object({ id: id(), note: optionalText(2000), internal: z.array(z.string()).max(2000), public: z.array(z.string()).max(2000), words: z.array(Words).max(2000).default([]) }),
  output: Done,
  async run(context, input) {
    const row = await beginPlan(context, input.id);
    nextState(planLifecycle, row.state, 'change');
    const copies = await copiesOf(context, row.id);
    if (!copies.internal || !copies.public) throw notAllowed();
    const words = new Map(input.words.map((one) => [one.key, one]));
    await putCopy(context, row.id, 'internal', { ...copies.internal, entries: copies.internal.entries.map((entry) => ({ ...entry, isShown: input.internal.includes(entry.key) })) });
    await putCopy(context, row.id, 'public', { ...copies.public, entries: copies.public.entries.map((entry) => {
      const said = words.get(entry.key);
      return { ...entry, isShown: input.public.includes(entry.key), title: said?.title || entry.title, place: said ? said.place : entry.place };
    }) });
    await context.db.updateTable('plan').set({ note: input.note }).where('office_id', '=', context.office.id).where('id', '=', row.id).execute();
    context.record({ name: 'plan.changed', nounId: row.id });
    return { id: row.id };
  },
});

async function step(context: Context, planId: string, act: 'submit' | 'return' | 'drop', name: 'plan.submitted' | 'plan.returned' | 'plan.dropped'): Promise<{ id: string }> {
  const row = await beginPlan(context, planId);
  const state = nextState(planLifecycle, row.state, act);
  await context.db.updateTable('plan').set({ state }).where('office_id', '=', context.office.id).where('id', '=', row.id).execute();
  context.record({ name, nounId: row.id, data: { period: row.period, fromOn: row.from_on, version: row.version } });
  return { id: row.id };
}
export const submitPlan = operation({
  id: 'plan.submit', kind: 'command', rest: 'POST /plans/{id}/submit', allow: preparers,
  summary: 'Submits a plan for approval.', input: z.object({ id: id() }), output: Done,
  run: (context, input) => step(context, input.id, 'submit', 'plan.submitted'),
});
export const returnPlan = operation({
  id: 'plan.return', kind: 'command', rest: 'POST /plans/{id}/return', allow: ['mayor', 'chief'],
  summary: 'Sends a submitted plan back to be worked on.', input: z.object({ id: id() }), output: Done,
  run: (context, input) => step(context, input.id, 'return', 'plan.returned'),
});
export const dropPlan = operation({
  id: 'plan.drop', kind: 'command', rest: 'POST /plans/{id}/drop', allow: preparers,
  summary: 'Drops a plan that was not approved.', input: z.object({ id: id() }), output: Done,
  run: (context, input) => step(context, input.id, 'drop', 'plan.dropped'),
});

export const approvePlan = operation({
  id: 'plan.approve', kind: 'command', rest: 'POST /plans/{id}/approve', allow: ['mayor', 'chief'],
  summary: 'Approves a plan: both versions are kept as they are, also as PDF, and the version before is replaced. Where the one before was already sent, the new one is sent at once.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { db, office, caller, now, kernel } = context;
    const row = await lockPlan(context, input.id);
    const state = nextState(planLifecycle, row.state, 'approve');
    const copies = await copiesOf(context, row.id);
    if (!copies.internal || !copies.public) throw notFound();
    const before = await findBefore(context, row);
    const old = before ? await copiesOf(context, before.id) : { internal: null, public: null };
    const approved = { ...row, state, approved_by: caller.personId, approved_at: now };
    for (const audience of audiences) {
      // What was left out is not kept: who may read this version later is not to find it in there.
      const content = { ...copies[audience], entries: copies[audience]!.entries.filter((entry) => entry.isShown) } as PlanContent;
      const bytes = await printPlan(context, approved, audience, content, changesSince(old[audience], content));
      const sha256 = await kernel.files.put(office.id, bytes);
      await db.insertInto('file').values({ office_id: office.id, sha256, size: bytes.length, media_type: 'application/pdf' }).onConflict((conflict) => conflict.doNothing()).execute();
      await db.updateTable('plan_copy').set({ content: JSON.stringify(content), sha256 }).where('office_id', '=', office.id).where('plan_id', '=', row.id).where('audience', '=', audience).execute();
    }
    if (before?.state === 'approved') await db.updateTable('plan').set({ state: 'replaced', is_published: false }).where('office_id', '=', office.id).where('id', '=', before.id).execute();
    const isPublished = before?.is_published ?? false;
    await db.updateTable('plan').set({ state, approved_by: caller.personId, approved_at: now, is_published: isPublished }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    context.record({ name: 'plan.approved', nounId: row.id, data: { period: row.period, fromOn: row.from_on, version: row.version } });
    // Who has the old one in hand is not left with it.
    if (before?.mailed_at && row.until_on >= context.today) await sendPlan(context, approved, true);
    return { id: row.id };
  },
});

export const publishPlan = operation({
  id: 'plan.publish', kind: 'command', rest: 'POST /plans/{id}/publish', allow: ['mayor', 'chief', 'protocol', 'spokesperson'],
  summary: 'Puts the public version of an approved plan on the public site.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const row = await lockPlan(context, input.id);
    nextState(planLifecycle, row.state, 'publish');
    if (row.is_published) throw notNow();
    await context.db.updateTable('plan').set({ is_published: true }).where('office_id', '=', context.office.id).where('id', '=', row.id).execute();
    context.record({ name: 'plan.published', nounId: row.id, data: { period: row.period, fromOn: row.from_on, version: row.version } });
    return { id: row.id };
  },
});

const Head = z.object({
  id: z.string(), period: z.enum(periods), fromOn: z.string(), untilOn: z.string(), version: z.number(), state: z.enum(planStates), note: z.string(), preparedBy: z.string(), preparedAt: z.date(), approvedBy: z.string(), approvedAt: z.date().nullable(), isPublished: z.boolean(), mailedAt: z.date().nullable(),
});
export type PlanHead = z.infer<typeof Head>;
type HeadRow = PlanRow & { preparer: string | null; approver: string | null };
const headOf = (row: HeadRow): PlanHead => ({
  id: row.id, period: row.period, fromOn: row.from_on, untilOn: row.until_on, version: row.version, state: row.state, note: row.note, preparedBy: row.preparer ?? '', preparedAt: row.prepared_at, approvedBy: row.approver ?? '', approvedAt: row.approved_at, isPublished: row.is_published, mailedAt: row.mailed_at,
});
const heads = ({ db, office }: Pick<Context, 'db' | 'office'>) => db.selectFrom('plan as n').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'n.office_id').onRef('p.id', '=', 'n.prepared_by')).leftJoin('person as a', (join) => join.onRef('a.office_id', '=', 'n.office_id').onRef('a.id', '=', 'n.approved_by'))
  .selectAll('n').select(['p.name as preparer', 'a.name as approver']).where('n.office_id', '=', office.id);

const ChangeView = z.object({ kind: z.enum(['new', 'changed', 'gone']), entry: PlanEntry });
const View = Head.extend({
  internal: PlanContent.nullable(), public: PlanContent.nullable(), changes: z.object({ internal: z.array(ChangeView), public: z.array(ChangeView) }), before: z.object({ id: z.string(), version: z.number() }).nullable(),
  can: z.object({ change: z.boolean(), submit: z.boolean(), return: z.boolean(), approve: z.boolean(), publish: z.boolean(), drop: z.boolean(), prepare: z.boolean() }),
});
export type PlanView = z.infer<typeof View>;

export const getPlan = operation({
  id: 'plan.get', kind: 'query', rest: 'GET /plans/{id}', allow: ['staff'],
  summary: 'A plan with its internal and public version, as far as the caller may see them, and what is otherwise than in the version before.',
  input: z.object({ id: id() }),
  output: View,
  async run(context, input) {
    const { caller } = context;
    const row = await heads(context).where('n.id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    const plan = row as unknown as HeadRow;
    const copies = await copiesOf(context, plan.id);
    const before = await findBefore(context, plan);
    const old = before ? await copiesOf(context, before.id) : { internal: null, public: null };
    const acts = actsIn(planLifecycle, plan.state);
    const has = (...roles: readonly string[]): boolean => roles.some((role) => caller.roles.has(role as 'chief'));
    const prepares = has(...preparers);
    const leads = has('mayor', 'chief');
    return {
      ...headOf(plan), ...copies, before: before ? { id: before.id, version: before.version } : null,
      changes: { internal: copies.internal ? changesSince(old.internal, copies.internal) : [], public: copies.public ? changesSince(old.public, copies.public) : [] },
      can: {
        change: prepares && acts.includes('change') && copies.internal !== null, submit: prepares && !leads && acts.includes('submit') && copies.internal !== null, return: leads && acts.includes('return'), approve: leads && acts.includes('approve'),
        publish: has('mayor', 'chief', 'protocol', 'spokesperson') && acts.includes('publish') && !plan.is_published, drop: prepares && acts.includes('drop'), prepare: prepares && plan.state !== 'replaced' && plan.state !== 'dropped',
      },
    };
  },
});

export const listPlans = operation({
  id: 'plan.list', kind: 'query', rest: 'GET /plans', allow: ['staff'],
  summary: 'Plans, those of the latest days first; dropped and replaced ones on request.',
  input: z.object({ period: z.union([z.literal(''), z.enum(periods)]).default(''), all: z.coerce.boolean().default(false), after: optionalLine(80), limit: z.coerce.number().int().min(1).max(100).default(30) }),
  output: z.object({ plans: z.array(Head), next: z.string().nullable() }),
  async run(context, input) {
    const [on = '', afterId = ''] = input.after.split('.');
    const isCursor = /^\d{4}-\d{2}-\d{2}$/.test(on) && /^[0-9a-f-]{36}$/.test(afterId);
    const rows = await heads(context).$if(input.period !== '', (query) => query.where('n.period', '=', input.period)).$if(!input.all, (query) => query.where('n.state', 'in', ['draft', 'submitted', 'approved']))
      .$if(isCursor, (query) => query.where(sql<boolean>`(n.from_on, n.id) < (${on}::date, ${afterId}::uuid)`)).orderBy('n.from_on', 'desc').orderBy('n.id', 'desc').limit(input.limit + 1).execute() as unknown as HeadRow[];
    const last = rows[input.limit - 1];
    return { plans: rows.slice(0, input.limit).map(headOf), next: rows.length > input.limit && last ? `${last.from_on}.${last.id}` : null };
  },
});

export const printApproved = operation({
  id: 'plan.print', kind: 'query', rest: 'GET /plans/{id}/print', allow: ['staff'],
  summary: 'A version of a plan as PDF in base64: of an approved one the file as it was kept, of any other a draft.',
  input: z.object({ id: id(), audience: choice(audiences) }),
  output: z.object({ fileName: z.string(), content: z.string() }),
  async run(context, input) {
    const { db, office, kernel, t } = context;
    const row = await heads(context).where('n.id', '=', input.id).executeTakeFirst() as unknown as HeadRow | undefined;
    const copy = row && (await db.selectFrom('plan_copy').select(['content', 'sha256']).where('office_id', '=', office.id).where('plan_id', '=', row.id).where('audience', '=', input.audience).executeTakeFirst());
    if (!row || !copy) throw notFound();
    const fileName = `${t(`plan.period.${row.period}`)} ${row.from_on}${input.audience === 'public' ? ` ${t('plan.audience.public')}` : ''}.pdf`;
    if (copy.sha256) return { fileName, content: Buffer.from(await kernel.files.get(office.id, copy.sha256)).toString('base64') };
    const content = PlanContent.parse(copy.content);
    const before = await findBefore(context, row);
    const old = before ? (await copiesOf(context, before.id))[input.audience] : null;
    return { fileName, content: Buffer.from(await printPlan(context, row, input.audience, { ...content, entries: content.entries.filter((entry) => entry.isShown) }, changesSince(old, content))).toString('base64') };
  },
});
