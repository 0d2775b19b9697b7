import { addDays, dayIn, instantIn } from '../../src/core/day.ts';
import { makeDays } from '../../src/modules/audiences/day.server.ts';
import { saveAudienceDraft } from '../../src/modules/audiences/draft.server.ts';
import { askAudience, registerAudience } from '../../src/modules/audiences/register.server.ts';
import { scheduleAudience } from '../../src/modules/audiences/schedule.server.ts';
import { getReceptionDay } from '../../src/modules/audiences/day.server.ts';
import { arriveAudience, endAudience } from '../../src/modules/audiences/visit.server.ts';
import { registerPaper } from '../../src/modules/registry/paper.server.ts';
import type { Examples, Extend } from '../world.ts';

const asks = { topic: 'roads', purpose: 'Пут је разрован.', name: 'Ана Пријем', contactBy: 'phone' as const, phone: '067 000 222' };
const shape = { minutes: 15, pause: 5, from: '10:00', until: '13:00', weekdays: [1, 2, 3, 4, 5] };

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office) => {
  const chief = await office.as('chief');
  const mayor = await office.as('mayor');
  const zone = office.office.jurisdiction.timeZone;
  const from = addDays(dayIn(zone, new Date()), 1);
  const { ids } = await office.run(makeDays, chief, { hostId: mayor.personId!, fromOn: from, untilOn: addDays(from, 7), ...shape });
  const [day, other] = [await office.run(getReceptionDay, chief, { id: ids[0]! }), await office.run(getReceptionDay, chief, { id: ids[1]! })];
  const [waiting, scheduled, otherAsked, withdrawn] = [await office.run(registerAudience, chief, asks), await office.run(registerAudience, chief, asks), await office.run(registerAudience, chief, asks), await office.run(registerAudience, chief, asks)];
  const asked = await office.run(askAudience, office.public(), asks);
  await office.run(scheduleAudience, chief, { id: scheduled.id, slotId: day.slots[0]!.id });
  await office.run(scheduleAudience, chief, { id: otherAsked.id, slotId: day.slots[1]!.id });
  await office.run(scheduleAudience, chief, { id: withdrawn.id, slotId: day.slots[2]!.id });
  // One that was held, some weeks ago.
  const past = addDays(dayIn(zone, new Date()), -35);
  const then = instantIn(zone, past, '08:00');
  const held = await office.run(registerAudience, chief, asks, { now: then });
  const earlier = await office.run(makeDays, chief, { hostId: mayor.personId!, fromOn: past, untilOn: addDays(past, 5), ...shape }, { now: then });
  const heldDay = await office.run(getReceptionDay, chief, { id: earlier.ids.at(-1)! });
  await office.run(arriveAudience, chief, { id: held.id, dayId: heldDay.day.id }, { now: heldDay.slots[0]!.startsAt });
  await office.run(endAudience, chief, { id: held.id, talk: 'Разговарано.', outcome: 'explained' }, { now: heldDay.slots[1]!.startsAt });
  const letter = await office.run(registerPaper, chief, { subject: 'Молба за пријем', name: 'Петар Пријем', address: 'Липова 9' });
  const draft = await office.run(saveAudienceDraft, office.public(), { values: { purpose: 'Недовршено' }, files: [] });
  return {
    receptionDayId: ids[0]!, receptionDayIdNext: ids[1]!, receptionDayIdLast: ids[2]!, receptionSlotId: day.slots[4]!.id, receptionSlotIdNext: other.slots[0]!.id, audienceHostId: mayor.personId!, audienceWaitingId: waiting.id, audienceScheduledId: scheduled.id,
    audienceOtherId: otherAsked.id, audienceWithdrawnId: withdrawn.id, audienceAskedId: asked.id, audienceCode: asked.code, audienceCaseId: asked.caseId, audienceHeldId: held.id, audienceLetterId: letter.id, audienceDraftCode: draft.draft.code, audienceFromOn: addDays(from, 40),
  };
};

export const examples: Examples = {
  'audience.ask': () => asks, 'audience.register': (w) => ({ ...asks, wishedHostId: w.audienceHostId, partyId: w.partyId }), 'audience.adopt': (w) => ({ caseId: w.audienceLetterId, contactBy: 'post' }), 'audience.tell_received': (w) => ({ id: w.audienceAskedId }),
  'audience_draft.find': (w) => ({ code: w.audienceDraftCode }), 'audience_draft.save': (w) => ({ code: w.audienceDraftCode, values: { purpose: 'Туђе' } }), 'audience_draft.send': (w) => ({ code: w.audienceDraftCode }), 'audience_draft.forget': () => ({}),
  'audience.get': (w) => ({ id: w.audienceWaitingId }), 'audience.of_case': (w) => ({ caseId: w.audienceCaseId }), 'audience.earlier': (w) => ({ partyId: w.partyId }), 'audience.list': () => ({ view: 'all' }), 'audience.count': () => ({}), 'audience.statistics': () => ({}),
  'audience_day.ahead': () => ({}), 'audience_day.free': () => ({}), 'audience_day.list': () => ({}), 'audience_day.get': (w) => ({ id: w.receptionDayId }), 'audience_day.make': (w) => ({ hostId: w.audienceHostId, fromOn: w.audienceFromOn, untilOn: addDays(w.audienceFromOn!, 6), ...shape }),
  'audience_day.change': (w) => ({ id: w.receptionDayId, place: 'Сала' }), 'audience_day.add_time': (w) => ({ id: w.receptionDayId, from: '14:00', minutes: 15 }), 'audience_day.drop_time': (w) => ({ id: w.receptionDayId, slotId: w.receptionSlotId }),
  'audience_day.close': (w) => ({ id: w.receptionDayIdNext }), 'audience_day.cancel': (w) => ({ id: w.receptionDayIdLast, reason: 'Пут.' }), 'audience_day.hold': () => ({}),
  'audience.take_up': (w) => ({ id: w.audienceAskedId, hostId: w.audienceHostId }), 'audience.schedule': (w) => ({ id: w.audienceWaitingId, slotId: w.receptionSlotIdNext }), 'audience.confirm': (w) => ({ id: w.audienceScheduledId }), 'audience.ask_other': (w) => ({ id: w.audienceOtherId, wished: 'Послије 12' }),
  'audience.withdraw': (w) => ({ id: w.audienceWithdrawnId }), 'audience.call': (w) => ({ id: w.audienceScheduledId }), 'audience.redirect': (w) => ({ id: w.audienceOtherId, unitId: w.unitId, reason: 'Надлежни су.' }), 'audience.note_adopted': (w) => ({ caseId: w.audienceCaseId }),
  'audience.decline': (w) => ({ id: w.audienceAskedId, reason: 'Рјешава суд.' }), 'audience.prepare': (w) => ({ id: w.audienceScheduledId, unitId: w.unitId, personId: w.personId }), 'audience.offer': (w) => ({ slotId: w.receptionSlotIdNext, exceptId: w.audienceWaitingId }), 'audience.remind': () => ({}),
  'audience.note': (w) => ({ id: w.audienceScheduledId, note: 'Познато од прољећа.' }), 'audience.gather': (w) => ({ dayId: w.receptionDayId }), 'audience.arrive': (w) => ({ id: w.audienceScheduledId }), 'audience.begin': (w) => ({ id: w.audienceScheduledId }),
  'audience.end': (w) => ({ id: w.audienceScheduledId, talk: 'Разговарано.', outcome: 'explained' }), 'audience.correct': (w) => ({ id: w.audienceHeldId, talk: 'Разговарано.', outcome: 'explained' }), 'audience.promise': (w) => ({ id: w.audienceHeldId, text: 'Поправити.', to: `person:${w.personId}` }),
  'audience.miss': (w) => ({ id: w.audienceScheduledId }), 'audience.answer': (w) => ({ id: w.audienceHeldId, text: 'Биће.', way: 'pickup' }), 'audience.note_answer': (w) => ({ caseId: w.audienceCaseId, reference: '1' }),
  'audience.find_by_code': (w) => ({ code: w.audienceCode }), 'audience.track': () => ({}), 'audience.read_answer': () => ({}),
};
