import { addOwnPoint, addPointPaper, placeProposals } from '../../src/modules/meetings/agenda.server.ts';
import { listCommittees, makeCommittee, putMember, readCommittee } from '../../src/modules/meetings/committee.server.ts';
import { conveneMeeting } from '../../src/modules/meetings/convene.server.ts';
import { readMeeting } from '../../src/modules/meetings/meeting-list.server.ts';
import { planMeeting } from '../../src/modules/meetings/meeting.server.ts';
import { acceptProposal, draftProposal, submitProposal } from '../../src/modules/meetings/proposal.server.ts';
import type { Examples, Extend } from '../world.ts';
import * as sitting from './sitting.ts';

const text = (name: string) => ({ name: `${name}.txt`, bytes: new Uint8Array(Buffer.from(name)) });
const rules = { kind: 'working' as const, name: 'Радна група', fromOn: '2026-01-01' };

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, world) => {
  const chief = await office.as('chief');
  const sittingDay = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  const committeeId = (await office.run(listCommittees, chief, {})).committees[0]?.id ?? (await office.run(makeCommittee, chief, rules)).id;
  const ending = await office.run(makeCommittee, chief, { ...rules, name: 'Престаје' });
  const outside = await office.run(putMember, chief, { id: committeeId, name: 'Ана Вањска', email: 'ana@vani.example', fromOn: '2026-01-01', isVoting: true });
  const leaving = (await office.run(readCommittee, chief, { id: committeeId })).roll.find((one) => one.role === 'member')!;
  const propose = async (title: string) => (await office.run(draftProposal, chief, { committeeId, title, reason: 'Разлог.', proposed: 'Прихвата се.', files: [text(title)] })).id;
  const [draftedId, submittedProposalId, judgedId, placedId, waitingId] = [await propose('Нацрт'), await propose('Поднесено'), await propose('Врати'), await propose('Уврштено'), await propose('Чека')];
  for (const id of [judgedId, placedId, waitingId]) await office.run(submitProposal, chief, { id });
  for (const id of [placedId, waitingId]) await office.run(acceptProposal, chief, { id });
  const plan = async () => (await office.run(planMeeting, chief, { committeeId, onDay: sittingDay, time: '10:00' })).id;
  const [plannedId, calledId] = [await plan(), await plan()];
  await office.run(placeProposals, chief, { id: plannedId, proposalIds: placedId });
  const { itemId: pointId } = await office.run(addOwnPoint, chief, { id: plannedId, title: 'Тачка' });
  const shared = (await office.run(addPointPaper, chief, { id: plannedId, itemId: pointId, files: [text('Материјал'), text('Други')] })).documentIds;
  const first = (await office.run(readMeeting, chief, { id: plannedId })).agenda.find((one) => one.proposalId === placedId)!;
  await office.run(addOwnPoint, chief, { id: calledId, title: 'Тачка', files: [text('Прилог')] });
  await office.run(conveneMeeting, chief, { id: calledId });
  const called = await office.run(readMeeting, chief, { id: calledId });
  const mail = await office.within((db) => db.selectFrom('mail').select('body').where('office_id', '=', office.office.id).where('recipient', '=', 'ana@vani.example').where('body', 'like', '%/sitting/%').executeTakeFirstOrThrow());
  const made = {
    committeeId, endingId: ending.id, outsideId: outside.memberId, leavingId: leaving.id, draftedId, submittedProposalId, judgedId, waitingId, plannedId, calledId, sittingDay, pointId, firstPointId: first.id, firstPaperId: first.papers[0]!.id, pointPaperId: shared[0]!, otherPaperId: shared[1]!,
    calledLineId: called.called[0]!.id, calledPaperId: called.agenda.find((one) => one.papers.length > 0)!.papers[0]!.id, sittingToken: /\/sitting\/([\w-]+)/.exec(mail.body)![1]!,
  };
  return { ...made, ...(await sitting.extend(office, { ...world, ...made })) };
};

export const examples: Examples = {
  'committee.make': (w) => ({ ...rules, unitId: w.unitId }), 'committee.change': (w) => ({ id: w.committeeId, ...rules, kind: 'collegium' }), 'committee.end': (w) => ({ id: w.endingId, untilOn: w.dueOn }), 'committee.list': () => ({}), 'committee.get': (w) => ({ id: w.committeeId }),
  'committee.put_member': (w) => ({ id: w.committeeId, memberId: w.outsideId, partyId: w.partyId, name: 'Ана', fromOn: '2026-01-01' }), 'committee.end_member': (w) => ({ id: w.committeeId, memberId: w.leavingId, untilOn: w.dueOn }),
  'agenda_proposal.sources': (w) => ({ caseId: w.caseId }), 'agenda_proposal.draft': (w) => ({ committeeId: w.committeeId, caseId: w.caseId, title: 'Приједлог', documentIds: w.documentId, replaces: w.documentId }), 'agenda_proposal.change': (w) => ({ id: w.draftedId, version: 1, title: 'Други' }), 'agenda_proposal.submit': (w) => ({ id: w.submittedProposalId }),
  'agenda_proposal.accept': (w) => ({ id: w.judgedId }), 'agenda_proposal.return': (w) => ({ id: w.judgedId, comment: 'Допунити.' }), 'agenda_proposal.decline': (w) => ({ id: w.judgedId, comment: 'Није наше.' }), 'agenda_proposal.withdraw': (w) => ({ id: w.draftedId }), 'agenda_proposal.list': (w) => ({ view: 'all', caseId: w.caseId, committeeId: w.committeeId }), 'agenda_proposal.get': (w) => ({ id: w.draftedId }),
  'meeting.plan': (w) => ({ committeeId: w.committeeId, onDay: w.sittingDay, time: '12:00' }), 'meeting.plan_series': (w) => ({ committeeId: w.committeeId, onDay: w.sittingDay, weekday: 3, count: 2, time: '9:00' }), 'meeting.change': (w) => ({ id: w.plannedId, chairId: w.personId, keeperId: w.deputyId, place: 'Сала' }),
  'meeting.postpone': (w) => ({ id: w.plannedId, onDay: w.sittingDay, time: '11:00', reason: 'Одсутан.' }), 'meeting.cancel': (w) => ({ id: w.plannedId, reason: 'Не треба.' }), 'meeting.convene': (w) => ({ id: w.plannedId }), 'meeting.reply': (w) => ({ id: w.calledId, attendanceId: w.calledLineId, reply: 'accepted' }),
  'meeting.open_link': (w) => ({ token: w.sittingToken }), 'meeting.reply_by_link': (w) => ({ token: w.sittingToken, reply: 'declined', representedBy: 'Марко' }), 'meeting.read_link_paper': (w) => ({ token: w.sittingToken, documentId: w.calledPaperId }), 'meeting.list': (w) => ({ view: 'coming', committeeId: w.committeeId, caseId: w.caseId }), 'meeting.get': (w) => ({ id: w.plannedId }),
  'meeting.count': () => ({}), 'meeting.read_pack': (w) => ({ id: w.calledId }), 'meeting.keep_pack': (w) => ({ id: w.calledId, key: 'x', name: 'a.pdf', bytes: new Uint8Array([37]) }),
  'agenda.place': (w) => ({ id: w.plannedId, proposalIds: w.waitingId }), 'agenda.add': (w) => ({ id: w.plannedId, title: 'Тачка' }), 'agenda.change_point': (w) => ({ id: w.plannedId, itemId: w.pointId, title: 'Друга' }), 'agenda.move': (w) => ({ id: w.plannedId, itemId: w.pointId, to: 'up' }),
  'agenda.add_paper': (w) => ({ id: w.plannedId, itemId: w.pointId, documentId: w.firstPaperId, replaces: w.pointPaperId }), 'agenda.drop_paper': (w) => ({ id: w.plannedId, itemId: w.pointId, documentId: w.otherPaperId }), 'agenda.drop': (w) => ({ id: w.plannedId, itemId: w.firstPointId }),
  ...sitting.examples,
};
