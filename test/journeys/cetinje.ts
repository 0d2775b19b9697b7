import { expect, test } from './town.ts';
import { pdfPaper } from './visitor.ts';

const subject = 'Rasvjeta kod osnovne škole';
const parts = { facts: 'Uviđajem je utvrđeno da tri stuba ne svijetle.', basis: 'Član 12 odluke o komunalnom redu.', decision: 'Stubovi se popravljaju do petka.', remedy: 'Može se izjaviti prigovor u roku od 15 dana.' };

test('a citizen of Cetinje writes with a photograph, and reads the reasoned answer', async ({ found }) => {
  const office = await found('cetinje');
  const citizen = await office.visitor();
  const { t } = citizen;

  // The citizen writes.
  await citizen.open('/');
  await citizen.follow('public.home.start');
  await citizen.press('public.continue');
  await citizen.says('public.missing.kind');
  await citizen.tick('public.kind.petition');
  await citizen.press('public.continue');
  await citizen.fill('public.field.subject', subject);
  await citizen.fill('public.field.text', 'Već dvije nedjelje je mrak. Djeca idu kući kroz mrak.');
  await citizen.fill('public.field.place', 'Kod škole');
  await citizen.attach('public.field.files', [pdfPaper('snimak.pdf')]);
  await citizen.press('public.continue');
  await citizen.tick('public.who.named');
  await citizen.fill('public.field.name', 'Đurđa Primjerović');
  await citizen.tick('public.way.email');
  await citizen.press('public.continue');
  await citizen.says('field.email_for_reply');
  await citizen.fill('public.field.email', 'djurdja@primjer.example');
  await citizen.press('public.continue');
  await citizen.sees('snimak.pdf');
  await citizen.press('public.check.send');
  const reference = await citizen.page.locator('main .facts .ref').innerText();
  const code = await citizen.page.locator('main .code b').innerText();
  await citizen.readsPdf(citizen.link('public.receipt.pdf'));
  const received = await office.mail('djurdja@primjer.example', 'public.mail.received.subject', { reference });
  expect(received.attachments[0]!.content.length).toBeGreaterThan(1000);
  expect(received.text).toContain(code);

  // The chief gives it to a clerk, with a resolution.
  const chief = await office.staff('vesko-radulovic');
  await chief.sees(subject);
  await chief.going(() => chief.page.getByRole('link', { name: subject }).first().click());
  const casePath = chief.path;
  await chief.act('assign');
  await chief.choose('petition.unit', office.unitName('sluzba'));
  await chief.choose('petition.handler', office.nameOf('sanja-tomanovic'));
  await chief.fill('petition.resolution', 'Utvrditi stanje sa komunalnim preduzećem i odgovoriti.');
  await chief.press('petition.act.assign.do');
  await chief.says('desk.done.assigned_one');
  await chief.sees('Utvrditi stanje');

  // The clerk asks an outside body, which answers by link.
  const clerk = await office.staff('sanja-tomanovic');
  await clerk.open(casePath);
  await clerk.act('ask_contribution');
  const body = office.body('komunalno');
  await clerk.choose('contribution.of', body.name);
  await clerk.fill('contribution.question', 'Koji stubovi ne svijetle i kada će biti popravljeni?');
  await clerk.press('petition.act.ask_contribution');
  await clerk.says('desk.done.contribution_asked');
  const asked = await office.mailTo(body.email);
  const link = /http:\S+\/contribute\/[\w-]+/.exec(asked.at(-1)!.text)![0];
  const outside = await office.visitor();
  await outside.open(link);
  await outside.sees('Koji stubovi ne svijetle');
  await outside.misses('Đurđa');
  await outside.fill('public.contribute.reply', 'Tri stuba; popravka je zakazana za petak.');
  await outside.press('public.contribute.send');
  await outside.page.locator('main .error').first().waitFor();
  expect(await outside.field('public.contribute.reply').inputValue()).toContain('Tri stuba');
  await outside.page.locator('#name').fill('Dežurni tehničar');
  await outside.press('public.contribute.send');
  await outside.says('public.contribute.thanks');

  // The clerk writes the answer; a part is missing at first, and nothing is lost.
  await clerk.open(casePath);
  await clerk.sees(t('contribution.came'));
  await clerk.fill('answer.part.facts', parts.facts);
  await clerk.fill('answer.part.decision', parts.decision);
  await clerk.fill('answer.part.remedy', parts.remedy);
  await clerk.choose('answer.approver', office.nameOf('vesko-radulovic'));
  await clerk.press('petition.act.submit');
  expect(await clerk.page.locator('.field.wrong', { has: clerk.field('answer.part.basis') }).locator('.error').innerText()).toContain(t('answer.missing.basis'));
  for (const part of ['facts', 'decision', 'remedy'] as const) expect(await clerk.field(`answer.part.${part}`).inputValue()).toBe(parts[part]);
  await clerk.fill('answer.part.basis', parts.basis);
  await clerk.press('petition.act.submit');
  await clerk.says('desk.done.submitted');

  // The approver returns it, the clerk corrects, the approver approves.
  await chief.open('/desk');
  await chief.going(() => chief.page.getByRole('link', { name: subject }).first().click());
  await chief.act('return');
  await chief.sees(parts.facts);
  await chief.fill('answer.return.comment', 'Navedite dan popravke.');
  await chief.press('petition.act.return');
  await chief.says('desk.done.returned');
  await clerk.open(casePath);
  await clerk.sees('Navedite dan popravke.');
  await clerk.fill('answer.part.decision', `${parts.decision} Radovi počinju u 8 časova.`);
  await clerk.press('petition.act.submit');
  await clerk.says('desk.done.submitted');
  await chief.open(casePath);
  await chief.act('approve');
  await chief.press('petition.act.approve.do');
  await chief.says('desk.done.approved');

  // The registrar sends it; the mail holds the PDF.
  const registrar = await office.staff('dragica-borilovic');
  await registrar.open(casePath);
  await registrar.act('dispatch');
  await registrar.press('petition.act.dispatch');
  await registrar.says('desk.done.dispatched');
  const answered = await office.mail('djurdja@primjer.example', 'public.mail.answered.subject', { reference });
  expect(Buffer.from(answered.attachments[0]!.content).subarray(0, 5).toString('latin1')).toBe('%PDF-');

  // The citizen follows by code, on another device, reads, and is satisfied.
  const phone = await office.visitor({ width: 390 });
  await phone.open('/track');
  await phone.fill('public.code', code.toLowerCase());
  await phone.press('public.track.show');
  await phone.says('public.track.title.answered');
  for (const part of ['facts', 'basis', 'remedy'] as const) await phone.sees(parts[part]);
  await phone.sees('Radovi počinju u 8 časova.');
  const paper = await phone.readsPdf(phone.page.locator('main .replied a'));
  expect(paper.equals(Buffer.from(answered.attachments[0]!.content))).toBe(true);
  await phone.press('public.rate.satisfied');
  await phone.says('public.rate.thanks');
  await registrar.open(casePath);
  await registrar.sees(t('petition.satisfaction.satisfied'));
}, 240_000);
