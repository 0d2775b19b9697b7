import { PDFDocument, PDFDict, PDFName } from '@cantoo/pdf-lib';
import fc from 'fast-check';
import { describe } from 'vitest';
import { addDays, dayIn, daysBetween, instantIn, weekdayOf } from '../../core/day.ts';
import { workCalendar } from '../../core/holiday.ts';
import { getJurisdiction } from '../../core/jurisdiction.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { getDocument } from '../documents/document.server.ts';
import { getCase } from '../registry/case.server.ts';
import { registerPaper } from '../registry/paper.server.ts';
import { searchAll } from '../requests/search.server.ts';
import { addOwnPoint, addPointPaper, dropPoint, movePoint, placeProposals } from './agenda.server.ts';
import { listCommittees, putMember, readCommittee } from './committee.server.ts';
import { conveneMeeting, openMeetingLink, readLinkPaper, replyByLink, replyToMeeting } from './convene.server.ts';
import { readMeeting } from './meeting-list.server.ts';
import { agendaMarks, lastNoticeOn, sittingDays, timetable } from './meeting.ts';
import { cancelMeeting, planMeeting, planSeries, postponeMeeting } from './meeting.server.ts';
import { readPack } from './pack.server.ts';
import { listProposals, readProposal } from './proposal-list.server.ts';
import { acceptProposal, changeProposal, draftProposal, returnProposal, submitProposal } from './proposal.server.ts';

const now = new Date('2026-03-02T08:00:00Z');
const file = (name: string, text = name) => ({ name: `${name}.txt`, bytes: new Uint8Array(Buffer.from(text)) });

/** The collegium of the office with its keeper, a sitting planned in nine days, and somebody of a unit who proposes. */
async function planned(office: TestOffice, more: { kind?: string; onDay?: string } = {}) {
  const [chief, clerk] = [await office.as('chief'), await office.as('radoje-kapisoda')];
  const { committees } = await office.run(listCommittees, chief, {});
  const committee = committees.find((one) => one.kind === (more.kind ?? 'collegium'))!;
  const keeper = await office.as({ collegium: 'milena-vuksanovic', commission: 'natasa-perazic', council: 'radoje-kapisoda' }[more.kind ?? 'collegium']!);
  const meeting = await office.run(planMeeting, keeper, { committeeId: committee.id, onDay: more.onDay ?? '2026-03-11', time: '10:00' }, { now });
  return { chief, clerk, keeper, committee, meeting };
}
type Told = Awaited<ReturnType<typeof planned>>;
const draft = (office: TestOffice, told: Told, title: string, more: Record<string, unknown> = {}) => office.run(draftProposal, told.clerk, { committeeId: told.committee.id, title, reason: `Образложење: ${title}`, proposed: `Прихвата се: ${title}`, minutes: 15, ...more }, { now });
async function accepted(office: TestOffice, told: Told, title: string, more: Record<string, unknown> = {}) {
  const made = await draft(office, told, title, more);
  await office.run(submitProposal, told.clerk, { id: made.id }, { now });
  await office.run(acceptProposal, told.keeper, { id: made.id }, { now });
  return made;
}

describe('days', () => {
  const zones = ['ME', 'BA-RS', 'MK', 'RO'] as const;
  const day = fc.integer({ min: 0, max: 1400 }).map((n) => addDays('2024-01-01', n));
  test('notice is given on an open day, at least so many whole days before, and on no later one; clocks that change do not matter', () => {
    fc.assert(fc.property(fc.constantFrom(...zones), day, fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 23 }), (country, on, days, hour) => {
      const jurisdiction = getJurisdiction(country);
      const calendar = workCalendar(jurisdiction);
      const startsAt = instantIn(jurisdiction.timeZone, on, `${String(hour).padStart(2, '0')}:00`);
      const last = lastNoticeOn(dayIn(jurisdiction.timeZone, startsAt), days, calendar);
      expect(daysBetween(last, on)).toBeGreaterThanOrEqual(days);
      expect(calendar.isWorkingDay(last)).toBe(true);
      for (let later = addDays(last, 1); later <= addDays(on, -days); later = addDays(later, 1)) expect(calendar.isWorkingDay(later)).toBe(false);
    }));
  });
  test('sittings ahead fall on open days, each on its weekday or the first open day after it', () => {
    fc.assert(fc.property(fc.constantFrom(...zones), day, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }), (country, from, weekday, weeks) => {
      const calendar = workCalendar(getJurisdiction(country));
      const days = sittingDays(from, weekday, weeks, 8, calendar);
      for (const on of days) {
        expect(calendar.isWorkingDay(on)).toBe(true);
        expect(on >= from).toBe(true);
        let meant = on;
        while (weekdayOf(meant) !== weekday) {
          meant = addDays(meant, -1);
          expect(calendar.isWorkingDay(meant)).toBe(false);
        }
      }
    }));
  });
  test('the timetable adds up across the hour that the clocks skip', () => {
    const times = timetable(instantIn('Europe/Podgorica', '2026-03-29', '01:30'), [20, 20, 20]);
    expect(times.map((at) => at.toISOString())).toEqual(['2026-03-29T00:30:00.000Z', '2026-03-29T00:50:00.000Z', '2026-03-29T01:10:00.000Z']);
  });
  test('marks: what is new, what is gone, and the fewest that moved', () => {
    const points = fc.uniqueArray(fc.integer({ min: 0, max: 12 }).map(String), { maxLength: 10 });
    fc.assert(fc.property(points, points, (before, after) => {
      const { marks, dropped } = agendaMarks(before, after);
      expect(dropped).toEqual(before.filter((one) => !after.includes(one)));
      for (const one of after) expect(marks.get(one) === 'new').toBe(!before.includes(one));
      const stayed = after.filter((one) => marks.get(one) === null);
      expect(before.filter((one) => stayed.includes(one))).toEqual(stayed);
    }));
    expect([...agendaMarks(['a', 'b', 'c', 'd'], ['d', 'a', 'b', 'c']).marks.values()]).toEqual(['moved', null, null, null]);
  });
});

test('from a proposal to an agenda that members are called with', async ({ office }) => {
  const told = await planned(office);
  const { keeper, clerk, meeting } = told;
  const street = await accepted(office, told, 'Реконструкција улице', { files: [file('Предмјер')] });
  const budget = await draft(office, told, 'Ребаланс буџета');
  await office.run(submitProposal, clerk, { id: budget.id }, { now });
  await office.refused(office.run(acceptProposal, clerk, { id: budget.id }), 403);
  await office.run(returnProposal, keeper, { id: budget.id, comment: 'Приложити табелу.' }, { now });
  const returned = await office.run(readProposal, clerk, { id: budget.id });
  expect(returned).toMatchObject({ state: 'returned', comment: 'Приложити табелу.', version: 2, acts: ['change', 'submit', 'withdraw'] });
  await office.refused(office.run(changeProposal, clerk, { id: budget.id, version: 1, title: 'Ребаланс буџета' }), 409);
  await office.run(changeProposal, clerk, { id: budget.id, version: 2, title: 'Ребаланс буџета', proposed: 'Прихвата се ребаланс.', minutes: 15, files: [file('Табела', 'прва')] }, { now });
  const first = (await office.run(readProposal, clerk, { id: budget.id })).documentIds;
  await office.run(changeProposal, clerk, { id: budget.id, version: 3, title: 'Ребаланс буџета', proposed: 'Прихвата се ребаланс.', minutes: 15, documentIds: first, replaces: first[0]!, files: [file('Табела 2', 'друга')] }, { now });
  const second = await office.run(readProposal, clerk, { id: budget.id });
  expect(second.documentIds).not.toEqual(first);
  expect(second.documents).toHaveLength(2);
  await office.run(submitProposal, clerk, { id: budget.id }, { now });
  await office.run(acceptProposal, keeper, { id: budget.id }, { now });
  expect((await office.refused(office.run(conveneMeeting, keeper, { id: meeting.id }, { now }), 409)).said.key).toBe('error.agenda_empty');

  const before = await office.run(readMeeting, keeper, { id: meeting.id }, { now });
  expect(before).toMatchObject({ number: 1, state: 'planned', noticeOn: '2026-03-09', acts: ['prepare', 'convene', 'postpone', 'cancel'] });
  expect(before.backlog.map((one) => one.title)).toEqual(['Реконструкција улице', 'Ребаланс буџета']);
  await office.run(placeProposals, keeper, { id: meeting.id, proposalIds: [street.id, budget.id] }, { now });
  await office.run(addOwnPoint, keeper, { id: meeting.id, kind: 'information', title: 'Информација о зимској служби', minutes: 5 }, { now });
  const titles = async () => (await office.run(readMeeting, keeper, { id: meeting.id }, { now })).agenda.map((one) => one.title);
  expect(await titles()).toEqual(['Реконструкција улице', 'Ребаланс буџета', 'Информација о зимској служби', 'Tekuća pitanja']);
  const point = (await office.run(readMeeting, keeper, { id: meeting.id }, { now })).agenda[1]!;
  await office.run(movePoint, keeper, { id: meeting.id, itemId: point.id, to: 'up' }, { now });
  expect((await titles())[0]).toBe('Ребаланс буџета');
  await office.refused(office.run(movePoint, clerk, { id: meeting.id, itemId: point.id, to: 'down' }), 404);

  const called = await office.run(conveneMeeting, keeper, { id: meeting.id }, { now });
  expect(called).toMatchObject({ version: 1, mailed: 14 });
  // Members see the sitting and its papers; the case of the proposal is not thereby theirs.
  const member = await office.as('igor-vukcevic');
  const seen = await office.run(readMeeting, member, { id: meeting.id }, { now });
  expect(seen).toMatchObject({ state: 'convened', keeps: false, acts: [], hasHidden: false });
  expect(seen.agenda.map((one) => [one.number, one.beginsAt.toISOString().slice(11, 16)])).toEqual([[1, '09:00'], [2, '09:15'], [3, '09:30'], [4, '09:35']]);
  expect((await office.run(getDocument, member, { id: seen.agenda[1]!.papers[0]!.id })).fileName).toBe('Предмјер.txt');
  await office.refused(office.run(getCase, member, { id: street.caseId }), 404);
  await office.run(replyToMeeting, member, { id: meeting.id, reply: 'declined', reason: 'Службени пут', representedBy: 'Slavko Bošković' }, { now });
  expect((await office.run(readMeeting, keeper, { id: meeting.id }, { now })).called.find((one) => one.name === member.name)).toMatchObject({ reply: 'declined', representedBy: 'Slavko Bošković' });
  await office.settle();
  const mail = office.mails.find((one) => one.to.startsWith('igor.vukcevic'))!;
  expect(mail.text).toContain('1. Ребаланс буџета');
  expect(mail.text).toContain(`/desk/meetings/${meeting.id}`);
  const file1 = await office.run(getCase, keeper, { id: meeting.caseId });
  expect(file1.entries).toHaveLength(2);
  expect(file1.documents.some((one) => one.mediaType === 'application/pdf' && one.kind === 'letter')).toBe(true);

  // A change after the call: another version, with marks.
  expect((await office.refused(office.run(conveneMeeting, keeper, { id: meeting.id }, { now }), 409)).said.key).toBe('error.agenda_unchanged');
  const later = new Date('2026-03-05T09:00:00Z');
  await office.run(dropPoint, keeper, { id: meeting.id, itemId: seen.agenda[2]!.id }, { now: later });
  const fresh = await office.run(addOwnPoint, keeper, { id: meeting.id, title: 'Хитна набавка соли', minutes: 5 }, { now: later });
  await office.run(movePoint, keeper, { id: meeting.id, itemId: fresh.itemId, to: 1 }, { now: later });
  const paper = seen.agenda[1]!.papers[0]!.id;
  const { documentIds } = await office.run(addPointPaper, keeper, { id: meeting.id, itemId: seen.agenda[1]!.id, replaces: paper, files: [file('Предмјер нови')] }, { now: later });
  await office.run(addPointPaper, keeper, { id: meeting.id, itemId: fresh.itemId, documentId: documentIds[0]! }, { now: later });
  expect(await office.run(conveneMeeting, keeper, { id: meeting.id }, { now: later })).toMatchObject({ version: 2 });
  const changed = await office.run(readMeeting, member, { id: meeting.id }, { now: later });
  expect(changed.agenda.map((one) => [one.title, one.mark])).toEqual([['Хитна набавка соли', 'new'], ['Ребаланс буџета', null], ['Реконструкција улице', null], ['Tekuća pitanja', null]]);
  expect(changed.dropped).toEqual(['Информација о зимској служби']);
  expect(changed.agenda[2]!.papers.map((one) => [one.title, one.replacedBy])).toEqual([['Предмјер.txt', documentIds[0]], ['Предмјер нови.txt', null]]);
  expect(changed.copies.map((one) => one.version)).toEqual([1, 2]);
});

test('later than the notice, members are called only with a reason; put off, they are told and called anew; cancelled, its points wait', async ({ office }) => {
  const told = await planned(office, { onDay: '2026-03-04' });
  const { keeper, meeting } = told;
  const proposal = await accepted(office, told, 'Програм уређења');
  await office.run(placeProposals, keeper, { id: meeting.id, proposalIds: proposal.id }, { now });
  const tuesday = new Date('2026-03-03T08:00:00Z');
  const refusal = await office.refused(office.run(conveneMeeting, keeper, { id: meeting.id }, { now: tuesday }), 422);
  expect(refusal.fields['urgency']).toMatchObject({ key: 'field.meeting_urgency', args: { days: 2 } });
  await office.run(conveneMeeting, keeper, { id: meeting.id, urgency: 'Рок за пријаву пројекта истиче.' }, { now: tuesday });
  await office.run(postponeMeeting, keeper, { id: meeting.id, onDay: '2026-03-12', time: '12:00', reason: 'Спријечен предсједавајући' }, { now: tuesday });
  expect(await office.run(readMeeting, keeper, { id: meeting.id }, { now: tuesday })).toMatchObject({ state: 'planned', agendaVersion: 1 });
  expect(await office.run(conveneMeeting, keeper, { id: meeting.id }, { now: tuesday })).toMatchObject({ version: 2 });
  await office.run(cancelMeeting, keeper, { id: meeting.id, reason: 'Није потребна.' }, { now: tuesday });
  expect(await office.run(readProposal, keeper, { id: proposal.id })).toMatchObject({ state: 'accepted' });
  await office.settle();
  expect(office.mails.filter((one) => one.to.startsWith('igor.vukcevic')).length).toBe(4);
  expect((await office.events(meeting.caseId)).map((one) => one.name).filter((one) => one.startsWith('meeting.'))).toEqual(['meeting.planned', 'meeting.convened', 'meeting.postponed', 'meeting.convened', 'meeting.cancelled']);
  // The next one has what the last left; one that was cancelled is none.
  const next = await office.run(planSeries, keeper, { committeeId: told.committee.id, onDay: '2026-04-20', weekday: 5, count: 3, time: '09:00' }, { now });
  expect(next.days).toEqual(['2026-04-24', '2026-05-04', '2026-05-08']);
  expect((await office.run(readMeeting, keeper, { id: next.ids[1]! }, { now })).agenda.map((one) => one.kind)).toEqual(['verification', 'minutes', 'questions']);
});

test('a confidential point: a member without the right finds it nowhere', async ({ office }) => {
  const told = await planned(office);
  const { keeper, meeting, committee } = told;
  const secret = 'Поравнање са извођачем Кулина';
  const word = 'Кулина';
  await office.run(putMember, keeper, { id: committee.id, name: 'Vanjski Član', email: 'vanjski@primjer.example', fromOn: '2026-01-01', role: 'member', isVoting: true }, { now });
  const hidden = await accepted(office, told, secret, { isConfidential: true, files: [file('Кулина нацрт')] });
  const open = await accepted(office, told, 'Отворена тачка', { files: [file('Отворени прилог')] });
  await office.run(placeProposals, keeper, { id: meeting.id, proposalIds: [hidden.id, open.id] }, { now });
  await office.run(conveneMeeting, keeper, { id: meeting.id }, { now });
  const member = await office.as('igor-vukcevic');
  const registrar = await office.as('registrar');
  const full = await office.run(readMeeting, keeper, { id: meeting.id }, { now });
  expect(full.agenda[0]).toMatchObject({ title: secret, isConfidential: true });
  for (const caller of [member, registrar]) {
    const seen = await office.run(readMeeting, caller, { id: meeting.id }, { now });
    expect(JSON.stringify(seen)).not.toContain(word);
    expect(seen).toMatchObject({ hasHidden: true });
    // The other point keeps its number and its time.
    expect(seen.agenda[0]).toMatchObject({ number: 2, title: 'Отворена тачка', beginsAt: full.agenda[1]!.beginsAt });
    await office.refused(office.run(getDocument, caller, { id: full.agenda[0]!.papers[0]!.id }), 404);
    expect(JSON.stringify(await office.run(searchAll, caller, { query: word }))).not.toContain(word);
    expect(JSON.stringify(await office.run(listProposals, caller, { view: 'all' }))).not.toContain(word);
    expect(JSON.stringify(await office.run(getCase, caller, { id: meeting.caseId }))).not.toContain(word);
  }
  expect(JSON.stringify(await office.run(searchAll, keeper, { query: word }))).toContain(word);
  await office.settle();
  expect(office.mails.length).toBeGreaterThan(10);
  expect(office.mails.filter((one) => `${one.subject} ${one.text}`.includes(word))).toEqual([]);
  expect(JSON.stringify(await office.events(meeting.caseId))).not.toContain(word);

  // Who has no desk here gets the sitting for the own calendar: its name, and none of its points.
  const outside = () => office.mails.filter((one) => one.to === 'vanjski@primjer.example').at(-1)!.invitation!;
  const uid = /^UID:.*$/m.exec(outside().ics)![0];
  expect(outside()).toMatchObject({ method: 'REQUEST' });
  expect(outside().ics).not.toMatch(/RSVP=TRUE|Кулина|Отворена/);
  expect(office.mails.filter((one) => one.to.startsWith('igor-') || one.to.startsWith('igor.')).every((one) => !one.invitation)).toBe(true);

  // From outside, by the own link.
  const token = /\/sitting\/([\w-]+)/.exec(office.mails.find((one) => one.to === 'vanjski@primjer.example')!.text)![1]!;
  const { sitting } = await office.run(openMeetingLink, office.public(), { token }, { now });
  expect(sitting).toMatchObject({ places: 3, points: [{ number: 2, title: 'Отворена тачка' }, { number: 3 }] });
  expect((await office.run(readLinkPaper, office.public(), { token, documentId: sitting!.points[0]!.papers[0]!.id }, { now })).fileName).toBe('Отворени прилог.txt');
  await office.refused(office.run(readLinkPaper, office.public(), { token, documentId: full.agenda[0]!.papers[0]!.id }, { now }), 404);
  await office.run(replyByLink, office.public(), { token, reply: 'accepted' }, { now });
  await office.refused(office.run(replyByLink, office.public(), { token: 'x'.repeat(43), reply: 'accepted' }, { now }), 404);
  expect((await office.run(readMeeting, keeper, { id: meeting.id }, { now })).called.find((one) => one.name === 'Vanjski Član')).toMatchObject({ reply: 'accepted' });
  await office.run(cancelMeeting, keeper, { id: meeting.id, reason: 'Нема кворума' }, { now });
  await office.settle();
  expect(outside()).toMatchObject({ method: 'CANCEL' });
  expect(outside().ics).toContain(uid);
});

test('a confidential committee is seen by its members alone, and its mail says when and where', async ({ office }) => {
  const told = await planned(office, { kind: 'commission' });
  const { keeper, meeting } = told;
  await office.run(addOwnPoint, keeper, { id: meeting.id, title: 'Захтјев Јана Јанић' }, { now });
  await office.run(conveneMeeting, keeper, { id: meeting.id }, { now });
  for (const who of ['registrar', 'protocol', 'igor-vukcevic']) await office.refused(office.run(readMeeting, await office.as(who), { id: meeting.id }), 404);
  expect((await office.run(readMeeting, await office.as('tamara-zvicer'), { id: meeting.id }, { now })).agenda[0]!.title).toBe('Захтјев Јана Јанић');
  await office.settle();
  expect(office.mails.length).toBe(5);
  expect(office.mails.filter((one) => `${one.subject} ${one.text}`.includes('Јанић') || one.subject.includes('помоћи'))).toEqual([]);
});

test('any case is put before a committee with chosen papers, and the committee sees those alone', async ({ office }) => {
  const told = await planned(office);
  const { keeper, meeting, chief, clerk, committee } = told;
  const paper = await office.run(registerPaper, clerk, { direction: 'internal', subject: 'Молба клуба', text: 'Текст.', files: [file('Молба'), file('Лични подаци')] }, { now });
  const documents = (await office.run(getCase, clerk, { id: paper.id })).documents;
  const made = await office.run(draftProposal, clerk, { committeeId: committee.id, caseId: paper.id, title: 'Молба клуба за терен', proposed: 'Додјељује се.', documentIds: [documents[0]!.id] }, { now });
  expect(made.caseId).toBe(paper.id);
  await office.run(submitProposal, clerk, { id: made.id }, { now });
  await office.run(acceptProposal, keeper, { id: made.id }, { now });
  await office.run(placeProposals, keeper, { id: meeting.id, proposalIds: made.id }, { now });
  await office.run(conveneMeeting, keeper, { id: meeting.id }, { now });
  const member = await office.as('igor-vukcevic');
  expect((await office.run(readMeeting, member, { id: meeting.id }, { now })).agenda[0]!.papers.map((one) => one.title)).toEqual(['Молба.txt']);
  await office.refused(office.run(getCase, member, { id: paper.id }), 404);
  expect((await office.run(readCommittee, chief, { id: committee.id })).roll).toHaveLength(14);
});

test('the pack that is kept: one PDF with a bookmark for each point and paper, without the confidential ones; who may sees them in a pack of their own', async ({ office }) => {
  const day = new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10);
  const [chief, keeper, clerk] = [await office.as('chief'), await office.as('milena-vuksanovic'), await office.as('radoje-kapisoda')];
  const committee = (await office.run(listCommittees, chief, {})).committees.find((one) => one.kind === 'collegium')!;
  const meeting = await office.run(planMeeting, keeper, { committeeId: committee.id, onDay: day, time: '10:00' });
  for (const [title, isConfidential] of [['Отворена тачка', false], ['Тајна тачка', true]] as const) {
    const made = await office.run(draftProposal, clerk, { committeeId: committee.id, title, proposed: 'Прихвата се.', isConfidential, files: [file(`Прилог ${title}`)] });
    await office.run(submitProposal, clerk, { id: made.id });
    await office.run(acceptProposal, keeper, { id: made.id });
    await office.run(placeProposals, keeper, { id: meeting.id, proposalIds: made.id });
  }
  await office.run(conveneMeeting, keeper, { id: meeting.id });
  await office.settle();
  const member = await office.as('igor-vukcevic');
  const seen = await office.run(readMeeting, member, { id: meeting.id });
  const kept = await office.run(getDocument, member, { id: seen.packId! });
  const pdf = await PDFDocument.load(Buffer.from(kept.content, 'base64'));
  // Front, the open point with its paper, and the one that closes every agenda.
  expect(pdf.getPageCount()).toBe(4);
  expect(pdf.catalog.lookup(PDFName.of('Outlines'), PDFDict).get(PDFName.of('Count'))?.toString()).toBe('4');
  for (const caller of [member, office.system()]) expect(JSON.stringify(await office.run(readPack, caller, { id: meeting.id }))).not.toContain('Тајна');
  expect(JSON.stringify(await office.run(readPack, keeper, { id: meeting.id }))).toContain('Тајна');
  const before = await office.events(meeting.caseId);
  await office.settle();
  expect((await office.events(meeting.caseId)).length).toBe(before.length);
});
