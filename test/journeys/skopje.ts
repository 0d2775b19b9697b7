import { approve, assign, dispatch, openCase, submitAnswer, track, write, type Parts } from './steps.ts';
import { expect, test } from './town.ts';
import { pdfPaper } from './visitor.ts';

const subject = 'Отпад крај училиште во Аеродром';
const parts: Parts = { facts: 'Увидот на 12 мај потврди дека контејнерите не се празнат.', basis: 'Член 15 од Законот за управување со отпадот.', decision: 'Контејнерите ќе се празнат секој ден.', remedy: 'Против овој одговор можете да се обратите до Управниот суд.' };
const plain = { script: false };

test('in Skopje a letter is completed and answered with JavaScript off everywhere', async ({ found }) => {
  const office = await found('skopje');
  const citizen = await office.visitor(plain);
  const { t } = citizen;
  const { reference, code } = await write(citizen, { subject, text: 'Контејнерите се полни веќе недела дена.', name: 'Ѓурѓа Примероска', email: 'gjurgja@primer.example' });

  const chief = await office.staff('goran-zdraveski', plain);
  const casePath = await openCase(chief, subject);
  await assign(chief, office.unitName('javnost'), office.nameOf('elena-nikoloska'));

  // The clerk asks what is missing; the clock stands still.
  const clerk = await office.staff('elena-nikoloska', plain);
  await openCase(clerk, subject);
  await clerk.act('ask_completion');
  await clerk.press('petition.act.ask_completion');
  await clerk.says('field.required');
  await clerk.fill('petition.completion.question', 'На која адреса се контејнерите?');
  await clerk.press('petition.act.ask_completion');
  await clerk.says('desk.done.completion_asked');
  await clerk.says('petition.waits_completion');
  expect(await clerk.page.locator('.clock.paused, .clockpanel.paused, [class*="paused"]').count()).toBeGreaterThan(0);
  const asked = await office.mail('gjurgja@primer.example', 'public.mail.completion.subject', { reference });
  expect(asked.text).toContain('На која адреса');

  // The citizen answers by the link in the mail; the clock runs on.
  const elsewhere = await office.visitor(plain);
  await elsewhere.open(/http:\S+\/track\?code=[\w-]+/.exec(asked.text)![0]);
  await elsewhere.says('public.track.title.awaiting_completion');
  await elsewhere.says('public.track.lead.paused');
  await elsewhere.follow('public.track.complete');
  await elsewhere.press('public.complete.do');
  await elsewhere.says('public.missing.reply');
  await elsewhere.fill('public.complete.reply', 'Булевар Јане Сандански 12.');
  await elsewhere.attach('public.field.files', [pdfPaper('мапа.pdf')]);
  await elsewhere.press('public.complete.do');
  await elsewhere.says('public.complete.done');
  await elsewhere.says('public.track.title.working');
  await elsewhere.sees('мапа.pdf');
  await clerk.open(casePath);
  await clerk.says('petition.state.assigned');
  await clerk.sees('Булевар Јане Сандански 12.');
  expect(await clerk.page.locator('[class*="paused"]').count()).toBe(0);

  // The law here knows no longer time: it is not offered.
  expect(await clerk.link('petition.act.extend').count()).toBe(0);
  await submitAnswer(clerk, parts, office.nameOf('goran-zdraveski'));
  await approve(chief, casePath);
  const registrar = await office.staff('pero-jancevski', plain);
  await dispatch(registrar, casePath);
  const answered = await office.mail('gjurgja@primer.example', 'public.mail.answered.subject', { reference });
  expect(answered.attachments).toHaveLength(1);
  await track(citizen, code);
  await citizen.says('public.track.title.answered');
  for (const part of ['facts', 'basis', 'decision', 'remedy'] as const) await citizen.sees(parts[part]);
  await citizen.readsPdf(citizen.page.locator('main .replied a'));
  await registrar.open('/desk/register');
  await registrar.sees(reference);
  await registrar.sees(t('entry.direction.out'));
}, 240_000);
