import { z } from 'zod';
import { id, optionalId, optionalLine, optionalText, seenVersion, text } from '../../core/input.ts';
import { formatDay, isLocaleId } from '../../core/language.ts';
import { textIn, translator } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { renderSealed } from '../../core/sign.ts';
import { notAllowed, notNow, wrong, type FieldErrors } from '../../core/refusal.ts';
import { indexSearch } from '../../core/search.ts';
import { addDispatch } from '../dispatch/index.ts';
import { addDocument } from '../documents/index.ts';
import { endObligations } from '../obligations/index.ts';
import { enterPaper, involve } from '../registry/index.ts';
import { letterData } from './paper.ts';
import { notify } from './notice.server.ts';
import { answerParts, missingParts, states } from './petition.ts';
import { begin, move, workers, type Petition } from './petition.server.ts';

const Done = z.object({ id: z.string(), state: z.enum(states), version: z.number() });
const part = optionalText(20_000);

export const Answer = z.object({
  id: z.string(), state: z.string(), template: z.string().nullable(), facts: z.string(), basis: z.string(), decision: z.string(), remedy: z.string(), comment: z.string(), version: z.number(),
  draftedBy: z.string().nullable(), approvedBy: z.string().nullable(), updatedAt: z.date(), sentAt: z.date().nullable(), documentId: z.string().nullable(),
});
export type Answer = z.infer<typeof Answer>;

/** The answer that is being written on a case, or the last one sent. */
export async function findAnswer({ db, office }: Pick<Context, 'db' | 'office'>, caseId: string): Promise<Answer | null> {
  const row = await db.selectFrom('answer').selectAll().where('office_id', '=', office.id).where('case_id', '=', caseId).orderBy('updated_at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row ? {
    id: row.id, state: row.state, template: row.template, facts: row.facts, basis: row.basis, decision: row.decision, remedy: row.remedy, comment: row.comment, version: row.version,
    draftedBy: row.drafted_by, approvedBy: row.approved_by, updatedAt: row.updated_at, sentAt: row.sent_at, documentId: row.document_id,
  } : null;
}

export const draftAnswer = operation({
  id: 'answer.draft', kind: 'command', rest: 'POST /petitions/{id}/answer', allow: workers,
  summary: 'Saves the draft of the reasoned answer; refuses with what the other wrote when two save at once.',
  input: z.object({ id: id(), version: seenVersion().default(0), template: optionalLine(60), facts: part, basis: part, decision: part, remedy: part }),
  output: Done,
  run: (context, input) => saveDraft(context, input),
});

type Draft = { id: string; version: number; template: string; facts: string; basis: string; decision: string; remedy: string };
async function saveDraft(context: Context, input: Draft): Promise<z.input<typeof Done>> {
  const { db, office, caller, now } = context;
  const petition = await begin(context, input.id, 'draft');
  const earlier = await findAnswer(context, petition.id);
  const parts = { template: input.template || null, facts: input.facts, basis: input.basis, decision: input.decision, remedy: input.remedy };
  let version = 1;
  if (!earlier || earlier.state === 'sent') {
    await db.insertInto('answer').values({ office_id: office.id, id: context.newId(), case_id: petition.id, ...parts, drafted_by: caller.personId, updated_at: now }).execute();
  } else {
    if (input.version !== earlier.version) throw notNow('error.changed_meanwhile', {}, earlier);
    version = earlier.version + 1;
    await db.updateTable('answer').set({ ...parts, state: 'draft', version, drafted_by: caller.personId, updated_at: now }).where('office_id', '=', office.id).where('id', '=', earlier.id).execute();
  }
  const state = await move(context, petition, 'draft');
  context.record({ name: 'answer.drafted', nounId: petition.id, caseId: petition.id, data: { version } });
  return { id: petition.id, state, version };
}

export const submitAnswer = operation({
  id: 'answer.submit', kind: 'command', rest: 'POST /petitions/{id}/answer/submit', allow: workers,
  summary: 'Sends the answer for approval; facts, legal basis, decision and remedy must all be there.',
  input: z.object({ id: id(), version: seenVersion().default(0), template: optionalLine(60), facts: part, basis: part, decision: part, remedy: part, approverId: optionalId() }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const errors: FieldErrors = Object.fromEntries(missingParts(input).map((name) => [name, { key: `answer.missing.${name}` }]));
    if (Object.keys(errors).length > 0) throw wrong(errors);
    const saved = await saveDraft(context, input);
    const approver = input.approverId
      ? await db.selectFrom('person').select(['id', 'roles']).where('office_id', '=', office.id).where('id', '=', input.approverId).where('is_active', '=', true).executeTakeFirst()
      : await db.selectFrom('person').select(['id', 'roles']).where('office_id', '=', office.id).where('is_active', '=', true).where((eb) => eb('roles', '@>', eb.val(['chief']))).orderBy('folded').limit(1).executeTakeFirst();
    if (!approver || !approver.roles.some((role) => approverRoles.includes(role))) throw wrong({ approverId: { key: 'field.choose' } });
    const petition = await begin(context, input.id, 'submit');
    await db.updateTable('answer').set({ state: 'submitted', comment: '' }).where('office_id', '=', office.id).where('case_id', '=', petition.id).where('state', '=', 'draft').execute();
    await involve(context, petition.id, [approver.id]);
    const state = await move(context, petition, 'submit', { approver_id: approver.id });
    context.record({ name: 'answer.submitted', nounId: petition.id, caseId: petition.id, data: { approver: approver.id } });
    return { id: petition.id, state, version: saved.version };
  },
});

export const approverRoles: readonly string[] = ['mayor', 'deputy', 'chief', 'head'];

function mayApprove(context: Context, petition: Petition): void {
  const { caller } = context;
  if (caller.kind !== 'person' || caller.roles.has('mayor') || caller.roles.has('chief')) return;
  if (!petition.approverId || !caller.marks.includes(petition.approverId)) throw notAllowed();
}

export const returnAnswer = operation({
  id: 'answer.return', kind: 'command', rest: 'POST /petitions/{id}/answer/return', allow: ['mayor', 'deputy', 'chief', 'head'],
  summary: 'The approver sends the draft back with what must be changed.',
  input: z.object({ id: id(), comment: text(4000) }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const petition = await begin(context, input.id, 'return');
    mayApprove(context, petition);
    const row = await db.updateTable('answer').set((eb) => ({ state: 'draft', comment: input.comment, version: eb('version', '+', 1), updated_at: context.now })).where('office_id', '=', office.id).where('case_id', '=', petition.id)
      .where('state', 'in', ['submitted', 'approved']).returning('version').executeTakeFirstOrThrow();
    const state = await move(context, petition, 'return');
    context.record({ name: 'answer.returned', nounId: petition.id, caseId: petition.id });
    return { id: petition.id, state, version: row.version };
  },
});

export const approveAnswer = operation({
  id: 'answer.approve', kind: 'command', rest: 'POST /petitions/{id}/answer/approve', allow: ['mayor', 'deputy', 'chief', 'head'],
  summary: 'The approver lets the answer go out.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { db, office, caller, now } = context;
    const petition = await begin(context, input.id, 'approve');
    mayApprove(context, petition);
    const row = await db.updateTable('answer').set({ state: 'approved', approved_by: caller.personId, approved_at: now }).where('office_id', '=', office.id).where('case_id', '=', petition.id)
      .where('state', '=', 'submitted').returning(['version', ...answerParts]).executeTakeFirst();
    if (!row || missingParts(row).length > 0) throw notNow('error.answer_incomplete');
    const state = await move(context, petition, 'approve');
    context.record({ name: 'answer.approved', nounId: petition.id, caseId: petition.id });
    return { id: petition.id, state, version: row.version };
  },
});

export const dispatchAnswer = operation({
  id: 'answer.dispatch', kind: 'command', rest: 'POST /petitions/{id}/answer/dispatch', allow: ['registrar', 'chief', 'clerk', 'adviser', 'head', 'citizens'],
  summary: 'The approved answer goes out under its own number: as PDF by e-mail, or printed for the post.',
  input: z.object({ id: id() }),
  output: Done.extend({ entry: z.string(), documentId: z.string(), mailed: z.boolean() }),
  async run(context, input) {
    const { db, office, now, today } = context;
    const petition = await begin(context, input.id, 'dispatch');
    const answer = await findAnswer(context, petition.id);
    if (!answer || answer.state !== 'approved') throw notNow('error.answer_incomplete');
    const locale = isLocaleId(petition.locale) && office.publicLocales.includes(petition.locale) ? petition.locale : office.locale;
    const entry = await enterPaper(context, { caseId: petition.id, direction: 'out', channel: petition.replyBy === 'email' ? 'email' : 'post', subject: petition.subject, partyId: petition.partyId, dispatched: petition.replyBy === 'email' });
    const signer = answer.approvedBy ? await db.selectFrom('person').select(['name', 'title']).where('office_id', '=', office.id).where('id', '=', answer.approvedBy).executeTakeFirst() : undefined;
    const party = petition.partyId ? await db.selectFrom('party').select(['name', 'address', 'place', 'email']).where('office_id', '=', office.id).where('id', '=', petition.partyId).executeTakeFirst() : undefined;
    const t = translator(locale);
    const { bytes } = await renderSealed(context, letterData({ office, locale, t, entry: entry.reference, today, petition, answer, party: party ?? null, signer: signer ? { name: signer.name, title: textIn(signer.title as Record<string, string>, locale) } : null }), locale);
    const title = t('public.answer.title', { reference: petition.reference });
    const name = `${entry.reference.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.pdf`;
    const documentId = await addDocument(context, { caseId: petition.id, entryId: entry.id, kind: 'answer', title, isOpen: true, file: { name, bytes, mediaType: 'application/pdf' } });
    const { sha256 } = await db.selectFrom('document').select('sha256').where('office_id', '=', office.id).where('id', '=', documentId).executeTakeFirstOrThrow();
    await db.updateTable('answer').set({ state: 'sent', sent_at: now, entry_id: entry.id, document_id: documentId, updated_at: now }).where('office_id', '=', office.id).where('id', '=', answer.id).execute();
    const mailId = await notify(context, petition, 'answered', { entry: entry.reference, on: formatDay(today, locale, 'long') }, { attachments: [{ name, sha256 }] });
    const mailed = mailId !== null;
    await addDispatch(context, {
      caseId: petition.id, entryId: entry.id, documentId, partyId: petition.partyId, addressee: party?.name ?? context.t('petition.anonymous'), address: [party?.address, party?.place].filter(Boolean).join(', '), email: mailed ? (party?.email ?? '') : '',
      way: mailed ? 'email' : petition.replyBy === 'pickup' || !party?.address ? 'pickup' : 'post', mailId,
    });
    await indexSearch(context, { id: answer.id, noun: 'answer', caseId: petition.id, title: petition.subject, detail: entry.reference, text: answerParts.map((one) => answer[one]).join('\n') });
    await endObligations(context, petition.id);
    const state = await move(context, petition, 'dispatch', { answered_at: now });
    context.record({ name: 'petition.answered', nounId: petition.id, caseId: petition.id, data: { entry: entry.reference, mailed, lang: locale } });
    return { id: petition.id, state, version: answer.version, entry: entry.reference, documentId, mailed };
  },
});

/** The acts of the lifecycle that these operations perform. */
export const answerActs = { draft: draftAnswer, submit: submitAnswer, return: returnAnswer, approve: approveAnswer, dispatch: dispatchAnswer };
