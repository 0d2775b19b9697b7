import { expect, test } from './town.ts';
import type { Parts } from './steps.ts';
import type { Visitor } from './visitor.ts';

const subject = 'Оштећен тротоар код дома здравља';
const parts: Parts = { facts: 'Увидом на лицу мјеста утврђено је оштећење у дужини од три метра.', basis: 'Члан 8 Одлуке о комуналном реду.', decision: 'Тротоар се поправља у року од десет дана.', remedy: 'Можете поднијети приговор начелнику одјељења у року од 15 дана.' };

/** Signs in without a mouse. */
async function signIn(visitor: Visitor, key: string): Promise<void> {
  await visitor.open('/desk');
  await visitor.typeInto('sign_in.email', visitor.home.emailOf(key));
  await visitor.typeInto('sign_in.password', visitor.home.password);
  await visitor.going(() => visitor.key('Enter'));
  expect(visitor.path).toBe('/desk');
}

test('in Banja Luka a letter goes from the public form to the answer by keyboard alone, in Cyrillic', async ({ found }) => {
  const office = await found('banja-luka');
  const citizen = await office.visitor();
  const { t } = citizen;
  await citizen.open('/');
  await citizen.pressByKey(t('public.home.start'));
  await citizen.tabTo(t('public.petition.kind.title'));
  await citizen.key('Space');
  await citizen.pressByKey(t('public.continue'));
  await citizen.typeInto('public.field.subject', subject);
  await citizen.typeInto('public.field.text', 'Плоче су подигнуте и људи падају.');
  await citizen.pickByKey('public.field.area', await areaName(citizen, 'roads'));
  await citizen.pressByKey(t('public.continue'));
  await citizen.tabTo(t('public.field.who'));
  await citizen.key('Space');
  await citizen.typeInto('public.field.name', 'Љубица Примјер');
  await citizen.tabTo(t('public.field.replyBy'));
  // A key too many, and back again.
  await citizen.key('ArrowDown');
  await citizen.key('ArrowUp');
  await citizen.typeInto('public.field.email', 'ljubica@primjer.example');
  await citizen.pressByKey(t('public.continue'));
  await citizen.says('public.way.email');
  await citizen.pressByKey(t('public.check.send'));
  await citizen.says('public.receipt.title');
  const code = await citizen.page.locator('main .code b').innerText();

  const chief = await office.visitor();
  await signIn(chief, 'ljubisa-kecman');
  await chief.pressByKey(subject);
  const casePath = chief.path;
  await chief.pressByKey(t('petition.act.assign'));
  await chief.pickByKey('petition.unit', office.unitName('kancelarija-gradjani'));
  await chief.pickByKey('petition.handler', await labelOf(chief, 'petition.handler', office.nameOf('stojan-gataric')));
  await chief.pressByKey(t('petition.act.assign.do'));
  await chief.says('desk.done.assigned_one');

  const clerk = await office.visitor();
  await signIn(clerk, 'stojan-gataric');
  await clerk.pressByKey(subject);
  for (const part of ['facts', 'basis', 'decision'] as const) await clerk.typeInto(`answer.part.${part}`, parts[part]);
  await clerk.pressByKey(t('petition.act.submit'), 'Space');
  // The remedy of the office stands there already.
  await clerk.says('desk.done.submitted');

  await chief.open(casePath);
  await chief.pressByKey(t('petition.act.approve'));
  await chief.pressByKey(t('petition.act.approve.do'));
  await chief.says('desk.done.approved');
  const registrar = await office.visitor();
  await signIn(registrar, 'milka-savanovic');
  await registrar.open(casePath);
  await registrar.pressByKey(t('petition.act.dispatch'));
  await registrar.pressByKey(t('petition.act.dispatch'));
  await registrar.says('desk.done.dispatched');

  const reader = await office.visitor();
  await reader.open('/track');
  await reader.typeInto('public.code', code);
  await reader.going(() => reader.key('Enter'));
  await reader.says('public.track.title.answered');
  for (const part of ['facts', 'basis', 'decision'] as const) await reader.sees(parts[part]);
  await reader.tabTo(t('public.track.answer_pdf', { size: '' }).split('(')[0]!);
  await reader.tabTo(t('public.rate.satisfied'));
  await reader.going(() => reader.key('Enter'));
  await reader.says('public.rate.thanks');
}, 240_000);

test('a registrar registers a letter with few keys', async ({ found }) => {
  const office = await found('banja-luka');
  const registrar = await office.visitor();
  await signIn(registrar, 'milka-savanovic');
  registrar.keys = 0;
  await registrar.going(() => registrar.key('n'));
  await registrar.tabTo(registrar.t('paper.kind'), true);
  await registrar.key('ArrowDown');
  await registrar.typeInto('petition.subject', 'Захтјев за пријем код градоначелника');
  await registrar.typeInto('petition.text', 'Молим да ме примите ради стамбеног питања.');
  await registrar.typeInto('paper.sender_name', 'Миодраг Примјер');
  await registrar.typeInto('petition.address', 'Липова 4');
  await registrar.going(() => registrar.key('Enter'));
  await registrar.sees('Миодраг Примјер');
  console.log(`Keys pressed to register a letter, besides its text: ${registrar.keys}.`);
  expect(registrar.keys).toBeLessThan(30);
}, 120_000);

async function areaName(visitor: Visitor, id: string): Promise<string> {
  return visitor.page.locator(`#area option[value="${id}"]`).innerText();
}
async function labelOf(visitor: Visitor, key: string, begin: string): Promise<string> {
  return (await visitor.field(key).locator('option').allInnerTexts()).find((label) => label.startsWith(begin))!;
}
