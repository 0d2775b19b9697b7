import { recordConclusion } from '../../src/modules/meetings/conclusion.server.ts';
import { addRemark } from '../../src/modules/meetings/minutes-adopt.server.ts';
import { issueMinutes } from '../../src/modules/meetings/minutes.server.ts';
import { closeSitting, settlePoint } from '../../src/modules/meetings/sitting.server.ts';
import { openVote } from '../../src/modules/meetings/vote.server.ts';
import { opened } from '../sitting.ts';
import type { Examples, Extend } from '../world.ts';

/** One sitting whose minutes are issued, and the next, in which a vote runs. */
export const extend: Extend = async (office) => {
  const at = { now: new Date(Date.now() - 7 * 86_400_000) };
  const past = await opened(office, { points: [{ title: 'Прошла тачка' }] }, at.now);
  const { keeper } = past;
  const sent = await office.run(recordConclusion, keeper, { id: past.itemId, text: 'Поступити.', owners: `person:${past.view.attendance[1]!.personId}` }, at);
  await office.run(settlePoint, keeper, { id: past.itemId, as: 'done' }, at);
  await office.run(closeSitting, keeper, { id: past.id }, at);
  const { minutesId } = await office.run(issueMinutes, keeper, { id: past.id }, at);
  const remark = await office.run(addRemark, keeper, { id: minutesId, text: 'Примједба.' }, at);
  const now = await opened(office, { committeeId: past.committeeId, number: 2 });
  const conclusion = await office.run(recordConclusion, keeper, { id: now.itemId, text: 'Закључено.' });
  const vote = await office.run(openVote, keeper, { id: now.itemId, question: 'Ко је за?' });
  return {
    issuedSittingId: past.id, minutesId, remarkId: remark.id, sentConclusionId: sent.id, heldId: now.id, heldItemId: now.itemId, heldAttendanceId: now.view.attendance[1]!.id, heldConclusionId: conclusion.id, runningVoteId: vote.id, ownerMark: `person:${now.view.attendance[1]!.personId}`,
  };
};

export const examples: Examples = {
  'sitting.read': (w) => ({ id: w.heldId }), 'sitting.stamp': (w) => ({ id: w.heldId }), 'sitting.open': (w) => ({ id: w.heldId }), 'sitting.adjourn': (w) => ({ id: w.heldId, note: 'Прекид.' }), 'sitting.close': (w) => ({ id: w.heldId }),
  'point.open': (w) => ({ id: w.heldItemId }), 'point.settle': (w) => ({ id: w.heldItemId, as: 'done' }), 'point.note': (w) => ({ id: w.heldItemId, notes: 'Расправа.', version: 0 }), 'point.take_up': (w) => ({ id: w.heldId, title: 'Хитно', after: w.heldItemId }),
  'point.mark_away': (w) => ({ id: w.heldItemId, attendanceId: w.heldAttendanceId, reason: 'away' }),
  'attendance.mark': (w) => ({ id: w.heldId, marks: [{ id: w.heldAttendanceId, state: 'present', came: '', left: '', representedBy: '', reason: '' }] }), 'attendance.move': (w) => ({ id: w.heldAttendanceId, as: 'came' }), 'attendance.add': (w) => ({ id: w.heldId, name: 'Гост' }),
  'vote.open': (w) => ({ id: w.heldItemId, question: 'Ко је за?' }), 'vote.cast': (w) => ({ id: w.runningVoteId, choice: 'for' }), 'vote.enter': (w) => ({ id: w.runningVoteId, choices: [] }), 'vote.count': (w) => ({ id: w.runningVoteId, for: 1, against: 0, abstain: 0 }),
  'vote.close': (w) => ({ id: w.runningVoteId }), 'vote.annul': (w) => ({ id: w.runningVoteId, reason: 'Грешка.' }),
  'conclusion.record': (w) => ({ id: w.heldItemId, text: 'Поступити.', owners: w.ownerMark }), 'conclusion.change': (w) => ({ id: w.heldConclusionId, text: 'Друкчије.', owners: w.ownerMark }), 'conclusion.drop': (w) => ({ id: w.heldConclusionId }), 'conclusion.of_case': (w) => ({ id: w.caseId }),
  'conclusion.to_verify': (w) => ({ id: w.heldId }), 'conclusion.verify': (w) => ({ id: w.heldId, marks: [] }), 'conclusion.excerpt': (w) => ({ id: w.sentConclusionId }), 'conclusion.send': (w) => ({ id: w.sentConclusionId }), 'conclusion.to_send': (w) => ({ id: w.issuedSittingId }),
  'minutes.read': (w) => ({ id: w.issuedSittingId }), 'minutes.write': (w) => ({ id: w.issuedSittingId, revision: 0 }), 'minutes.issue': (w) => ({ id: w.issuedSittingId }), 'minutes.adopt': (w) => ({ id: w.issuedSittingId, inId: w.heldId }),
  'remark.add': (w) => ({ id: w.minutesId, text: 'Примједба.' }), 'remark.settle': (w) => ({ id: w.remarkId, as: 'taken' }),
};
