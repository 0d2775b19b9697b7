import path from 'node:path';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { addDays, dayIn } from '../core/day.ts';
import { formatDay, type LocalText } from '../core/language.ts';
import { sendMails } from '../core/mail.ts';
import { readMessageFile } from '../core/message-file.ts';
import { textIn } from '../core/message.ts';
import { rootDirectory } from '../core/root.ts';
import { keepArrival } from '../modules/mailroom/arrival.server.ts';
import { judgeArrival, noteWords } from '../modules/mailroom/judge.server.ts';
import { listMailsOfCase } from '../modules/mailroom/tray.server.ts';
import { listPetitions } from '../modules/requests/list.server.ts';
import type { Stage } from './tell.ts';

const numbered: LocalText = { sr: 'Број', cnr: 'Број', mk: 'Број', ro: 'Nr.', en: 'No.' };
const dated: LocalText = { sr: 'Датум', cnr: 'Датум', mk: 'Датум', ro: 'Data', en: 'Date' };
const about: LocalText = { sr: 'Предмет', cnr: 'Предмет', mk: 'Предмет', ro: 'Obiect', en: 'Subject' };
type Scan = { from: LocalText; number: string; subject: LocalText; rows: LocalText };
const scans: readonly Scan[] = [
  {
    from: { sr: 'Мјесна заједница Јасик', cnr: 'Мјесна заједница Јасик', mk: 'Месна заедница Јасик', ro: 'Asociația de locatari Teiul', en: 'Jasik residents’ community' }, number: '17-3/26',
    subject: { sr: 'Захтјев за насипање пута до гробља', cnr: 'Захтјев за насипање пута до гробља', mk: 'Барање за насипување на патот до гробиштата', ro: 'Solicitare de reparare a drumului spre cimitir', en: 'Request to gravel the road to the cemetery' },
    rows: { sr: 'Поштовани,\nпут до гробља је послије кише непроходан.\nМолимо да се до празника наспе и поравна.\nСагласни смо да помогнемо радом.', cnr: 'Поштовани,\nпут до гробља је послије кише непроходан.\nМолимо да се до празника наспе и поравна.\nСагласни смо да помогнемо радом.', mk: 'Почитувани,\nпатот до гробиштата по дождот е непрооден.\nМолиме да се насипе и израмни до празникот.\nПодготвени сме да помогнеме.', ro: 'Stimate domnule primar,\ndrumul spre cimitir este impracticabil după ploaie.\nVă rugăm să fie pietruit până la sărbători.\nPutem ajuta cu munca noastră.', en: 'Dear Sir,\nafter rain the road to the cemetery cannot be used.\nPlease have it gravelled before the holidays.' },
  },
  {
    from: { sr: 'Основна школа „Извор“', cnr: 'Основна школа „Извор“', mk: 'Основно училиште „Извор“', ro: 'Școala Gimnazială „Izvorul“', en: 'Izvor primary school' }, number: '208/26',
    subject: { sr: 'Позив на приредбу поводом дана школе', cnr: 'Позив на приредбу поводом дана школе', mk: 'Покана за приредба по повод денот на училиштето', ro: 'Invitație la serbarea de ziua școlii', en: 'Invitation to the school’s day' },
    rows: { sr: 'Позивамо Вас на приредбу ученика\nу петак у 12 часова у школској сали.\nЧаст нам је да будете наш гост.', cnr: 'Позивамо Вас на приредбу ученика\nу петак у 12 часова у школској сали.\nЧаст нам је да будете наш гост.', mk: 'Ве покануваме на приредбата на учениците\nво петок во 12 часот во училишната сала.\nЌе ни биде чест да бидете наш гостин.', ro: 'Vă invităm la serbarea elevilor,\nvineri la ora 12, în sala școlii.\nAm fi onorați de prezența dumneavoastră.', en: 'We invite you to the pupils’ show\non Friday at noon in the school hall.' },
  },
  {
    from: { sr: 'Предузеће „Чиста ријека“', cnr: 'Предузеће „Чиста ријека“', mk: 'Претпријатие „Чиста река“', ro: 'Societatea „Râu Curat“', en: 'Clean River company' }, number: 'P-44/2026',
    subject: { sr: 'Понуда за чишћење корита', cnr: 'Понуда за чишћење корита', mk: 'Понуда за чистење на коритото', ro: 'Ofertă pentru curățarea albiei', en: 'Offer to clean the riverbed' },
    rows: { sr: 'Достављамо понуду за чишћење корита\nу дужини од 800 метара.\nРок важења понуде је 30 дана.', cnr: 'Достављамо понуду за чишћење корита\nу дужини од 800 метара.\nРок важења понуде је 30 дана.', mk: 'Ви доставуваме понуда за чистење на коритото\nво должина од 800 метри.\nПонудата важи 30 дена.', ro: 'Vă transmitem oferta pentru curățarea albiei\npe o lungime de 800 de metri.\nOferta este valabilă 30 de zile.', en: 'Please find our offer to clean the riverbed\nover 800 metres. It is valid for 30 days.' },
  },
];
const letters: readonly { from: LocalText; email: string; subject: LocalText; text: LocalText; headers: string }[] = [
  {
    from: { sr: 'Тамара Кнежић', cnr: 'Тамара Кнежић', mk: 'Тамара Кнежевска', ro: 'Tamara Crăiescu', en: 'Tamara Knezic' }, email: 'tamara@posta.example', headers: '',
    subject: { sr: 'Питање о раду матичара у суботу', cnr: 'Питање о раду матичара у суботу', mk: 'Прашање за работата на матичарот во сабота', ro: 'Întrebare despre starea civilă sâmbăta', en: 'Does the registrar work on Saturdays?' },
    text: { sr: 'Добар дан,\n\nда ли матичар ради суботом и да ли је потребно заказати вјенчање унапријед?\n\nХвала унапријед,\nТамара', cnr: 'Добар дан,\n\nда ли матичар ради суботом и да ли је потребно заказати вјенчање унапријед?\n\nХвала унапријед,\nТамара', mk: 'Добар ден,\n\nдали матичарот работи во сабота и дали треба однапред да се закаже венчавка?\n\nОднапред благодарам,\nТамара', ro: 'Bună ziua,\n\nserviciul de stare civilă lucrează sâmbăta și trebuie programată căsătoria din timp?\n\nVă mulțumesc,\nTamara', en: 'Hello,\n\ndoes the registrar work on Saturdays?\n\nThank you' },
  },
  {
    from: { sr: 'Вијести струке', cnr: 'Вијести струке', mk: 'Вести од струката', ro: 'Știri profesionale', en: 'Trade news' }, email: 'vijesti@bilten.example', headers: 'List-Id: <bilten.example>\r\n',
    subject: { sr: 'Билтен за новембар', cnr: 'Билтен за новембар', mk: 'Билтен за ноември', ro: 'Buletinul lunii noiembrie', en: 'Newsletter' }, text: { sr: 'Прочитајте нови број.', cnr: 'Прочитајте нови број.', mk: 'Прочитајте го новиот број.', ro: 'Citiți noul număr.', en: 'Read the new issue.' },
  },
];

/** A page as a scanner delivers it: a little grey, a little askew. */
function pageOf(rows: readonly string[], askew: number): Uint8Array<ArrayBuffer> {
  if (!GlobalFonts.has('Demo Serif')) GlobalFonts.registerFromPath(path.join(rootDirectory, 'node_modules/@expo-google-fonts/noto-serif/400Regular/NotoSerif_400Regular.ttf'), 'Demo Serif');
  const canvas = createCanvas(827, 1169);
  const draw = canvas.getContext('2d');
  draw.fillStyle = '#faf9f5';
  draw.fillRect(0, 0, 827, 1169);
  draw.rotate(askew);
  draw.fillStyle = '#222';
  draw.font = '21px Demo Serif';
  rows.forEach((row, index) => draw.fillText(row, 90, 120 + index * 38));
  return new Uint8Array(canvas.toBuffer('image/png'));
}
const word = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

/** What lies in the tray this morning: scans with their words, two messages, and a letter that came back. */
export function tellMailroom({ kernel, office, cast, random, add, now }: Stage): void {
  const system = kernel.system(office);
  const say = (text: LocalText): string => textIn(text, office.locale);
  const minutesAgo = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
  const today = dayIn(office.jurisdiction.timeZone, now);

  const arrive = async (bytes: Uint8Array<ArrayBuffer>, moment: Date): Promise<void> => {
    const message = await readMessageFile(bytes);
    const { id } = await kernel.run(keepArrival, system, { source: 'mailbox', mailboxId: null, key: message.key, name: 'message.eml', mediaType: 'message/rfc822', bytes, size: bytes.length, senderName: message.name, senderEmail: message.email, subject: message.subject, words: message.text }, { now: moment });
    await kernel.run(judgeArrival, system, { id }, { now: moment });
  };

  scans.forEach((scan, index) => add(minutesAgo(95 - index * 4), async (moment) => {
    const rows = [say(scan.from), `${say(numbered)}${say(numbered).endsWith('.') ? '' : ':'} ${scan.number}`, `${say(dated)}: ${formatDay(addDays(today, -3 - index), office.locale, 'numeric')}`, '', `${say(about)}: ${say(scan.subject)}`, '', ...say(scan.rows).split('\n')];
    const bytes = pageOf(rows, (random() - 0.5) * 0.02);
    const { id } = await kernel.run(keepArrival, system, { source: 'scanner', mailboxId: null, key: `demo ${index}`, name: `skan-${index + 1}.png`, mediaType: 'image/png', bytes, size: bytes.length }, { now: moment });
    await kernel.run(noteWords, system, { id, words: rows.join('\n'), pages: 1 }, { now: moment });
  }));
  letters.forEach((letter, index) => add(minutesAgo(70 - index * 5), (moment) => arrive(new Uint8Array(Buffer.from(
    `From: ${word(say(letter.from))} <${letter.email}>\r\nTo: ${office.data.email}\r\nSubject: ${word(say(letter.subject))}\r\nMessage-ID: <${index}.${office.slug}@posta.example>\r\nDate: ${moment.toUTCString()}\r\n${letter.headers}Content-Type: text/plain; charset=utf-8\r\n\r\n${say(letter.text)}\r\n`)), moment)));
  add(minutesAgo(50), async (moment) => {
    // What was written through the year leaves now, so that one of the letters can come back.
    await sendMails(kernel, office);
    const { cases } = await kernel.run(listPetitions, cast.registrar, { view: 'all' });
    for (const one of cases) {
      const [mail] = (await kernel.run(listMailsOfCase, cast.registrar, { caseId: one.id })).mails.filter((row) => row.messageId);
      if (!mail) continue;
      return arrive(new Uint8Array(Buffer.from([
        'From: MAILER-DAEMON@posta.example', `To: ${office.data.email}`, 'Subject: Undelivered Mail Returned to Sender', 'Auto-Submitted: auto-replied', `Message-ID: <returned.${office.slug}@posta.example>`, 'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=delivery-status; boundary="part"', '', '--part', 'Content-Type: text/plain', '', 'The message could not be delivered.', '', '--part', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; posta.example', '',
        `Final-Recipient: rfc822; ${mail.recipient}`, 'Action: failed', 'Status: 5.2.2', 'Diagnostic-Code: smtp; 552 5.2.2 Mailbox full', '', '--part', 'Content-Type: text/rfc822-headers', '', `Message-ID: ${mail.messageId}`, '', '--part--', '',
      ].join('\r\n'))), moment);
    }
  });
}
