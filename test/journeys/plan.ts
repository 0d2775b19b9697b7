import { extractText, getDocumentProxy } from 'unpdf';
import { addDays, dayIn, instantIn, weekStart } from '../../src/core/day.ts';
import { formatDay } from '../../src/core/language.ts';
import { textIn } from '../../src/core/message.ts';
import { mailPlans } from '../../src/modules/plan/plan-mail.server.ts';
import { expect, test } from './town.ts';
import type { Visitor } from './visitor.ts';

type Entry = { title: string; on: string; from: string; until: string; kind?: string; visibility?: string; publicTitle?: string; room?: string; repeat?: string };
async function enter(visitor: Visitor, calendar: string, entry: Entry): Promise<void> {
  await visitor.open('/desk/calendar/new');
  await visitor.choose('engagement.calendar', calendar);
  if (entry.kind) await visitor.choose('engagement.kind', visitor.t(`engagement.kind.${entry.kind}`));
  await visitor.fill('engagement.title', entry.title);
  await visitor.fill('engagement.on', entry.on);
  await visitor.fill('engagement.from', entry.from);
  await visitor.page.locator('[name=endsTime]').fill(entry.until);
  if (entry.room) await visitor.page.getByRole('checkbox', { name: entry.room }).check();
  if (entry.repeat) await visitor.choose('engagement.repeat', visitor.t(`engagement.repeat.${entry.repeat}`));
  if (entry.visibility) await visitor.tick(`engagement.visibility.${entry.visibility}`);
  if (entry.publicTitle) await visitor.fill('engagement.public_title', entry.publicTitle);
  await visitor.press('desk.save');
}

test('in Banja Luka the protocol officer fills the mayor’s week; the plan is approved, printed on one page, mailed and published', async ({ found, town }) => {
  const office = await found('banja-luka');
  const zone = office.office.jurisdiction.timeZone;
  const mayorName = office.nameOf('nikola-vasiljevic');
  const monday = addDays(weekStart(dayIn(zone, new Date())), 7);
  const room = textIn(office.office.data.resources!.find((one) => one.kind === 'room')!.name, office.office.locale);

  const protocol = await office.staff('natasa-crnogorac');
  const { t } = protocol;
  await enter(protocol, mayorName, { title: 'Састанак са привредницима', on: addDays(monday, 1), from: '10:00', until: '11:00', visibility: 'public', publicTitle: 'Разговор са привредницима', room });
  await protocol.says('desk.done.engagement_added');
  // Who acts for whom is seen.
  await protocol.sees(office.nameOf('natasa-crnogorac'));
  await enter(protocol, mayorName, { title: 'Преговори о земљишту', on: addDays(monday, 2), from: '09:00', until: '10:00', visibility: 'confidential' });
  await enter(protocol, mayorName, { title: 'Код зубара', on: addDays(monday, 3), from: '15:00', until: '16:00', kind: 'private' });
  await enter(protocol, mayorName, { title: 'Колегијум', on: monday, from: '08:30', until: '10:00', repeat: 'weekly' });
  // Two at a time: asked, nothing typed is lost, and only then entered.
  await enter(protocol, mayorName, { title: 'Отварање изложбе', on: addDays(monday, 1), from: '10:30', until: '11:30', kind: 'event', visibility: 'public' });
  await protocol.says('engagement.conflicts');
  await protocol.sees('Састанак са привредницима');
  expect(await protocol.field('engagement.title').inputValue()).toBe('Отварање изложбе');
  await protocol.fill('engagement.from', '12:00');
  await protocol.page.locator('[name=endsTime]').fill('13:00');
  await protocol.press('desk.save');
  await protocol.says('desk.done.engagement_added');

  // A room is given once.
  await enter(protocol, office.nameOf('dragana-jotic'), { title: 'Састанак о вртићима', on: addDays(monday, 1), from: '10:30', until: '11:30', room });
  expect(protocol.path).toBe('/desk/calendar/new');
  await protocol.sees(room);
  expect(await protocol.field('engagement.title').inputValue()).toBe('Састанак о вртићима');

  // The week as it stands, wide and on a telephone.
  await protocol.open(`/desk/calendar?view=week&on=${monday}`);
  await protocol.sees('Преговори о земљишту');
  const clerk = await office.staff('stojan-gataric', { width: 390 });
  await clerk.open(`/desk/calendar?view=list&on=${monday}`);
  await clerk.misses('Преговори о земљишту');
  await clerk.misses('Код зубара');

  await protocol.open('/desk/plans');
  await protocol.press('plan.quick.week');
  await protocol.sees('Преговори о земљишту');
  await protocol.misses('Код зубара');
  await protocol.press('plan.act.submit');

  const mayor = await office.staff('nikola-vasiljevic', { width: 390, script: false });
  await mayor.open('/desk');
  await mayor.going(() => mayor.page.locator('main a[href^="/desk/plans/"]').first().click());
  await mayor.press('plan.act.approve');
  await mayor.says('plan.done.approve');
  const path = mayor.path;

  // One good page each; the public one says less.
  const pages = async (of: string): Promise<{ count: number; text: string }> => {
    const { type, bytes } = await protocol.download(`${path}/print?of=${of}`);
    expect(type).toBe('application/pdf');
    const document = await getDocumentProxy(new Uint8Array(bytes));
    return { count: document.numPages, text: (await extractText(document, { mergePages: true })).text.replaceAll(/\s+/g, ' ') };
  };
  const [internal, open] = [await pages('internal'), await pages('public')];
  expect([internal.count, open.count]).toEqual([1, 1]);
  expect(internal.text).toContain('Преговори о земљишту');
  for (const hidden of ['Преговори', 'зубара', 'Колегијум']) expect(open.text).not.toContain(hidden);
  expect(open.text).toContain('Разговор са привредницима');

  // On the evening of the last working day before, to whom it is sent; once.
  await protocol.open('/desk/plans/readers');
  await protocol.fill('plan.readers.email', 'redakcija@primjer.example');
  await protocol.tick('plan.audience.public');
  await protocol.press('plan.readers.add');
  for (const days of [-5, -4, -3, -2, -1, -1]) await town.kernel.run(mailPlans, town.kernel.system(office.office), {}, { now: instantIn(zone, addDays(monday, days), '17:00') });
  const mails = await office.mailTo('redakcija@primjer.example');
  expect(mails.map((mail) => mail.attachments.length)).toEqual([1]);

  await mayor.open(path);
  await mayor.press('plan.act.publish');
  const anybody = await office.visitor({ script: false, width: 390 });
  await anybody.open(`/plan?on=${monday}`);
  await anybody.sees('Разговор са привредницима');
  await anybody.sees(formatDay(addDays(monday, 1), office.office.locale, 'weekday'));
  await anybody.misses('Преговори');
  await anybody.misses('зубара');

  // What was approved stays as it was; what changes is a new version with its marks.
  await protocol.open(`/desk/calendar?view=week&on=${monday}`);
  await enter(protocol, mayorName, { title: 'Посјета школи', on: addDays(monday, 3), from: '09:00', until: '10:00', kind: 'visit', visibility: 'public' });
  await protocol.open(path);
  await protocol.misses('Посјета школи');
  await protocol.press('plan.act.newer');
  await protocol.sees('Посјета школи');
  await protocol.open(`${protocol.path}?show=internal`);
  await protocol.sees(t('plan.mark.new'));
});
