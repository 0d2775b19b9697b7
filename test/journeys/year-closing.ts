import type { z } from 'zod';
import { textIn } from '../../src/core/message.ts';
import { annulCase } from '../../src/modules/registry/book-annul.server.ts';
import { putAway } from '../../src/modules/registry/case.server.ts';
import { registerPaper } from '../../src/modules/registry/paper.server.ts';
import { expect, test, type TownOffice } from './town.ts';
import type { Visitor } from './visitor.ts';

const lastYear = new Date().getUTCFullYear() - 1;
const november = (date: number) => ({ now: new Date(Date.UTC(lastYear, 10, date, 9)) });

/** What last year left in the book: one matter done, one that goes on, one number taken by mistake. */
async function leaveYear(office: TownOffice, subjects: [string, string, string]): Promise<{ open: { id: string; reference: string } }> {
  const { kernel } = office.town;
  const system = kernel.system(office.office);
  const enter = (subject: string, date: number, more: Partial<z.input<(typeof registerPaper)['input']>> = {}) => kernel.run(registerPaper, system, { subject, text: subject, ...more }, november(date));
  const done = await enter(subjects[0], 3);
  await kernel.run(putAway, system, { id: done.id }, november(10));
  const open = await enter(subjects[1], 4);
  const mistake = await enter(subjects[2], 5);
  await kernel.run(annulCase, system, { id: mistake.id, reason: subjects[2] }, november(6));
  return { open };
}

const register = (year: number): string => `/desk/register?year=${year}`;
const figure = (visitor: Visitor, key: string): Promise<string> => visitor.page.locator('main .facts dt', { hasText: visitor.t(key) }).first().locator('xpath=following-sibling::dd[1]').innerText();

/** The registrar closes last year's book, reads the note, enters a paper of a case carried over, and a new one in the new year. */
async function closeYear(registrar: Visitor, open: { id: string; reference: string }, hasSubNumbers: boolean): Promise<void> {
  const { t } = registrar;
  const year = String(lastYear);
  await registrar.open('/desk');
  await registrar.says('book.today.title');
  await registrar.follow('book.close');
  expect(await figure(registrar, 'book.note.last')).toBe('3');
  expect(await figure(registrar, 'book.note.annulled')).toBe('1');
  expect(await figure(registrar, 'book.note.carried')).toBe('1');
  await registrar.sees(open.reference);
  await registrar.press('book.closing.do');
  await registrar.says('desk.done.book_closed', { year });
  await registrar.readsPdf(registrar.link('book.note'));
  await registrar.readsPdf(registrar.link('register.print_book'));
  expect(await registrar.page.locator('main del').count()).toBeGreaterThan(0);
  // It is not offered again, and the day no longer asks for it.
  expect(await registrar.link('book.close').count()).toBe(0);
  await registrar.open('/desk');
  await registrar.misses(t('book.today.title'));

  // A paper of the case carried over keeps its number.
  await registrar.open(`/desk/cases/${open.id}/paper`);
  await registrar.fill('petition.subject', 'X-2');
  await registrar.press('paper.add');
  await registrar.open(register(lastYear));
  await registrar.sees(hasSubNumbers ? `${open.reference}/2` : open.reference);
  const lines = registrar.page.locator('main .book tbody tr', { hasText: open.reference });
  expect(await lines.count()).toBe(2);

  // The new year begins with its first number.
  await registrar.open('/desk/cases/new?direction=in');
  await registrar.fill('petition.subject', 'X-3');
  await registrar.press('desk.new.do');
  await registrar.open('/desk/register');
  await registrar.says('register.lead', { year: String(lastYear + 1), last: '1' });
}

test('in Cetinje the registrar closes last year, keeps numbers for a batch, and annuls one of them', async ({ found }) => {
  const office = await found('cetinje');
  const { open } = await leaveYear(office, ['Позив на скуп', 'Одржавање расвјете', 'Заведено двапут']);
  const registrar = await office.staff('dragica-borilovic');
  await closeYear(registrar, open, true);

  await registrar.open('/desk/register');
  await registrar.follow('book.reserve');
  await registrar.fill('book.reserve.count', '3');
  await registrar.press('book.reserve.do');
  await registrar.says('field.required');
  expect(await registrar.field('book.reserve.count').inputValue()).toBe('3');
  await registrar.fill('book.reserve.purpose', 'Рјешења о помоћи');
  await registrar.press('book.reserve.do');
  const [first] = await registrar.page.locator('main tbody .ref').allInnerTexts();
  await registrar.page.getByRole('checkbox', { name: first! }).check();
  await registrar.fill('book.release.reason', 'Није потребан.');
  await registrar.press('book.release.do');
  await registrar.says('desk.done.released', { count: 1 });
  await registrar.open('/desk/register');
  await registrar.sees('Није потребан.');
  expect(await registrar.page.locator('main .book tbody tr', { hasText: registrar.t('register.reserved') }).count()).toBe(2);

  // A letter entered by mistake.
  await registrar.open('/desk/cases/new?direction=in');
  await registrar.fill('petition.subject', 'Туђи допис');
  await registrar.press('desk.new.do');
  const casePath = registrar.path.replace('/registered', '');
  await registrar.open(`${casePath}/annul`);
  await registrar.press('book.annul.do');
  await registrar.says('field.required');
  await registrar.fill('book.annul.reason', 'Упућено другом органу.');
  await registrar.press('book.annul.do');
  await registrar.says('desk.done.annulled');
});

test('in Mediaș the registrar closes last year on a telephone, without JavaScript', async ({ found }) => {
  const office = await found('medias');
  const { open } = await leaveYear(office, ['Invitație la conferință', 'Întreținerea iluminatului', 'Înregistrat de două ori']);
  const registrar = await office.staff('ana-taranu', { width: 390, script: false });
  await closeYear(registrar, open, false);
  await registrar.open('/desk/register?book=petitions');
  await registrar.sees(textIn(office.office.jurisdiction.books.find((one) => one.id === 'petitions')!.name, 'ro'));
});
