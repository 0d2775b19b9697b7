import { hashToken } from '../../src/core/secret.ts';
import { assign, countPetitions, fillSteps, openCase, receiptOf, write } from './steps.ts';
import { expect, test, type TownOffice } from './town.ts';
import type { Visitor } from './visitor.ts';

const letter = { subject: 'Klupe u parku', text: 'Polomljene su sve klupe.', name: 'Petar Primjerović', email: 'petar@primjer.example' };

/** A letter on the desk of a clerk. */
async function assigned(office: TownOffice): Promise<string> {
  await write(await office.visitor(), letter);
  const chief = await office.staff('vesko-radulovic');
  const path = await openCase(chief, letter.subject);
  await assign(chief, office.unitName('sluzba'), office.nameOf('sanja-tomanovic'));
  return path;
}

test('two clerks save at once: the second sees what the first wrote, and loses nothing', async ({ found }) => {
  const office = await found('cetinje');
  const path = await assigned(office);
  const [one, two] = [await office.staff('sanja-tomanovic'), await office.staff('vesko-radulovic')];
  await one.open(path);
  await two.open(path);
  await one.fill('answer.part.facts', 'Prvi je našao pet klupa.');
  await one.press('answer.save');
  await one.says('desk.done.draft_saved');
  await two.fill('answer.part.facts', 'Drugi je našao šest klupa.');
  await two.press('answer.save');
  await two.says('answer.other_wrote');
  await two.sees('Prvi je našao pet klupa.');
  expect(await two.field('answer.part.facts').inputValue()).toBe('Drugi je našao šest klupa.');
  await two.press('answer.save');
  await two.says('desk.done.draft_saved');
  await one.open(path);
  expect(await one.field('answer.part.facts').inputValue()).toBe('Drugi je našao šest klupa.');
}, 120_000);

const endSession = async (visitor: Visitor): Promise<void> => {
  const token = (await visitor.page.context().cookies()).find((cookie) => cookie.name === 'kabinet')!.value;
  await visitor.home.within((db) => db.deleteFrom('session').where('office_id', '=', visitor.home.office.id).where('token_hash', '=', hashToken(token)).execute());
};

test('a session ends in the middle of an answer: after signing in the answer is there', async ({ found }) => {
  const office = await found('cetinje');
  const path = await assigned(office);
  const clerk = await office.staff('sanja-tomanovic');
  await clerk.open(path);
  await clerk.fill('answer.part.facts', 'Utvrđeno je šest polomljenih klupa.');
  await clerk.fill('answer.part.decision', 'Klupe se mijenjaju u maju.');
  await endSession(clerk);
  await clerk.press('answer.save');
  expect(clerk.path).toBe('/desk/sign-in');
  await clerk.says('error.session_ended');
  await clerk.fill('sign_in.email', office.emailOf('sanja-tomanovic'));
  await clerk.fill('sign_in.password', office.password);
  await clerk.press('sign_in.do');
  expect(clerk.path).toBe(path);
  expect(await clerk.field('answer.part.facts').inputValue()).toBe('Utvrđeno je šest polomljenih klupa.');
  expect(await clerk.field('answer.part.decision').inputValue()).toBe('Klupe se mijenjaju u maju.');
  await clerk.press('answer.save');
  await clerk.says('desk.done.draft_saved');
}, 120_000);

test('pressing send twice sends one letter, with scripts and without', async ({ found }) => {
  const office = await found('cetinje');
  const [quick, plain] = [await office.visitor(), await office.visitor({ script: false })];
  await fillSteps(quick, letter);
  await quick.going(() => quick.button('public.check.send').dblclick());
  await receiptOf(quick);
  expect(await countPetitions(office)).toBe(1);
  await fillSteps(plain, { ...letter, subject: 'Klupe kod mosta' });
  await plain.going(() => plain.button('public.check.send').dblclick());
  if (plain.path !== '/petition/receipt') await plain.page.waitForURL('**/petition/receipt');
  await receiptOf(plain);
  expect(await countPetitions(office)).toBe(2);
  await plain.page.goBack();
  await plain.look();
}, 120_000);

test('a letter is left half written and found again on a telephone', async ({ found }) => {
  const office = await found('cetinje');
  const citizen = await office.visitor();
  await citizen.open('/petition');
  await citizen.tick('public.kind.proposal');
  await citizen.press('public.continue');
  await citizen.fill('public.field.subject', letter.subject);
  await citizen.press('public.petition.save');
  await citizen.says('public.saved.title');
  const code = await citizen.page.locator('main .code b').innerText();
  const phone = await office.visitor({ width: 390 });
  await phone.open('/');
  await phone.follow('public.home.resume');
  await phone.fill('public.saved.code', code.toLowerCase());
  await phone.press('public.continue');
  expect(await phone.field('public.field.subject').inputValue()).toBe(letter.subject);
  await phone.fill('public.field.text', letter.text);
  await phone.press('public.continue');
  expect(phone.path).toBe('/petition/you');
}, 120_000);
