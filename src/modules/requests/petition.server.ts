import type { Context } from '../../core/operation.ts';
import { dayIn } from '../../core/day.ts';
import { findClockRule } from '../../core/jurisdiction.ts';
import { nextState } from '../../core/lifecycle.ts';
import { notFound, notNow } from '../../core/refusal.ts';
import { dropContributions } from '../contributions/index.ts';
import { receiveByWorking } from '../distribution/index.ts';
import { resumeClock, stopClock } from '../registry/index.ts';
import { lifecycle, settledStates, type Act, type State } from './petition.ts';
import type { Allow } from '../../core/caller.ts';

/** Who works on cases, and who leads. */
export const leaders: readonly Allow[] = ['mayor', 'deputy', 'chief', 'head'];
export const workers: readonly Allow[] = ['chief', 'head', 'adviser', 'clerk', 'citizens', 'protocol', 'spokesperson', 'council'];

/** Acts of whoever has the papers in hand. */
const work: ReadonlySet<Act> = new Set(['draft', 'ask_completion', 'ask_contribution', 'add', 'forward', 'dismiss']);

export type Petition = {
  id: string; state: State; kind: string; subject: string; reference: string; channel: string; body: string; place: string; area: string | null; replyBy: string; locale: string;
  isAnonymous: boolean; mayPublish: boolean; partyId: string | null; handledBy: string | null; unitId: string | null; approverId: string | null; version: number;
  classCode: string; registeredAt: Date; answeredAt: Date | null; reopened: number; access: string; trackingSealed: Buffer; forwardedTo: string | null; disposition: string | null; satisfaction: string | null;
};

/** The petition as the caller may see it, its row locked when something is about to be done to it; 404 otherwise. */
export async function getPetitionRow({ db, office }: Pick<Context, 'db' | 'office'>, id: string, lock = false): Promise<Petition> {
  let query = db.selectFrom('petition as p').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'p.office_id').onRef('c.id', '=', 'p.id'))
    .select(['p.id', 'p.state', 'p.kind', 'p.channel', 'p.body', 'p.place', 'p.area', 'p.reply_by', 'p.locale', 'p.is_anonymous', 'p.may_publish', 'p.approver_id', 'p.version', 'p.registered_at',
      'p.answered_at', 'p.reopened', 'p.tracking_sealed', 'p.forwarded_to', 'p.disposition', 'p.satisfaction', 'c.subject', 'c.reference', 'c.class_code', 'c.party_id', 'c.handled_by', 'c.unit_id', 'c.access'])
    .where('p.office_id', '=', office.id).where('p.id', '=', id);
  if (lock) query = query.forUpdate('p');
  const row = await query.executeTakeFirst();
  if (!row) throw notFound();
  return {
    id: row.id, state: row.state as State, kind: row.kind, subject: row.subject, reference: row.reference, channel: row.channel, body: row.body, place: row.place, area: row.area, replyBy: row.reply_by,
    locale: row.locale, isAnonymous: row.is_anonymous, mayPublish: row.may_publish, partyId: row.party_id, handledBy: row.handled_by, unitId: row.unit_id, approverId: row.approver_id,
    version: row.version, classCode: row.class_code, registeredAt: row.registered_at, answeredAt: row.answered_at, reopened: row.reopened, access: row.access, trackingSealed: row.tracking_sealed,
    forwardedTo: row.forwarded_to, disposition: row.disposition, satisfaction: row.satisfaction,
  };
}

/** Locks the petition and makes sure that the lifecycle allows the act now. */
export async function begin(context: Context, id: string, act: Act): Promise<Petition> {
  const petition = await getPetitionRow(context, id, true);
  nextState(lifecycle, petition.state, act);
  if (context.caller.kind === 'person' && work.has(act)) await receiveByWorking(context, petition.id);
  return petition;
}

type Changes = Partial<{ approver_id: string | null; forwarded_to: string | null; disposition: string | null; satisfaction: string | null; reopened: number; answered_at: Date | null; settled_at: Date | null }>;

/** Moves the petition by the act, and its clock with the state. */
export async function move(context: Context, petition: Petition, act: Act, changes: Changes = {}): Promise<State> {
  const { db, office, now } = context;
  const state = nextState(lifecycle, petition.state, act);
  const settled = settledStates.includes(state) && state !== petition.state;
  await db.updateTable('petition').set({ ...changes, state, version: petition.version + 1, ...(settled ? { settled_at: now } : {}) }).where('office_id', '=', office.id).where('id', '=', petition.id).execute();
  if (petition.state === 'awaiting_completion' && state !== 'awaiting_completion') await resumeClock(context, petition.id);
  if (settled) {
    await stopClock(context, petition.id);
    await dropContributions(context, petition.id);
  }
  return state;
}

/** Refuses when the form was opened on an older state of the case than the one that is there now. */
export function sameVersion(petition: Petition, version: number | null | undefined): void {
  if (version !== null && version !== undefined && version !== petition.version) throw notNow('error.changed_meanwhile', {}, { version: petition.version, state: petition.state });
}

const extensionOf = ({ office }: Pick<Context, 'office'>, petition: Petition) => findClockRule(office.jurisdiction, 'petition.reply', dayIn(office.jurisdiction.timeZone, petition.registeredAt))?.extension;

/** Whether an extension is this caller's to grant: some laws leave it to the head of the institution. */
export function grantsExtension(context: Pick<Context, 'office' | 'caller'>, petition: Petition): boolean {
  const { caller } = context;
  return caller.kind !== 'person' || extensionOf(context, petition)?.by !== 'head' || ['mayor', 'deputy', 'chief'].some((role) => caller.roles.has(role as 'chief'));
}

/** Whether to offer an extension: the rule knows one, and the caller may grant it. */
export const mayExtend = (context: Pick<Context, 'office' | 'caller'>, petition: Petition): boolean => Boolean(extensionOf(context, petition)) && grantsExtension(context, petition);
