import { z } from 'zod';
import { dayIn } from '../../core/day.ts';
import { choice, id, optionalId, optionalLine } from '../../core/input.ts';
import { formatDay } from '../../core/language.ts';
import { textIn, translator } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { renderPdf } from '../../core/pdf.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { hashToken, newToken, sealText } from '../../core/secret.ts';
import { indexSearch } from '../../core/search.ts';
import { putPackParts, type PutPart } from '../briefing/index.ts';
import { changeEngagement } from '../calendar/index.ts';
import { addPaper, getCaseFile, involve, officeCalendar } from '../registry/index.ts';
import { droppedFrom, listPoints, refreshSystemItems, type Point } from './agenda-item.server.ts';
import { membersOn, type Committee, type Member } from './committee.server.ts';
import { agendaMarks, lastNoticeOn } from './meeting.ts';
import { beginMeeting, changeMeetingRow, participantsFrom, type Meeting } from './meeting.server.ts';
import { agendaLines, invitationData, mailMembers, mailRapporteur, type Changes } from './invitation.server.ts';

/** Who is called: members of the day of the sitting with what they answered before, and those who present a point and are none. */
async function callMembers(context: Context, meeting: Meeting, members: readonly Member[], points: readonly Point[]): Promise<{ guests: { name: string; email: string; point: Point }[] }> {
  const { db, office } = context;
  const there = await db.selectFrom('attendance').select(['id', 'member_id', 'person_id', 'is_voting']).where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).execute();
  const base = { office_id: office.id, meeting_id: meeting.id };
  const added = [];
  for (const [position, member] of members.entries()) {
    const known = there.find((row) => row.member_id === member.id || (row.person_id !== null && row.person_id === member.personId));
    const said = { member_id: member.id, person_id: member.personId, party_id: member.partyId, name: member.name, email: member.personId ? null : member.email, role: member.role, is_voting: member.isVoting, stands_for: member.standsFor || textIn(office.data.units.find((unit) => unit.id === member.unitId)?.name, office.locale), position };
    if (known) await db.updateTable('attendance').set(said).where('office_id', '=', office.id).where('id', '=', known.id).execute();
    else {
      const token = member.personId ? null : newToken();
      added.push({ ...base, id: context.newId(), ...said, token_hash: token === null ? null : hashToken(token), token_sealed: token === null ? null : sealText(token) });
    }
  }
  if (added.length > 0) await db.insertInto('attendance').values(added).execute();
  // Whose term has ended is no longer called; the line stays, for that one was.
  const gone = there.filter((row) => row.member_id !== null && !members.some((one) => one.id === row.member_id || (one.personId !== null && one.personId === row.person_id)));
  for (const row of gone) await db.updateTable('attendance').set({ is_voting: false, member_id: null, role: 'guest', token_hash: null, token_sealed: null }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
  const guests: { name: string; email: string; point: Point }[] = [];
  const named = points.filter((point) => point.rapporteur && !point.isConfidential && !members.some((one) => one.name === point.rapporteur));
  for (const point of named) {
    const person = await db.selectFrom('person').select(['id', 'name', 'email', 'unit_id']).where('office_id', '=', office.id).where('name', '=', point.rapporteur).where('is_active', '=', true).executeTakeFirst();
    if (!person || guests.some((one) => one.name === person.name)) continue;
    if (!there.some((row) => row.person_id === person.id)) await db.insertInto('attendance').values({ ...base, id: context.newId(), person_id: person.id, name: person.name, role: 'guest', is_voting: false, stands_for: textIn(office.data.units.find((unit) => unit.id === person.unit_id)?.name, office.locale), position: 500 + guests.length }).execute();
    guests.push({ name: person.name, email: person.email, point });
  }
  return { guests };
}

/** What is otherwise than in the agenda that members were called with last; null when they are called for the first time. */
export async function changesSince({ db, office }: Pick<Context, 'db' | 'office'>, meeting: Pick<Meeting, 'id' | 'caseId' | 'agendaVersion'>, now: readonly string[], version = meeting.agendaVersion): Promise<Changes | null> {
  const before = version > 0 ? await db.selectFrom('agenda_copy').select('items').where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).where('version', '=', version).executeTakeFirst() : undefined;
  if (!before) return null;
  const { marks, dropped } = agendaMarks(before.items, now);
  const rows = dropped.length === 0 ? [] : await db.selectFrom('agenda_item').select('title').where('office_id', '=', office.id).where('id', 'in', dropped).where('case_id', '=', meeting.caseId).execute();
  return { marks, dropped: rows.map((row) => row.title) };
}

/** The agenda and its papers in the pack of who chairs: confidential points only where that one may see their cases. */
async function packForChair(context: Context, meeting: Meeting, points: readonly Point[]): Promise<void> {
  const { db, office } = context;
  if (!meeting.engagementId || !meeting.chairId) return;
  const chair = await db.selectFrom('person').select('roles').where('office_id', '=', office.id).where('id', '=', meeting.chairId).executeTakeFirst();
  const leads = chair?.roles.some((role) => role === 'mayor' || role === 'chief') ?? false;
  const own = new Set((await db.selectFrom('case_file').select('id').where('office_id', '=', office.id).where('id', 'in', [...new Set(points.map((one) => one.caseId)), meeting.caseId]).where((eb) => eb(eb.val(meeting.chairId), '=', eb.fn.any('involved'))).execute()).map((row) => row.id));
  const seen = points.filter((one) => !one.isConfidential || leads || own.has(one.caseId));
  const t = translator(office.locale);
  const parts = seen.flatMap((point): PutPart[] => [
    { key: point.id, kind: 'point', title: `${point.number}. ${point.title}`, text: [point.rapporteur && t('agenda.rapporteur_is', { name: point.rapporteur }), point.reason, point.proposed && `${t('agenda.proposed')}: ${point.proposed}`].filter(Boolean).join('\n\n') },
    ...point.papers.filter((one) => !one.replacedBy).map((one): PutPart => ({ key: `${point.id}:${one.id}`, kind: 'paper', title: `${point.number}. ${one.title}`, documentId: one.id })),
  ]);
  await putPackParts(context, meeting.engagementId, 'meeting', parts, [meeting.chairId]);
}

async function signerOf({ db, office, caller }: Context, meeting: Meeting): Promise<{ name: string; title: string }> {
  const signerId = meeting.chairId ?? caller.personId;
  const row = signerId ? await db.selectFrom('person').select(['name', 'title']).where('office_id', '=', office.id).where('id', '=', signerId).executeTakeFirst() : undefined;
  return { name: row?.name ?? '', title: row ? textIn(row.title as Record<string, string>, office.locale) : '' };
}

/** The day until which members may still be called in time. */
export const noticeDay = async (context: Pick<Context, 'db' | 'office'>, meeting: Pick<Meeting, 'startsAt'>, committee: Pick<Committee, 'noticeDays'>): Promise<string> =>
  lastNoticeOn(dayIn(context.office.jurisdiction.timeZone, meeting.startsAt), committee.noticeDays, await officeCalendar(context.db, context.office));

export const conveneMeeting = operation({
  id: 'meeting.convene', kind: 'command', rest: 'POST /meetings/{id}/convene', allow: ['staff'],
  summary: 'Calls the members to a sitting: the agenda is fixed as a version, the invitation is a paper of the case and goes out by e-mail; later than the notice only with a reason of urgency. Called again, it tells what changed.',
  input: z.object({ id: id(), urgency: optionalLine(500) }),
  output: z.object({ id: z.string(), version: z.number(), mailed: z.number() }),
  async run(context, input) {
    const { db, office, caller, now, today } = context;
    const asked = await db.selectFrom('meeting').select('state').where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    const isAgain = asked?.state === 'convened';
    const { meeting, committee, state } = await beginMeeting(context, input.id, isAgain ? 'reconvene' : 'convene');
    if (meeting.startsAt <= now) throw notNow('error.meeting_past');
    const last = await noticeDay(context, meeting, committee);
    const isLate = !isAgain && today > last;
    if (isLate && !input.urgency) throw wrong({ urgency: { key: 'field.meeting_urgency', args: { on: formatDay(last, caller.locale, 'long'), days: committee.noticeDays } } });
    const urgency = isAgain ? '' : isLate ? input.urgency : '';
    await refreshSystemItems(context, meeting);
    const { points, places } = await listPoints(context, meeting);
    if (!points.some((one) => one.kind === 'point' || one.kind === 'information')) throw notNow('error.agenda_empty');
    const order = places.map((one) => one.id);
    const changes = await changesSince(context, meeting, order);
    if (isAgain && changes && changes.dropped.length === 0 && [...changes.marks.values()].every((mark) => mark === null) && !(await hasNewPapers(context, meeting))) throw notNow('error.agenda_unchanged');
    const on = dayIn(office.jurisdiction.timeZone, meeting.startsAt);
    const members = await membersOn(context, committee.id, on);
    await involve(context, meeting.caseId, members.map((one) => one.personId));
    const { guests } = await callMembers(context, meeting, members, points);
    const { reference } = await getCaseFile(context, meeting.caseId);
    const called = members.map((one) => ({ name: one.name, standsFor: one.standsFor, role: one.role }));
    const data = invitationData(context, { meeting, committee, reference, places, points, changes, urgency, members: called, signer: await signerOf(context, meeting) });
    const version = meeting.agendaVersion + 1;
    const file = { name: `${translator(office.locale)('meeting.paper.file', { number: meeting.number, version })}.pdf`, bytes: new Uint8Array(await renderPdf('agenda', data)), mediaType: 'application/pdf' };
    const entered = await addPaper(context, meeting.caseId, { direction: 'internal', channel: 'internal', subject: data.title, files: [file], fileKind: 'letter' });
    const paper = await db.selectFrom('document').select('id').where('office_id', '=', office.id).where('entry_id', '=', entered.id).executeTakeFirst();
    await db.insertInto('agenda_copy').values({ office_id: office.id, meeting_id: meeting.id, version, items: order, starts_at: meeting.startsAt, place: meeting.place, document_id: paper?.id ?? null, at: now, by_person: caller.personId }).execute();
    await changeMeetingRow(context, meeting.id).set((eb) => ({ state, convened_at: now, convened_by: caller.personId, ...(isAgain ? {} : { urgency }), agenda_version: version, version: eb('version', '+', 1) })).execute();
    if (meeting.engagementId) await changeEngagement(context, meeting.engagementId, { state: 'confirmed', participants: participantsFrom(members) });
    await packForChair(context, meeting, points);
    for (const point of points) await indexSearch(context, { id: point.id, noun: 'agenda_item', caseId: point.caseId, title: point.title, detail: data.subtitle, text: [point.reason, point.proposed, point.rapporteur].join(' ') });
    const lines = agendaLines(context, places, points, changes?.marks).map((line) => `${line.number}. ${line.title}${line.mark ? ` (${line.mark})` : ''}`);
    const mailed = await mailMembers(context, meeting, committee, isAgain ? 'changed' : 'convened', { agenda: lines, ...(changes ? { changes: changes.dropped.map((title) => `– ${title} (${translator(office.locale)('agenda.mark.dropped')})`) } : {}) });
    if (!isAgain && !committee.isConfidential) for (const guest of guests) await mailRapporteur(context, meeting, guest, guest.point);
    context.record({ name: isAgain ? 'meeting.reconvened' : 'meeting.convened', nounId: meeting.id, caseId: meeting.caseId, data: { version, ...(isLate ? { urgency } : {}) } });
    return { id: meeting.id, version, mailed };
  },
});

/** Whether papers came since members were called last. */
async function hasNewPapers({ db, office }: Pick<Context, 'db' | 'office'>, meeting: Pick<Meeting, 'id' | 'agendaVersion'>): Promise<boolean> {
  const copy = await db.selectFrom('agenda_copy').select('at').where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).where('version', '=', meeting.agendaVersion).executeTakeFirst();
  if (!copy) return true;
  const row = await db.selectFrom('agenda_paper as a').innerJoin('agenda_item as i', (join) => join.onRef('i.office_id', '=', 'a.office_id').onRef('i.id', '=', 'a.item_id')).select('a.document_id').where('a.office_id', '=', office.id).where('i.meeting_id', '=', meeting.id).where('i.position', '<', droppedFrom).where('a.at', '>', copy.at).limit(1).executeTakeFirst();
  return row !== undefined;
}

const answer = { reply: choice(['accepted', 'declined']), reason: optionalLine(500), representedBy: optionalLine(200) };
type Answer = { reply: 'accepted' | 'declined'; reason: string; representedBy: string };
/** Notes whether one who was called comes, or whom they send; until the sitting is opened. */
async function takeReply(context: Context, attendance: { id: string; meeting_id: string }, meeting: { state: string; caseId: string }, input: Answer, way: 'own' | 'keeper' | 'link'): Promise<void> {
  if (meeting.state !== 'convened') throw notNow('error.meeting_not_called');
  await context.db.updateTable('attendance').set({ reply: input.reply, reply_reason: input.reply === 'declined' ? input.reason : '', represented_by: input.reply === 'declined' ? input.representedBy : '' }).where('office_id', '=', context.office.id).where('id', '=', attendance.id).execute();
  context.record({ name: 'meeting.replied', nounId: attendance.meeting_id, caseId: meeting.caseId, data: { attendanceId: attendance.id, reply: input.reply, way } });
}

export const replyToMeeting = operation({
  id: 'meeting.reply', kind: 'command', rest: 'POST /meetings/{id}/reply', allow: ['staff'],
  summary: 'A member says whether they come or whom they send; the keeper enters it for another with `attendanceId`.',
  input: z.object({ id: id(), attendanceId: optionalId(), ...answer }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, caller } = context;
    const meeting = await db.selectFrom('meeting').select(['id', 'state', 'case_id']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!meeting) throw notFound();
    const rows = await db.selectFrom('attendance').select(['id', 'meeting_id', 'person_id']).where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).execute();
    const own = rows.find((row) => row.person_id === caller.personId) ?? rows.find((row) => row.person_id !== null && caller.marks.includes(row.person_id));
    const meant = input.attendanceId ? rows.find((row) => row.id === input.attendanceId) : own;
    if (!meant) throw notFound();
    const isOwn = meant.person_id !== null && caller.marks.includes(meant.person_id);
    if (!isOwn) await beginMeeting(context, meeting.id, 'prepare');
    await takeReply(context, meant, { state: meeting.state, caseId: meeting.case_id }, input, isOwn ? 'own' : 'keeper');
    return { id: meeting.id };
  },
});

const OutsidePoint = z.object({ number: z.number(), title: z.string(), rapporteur: z.string(), proposed: z.string(), beginsAt: z.date(), papers: z.array(z.object({ id: z.string(), title: z.string(), size: z.number() })) });
/** The line of who holds this link, and the sitting; null when the link opens nothing, or the sitting was over a month ago. */
async function openLink(context: Context, token: string) {
  const { db, office, now } = context;
  const row = await db.selectFrom('attendance').select(['id', 'meeting_id', 'name', 'reply', 'reply_reason', 'represented_by', 'opened_pack_at']).where('office_id', '=', office.id).where('token_hash', '=', hashToken(token)).executeTakeFirst();
  if (!row) return null;
  const meeting = await db.selectFrom('meeting').innerJoin('committee as k', (join) => join.onRef('k.office_id', '=', 'meeting.office_id').onRef('k.id', '=', 'meeting.committee_id')).selectAll('meeting').select('k.name as committee').where('meeting.office_id', '=', office.id).where('meeting.id', '=', row.meeting_id).executeTakeFirst();
  if (!meeting || meeting.ends_at.getTime() < now.getTime() - 31 * 86_400_000) return null;
  return { row, meeting };
}
const Token = z.object({ token: z.string().max(100) });

export const openMeetingLink = operation({
  id: 'meeting.open_link', kind: 'query', allow: ['public'], asOffice: true,
  summary: 'The sitting as a member from outside sees it by the own link: when, where, the agenda and its papers, without confidential points.',
  input: Token,
  output: z.object({ sitting: z.object({
    name: z.string(), committee: z.string(), number: z.number(), person: z.string(), state: z.string(), title: z.string(), place: z.string(), link: z.string(), startsAt: z.date(), endsAt: z.date(), reply: z.string(), reason: z.string(), representedBy: z.string(), cancelledReason: z.string(), packId: z.string().nullable(),
    places: z.number(), points: z.array(OutsidePoint), dropped: z.array(z.string()),
  }).nullable() }),
  async run(context, input) {
    const found = await openLink(context, input.token);
    if (!found) return { sitting: null };
    const { row, meeting } = found;
    const isCalled = meeting.agenda_version > 0;
    const { points, places } = isCalled ? await listPoints(context, { id: meeting.id, caseId: meeting.case_id, startsAt: meeting.starts_at }) : { points: [], places: [] };
    const open = points.filter((one) => !one.isConfidential);
    return {
      sitting: {
        name: row.name, committee: meeting.committee, number: meeting.number, person: row.name, state: meeting.state, title: meeting.title, place: meeting.place, link: meeting.link, startsAt: meeting.starts_at, endsAt: meeting.ends_at, reply: row.reply, reason: row.reply_reason, representedBy: row.represented_by,
        cancelledReason: meeting.cancelled_reason, packId: meeting.pack_document_id, places: places.length, dropped: [],
        points: open.map((one) => ({ number: one.number, title: one.title, rapporteur: one.rapporteur, proposed: one.proposed, beginsAt: one.beginsAt, papers: one.papers.filter((paper) => !paper.replacedBy).map((paper) => ({ id: paper.id, title: paper.title, size: paper.size })) })),
      },
    };
  },
});

export const replyByLink = operation({
  id: 'meeting.reply_by_link', kind: 'command', allow: ['public'], asOffice: true,
  summary: 'A member from outside says by the own link whether they come or whom they send.',
  input: Token.extend(answer),
  output: z.object({ done: z.boolean() }),
  async run(context, input) {
    const found = await openLink(context, input.token);
    if (!found) throw notFound();
    await takeReply(context, found.row, { state: found.meeting.state, caseId: found.meeting.case_id }, input, 'link');
    return { done: true };
  },
});

export const readLinkPaper = operation({
  id: 'meeting.read_link_paper', kind: 'query', allow: ['public'], asOffice: true,
  summary: 'A paper of the sitting, or its pack, for a member from outside by the own link; none of a confidential point.',
  input: Token.extend({ documentId: id() }),
  output: z.object({ fileName: z.string(), mediaType: z.string(), content: z.string() }),
  async run(context, input) {
    const { db, office, kernel } = context;
    const found = await openLink(context, input.token);
    if (!found || found.meeting.agenda_version === 0) throw notFound();
    const { points } = await listPoints(context, { id: found.meeting.id, caseId: found.meeting.case_id, startsAt: found.meeting.starts_at });
    const shown = found.meeting.pack_document_id === input.documentId || points.some((one) => !one.isConfidential && one.papers.some((paper) => paper.id === input.documentId));
    const row = shown ? await db.selectFrom('document').select(['file_name', 'media_type', 'sha256', 'destroyed_at']).where('office_id', '=', office.id).where('id', '=', input.documentId).where('case_id', '=', found.meeting.case_id).executeTakeFirst() : undefined;
    if (!row || row.destroyed_at) throw notFound();
    return { fileName: row.file_name, mediaType: row.media_type, content: Buffer.from(await kernel.files.get(office.id, row.sha256)).toString('base64') };
  },
});
