import { z } from 'zod';
import { fileName, sniffUpload, type Sniffed } from '../../core/file.ts';
import { choice, day, id, line, optionalEmail, optionalId, optionalLine, optionalText } from '../../core/input.ts';
import { readMessageFile, type MessageFile } from '../../core/message-file.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { proposeMeeting } from '../calendar/index.ts';
import { findOrAddParty, hasParty } from '../directory/index.ts';
import { addDocument } from '../documents/index.ts';
import { enterPaper, indexCase, openPaper } from '../registry/index.ts';
import { unsettled, type ArrivalState } from './arrival.ts';
import { openers } from './arrival.server.ts';

export type Arrival = { id: string; source: string; name: string; sha256: string; media_type: string; state: ArrivalState; words: string; pages: number | null; sender_name: string; sender_email: string; subject: string; mailbox_id: string | null; likely_case: string | null; judged_at: Date | null; reason: string };
const columns = ['id', 'source', 'name', 'sha256', 'media_type', 'state', 'words', 'pages', 'sender_name', 'sender_email', 'subject', 'mailbox_id', 'likely_case', 'judged_at', 'reason'] as const;

/** The arrival, locked until the commit: what two do with it at once, the second is told. */
export async function takeArrival({ db, office }: Context, arrivalId: string): Promise<Arrival> {
  const row = await db.selectFrom('arrival').select(columns).where('office_id', '=', office.id).where('id', '=', arrivalId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  return row as Arrival;
}
async function takeUnsettled(context: Context, arrivalId: string): Promise<Arrival> {
  const arrival = await takeArrival(context, arrivalId);
  if (!unsettled.includes(arrival.state)) throw notNow('error.arrival_settled');
  return arrival;
}

export const settle = ({ db, office, now, caller }: Context, arrivalId: string, how: { state: ArrivalState; caseId?: string | null; entryId?: string | null; reason?: string }) => db.updateTable('arrival').set({
  state: how.state, reason: how.reason ?? '', judged_at: now, settled_by: caller.personId, settled_at: how.state === 'waiting' ? null : now,
  ...(how.caseId === undefined ? {} : { case_id: how.caseId }), ...(how.entryId === undefined ? {} : { entry_id: how.entryId }),
}).where('office_id', '=', office.id).where('id', '=', arrivalId).execute();

export type Contents = { bytes: Uint8Array; message: MessageFile | null };
export async function contentsOf({ kernel, office }: Context, arrival: Pick<Arrival, 'sha256' | 'source'>): Promise<Contents> {
  const bytes = await kernel.files.get(office.id, arrival.sha256);
  return { bytes, message: arrival.source === 'mailbox' ? await readMessageFile(bytes) : null };
}

/** Puts what arrived with the paper: a message whole and each attachment that can be taken, a scan with the words on it. */
async function addFiles(context: Context, arrival: Arrival, { bytes, message }: Contents, paper: { caseId: string; entryId: string }): Promise<void> {
  const original: Sniffed = { name: fileName(message ? 'message.eml' : arrival.name), bytes: new Uint8Array(bytes), mediaType: message ? 'text/plain' : arrival.media_type };
  const sniffed = message ? await Promise.all(message.attachments.map(sniffUpload)) : [];
  // What cannot be taken as a document of its own stays in the original, which is kept whole.
  for (const one of sniffed) if (!('key' in one)) await addDocument(context, { ...paper, kind: 'received', file: one });
  const documentId = await addDocument(context, { ...paper, kind: message ? 'message' : 'scan', file: original });
  if (!message && arrival.words) await context.db.updateTable('document').set({ words: arrival.words }).where('office_id', '=', context.office.id).where('id', '=', documentId).execute();
}

export type Known = { subject?: string; text?: string; name?: string; organisation?: boolean; email?: string; address?: string; town?: string; partyId?: string | null; senderReference?: string; senderDatedOn?: string; classCode?: string };

/** Registers an arrival as a case of its own: the last step of a transaction. */
export async function registerArrival(context: Context, arrival: Arrival, as: 'paper' | 'petition', known: Known = {}): Promise<{ id: string; reference: string }> {
  const contents = await contentsOf(context, arrival);
  const { message } = contents;
  const [name, email] = [known.name ?? message?.name ?? '', known.email ?? message?.email ?? ''];
  const partyId = known.partyId ?? (name || email ? await findOrAddParty(context, { name: name || email, email, address: known.address ?? '', place: known.town ?? '', kind: known.organisation ? 'organisation' : 'person' }) : null);
  const subject = known.subject || message?.subject || message?.text.split('\n')[0]?.slice(0, 100) || arrival.name;
  const paper = await openPaper(context, {
    direction: 'in', channel: message ? 'email' : 'post', subject, body: known.text || message?.text || '', sender: name, partyId, senderReference: known.senderReference || message?.messageId || null, senderDatedOn: known.senderDatedOn || null,
    pages: message ? null : arrival.pages, enclosures: message?.attachments.length ?? 0, classCode: known.classCode ?? '', ...(as === 'petition' ? { as } : {}),
  });
  await addFiles(context, arrival, contents, { caseId: paper.id, entryId: paper.entryId });
  if (arrival.words && !message) await indexCase(context, paper.id);
  if (message?.email && as === 'paper') await proposeMeeting(context, { caseId: paper.id, partyId, sender: message.email }, contents.bytes);
  await settle(context, arrival.id, { state: 'registered', caseId: paper.id, entryId: paper.entryId });
  context.record({ name: 'arrival.registered', nounId: arrival.id, data: { case: paper.id, as } });
  return { id: paper.id, reference: paper.reference };
}

/** Enters an arrival as a further paper of a case; of a merged one it goes into the other. A closed one takes it too: its handler sees that a paper came. */
export async function joinArrival(context: Context, arrival: Arrival, caseId: string): Promise<{ id: string; reference: string }> {
  const { db, office } = context;
  let file = await db.selectFrom('case_file').select(['id', 'subject', 'party_id', 'merged_into', 'annulled_at', 'kind', 'reference']).where('office_id', '=', office.id).where('id', '=', caseId).executeTakeFirst();
  for (let turn = 0; file?.merged_into && turn < 10; turn++) file = await db.selectFrom('case_file').select(['id', 'subject', 'party_id', 'merged_into', 'annulled_at', 'kind', 'reference']).where('office_id', '=', office.id).where('id', '=', file.merged_into).executeTakeFirst();
  if (!file || file.kind === 'reserved') throw notFound();
  if (file.annulled_at) throw notNow('error.case_annulled', { reference: file.reference });
  const contents = await contentsOf(context, arrival);
  const { message } = contents;
  const partyId = message?.email ? await findOrAddParty(context, { name: message.name || message.email, email: message.email }) : file.party_id;
  const entry = await enterPaper(context, {
    caseId: file.id, direction: 'in', channel: message ? 'email' : 'post', subject: message?.subject || file.subject, body: message?.text ?? '', partyId, senderReference: message?.messageId ?? null, pages: message ? null : arrival.pages, enclosures: message?.attachments.length ?? 0,
  });
  await addFiles(context, arrival, contents, { caseId: file.id, entryId: entry.id });
  await indexCase(context, file.id);
  await settle(context, arrival.id, { state: 'joined', caseId: file.id, entryId: entry.id });
  context.record({ name: 'arrival.joined', nounId: arrival.id, data: { case: file.id } });
  return { id: file.id, reference: entry.reference };
}

export const registerByHand = operation({
  id: 'arrival.register', kind: 'command', rest: 'POST /arrivals/{id}/register', allow: openers,
  summary: 'Registers what arrived as a paper or as a petition, under the next number of the book.',
  input: z.object({
    id: id(), as: choice(['paper', 'petition']), subject: line(300), name: optionalLine(200), organisation: z.union([z.boolean(), z.string().transform((value) => value !== '')]).default(false), email: optionalEmail(), address: optionalLine(300), town: optionalLine(100),
    partyId: optionalId(), senderReference: optionalLine(60), senderDatedOn: z.union([z.literal(''), day()]).default(''), classCode: optionalLine(20), text: optionalText(20_000),
  }),
  output: z.object({ id: z.string(), reference: z.string() }),
  async run(context, input) {
    const arrival = await takeUnsettled(context, input.id);
    if (input.partyId && !(await hasParty(context, input.partyId))) throw wrong({ partyId: { key: 'field.choose' } });
    if (input.classCode && !context.office.data.classes.some((one) => one.code === input.classCode)) throw wrong({ classCode: { key: 'field.choose' } });
    if (input.senderDatedOn > context.today) throw wrong({ senderDatedOn: { key: 'field.day_future' } });
    return registerArrival(context, arrival, input.as, input);
  },
});

export const joinByHand = operation({
  id: 'arrival.join', kind: 'command', rest: 'POST /arrivals/{id}/join', allow: openers,
  summary: 'Enters what arrived as a further paper of a case, named by its id or its number.',
  input: z.object({ id: id(), caseId: optionalId(), reference: optionalLine(80) }),
  output: z.object({ id: z.string(), reference: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const arrival = await takeUnsettled(context, input.id);
    const file = await db.selectFrom('case_file').select('id').where('office_id', '=', office.id).where((eb) => (input.caseId ? eb('id', '=', input.caseId) : eb('reference', '=', input.reference))).orderBy('opened_at', 'desc').limit(1).executeTakeFirst();
    if (!file) throw wrong({ reference: { key: 'field.reference_unknown' } });
    return joinArrival(context, arrival, file.id);
  },
});

export const setAside = operation({
  id: 'arrival.set_aside', kind: 'command', rest: 'POST /arrivals/{id}/set-aside', allow: openers,
  summary: 'Sets aside what is no paper of the office (advertising, an empty page), with the reason; it stays to be seen and may be registered later.',
  input: z.object({ id: id(), reason: line(300) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const arrival = await takeUnsettled(context, input.id);
    await settle(context, arrival.id, { state: 'set_aside', reason: input.reason });
    context.record({ name: 'arrival.set_aside', nounId: arrival.id });
    return { id: arrival.id };
  },
});
