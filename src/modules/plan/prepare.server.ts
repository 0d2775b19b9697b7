import type { Day } from '../../core/day.ts';
import type { Context } from '../../core/operation.ts';
import { readContent } from './content.server.ts';
import { keepChoices, PlanContent, spanOf, type Audience, type Period, type PlanState } from './plan.ts';

export type PlanRow = { id: string; period: Period; from_on: Day; until_on: Day; version: number; calendars: string[]; note: string; state: PlanState; prepared_by: string | null; prepared_at: Date; approved_by: string | null; approved_at: Date | null; is_published: boolean; mailed_at: Date | null };

export type Copies = Record<Audience, PlanContent | null>;
/** Both copies as far as the caller may see them. */
export async function copiesOf({ db, office }: Pick<Context, 'db' | 'office'>, planId: string): Promise<Copies> {
  const rows = await db.selectFrom('plan_copy').select(['audience', 'content']).where('office_id', '=', office.id).where('plan_id', '=', planId).execute();
  const of = (audience: Audience): PlanContent | null => {
    const row = rows.find((one) => one.audience === audience);
    return row ? PlanContent.parse(row.content) : null;
  };
  return { internal: of('internal'), public: of('public') };
}
/** The version that stood before: the newest of the period that was approved. */
export const findBefore = ({ db, office }: Pick<Context, 'db' | 'office'>, row: Pick<PlanRow, 'period' | 'from_on' | 'version'>) =>
  db.selectFrom('plan').select(['id', 'version', 'is_published', 'mailed_at', 'state']).where('office_id', '=', office.id).where('period', '=', row.period).where('from_on', '=', row.from_on).where('version', '<', row.version).where('state', 'in', ['approved', 'replaced']).orderBy('version', 'desc').limit(1).executeTakeFirst();

/** Keeps the content of one version. */
export async function putCopy({ db, office }: Context, planId: string, audience: Audience, content: PlanContent): Promise<void> {
  const given = { content: JSON.stringify(content) };
  await db.insertInto('plan_copy').values({ office_id: office.id, plan_id: planId, audience, ...given }).onConflict((conflict) => conflict.columns(['office_id', 'plan_id', 'audience']).doUpdateSet(given)).execute();
}

/** Prepares the plan of a period from the calendars: a new version, or the draft that is there anew with the choices made in it. */
export async function preparePlanOf(context: Context, period: Period, on: Day): Promise<{ id: string; version: number }> {
  const { db, office, caller, now } = context;
  const span = spanOf(period, on);
  const latest = await db.selectFrom('plan').selectAll().where('office_id', '=', office.id).where('period', '=', period).where('from_on', '=', span.fromOn).orderBy('version', 'desc').limit(1).forUpdate().executeTakeFirst();
  const fresh = await readContent(context, span);
  const isOpen = latest?.state === 'draft' || latest?.state === 'submitted';
  const planId = isOpen ? latest.id : context.newId();
  const version = isOpen ? latest.version : (latest?.version ?? 0) + 1;
  const set = { calendars: fresh.calendars, prepared_by: caller.personId, prepared_at: now, state: 'draft' };
  // Whoever asks for it anew takes the draft over, and may read it from then on.
  if (isOpen) await db.updateTable('plan').set(set).where('office_id', '=', office.id).where('id', '=', planId).execute();
  else await db.insertInto('plan').values({ office_id: office.id, id: planId, period, from_on: span.fromOn, until_on: span.untilOn, version, ...set }).execute();
  const earlier = latest && latest.state !== 'dropped' ? await copiesOf(context, latest.id) : { internal: null, public: null };
  await putCopy(context, planId, 'internal', keepChoices(fresh.internal, earlier.internal, false));
  await putCopy(context, planId, 'public', keepChoices(fresh.public, earlier.public, true));
  context.record({ name: 'plan.prepared', nounId: planId, data: { period, fromOn: span.fromOn, version } });
  return { id: planId, version };
}
