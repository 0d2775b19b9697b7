import { addToCalendar } from '../../src/modules/calendar/engagement.server.ts';
import { addPart, makePack } from '../../src/modules/briefing/pack-work.server.ts';
import { listCalendars } from '../../src/modules/calendar/calendar.server.ts';
import type { Examples, Extend } from '../world.ts';

const from = '2026-01-01T00:00:00Z';

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, w) => {
  const chief = await office.as('chief');
  const calendar = (await office.run(listCalendars, chief, {})).calendars.find((one) => one.role === 'mayor')!;
  const { id: engagementId } = await office.run(addToCalendar, chief, { calendarId: calendar.id, kind: 'meeting', title: 'Састанак', startsOn: '2026-06-01', startsTime: '10:00', endsTime: '11:00', nevertheless: true });
  const pack = await office.run(makePack, chief, { engagementId });
  const part = await office.run(addPart, chief, { id: pack.id, kind: 'point', text: 'Рок.' });
  return { packEngagementId: engagementId, packId: pack.id, packPartId: part.partId, packPersonId: w.personId };
};

export const examples: Examples = {
  'pack.open': (w) => ({ engagementId: w['packEngagementId'] }), 'pack.find': (w) => ({ engagementId: w['packEngagementId'] }), 'pack.get': (w) => ({ id: w['packId'] }), 'pack.coming': () => ({ from, until: '2026-12-31T00:00:00Z', leaders: true }),
  'pack.change': (w) => ({ id: w['packId'], version: 2, aim: 'Договор', summary: 'Кратко.' }), 'pack.add_part': (w) => ({ id: w['packId'], kind: 'person', partyId: w.partyId }), 'pack.change_part': (w) => ({ id: w['packPartId'], text: 'Други рок.' }),
  'pack.move_part': (w) => ({ id: w['packPartId'], to: 'up' }), 'pack.drop_part': (w) => ({ id: w['packPartId'] }), 'pack.gather': (w) => ({ id: w['packId'] }), 'pack.share': (w) => ({ id: w['packId'], personId: w['packPersonId'] }),
  'pack.make_ready': (w) => ({ id: w['packId'] }), 'pack.reopen': (w) => ({ id: w['packId'] }), 'pack.read_print': (w) => ({ id: w['packId'] }), 'pack.keep_print': (w) => ({ id: w['packId'], version: 2, bytes: new Uint8Array([37, 80, 68, 70]) }),
  'pack.find_print': (w) => ({ id: w['packId'] }), 'pack.forget_prints': () => ({}), 'pack.guard': (w) => ({ caseId: w.caseId }), 'pack.choose_papers': (w) => ({ id: w['packId'] }), 'pack.of_case': (w) => ({ caseId: w.caseId }),
};
