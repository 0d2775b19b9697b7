import { z } from 'zod';
import type { Tx } from '../../core/database.ts';
import { choice, day, id, line, optionalId, optionalLine, optionalText, say } from '../../core/input.ts';
import { instantIn } from '../../core/day.ts';
import { nextState } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { addDocument, takeUploads, UploadList } from '../documents/index.ts';
import { getCaseFile } from '../registry/index.ts';
import { mailFailed, mailSent } from './addressee.server.ts';
import { dispatchLifecycle, dispatchStates, senders, ways, type DispatchAct, type DispatchState, type Way } from './dispatch.ts';
import { amount, listRates } from './postage.server.ts';
import { postageFor } from './postage.ts';

export const DispatchRow = z.object({
  id: z.string(), caseId: z.string(), reference: z.string(), subject: z.string(), addressee: z.string(), address: z.string(), email: z.string(), way: z.enum(ways), state: z.enum(dispatchStates),
  weightG: z.number().nullable(), postageCents: z.number().nullable(), tracking: z.string(), listId: z.string().nullable(), listNumber: z.string().nullable(), documentId: z.string().nullable(), proofId: z.string().nullable(),
  at: z.date(), sentAt: z.date().nullable(), deliveredAt: z.date().nullable(), deliveredTo: z.string(), failedAt: z.date().nullable(), failedReason: z.string(),
});
export type DispatchRow = z.infer<typeof DispatchRow>;

/** Dispatches with the number of the paper they carry, as the caller may see them. */
export const dispatchesOf = (db: Tx, officeId: number) => db.selectFrom('dispatch as d')
  .innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'd.office_id').onRef('c.id', '=', 'd.case_id'))
  .leftJoin('entry as e', (join) => join.onRef('e.office_id', '=', 'd.office_id').onRef('e.id', '=', 'd.entry_id'))
  .leftJoin('post_list as l', (join) => join.onRef('l.office_id', '=', 'd.office_id').onRef('l.id', '=', 'd.list_id'))
  .select(['d.id', 'd.case_id', 'd.addressee', 'd.address', 'd.email', 'd.way', 'd.state', 'd.weight_g', 'd.postage_cents', 'd.tracking', 'd.list_id', 'd.document_id', 'd.proof_id', 'd.at', 'd.sent_at', 'd.delivered_at', 'd.delivered_to',
    'd.failed_at', 'd.failed_reason', 'e.reference as entry_reference', 'e.subject as entry_subject', 'c.reference', 'c.subject', 'l.number as list_number', 'l.year as list_year'])
  .where('d.office_id', '=', officeId);
type Row = Awaited<ReturnType<ReturnType<typeof dispatchesOf>['execute']>>[number];
export const dispatchFrom = (row: Row): DispatchRow => ({
  id: row.id, caseId: row.case_id, reference: row.entry_reference ?? row.reference, subject: row.entry_subject ?? row.subject, addressee: row.addressee, address: row.address, email: row.email, way: row.way as Way, state: row.state as DispatchState,
  weightG: row.weight_g, postageCents: row.postage_cents, tracking: row.tracking, listId: row.list_id, listNumber: row.list_number === null ? null : `${row.list_number}/${row.list_year}`, documentId: row.document_id, proofId: row.proof_id,
  at: row.at, sentAt: row.sent_at, deliveredAt: row.delivered_at, deliveredTo: row.delivered_to, failedAt: row.failed_at, failedReason: row.failed_reason,
});

const size = 50;
export const listDispatches = operation({
  id: 'dispatch.list', kind: 'query', rest: 'GET /dispatches', allow: ['registrar', 'chief', 'mayor', 'deputy', 'auditor'],
  summary: 'What waits to go out, is under way, arrived or came back, the newest first; by way.',
  input: z.object({ state: choice(['', ...dispatchStates]).default('waiting'), way: choice(['', ...ways]).default(''), after: optionalId() }),
  output: z.object({ dispatches: z.array(DispatchRow), next: z.string().nullable() }),
  async run({ db, office }, input) {
    let query = dispatchesOf(db, office.id);
    if (input.state) query = query.where('d.state', '=', input.state);
    if (input.way) query = query.where('d.way', '=', input.way);
    if (input.state === 'waiting' && input.way !== 'email') query = query.where('d.way', '<>', 'email').where('d.list_id', 'is', null);
    if (input.after) query = query.where('d.id', '<', input.after);
    const rows = await query.orderBy('d.id', 'desc').limit(size + 1).execute();
    return { dispatches: rows.slice(0, size).map(dispatchFrom), next: rows.length > size ? rows[size - 1]!.id : null };
  },
});

export const countDispatches = operation({
  id: 'dispatch.count', kind: 'query', allow: ['registrar', 'chief', 'mayor', 'deputy', 'auditor'],
  summary: 'How many papers wait for the post, and what came back in the last thirty days.',
  input: z.object({}),
  output: z.object({ waiting: z.number(), failed: z.array(z.object({ id: z.string(), caseId: z.string(), addressee: z.string(), reference: z.string(), reason: z.string(), failedAt: z.date() })) }),
  async run({ db, office, now }) {
    const since = new Date(now.getTime() - 30 * 86_400_000);
    const { waiting } = await db.selectFrom('dispatch').select((eb) => eb.fn.countAll<number>().as('waiting')).where('office_id', '=', office.id).where('state', '=', 'waiting').where('way', '<>', 'email').where('list_id', 'is', null).executeTakeFirstOrThrow();
    const failed = await dispatchesOf(db, office.id).where('d.state', '=', 'failed').where('d.failed_at', '>=', since)
      .where((eb) => eb.not(eb.exists(eb.selectFrom('dispatch as r').select('r.id').whereRef('r.office_id', '=', 'd.office_id').whereRef('r.case_id', '=', 'd.case_id').whereRef('r.entry_id', '=', 'd.entry_id').whereRef('r.addressee', '=', 'd.addressee').whereRef('r.id', '>', 'd.id'))))
      .orderBy('d.failed_at', 'desc').limit(20).execute();
    return { waiting, failed: failed.map((row) => ({ id: row.id, caseId: row.case_id, addressee: row.addressee, reference: row.entry_reference ?? row.reference, reason: row.failed_reason, failedAt: row.failed_at! })) };
  },
});

export const listOfCase = operation({
  id: 'dispatch.of_case', kind: 'query', rest: 'GET /cases/{caseId}/dispatches', allow: ['staff'],
  summary: 'How the papers of a case left the office, the newest first.',
  input: z.object({ caseId: id() }),
  output: z.object({ dispatches: z.array(DispatchRow) }),
  async run({ db, office }, input) {
    const file = await db.selectFrom('case_file').select('id').where('office_id', '=', office.id).where('id', '=', input.caseId).executeTakeFirst();
    if (!file) throw notFound();
    return { dispatches: (await dispatchesOf(db, office.id).where('d.case_id', '=', input.caseId).orderBy('d.at', 'desc').limit(100).execute()).map(dispatchFrom) };
  },
});

export const getDispatch = operation({
  id: 'dispatch.get', kind: 'query', rest: 'GET /dispatches/{id}', allow: ['staff'],
  summary: 'One dispatch with its proof, and the postage that its weight asks.',
  input: z.object({ id: id() }),
  output: z.object({ dispatch: DispatchRow, acts: z.array(z.string()) }),
  async run(context, input) {
    const row = await dispatchesOf(context.db, context.office.id).where('d.id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    const { caller } = context;
    const sends = caller.kind === 'system' || senders.some((role) => caller.roles.has(role));
    const acts = sends ? dispatchLifecycle.steps.filter((step) => step.from.includes(row.state as DispatchState) && step.act !== 'hand' && !(step.act === 'prepare' && row.way === 'email')).map((step) => step.act) : [];
    return { dispatch: dispatchFrom(row), acts };
  },
});

/** Locks the dispatch and makes sure that the act is possible now. */
async function begin(context: Context, dispatchId: string, act: DispatchAct) {
  const { db, office } = context;
  const row = await db.selectFrom('dispatch').selectAll().where('office_id', '=', office.id).where('id', '=', dispatchId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  const state = nextState(dispatchLifecycle, row.state as DispatchState, act);
  if (act === 'prepare' || act === 'repeat') await mustStand(context, row);
  return { ...row, state };
}
/** What was annulled, or is no longer in the office, is not sent. */
async function mustStand(context: Context, row: { case_id: string; entry_id: string | null }): Promise<void> {
  const file = await getCaseFile(context, row.case_id);
  const entry = row.entry_id ? await context.db.selectFrom('entry').select(['annulled_at', 'reference']).where('office_id', '=', context.office.id).where('id', '=', row.entry_id).executeTakeFirst() : undefined;
  if (file.annulledAt || entry?.annulled_at) throw notNow('error.case_annulled', { reference: entry?.reference || file.reference });
  if (file.isDisposed) throw notNow('error.case_disposed');
}
const change = ({ db, office }: Context, dispatchId: string) => db.updateTable('dispatch').where('office_id', '=', office.id).where('id', '=', dispatchId);
const Done = z.object({ id: z.string() });

export const prepareDispatch = operation({
  id: 'dispatch.prepare', kind: 'command', rest: 'POST /dispatches/{id}/prepare', allow: senders,
  summary: 'Weighs and franks a piece that waits, corrects its address or way, notes the tracking number.',
  input: z.object({ id: id(), way: choice(['post', 'registered', 'courier', 'pickup']).optional(), addressee: line(200), address: optionalLine(300), weightG: z.union([z.literal('').transform(() => null), z.coerce.number(say('field.number')).int(say('field.number')).min(1, say('field.number')).max(50_000, say('field.number'))]).nullish(), amount: amount().optional(), tracking: optionalLine(60) }),
  output: Done.extend({ postageCents: z.number().nullable() }),
  async run(context, input) {
    const row = await begin(context, input.id, 'prepare');
    if (row.list_id && input.way && input.way !== row.way) throw notNow('error.dispatch_listed');
    if (row.way === 'email') throw notNow();
    const way = input.way ?? row.way;
    const weight = input.weightG ?? null;
    const typed = input.amount ?? null;
    const cents = typed ?? (weight === null ? row.postage_cents : postageFor(await listRates(context), way, weight));
    await change(context, row.id).set({ way, addressee: input.addressee, address: input.address, weight_g: weight, postage_cents: cents, tracking: input.tracking }).execute();
    context.record({ name: 'dispatch.prepared', nounId: row.id, caseId: row.case_id, data: { way } });
    return { id: row.id, postageCents: cents };
  },
});

/** The paper left the office: noted on its entry, once. */
export async function markDispatched({ db, office, now }: Context, entryIds: readonly (string | null)[]): Promise<void> {
  const ids = entryIds.filter((one): one is string => one !== null);
  if (ids.length > 0) await db.updateTable('entry').set({ dispatched_at: now }).where('office_id', '=', office.id).where('id', 'in', ids).where('dispatched_at', 'is', null).execute();
}

export const deliverDispatch = operation({
  id: 'dispatch.deliver', kind: 'command', rest: 'POST /dispatches/{id}/deliver', allow: senders,
  summary: 'Proof of delivery: the day, who took it, the scanned receipt.',
  input: z.object({ id: id(), deliveredOn: day(), deliveredTo: line(200), files: UploadList }),
  output: Done,
  async run(context, input) {
    const { office, today, now } = context;
    const row = await begin(context, input.id, 'deliver');
    if (input.deliveredOn > today) throw wrong({ deliveredOn: { key: 'field.day_future' } });
    const files = await takeUploads(input.files);
    let proofId = row.proof_id;
    for (const file of files) proofId = await addDocument(context, { caseId: row.case_id, entryId: row.entry_id, kind: 'proof', file });
    const deliveredAt = input.deliveredOn === today ? now : instantIn(office.jurisdiction.timeZone, input.deliveredOn, '12:00');
    await change(context, row.id).set({ state: row.state, delivered_at: deliveredAt, delivered_to: input.deliveredTo, proof_id: proofId, sent_at: row.sent_at ?? deliveredAt, sent_by: row.sent_by ?? context.caller.personId }).execute();
    await markDispatched(context, [row.entry_id]);
    context.record({ name: 'dispatch.delivered', nounId: row.id, caseId: row.case_id, data: { on: input.deliveredOn } });
    return { id: row.id };
  },
});

export const failDispatch = operation({
  id: 'dispatch.fail', kind: 'command', rest: 'POST /dispatches/{id}/fail', allow: senders,
  summary: 'The piece came back or was not taken, with the reason on the envelope.',
  input: z.object({ id: id(), reason: line(500), files: UploadList }),
  output: Done,
  async run(context, input) {
    const row = await begin(context, input.id, 'fail');
    const files = await takeUploads(input.files);
    let proofId = row.proof_id;
    for (const file of files) proofId = await addDocument(context, { caseId: row.case_id, entryId: row.entry_id, kind: 'proof', file });
    await change(context, row.id).set({ state: row.state, failed_at: context.now, failed_reason: input.reason, proof_id: proofId }).execute();
    context.record({ name: 'dispatch.failed', nounId: row.id, caseId: row.case_id });
    return { id: row.id };
  },
});

export const repeatDispatch = operation({
  id: 'dispatch.repeat', kind: 'command', rest: 'POST /dispatches/{id}/repeat', allow: senders,
  summary: 'Sends what came back once more by post or hand, to the corrected address.',
  input: z.object({ id: id(), way: choice(['post', 'registered', 'courier', 'pickup']), addressee: line(200), address: optionalText(300) }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    const row = await begin(context, input.id, 'repeat');
    const newId = context.newId();
    await db.insertInto('dispatch').values({
      office_id: office.id, id: newId, case_id: row.case_id, entry_id: row.entry_id, document_id: row.document_id, party_id: row.party_id, addressee: input.addressee, address: input.address, way: input.way, at: now,
    }).execute();
    context.record({ name: 'dispatch.repeated', nounId: newId, caseId: row.case_id });
    return { id: newId };
  },
});

const bouncesSince = 7 * 86_400_000;
/** Mails of dispatches that moved since they were looked at: two questions, each by an index of its own. */
async function mailsToFollow({ db, office, now }: Context, most: number) {
  const both = db.selectFrom('dispatch as d').innerJoin('mail as m', (join) => join.onRef('m.office_id', '=', 'd.office_id').onRef('m.id', '=', 'd.mail_id')).select(['m.id', 'm.state', 'm.error']).where('d.office_id', '=', office.id).limit(most);
  const left = await both.where('d.way', '=', 'email').where('d.state', '=', 'waiting').where('m.state', 'in', ['sent', 'failed', 'bounced']).execute();
  const back = await both.where('m.state', '=', 'bounced').where('m.bounced_at', '>', new Date(now.getTime() - bouncesSince)).where('d.state', '=', 'sent').execute();
  return [...left, ...back];
}

export const hasMailToFollow = operation({
  id: 'dispatch.has_mail', kind: 'query', allow: [], summary: 'Whether the mail of some dispatch moved since it was last looked at.',
  input: z.object({}), output: z.object({ any: z.boolean() }),
  run: async (context) => ({ any: (await mailsToFollow(context, 1)).length > 0 }),
});

export const followMail = operation({
  id: 'dispatch.follow_mail', kind: 'command', allow: [],
  summary: 'Notes of dispatches by e-mail what became of their mail: sent, given up, bounced.',
  input: z.object({}),
  output: z.object({ followed: z.number() }),
  async run(context) {
    const rows = await mailsToFollow(context, 500);
    for (const row of rows) {
      if (row.state === 'sent') await mailSent(context, row.id);
      else await mailFailed(context, row.id, row.error ?? row.state);
    }
    if (rows.length === 0) context.record({ name: 'dispatch.checked' });
    return { followed: rows.length };
  },
});
