import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { addDays, dayIn } from '../../src/core/day.ts';
import { rootDirectory } from '../../src/core/root.ts';
import { closeMailboxes, readMailboxes } from '../../src/modules/mailroom/reader.ts';
import { scanFolder, watchScans } from '../../src/modules/mailroom/scan-folder.ts';
import type { OfficeFile } from '../office.ts';
import { letterOf, MailServer } from '../mail-server.ts';
import { expect, test } from './town.ts';
import type { Visitor } from './visitor.ts';

/** What one office's morning is made of: who comes, and what lies in the mailbox, in the scanner and on the counter. */
type Morning = {
  office: OfficeFile; it: string; registrar: string; mayor: string; clerk: string; unit: string; otherUnit: string; signer: string;
  mail: { from: string; subject: string; text: string; reply: string }; scan: { lines: string[]; subject: string; sender: string; word: string }; post: { subject: string; sender: string; text: string }; awaited: string;
};
const mornings: Morning[] = [
  {
    office: 'cetinje', it: 'ognjen-kustudija', registrar: 'dragica-borilovic', mayor: 'andrija-vukmirovic', clerk: 'tamara-zvicer', unit: 'finansije', otherUnit: 'imovina', signer: 'slavko-boskovic',
    mail: { from: 'Ministarstvo <ministarstvo@vlada.example>', subject: 'Podaci o budžetu za treći kvartal', text: 'Molimo da podatke dostavite u roku od osam dana.', reply: 'Dostavljamo traženo pojašnjenje.' },
    scan: { lines: ['Zahtjev za izdavanje saglasnosti', 'za postavljanje privremenog objekta', 'u ulici Baja Pivljanina'], subject: 'Saglasnost za privremeni objekat', sender: 'Obrad Primjerović', word: 'Pivljanina' },
    post: { subject: 'Ponuda za opremu kancelarija', sender: 'Namještaj Primjer', text: 'U prilogu je ponuda.' }, awaited: 'pojašnjenje ministarstva',
  },
  {
    office: 'medias', it: 'razvan-tautu', registrar: 'ana-taranu', mayor: 'radu-campean', clerk: 'teodora-bucsan', unit: 'economica', otherUnit: 'patrimoniu', signer: 'ramona-cretulescu',
    mail: { from: 'Prefectura <prefectura@judet.example>', subject: 'Situația execuției bugetare', text: 'Vă rugăm să transmiteți datele în opt zile.', reply: 'Transmitem precizările cerute.' },
    scan: { lines: ['Cerere pentru atribuirea', 'unui spațiu de depozitare', 'pe strada Castanilor'], subject: 'Spațiu de depozitare', sender: 'Sabin Exemplu', word: 'Castanilor' },
    post: { subject: 'Ofertă pentru mobilier', sender: 'Mobilier Exemplu', text: 'Alăturat, oferta.' }, awaited: 'precizările prefecturii',
  },
];

/** A sheet as a scanner gives it. */
function scanOf(lines: readonly string[]): Buffer {
  GlobalFonts.registerFromPath(path.join(rootDirectory, 'node_modules/@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'), 'Sheet');
  const sheet = createCanvas(1240, 800);
  const pen = sheet.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, 1240, 800);
  pen.fillStyle = '#000';
  pen.font = '46px Sheet';
  lines.forEach((line, index) => pen.fillText(line, 110, 160 + index * 90));
  return sheet.toBuffer('image/png');
}

async function distribute(registrar: Visitor, to: string, purpose?: string): Promise<void> {
  if (!registrar.path.endsWith('/deliver')) await registrar.going(() => registrar.page.locator('main .next a[href$="/deliver"]').first().click());
  await registrar.choose('delivery.original_to', to);
  if (purpose) await registrar.tick(purpose);
  await registrar.press('delivery.give');
  await registrar.says('desk.done.given', { count: 1 });
}

/** The case behind a line; beside a wide list a click would show it in the pane. */
async function openRow(visitor: Visitor, subject: string): Promise<void> {
  const link = visitor.page.locator('main').getByRole('link', { name: subject }).first();
  await visitor.open((await link.getAttribute('data-row')) ?? (await link.getAttribute('href'))!);
}

let server: MailServer;
beforeAll(async () => {
  server = await MailServer.start();
}, 120_000);
afterEach(closeMailboxes);
afterAll(() => server.stop());

for (const morning of mornings) test(`a registrar’s morning in ${morning.office}: mailbox, scanner, post by hand, distribution, resolution on a telephone, delivery book, rokovnik`, async ({ found, town }) => {
  const office = await found(morning.office);
  await server.empty();
  const first = `<poziv-${office.office.id}@posta.example>`;
  await server.deliver(letterOf({ ...morning.mail, id: first }));

  // The mailbox is named once; it says whether it works.
  const it = await office.staff(morning.it);
  await it.open('/desk/mailboxes');
  await it.follow('mailbox.add');
  await it.fill('mailbox.name', morning.office);
  await it.fill('mailbox.host', '127.0.0.1');
  await it.choose('mailbox.security', it.t('mailbox.security.none'));
  await it.fill('mailbox.port', String(server.port));
  await it.fill('mailbox.user', server.user);
  await it.fill('mailbox.password', server.password);
  await it.choose('mailbox.registers_as', it.t('mailbox.registers_as.paper'));
  await it.press('desk.save');
  await it.says('mailbox.works', { count: 1 });
  await readMailboxes(town.kernel, office.office);
  expect(await server.unseen()).toBe(0);

  // The scanner's folder: read by the machine, registered by the registrar, found again by a word that stands on it.
  const folder = scanFolder(town.kernel, office.office);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'scan0001.png'), scanOf(morning.scan.lines));
  expect(await watchScans(town.kernel, office.office, 50)).toBe(1);
  const registrar = await office.staff(morning.registrar);
  await registrar.open('/desk/arrivals');
  await registrar.follow('arrival.begin');
  await registrar.fill('petition.subject', morning.scan.subject);
  await registrar.fill('arrival.sender', morning.scan.sender);
  await registrar.press('arrival.do.paper');
  expect(registrar.path).toBe('/desk/arrivals');
  await registrar.open(`/desk/search?q=${encodeURIComponent(morning.scan.word)}`);
  await registrar.sees(morning.scan.subject);

  // Post by hand: registered, stamped, given to a unit from the page that shows the number.
  await registrar.open('/desk/petitions/new');
  await registrar.fill('petition.subject', morning.post.subject);
  await registrar.fill('petition.text', morning.post.text);
  await registrar.fill('paper.sender_name', morning.post.sender);
  await registrar.choose('petition.channel', registrar.t('channel.post'));
  await registrar.press('desk.new.do');
  expect(registrar.path).toMatch(/\/registered$/);
  expect(await registrar.page.locator('.stamp dd').count()).toBeGreaterThan(2);
  await registrar.readsPdf(registrar.link('label.print'));
  await distribute(registrar, office.unitName(morning.unit));

  // What the mailbox brought goes to the mayor, the scan to another unit.
  for (const [subject, to, purpose] of [[morning.mail.subject, office.nameOf(morning.mayor), 'delivery.purpose.resolution'], [morning.scan.subject, office.unitName(morning.otherUnit), undefined]] as const) {
    await registrar.open('/desk/cases?view=distribute');
    await openRow(registrar, subject);
    await distribute(registrar, to, purpose);
  }
  await registrar.open('/desk/cases?view=distribute');
  await registrar.misses(morning.scan.subject);

  // The mayor resolves on a telephone without scripts: who, by when, done.
  const mayor = await office.staff(morning.mayor, { width: 390, script: false });
  await mayor.open('/desk/resolutions');
  await mayor.sees(morning.mail.subject);
  await mayor.page.locator('.taps.who label', { hasText: office.unitName(morning.unit) }).first().click();
  await mayor.page.locator('.taps.due label').first().click();
  await mayor.press('resolution.give');
  await mayor.says('desk.done.resolved');

  // The unit receives both in the system; the other signs in the printed book.
  const clerk = await office.staff(morning.clerk);
  await clerk.open('/desk/deliveries');
  await clerk.sees(morning.mail.subject);
  await clerk.sees(morning.post.subject);
  await clerk.press('delivery.receive_all');
  await clerk.says('desk.done.received', { count: 2 });
  await clerk.open('/desk/obligations?view=unit');
  await clerk.sees(morning.mail.subject);
  await registrar.open('/desk/deliveries?view=all');
  await registrar.readsPdf(registrar.link('delivery.print'));
  await registrar.page.locator('tr', { hasText: morning.scan.subject }).locator('input[type=checkbox]').check();
  await registrar.choose('delivery.signed_by', office.nameOf(morning.signer));
  await registrar.press('delivery.sign_ticked');
  await registrar.says('desk.done.received', { count: 1 });

  // The clerk waits for a day or a paper; the paper comes by e-mail, and the case is back at once.
  await clerk.open('/desk/deliveries?view=all');
  await openRow(clerk, morning.mail.subject);
  const casePath = clerk.path;
  await clerk.open(`${casePath}/bring-forward`);
  await clerk.fill('rokovnik.until', addDays(dayIn(office.office.jurisdiction.timeZone, new Date()), 20));
  await clerk.fill('rokovnik.awaited_paper', morning.awaited);
  await clerk.press('rokovnik.put');
  await clerk.open('/desk/rokovnik');
  await clerk.says('rokovnik.empty');
  await server.deliver(letterOf({ from: morning.mail.from, subject: `Re: ${morning.mail.subject}`, text: morning.mail.reply, headers: [`In-Reply-To: ${first}`, `References: ${first}`] }));
  await readMailboxes(town.kernel, office.office);
  await town.kernel.settle(office.office);
  await clerk.open('/desk/rokovnik');
  await clerk.sees(morning.mail.subject);
  await clerk.says('rokovnik.why.paper');
  await clerk.open(casePath);
  await clerk.sees(morning.mail.reply);
  const entries = await office.within((db) => db.selectFrom('entry').select(['sub', 'channel']).where('office_id', '=', office.office.id).where('case_id', '=', casePath.split('/').at(-1)!).orderBy('sub').execute());
  expect(entries).toEqual([{ sub: 1, channel: 'email' }, { sub: 2, channel: 'email' }]);
}, 120_000);
