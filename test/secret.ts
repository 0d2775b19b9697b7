import { unzipSync } from 'fflate';
import { z } from 'zod';
import { extractText, getDocumentProxy } from 'unpdf';
import { queueMail } from '../src/core/mail.ts';
import { operation } from '../src/core/operation.ts';
import { putInArchive } from '../src/modules/archive/archive.server.ts';
import { makeBox } from '../src/modules/archive/box.server.ts';
import { proposeDisposal } from '../src/modules/archive/disposal.server.ts';
import { lendFromArchive } from '../src/modules/archive/lending.server.ts';
import { makeDays, getReceptionDay } from '../src/modules/audiences/day.server.ts';
import { registerAudience } from '../src/modules/audiences/register.server.ts';
import { scheduleAudience } from '../src/modules/audiences/schedule.server.ts';
import { leaderCalendars } from '../src/modules/calendar/index.ts';
import { addToCalendar } from '../src/modules/calendar/engagement.server.ts';
import { submitLetter, writeLetter } from '../src/modules/correspondence/letter.server.ts';
import { addDispatch } from '../src/modules/dispatch/addressee.server.ts';
import { makePostList } from '../src/modules/dispatch/post-list.server.ts';
import { putForward } from '../src/modules/distribution/bring-forward.server.ts';
import { giveDelivery, returnDelivery } from '../src/modules/distribution/delivery.server.ts';
import { linkCase } from '../src/modules/distribution/matter.server.ts';
import { giveResolution } from '../src/modules/distribution/resolution.server.ts';
import { keepArrival } from '../src/modules/mailroom/arrival.server.ts';
import { joinByHand } from '../src/modules/mailroom/register.server.ts';
import { placeProposals } from '../src/modules/meetings/agenda.server.ts';
import { makeCommittee, putMember } from '../src/modules/meetings/committee.server.ts';
import { conveneMeeting } from '../src/modules/meetings/convene.server.ts';
import { planMeeting } from '../src/modules/meetings/meeting.server.ts';
import { acceptProposal, draftProposal, submitProposal } from '../src/modules/meetings/proposal.server.ts';
import { giveObligation } from '../src/modules/obligations/obligation-give.server.ts';
import { reportProgress } from '../src/modules/obligations/obligation-work.server.ts';
import { putAway, restrictCase } from '../src/modules/registry/case.server.ts';
import { addPaperToCase, registerPaper } from '../src/modules/registry/paper.server.ts';
import { draftAnswer } from '../src/modules/requests/answer.server.ts';
import { askForContribution } from '../src/modules/requests/completion.server.ts';
import { addToPetition, assignPetition, linkPetition, restrictPetition } from '../src/modules/requests/work.server.ts';
import type { TestOffice } from './office.ts';
import { submitted } from './petition.ts';
import type { World } from './world.ts';

/** What every planted word begins with: no other text of an office has it. */
export const mark = 'zqvwxkjq';
const word = (name: string): string => `${mark}${name}`;
const file = (name: string) => ({ name: `${word(`${name}file`)}.txt`, bytes: new Uint8Array(Buffer.from(`${word(`${name}content`)} у датотеци.`)) });
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text));

const send = operation({
  id: 'probe.send', kind: 'command', allow: ['staff'], summary: 'A paper on its way.', input: z.object({ caseId: z.string(), entryId: z.string() }), output: z.object({ id: z.string(), failed: z.string() }),
  async run(context, input) {
    const one = { ...input, address: word('addressstreet'), email: `${word('mailto')}@primjer.example` };
    const id = await addDispatch(context, { ...one, addressee: word('addressee'), way: 'registered' });
    const failed = await addDispatch(context, { ...one, addressee: word('mailaddressee'), way: 'email', mail: { subject: word('mailsubject'), body: word('mailbody'), locale: 'sr-Cyrl' } });
    context.record({ name: 'probe.sent', nounId: id });
    return { id, failed };
  },
});

/** Of the mayor's time: engagements that are confidential and private, an order, an audience, and a sitting whose point and whose committee are confidential. */
async function plantTime(office: TestOffice): Promise<{ cases: string[]; ids: Record<string, string> }> {
  const [chief, mayor, clerk] = [await office.as('vesko-radulovic'), await office.as('mayor'), await office.as('milena-vuksanovic')];
  const onDay = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const calendarId = (await office.within((db) => leaderCalendars({ db, office: office.office, now: new Date() })))[0]!.id;
  const engage = (name: string, visibility: 'confidential' | 'private', startsTime: string) =>
    office.run(addToCalendar, mayor, { calendarId, kind: visibility === 'private' ? 'private' : 'meeting', visibility, title: word(`${name}title`), detail: word(`${name}detail`), place: word(`${name}place`), startsOn: onDay, startsTime, participants: [`${word(`${name}guest`)} <${word(`${name}mail`)}@primjer.example>`], nevertheless: true });
  const [closed, own] = [await engage('closed', 'confidential', '17:00'), await engage('own', 'private', '18:00')];
  const order = await office.run(giveObligation, mayor, { text: word('ordertext'), title: word('ordertitle'), to: clerk.personId!, dueOn: onDay, confidential: '1' });
  await office.run(reportProgress, clerk, { id: order.id, report: word('orderreport'), files: [file('order')] });
  const audience = await office.run(registerAudience, chief, { topic: 'roads', purpose: word('audiencepurpose'), name: word('audienceparty'), email: `${word('audienceemail')}@primjer.example`, contactBy: 'email', companions: word('companions'), wished: word('wished'), wishedHostId: mayor.personId!, confidential: '1', files: [file('audience')] });
  const { ids } = await office.run(makeDays, chief, { hostId: mayor.personId!, fromOn: new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10), untilOn: new Date(Date.now() + 67 * 86_400_000).toISOString().slice(0, 10), from: '10:00', until: '12:00', minutes: 15 });
  await office.run(scheduleAudience, chief, { id: audience.id, slotId: (await office.run(getReceptionDay, chief, { id: ids[0]! })).slots[0]!.id });
  const committee = await office.run(makeCommittee, chief, { kind: 'working', name: 'Радна група', fromOn: '2026-01-01', isConfidential: '1' });
  for (const [place, person] of [chief, clerk].entries()) await office.run(putMember, chief, { id: committee.id, personId: person.personId!, role: place === 0 ? 'chair' : 'member', fromOn: '2026-01-01', isVoting: true });
  await office.run(putMember, chief, { id: committee.id, name: 'Ана Вањска', email: 'ana@vani.example', fromOn: '2026-01-01', isVoting: true });
  const proposal = await office.run(draftProposal, chief, { committeeId: committee.id, isConfidential: '1', title: word('pointtitle'), reason: word('pointreason'), proposed: word('pointproposed'), files: [file('point')] });
  await office.run(submitProposal, chief, { id: proposal.id });
  await office.run(acceptProposal, chief, { id: proposal.id });
  const sitting = await office.run(planMeeting, chief, { committeeId: committee.id, onDay, time: '10:00', title: word('sittingtitle') });
  const { itemIds } = await office.run(placeProposals, chief, { id: sitting.id, proposalIds: proposal.id });
  await office.run(conveneMeeting, chief, { id: sitting.id });
  const { case_id } = await office.within((db) => db.selectFrom('meeting').select('case_id').where('office_id', '=', office.office.id).where('id', '=', sitting.id).executeTakeFirstOrThrow());
  return { cases: [audience.caseId, proposal.caseId, case_id], ids: { closed: closed.id, own: own.id, 'obligation order': order.id, audience: audience.id, audienceCase: audience.caseId, proposal: proposal.id, proposalCase: proposal.caseId, sitting: sitting.id, sittingCase: case_id, point: itemIds[0]! } };
}

export type Secret = { /** The confidential cases by name. */ cases: Record<'open' | 'kept' | 'petition', string>; references: string[]; /** Everything that has an id and belongs to them. */ ids: Record<string, string> };

/** Confidential matters with planted words in all that may belong to one, linked to what everybody sees: an open paper, one in the archive, a petition. */
export async function plant(office: TestOffice, world: World): Promise<Secret> {
  const [chief, mayor, clerk] = [await office.as('vesko-radulovic'), await office.as('mayor'), await office.as('milena-vuksanovic')];
  const dueOn = world.dueOn!;
  const permanent = office.office.data.classes.find((one) => one.retention === 'permanent')!.code;
  const sender = (name: string) => ({ name: word(`${name}party`), email: `${word(`${name}email`)}@primjer.example`, phone: `069 ${word(`${name}phone`)}`, address: word(`${name}street`), town: word(`${name}town`) });
  const register = (name: string, more = {}) => office.run(registerPaper, chief, { access: 'confidential', subject: word(`${name}subject`), text: word(`${name}body`), senderReference: word(`${name}ref`), valueNoted: word(`${name}value`), ...sender(name), files: [file(name)], ...more });
  // The unit had its copy before the matter was made confidential.
  const open = await register('open', { access: 'office' });
  await office.run(giveDelivery, chief, { id: open.id, copies: ['unit:finansije'], purpose: 'information', note: word('unitnote') });
  await office.run(restrictCase, chief, { id: open.id, access: 'confidential', personId: clerk.personId! });
  const kept = await register('kept', { classCode: permanent });
  const petition = await submitted(office, { subject: word('petitionsubject'), text: word('petitionbody'), place: word('petitionplace'), ...sender('petition'), files: [file('petition')] });
  await office.run(restrictPetition, chief, { id: petition.id, access: 'confidential', personId: clerk.personId! });

  const added = await office.run(addPaperToCase, chief, { id: open.id, subject: word('addedsubject'), text: word('addedbody'), name: word('addedparty'), files: [file('added')] });
  const given = await office.run(giveDelivery, chief, { id: open.id, original: `person:${mayor.personId}`, purpose: 'resolution', copies: [`person:${clerk.personId}`], note: word('deliverynote') });
  await office.run(returnDelivery, clerk, { id: given.deliveries[1]!, reason: word('returnreason') });
  const { obligations } = await office.run(giveResolution, mayor, { id: open.id, deliveryId: given.deliveries[0]!, text: word('resolution'), to: [`person:${clerk.personId}`, `person:${chief.personId}`], dueOn });
  const forward = await office.run(putForward, chief, { id: open.id, dueOn, awaited: word('awaited'), note: word('forwardnote') });
  const letter = { subject: word('lettersubject'), body: word('letterbody'), recipients: [{ name: word('recipient'), address: word('recipientstreet'), way: 'post' as const }], signerId: mayor.personId! };
  const drafted = await office.run(writeLetter, chief, { caseId: open.id, ...letter });
  const letterOf = await office.run(writeLetter, chief, { caseId: open.id, ...letter });
  await office.run(submitLetter, chief, { id: letterOf.id, version: 1, ...letter });
  const loose = await office.run(writeLetter, chief, { ...letter, subject: word('loosesubject') });
  const sent = await office.run(send, chief, { caseId: open.id, entryId: added.entryId });
  const list = await office.run(makePostList, chief, { way: 'registered', ids: [sent.id] });
  const kind = { source: 'scanner' as const, mailboxId: null, mediaType: 'text/plain' };
  const arrival = await office.run(keepArrival, office.system(), { ...kind, key: word('key'), name: `${word('arrivalfile')}.txt`, bytes: bytesOf(word('arrivalcontent')), size: 20, senderName: word('arrivalsender'), senderEmail: `${word('arrivalemail')}@primjer.example`, subject: word('arrivalsubject'), words: word('arrivalwords') });
  await office.run(joinByHand, chief, { id: arrival.id, caseId: open.id });
  await office.run(linkCase, chief, { id: open.id, otherId: world.paperId! });
  const mailId = await office.within((db) => queueMail(db, office.office.id, new Date(), { to: `${word('bouncedto')}@primjer.example`, subject: word('bouncedsubject'), body: word('bouncedbody'), locale: 'sr-Cyrl', caseId: open.id }));
  await office.within((db) => db.updateTable('mail').set({ state: 'bounced', bounced_at: new Date(), error: word('bouncedreason') }).where('office_id', '=', office.office.id).where('id', '=', mailId).execute());

  await office.run(assignPetition, chief, { id: petition.id, unitId: clerk.unitId!, personId: clerk.personId!, resolution: word('petitionresolution') });
  const asked = await office.run(askForContribution, clerk, { id: petition.id, of: `body:${world.bodyId}`, question: word('question'), dueOn });
  const unitAsked = await office.run(askForContribution, clerk, { id: petition.id, of: 'unit:finansije', question: word('unitquestion'), dueOn });
  await office.run(addToPetition, clerk, { id: petition.id, text: word('note'), files: [file('note')] });
  await office.run(draftAnswer, clerk, { id: petition.id, facts: word('facts'), basis: word('basis'), decision: word('decision'), remedy: word('remedy') });
  await office.run(linkPetition, chief, { id: petition.id, otherId: world.caseId });

  await office.run(putAway, chief, { id: kept.id });
  const box = await office.run(makeBox, chief, {});
  await office.run(putInArchive, chief, { ids: [kept.id], boxId: box.id, note: word('archivenote') });
  const lending = await office.run(lendFromArchive, chief, { id: kept.id, readerId: clerk.personId!, purpose: word('purpose'), dueOn });
  const second = await register('listed', { classCode: permanent });
  await office.run(putAway, chief, { id: second.id });
  await office.run(putInArchive, chief, { ids: [second.id], boxId: box.id });
  const disposal = await office.run(proposeDisposal, chief, { kind: 'hand_over', ids: [second.id], commission: [mayor.personId!, clerk.personId!, chief.personId!] });

  const time = await plantTime(office);
  const secretCases = [open.id, kept.id, second.id, petition.id, ...time.cases];
  const parts = await office.within(async (db) => {
    const of = (table: 'document' | 'entry' | 'case_file' | 'clock') => db.selectFrom(table).select('id').where('office_id', '=', office.office.id).where(table === 'case_file' ? 'id' : ('case_id' as 'id'), 'in', secretCases).execute();
    const parties = await db.selectFrom('party').select('id').where('office_id', '=', office.office.id).where('name', 'like', `${mark}%`).execute();
    const files = await db.selectFrom('case_file').select('reference').where('office_id', '=', office.office.id).where('id', 'in', time.cases).execute();
    return { documents: await of('document'), entries: await of('entry'), parties, files };
  });
  const named = (name: string, rows: { id: string }[]) => Object.fromEntries(rows.map((row, place) => [`${name} ${place}`, row.id]));
  return {
    cases: { open: open.id, kept: kept.id, petition: petition.id }, references: [open.reference, kept.reference, second.reference, petition.reference, ...parts.files.map((one) => one.reference)],
    ids: {
      open: open.id, kept: kept.id, listed: second.id, petition: petition.id, ...named('document', parts.documents), ...named('entry', parts.entries), ...named('party', parts.parties), ...named('delivery', given.deliveries.map((id) => ({ id }))),
      ...named('obligation', obligations.map((id) => ({ id }))), forward: forward.id, letter: letterOf.id, draft: drafted.id, loose: loose.id, dispatch: sent.id, mailed: sent.failed, list: list.id, arrival: arrival.id, mail: mailId, asked: asked.contributionId, unitAsked: unitAsked.contributionId,
      box: box.id, lending: lending.id, disposal: disposal.id, ...time.ids,
    },
  };
}

/** All that can be read in an answer: of bytes the words of a PDF, the members of a ZIP (DOCX, XLSX), or plain text. */
export async function legible(bytes: Uint8Array): Promise<string> {
  const head = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  if (head === '%PDF') {
    // The reader takes the bytes for itself.
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)), { mergePages: true });
    // Broken words are joined; two numbers beside each other are not another number.
    return `${text} ${text.replaceAll(/(?<=\d)[-­]?\s+(?=\d)/g, ' ').replaceAll(/(?<!\d)[-­]?\s+|[-­]?\s+(?!\d)/g, '')}`;
  }
  if (head.startsWith('PK')) {
    const members = Object.entries(unzipSync(bytes));
    return (await Promise.all(members.map(async ([name, member]) => `${name} ${await legible(member)}`))).join('\n');
  }
  return Buffer.from(bytes).toString('utf8');
}

/** The whole of an output as text, bytes included. */
export async function words(output: unknown): Promise<string> {
  const bytes: Uint8Array[] = [];
  const text = JSON.stringify(output, (_, value: unknown) => (value instanceof Uint8Array ? (bytes.push(value), '') : Buffer.isBuffer(value) ? '' : value)) ?? '';
  return [text, ...(await Promise.all(bytes.map(legible)))].join('\n');
}
