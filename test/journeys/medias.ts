import { approve, assign, dispatch, openCase, submitAnswer, track, type Parts } from './steps.ts';
import { expect, test } from './town.ts';
import { pdfPaper, type Papers } from './visitor.ts';

const phone = { width: 390 };
const first: Parts = { facts: 'Echipa a constatat gropi pe 40 de metri.', basis: 'OG nr. 27/2002, art. 8.', decision: 'Strada se repară până la 15 iunie.', remedy: 'Vă puteți adresa instanței de contencios administrativ.' };
const second: Parts = { ...first, decision: 'Repararea începe mâine, la ora 8.' };
const message: Papers[number] = {
  name: 'sesizare.eml', mimeType: 'message/rfc822',
  buffer: Buffer.from('From: =?UTF-8?Q?Anu=C8=9Ba_Exemplu?= <anuta@exemplu.example>\r\nTo: contact@primaria.example\r\nSubject: =?UTF-8?Q?Presiunea_apei_pe_strada_Teilor?=\r\nMessage-ID: <teilor-1@exemplu.example>\r\nDate: Mon, 02 Nov 2026 09:00:00 +0200\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nDe trei zile apa curge slab la etajele de sus.\r\n'),
};

test('in Mediaș a scanned letter and a message are registered on a telephone; one is forwarded, the other answered twice', async ({ found }) => {
  const office = await found('medias');
  const registrar = await office.staff('marius-fantana', phone);
  const { t } = registrar;

  // A letter from the counter, with its scan.
  await registrar.open('/desk/petitions/new');
  await registrar.choose('paper.kind', t('petition.kind.petition'));
  await registrar.choose('petition.channel', t('channel.letter'));
  await registrar.fill('petition.subject', 'Gropi pe strada Castanilor');
  await registrar.fill('paper.sender_name', 'Toma Exemplu');
  await registrar.fill('petition.email', 'toma@exemplu.example');
  await registrar.choose('petition.reply_by', t('reply_by.email'));
  await registrar.press('desk.new.do');
  await registrar.says('field.text_or_scan');
  expect(await registrar.field('paper.sender_name').inputValue()).toBe('Toma Exemplu');
  await registrar.attach('desk.files.scan', [pdfPaper('scan.pdf')]);
  await registrar.press('desk.new.do');
  await registrar.says('registered.lead');
  const reference = await registrar.page.locator('.registered .ref').innerText();
  await registrar.follow('registered.open');
  const casePath = registrar.path;
  await registrar.readsPdf(registrar.page.locator('#documents a, section:has(#documents) a', { hasText: 'scan' }));
  const code = /\b[2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{3}\b/.exec((await office.mail('toma@exemplu.example', 'public.mail.received.subject', { reference })).text)![0];

  // An e-mail message, once.
  await registrar.open('/desk/petitions/new');
  await registrar.attach('desk.new.message.file', [message]);
  await registrar.press('desk.new.message.do');
  const mailed = await registrar.page.locator('.casehead .ref').innerText();
  const mailedPath = registrar.path;
  await registrar.sees('apa curge slab');
  await office.mail('anuta@exemplu.example', 'public.mail.received.subject', { reference: mailed });
  await registrar.open('/desk/petitions/new');
  await registrar.attach('desk.new.message.file', [message]);
  await registrar.press('desk.new.message.do');
  await registrar.says('error.message_known', { reference: mailed });

  // It is the water company's: forwarded with a notice to both, under the same number.
  const chief = await office.staff('corina-draghiciu', { ...phone, script: false });
  await chief.open(mailedPath);
  await chief.act('forward');
  const body = office.body('apa');
  await chief.choose('petition.forward.body', body.name);
  await chief.fill('petition.forward.reason', 'Rețeaua de apă este în administrarea operatorului.');
  await chief.press('petition.act.forward');
  await chief.says('desk.done.forwarded');
  const notice = await office.mail('anuta@exemplu.example', 'public.mail.forwarded.subject', { reference: mailed });
  expect(notice.text).toContain(body.name);
  expect((await office.mailTo(body.email)).at(-1)!.text).toContain('în administrarea operatorului');

  // The letter is answered.
  await openCase(chief, 'Gropi pe strada Castanilor');
  await assign(chief, office.unitName('cabinet'), office.nameOf('ioana-muresan'));
  const clerk = await office.staff('ioana-muresan', phone);
  await openCase(clerk, 'Gropi pe strada Castanilor');

  // More time is the head's to give, with a reason that the citizen is told; more than the law knows is refused, and nothing typed is lost.
  expect(await clerk.link('petition.act.extend').count()).toBe(0);
  await chief.open(casePath);
  await chief.act('extend');
  await chief.fill('petition.extend.days', '40');
  await chief.fill('petition.extend.reason', 'Este necesară o expertiză.');
  await chief.press('petition.act.extend');
  expect(await chief.page.locator('main .field.wrong').count()).toBe(1);
  expect(await chief.field('petition.extend.reason').inputValue()).toBe('Este necesară o expertiză.');
  await chief.fill('petition.extend.days', '15');
  await chief.press('petition.act.extend');
  await chief.says('desk.done.extended');
  expect((await office.mail('toma@exemplu.example', 'public.mail.extended.subject', { reference })).text).toContain('Este necesară o expertiză.');
  await submitAnswer(clerk, first, office.nameOf('corina-draghiciu'));
  await approve(chief, casePath);
  await dispatch(registrar, casePath);
  const answered = await office.mail('toma@exemplu.example', 'public.mail.answered.subject', { reference });

  // The citizen is not satisfied: it is opened again, and answered a second time.
  const citizen = await office.visitor(phone);
  await track(citizen, code);
  await citizen.sees(first.decision);
  await citizen.follow('public.rate.dissatisfied');
  await citizen.press('public.rate.do');
  await citizen.says('public.missing.reason');
  await citizen.fill('public.rate.reason', 'Nu spuneți când începe lucrarea.');
  await citizen.press('public.rate.do');
  await citizen.says('public.rate.reopened');
  await clerk.open(casePath);
  await clerk.sees('Nu spuneți când începe lucrarea.');
  await submitAnswer(clerk, second, office.nameOf('corina-draghiciu'));
  await approve(chief, casePath);
  await dispatch(registrar, casePath);
  const again = await office.mail('toma@exemplu.example', 'public.mail.answered.subject', { reference });
  expect(again).not.toBe(answered);
  await track(citizen, code);
  await citizen.sees(second.decision);
  await citizen.misses(first.decision);
  await registrar.act('close');
  await registrar.press('petition.act.close');
  await registrar.says('desk.done.closed_one');
}, 240_000);
