import { leaderCalendars } from '../../src/modules/calendar/calendar.server.ts';
import { addToCalendar } from '../../src/modules/calendar/engagement.server.ts';
import { putIcs } from '../../src/modules/calendar/client-write.server.ts';
import { listEntries } from '../../src/modules/calendar/client.server.ts';
import { addFeed } from '../../src/modules/calendar/feed.server.ts';
import { tellEngagement } from '../../src/modules/calendar/invitation.server.ts';
import { getEngagement } from '../../src/modules/calendar/engagement-read.server.ts';
import { listResources } from '../../src/modules/calendar/resource.server.ts';
import { addRequest } from '../../src/modules/calendar/request.server.ts';
import type { Examples, Extend } from '../world.ts';

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, world) => {
  const chief = await office.as('chief');
  const ask = async (purpose: string) => (await office.run(addRequest, chief, { purpose, name: `Рада ${purpose}` })).id;
  const [accepted, delegated, declined, withdrawn] = [await ask('Пут'), await ask('Школа'), await ask('Извор'), await ask('Мост')];
  const calendarId = (await office.within((db) => leaderCalendars({ db, office: office.office, now: new Date() })))[0]!.id;
  const engage = async (title: string, startsTime: string, more: object = {}) => (await office.run(addToCalendar, chief, { calendarId, kind: 'meeting', title, startsOn: world.dueOn!, startsTime, ...more })).id;
  const engagementId = await engage('Састанак', '06:00', { participants: [`person:${chief.personId}`] });
  const markedId = await engage('Позвани', '01:00', { participants: [`person:${chief.personId}`] });
  const participantId = (await office.run(getEngagement, chief, { id: markedId })).participants[0]!.id;
  const timed = { engagementId, participantId, calendarId, tentativeId: await engage('Можда', '05:00', { state: 'tentative' }), movedId: await engage('Помјера се', '04:00'), cancelledId: await engage('Отпада', '03:00'), resourceId: (await office.run(listResources, chief, {})).resources[0]!.id };
  const ics = (uid: string): string => `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:${uid}\r\nDTSTART:20300101T090000Z\r\nDTEND:20300101T100000Z\r\nSUMMARY:Телефон\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
  for (const uid of ['read', 'gone']) await office.run(putIcs, chief, { calendarId, href: `${uid}.ics`, ics: ics(uid) });
  const { token: syncToken } = await office.run(listEntries, chief, { id: calendarId });
  const invitedId = await engage('Гости', '02:00', { participants: ['Ана Гошћа <ana@gosti.example>'] });
  await office.run(tellEngagement, office.system(), { id: invitedId });
  const invited = await office.within((db) => db.selectFrom('mail').select('body').where('office_id', '=', office.office.id).where('recipient', '=', 'ana@gosti.example').executeTakeFirstOrThrow());
  const [feed, endedFeed] = [await office.run(addFeed, chief, { scope: 'calendar', calendarId, name: 'Телефон' }), await office.run(addFeed, chief, { scope: 'calendar', calendarId, name: 'Стари' })];
  const secrets = { replyToken: /\/reply\/([\w-]{43})/.exec(invited.body)![1]!, feedId: endedFeed.id, feedToken: feed.token };
  return { ...timed, ...secrets, ics: ics('put'), syncToken, acceptedRequestId: accepted, delegatedRequestId: delegated, declinedRequestId: declined, withdrawnRequestId: withdrawn, requestOn: world.dueOn! };
};

export const examples: Examples = {
  'calendar.list': () => ({ all: true }), 'calendar.share': (w) => ({ id: w.calendarId, personId: w.deputyId, may: 'read' }), 'calendar.unshare': (w) => ({ id: w.calendarId, personId: w.deputyId }),
  'engagement.add': (w) => ({ calendarId: w.calendarId, kind: 'visit', title: 'Обилазак школе', startsOn: w.dueOn, startsTime: '19:00', caseId: w.caseId, resourceIds: w.resourceId, participants: `person:${w.deputyId}` }),
  'engagement.change': (w) => ({ id: w.engagementId, kind: 'meeting', title: 'Састанак о школи', startsOn: w.dueOn, startsTime: '06:00', participants: `person:${w.deputyId}` }), 'engagement.move': (w) => ({ id: w.movedId, startsOn: w.dueOn, startsTime: '20:30' }),
  'engagement.confirm': (w) => ({ id: w.tentativeId }), 'engagement.cancel': (w) => ({ id: w.cancelledId, reason: 'Одложено.' }), 'engagement.answer': (w) => ({ id: w.engagementId, reply: 'accepted' }), 'participant.mark': (w) => ({ id: w.participantId, reply: 'declined' }),
  'engagement.get': (w) => ({ id: w.engagementId }), 'engagement.list': (w) => ({ calendarIds: w.calendarId, fromOn: w.dueOn, untilOn: w.dueOn }), 'engagement.conflicts': (w) => ({ calendarId: w.calendarId, kind: 'meeting', startsOn: w.dueOn, startsTime: '06:00' }),
  'engagement.find_time': (w) => ({ personIds: w.personId, resourceIds: w.resourceId, minutes: 30, fromOn: w.dueOn, untilOn: w.dueOn }), 'engagement.roll': () => ({}),
  'resource.add': () => ({ kind: 'room', name: 'Нова сала', seats: 10 }), 'resource.change': (w) => ({ id: w.resourceId, kind: 'room', name: 'Сала' }), 'resource.retire': (w) => ({ id: w.resourceId }), 'resource.list': () => ({}), 'resource.free': () => ({ startsAt: '2026-12-01T09:00:00Z', endsAt: '2026-12-01T10:00:00Z' }), 'resource.bookings': (w) => ({ fromOn: w.dueOn, untilOn: w.dueOn }),
  'meeting_request.add': (w) => ({ caseId: w.otherId, purpose: 'Пријем', wished: 'Прије подне' }),
  'meeting_request.accept': (w) => ({ id: w.acceptedRequestId, startsOn: w.requestOn, startsTime: '10:00', endsTime: '10:30' }), 'meeting_request.delegate': (w) => ({ id: w.delegatedRequestId, to: w.deputyId, startsOn: w.requestOn, startsTime: '11:00' }),
  'meeting_request.decline': (w) => ({ id: w.declinedRequestId, reason: 'Надлежан је други орган.' }), 'meeting_request.withdraw': (w) => ({ id: w.withdrawnRequestId, reason: 'Одустали су.' }),
  'meeting_request.list': (w) => ({ id: w.acceptedRequestId }), 'meeting_request.count': () => ({}), 'meeting_request.settle': () => ({}), 'engagement.of_case': (w) => ({ caseId: w.caseId }), 'calendar.days': (w) => ({ from: w.requestOn, until: w.requestOn }),
  'calendar.home': () => ({}), 'calendar.entries': (w) => ({ id: w.calendarId, withText: true }), 'calendar.changes': (w) => ({ id: w.calendarId, since: w.syncToken! }), 'calendar.busy_times': (w) => ({ id: w.calendarId, from: '2026-01-01T00:00:00Z', until: '2030-12-31T00:00:00Z' }),
  'calendar.set_property': (w) => ({ id: w.calendarId, properties: [{ name: '{http://apple.com/ns/ical/}calendar-color', value: '#FF0000' }] }), 'engagement.read_ics': (w) => ({ calendarId: w.calendarId, href: 'read.ics' }),
  'engagement.put_ics': (w) => ({ calendarId: w.calendarId, href: 'put.ics', ics: w.ics }), 'engagement.delete_ics': (w) => ({ calendarId: w.calendarId, href: 'gone.ics' }),
  'engagement.untold': (w) => ({ id: w.engagementId }), 'engagement.tell': (w) => ({ id: w.engagementId }), 'invitation.open': (w) => ({ token: w.replyToken! }), 'invitation.answer': (w) => ({ token: w.replyToken!, reply: 'accepted' }), 'invitation.awaits': (w) => ({ engagementId: w.engagementId }), 'invitation.settle': (w) => ({ engagementId: w.engagementId }),
  'feed.add': (w) => ({ scope: 'calendar', calendarId: w.calendarId, name: 'Таблет' }), 'feed.list': () => ({}), 'feed.revoke': (w) => ({ id: w.feedId }), 'feed.read': (w) => ({ token: w.feedToken! }), 'calendar.public': () => ({}),
};
