import { zipSync } from 'fflate';
import { readDocxTemplate, readDocxText, plainDocx } from '../src/core/docx.ts';
import { sniffUpload } from '../src/core/file.ts';
import { readCalendar } from '../src/core/ical.ts';
import { plain, readMessageFile } from '../src/core/message-file.ts';
import { dotsOf } from '../src/core/picture-dots.ts';
import { Refusal } from '../src/core/refusal.ts';
import { readSheetHere } from '../src/core/sheet-read.ts';
import { readPkcs12 } from '../src/core/sign.ts';
import { isTnef, openTnef } from '../src/core/tnef.ts';
import { readXml, XmlError } from '../src/core/xml-read.ts';

type Bytes = Uint8Array<ArrayBuffer>;
const bytesOf = (text: string): Bytes => new Uint8Array(Buffer.from(text));
const png = new Uint8Array(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
const event = ['BEGIN:VCALENDAR', 'METHOD:REQUEST', 'BEGIN:VTIMEZONE', 'TZID:Odd', 'BEGIN:STANDARD', 'DTSTART:16011028T030000', 'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100', 'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10', 'END:STANDARD', 'END:VTIMEZONE', 'BEGIN:VEVENT', 'UID:a@primjer.example', 'DTSTART;TZID=Odd:20260601T100000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=4', 'EXDATE;TZID=Odd:20260608T100000', 'ORGANIZER;CN="Ana, A":mailto:a@primjer.example', 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:b@primjer.example', 'SUMMARY:Састанак\\, а', ' не други', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
const mail = ['From: =?UTF-8?B?0JDQvdCw?= <a@primjer.example>', 'Subject: =?windows-1251?Q?=CF=F0=E5=E4?=', 'Message-ID: <x@primjer.example>', 'References: <y@primjer.example>', 'Date: Mon, 1 Jun 2026 10:00:00 +0200', 'Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable', '', '<p>=D0=90&amp;<br></p>', '--b', "Content-Disposition: attachment; filename*=UTF-8''%D0%B0.pdf", 'Content-Transfer-Encoding: base64', '', Buffer.from('%PDF-1.4\n%%EOF').toString('base64'), '--b--', ''].join('\r\n');
const tnefHead = [0x78, 0x9f, 0x3e, 0x22, 0, 0];
const attribute = (id: number, content: Uint8Array): number[] => {
  const head = Buffer.alloc(9);
  head.writeUInt32LE(id, 1);
  head.writeUInt32LE(content.length, 5);
  return [...head, ...content, 0, 0];
};
const tnef = new Uint8Array([...tnefHead, ...attribute(0x00069002, new Uint8Array(4)), ...attribute(0x00018010, bytesOf('a.txt\0')), ...attribute(0x0006800f, bytesOf('x'))]);
const part = (xml: string): Bytes => new Uint8Array(zipSync({ 'word/document.xml': bytesOf(xml), '[Content_Types].xml': bytesOf('<Types/>') }, { level: 9 }));
const dav = '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:getetag/><c:calendar-data>&lt;x&#x41;</c:calendar-data></d:prop></d:propfind>';
const csv = 'Број;Датум;Предмет\r\n1;5.3.2019.;"Пут; ""доњи"""\r\n2;6.3.2019.;Дом\r\n';

/** A reader of what strangers send: it may refuse in words, and do nothing else. */
export type Reader = { name: string; read(bytes: Bytes): unknown; seeds: Bytes[]; bombs: Record<string, () => Bytes> };
const quietly = async (work: () => unknown, isRefusal: (error: unknown) => boolean): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
};
const inWords = (error: unknown): boolean => error instanceof Refusal;
const textOf = (bytes: Bytes): string => Buffer.from(bytes).toString('utf8');

/** The readers that work in the server's own process, each with what is right and what would take hours or gigabytes. */
export const readers: readonly Reader[] = [
  { name: 'mail', read: (bytes) => readMessageFile(bytes), seeds: [bytesOf(mail)], bombs: {
    'a sender of letters without end and a head too large': () => bytesOf(`From: ${'a'.repeat(99_000)}\r\nX: ${'b'.repeat(400_000)}\r\n\r\nx`), 'nothing but ends of lines': () => new Uint8Array(10_000_000).fill(10), 'lines of a quotation': () => bytesOf(`Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n${'> a \r\n'.repeat(1_000_000)}`),
    'a thousand parts in each other': () => bytesOf(Array.from({ length: 1000 }, (_, index) => `Content-Type: multipart/mixed; boundary=b${index}\r\n\r\n--b${index}\r\n`).join('')), 'parts': () => bytesOf(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(40_000)}--b--`), 'addresses': () => bytesOf(`From: ${'<a@b>,"'.repeat(20_000)}\r\n\r\nx`), 'words in code': () => bytesOf(`Subject: ${'=?utf-8?Q?=41?= '.repeat(10_000)}\r\n\r\nx`), 'parameters': () => bytesOf(`Content-Type: text/plain; ${'a*0*=x; '.repeat(20_000)}\r\n\r\nx`),
    'open tags': () => bytesOf(`Content-Type: text/html\r\n\r\n${'<a '.repeat(300_000)}${'&#'.repeat(100_000)}${'<style'.repeat(50_000)}`),
  } },
  { name: 'HTML', read: (bytes) => plain(textOf(bytes)), seeds: [bytesOf('<p>a&amp;&#65;<br><script>x</script><style>y</style></p>')], bombs: { 'scripts without an end': () => bytesOf('<script'.repeat(200_000)), 'numbers': () => bytesOf(`&#${'9'.repeat(100_000)};`) } },
  { name: 'winmail.dat', read: (bytes) => isTnef(bytes) && openTnef(bytes), seeds: [tnef], bombs: { 'files without a word in them': () => new Uint8Array([...tnefHead, ...Array.from({ length: 200_000 }, () => attribute(0x00069002, new Uint8Array())).flat()]) } },
  { name: 'letters', read: async (bytes) => [readDocxText(bytes, 'a.docx'), await readDocxTemplate(bytes, 'a.docx')], seeds: [plainDocx(['Поштовани {ime},', 'текст\nи ред'])], bombs: {
    'paragraphs without an end': () => part('<w:p>'.repeat(300_000)), 'tags without an end': () => part('<w:p '.repeat(300_000)), 'relations without an end': () => new Uint8Array(zipSync({ 'word/document.xml': bytesOf('<a/>'), '[Content_Types].xml': bytesOf('<Types/>'), '_rels/.rels': bytesOf('<Relationship '.repeat(100_000)) })), 'paragraphs in each other': () => part(`${'<w:p>'.repeat(3000)}${'</w:p>'.repeat(3000)}`), 'braces': () => part(`<w:p><w:t>${'{'.repeat(200_000)}</w:t></w:p>`),
  } },
  { name: 'iCalendar', read: (bytes) => quietly(() => readCalendar(textOf(bytes), 'Europe/Podgorica'), inWords), seeds: [bytesOf(event)], bombs: {
    'clocks that turn each second': () => bytesOf(event.replace(/RRULE:FREQ=YEARLY[^\r]*/, 'RRULE:FREQ=SECONDLY')), 'three thousand turns': () => bytesOf(event.replace(/(BEGIN:STANDARD[\s\S]*?END:STANDARD\r\n)/, (turn) => turn.repeat(3000))), 'a series of seconds': () => bytesOf(event.replace('FREQ=WEEKLY;COUNT=4', `FREQ=SECONDLY;COUNT=999999999;BYSECOND=${Array.from({ length: 60 }, (_, second) => second).join(',')}`)), 'folds': () => bytesOf(event.replace('SUMMARY:', `SUMMARY:${'\r\n a'.repeat(19_000)}`)), 'parameters': () => bytesOf(event.replace('CN=', `${'X="a";'.repeat(100_000)}CN=`)), 'depth': () => bytesOf('BEGIN:VEVENT\r\n'.repeat(19_000)), 'years': () => bytesOf(event.replace('DTSTART:1601', 'DTSTART:0001')),
  } },
  { name: 'XML', read: (bytes) => quietly(() => readXml(textOf(bytes)), (error) => error instanceof XmlError), seeds: [bytesOf(dav)], bombs: {
    'laughs': () => bytesOf(`<!DOCTYPE l [<!ENTITY a "ha">${'<!ENTITY b "&a;&a;">'.repeat(30)}]><l>&b;</l>`), 'namespaces': () => bytesOf(`${Array.from({ length: 38 }, (_, depth) => `<a${Array.from({ length: 45 }, (__, index) => ` xmlns:x${depth}-${index}="y"`).join('')}>`).join('')}${'<b/>'.repeat(19_000)}${'</a>'.repeat(38)}`), 'depth': () => bytesOf('<a>'.repeat(300_000)), 'blanks': () => bytesOf(`<a${' '.repeat(900_000)}/>`), 'marks': () => bytesOf(`<a>${'&amp;'.repeat(190_000)}</a>`),
  } },
  { name: 'registers', read: (bytes) => quietly(() => readSheetHere(bytes), inWords), seeds: [bytesOf(csv), new Uint8Array(Buffer.from(`\uFEFF${csv}`, 'utf16le'))], bombs: { 'a cell of megabytes': () => bytesOf(`a;b\n"${'x'.repeat(3_000_000)}";1\n`), 'quotes': () => bytesOf(`a;b\n${'"x"y'.repeat(300_000)}`), 'a row of cells': () => bytesOf(`a;b\n${';'.repeat(900_000)}`) } },
  { name: 'uploads', read: (bytes) => sniffUpload({ name: 'a.pdf', bytes }), seeds: [png, bytesOf('%PDF-1.4\n%%EOF'), plainDocx(['x'])], bombs: { 'a ZIP of names': () => new Uint8Array(zipSync(Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`${index}/`.repeat(20), new Uint8Array()])))) } },
  { name: 'heads of pictures', read: (bytes) => dotsOf(bytes), seeds: [png, new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 9, 0, 7, 1, 1, 17, 0, ...new Uint8Array(20)])], bombs: { 'marks': () => new Uint8Array(5_000_000).fill(0xff).with(1, 0xd8) } },
  { name: 'certificates', read: (bytes) => readPkcs12(bytes, 'x', new Date('2026-06-01')), seeds: [new Uint8Array([0x30, 0x0b, 0x02, 0x01, 0x03, 0x30, 0x06, 0x06, 0x01, 0x2a, 0x04, 0x01, 0x00])], bombs: { 'depth': () => new Uint8Array(Array.from({ length: 20_000 }, () => [0x30, 0x80]).flat()) } },
];
