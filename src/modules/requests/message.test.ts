import { zipSync } from 'fflate';
import { describe } from 'vitest';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { getDocument } from '../documents/document.server.ts';
import { getPetition } from './case.server.ts';
import { readMessage, registerMessage } from './intake.server.ts';

const raw = (...lines: (string | Buffer)[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(lines.flatMap((line) => [Buffer.isBuffer(line) ? line : Buffer.from(line), Buffer.from('\r\n')])));
const head = ['From: =?utf-8?B?0JDQvdCwINCQ0L3QuNGb?= <Ana@Primjer.example>', 'To: ured@primjer.example', 'Message-ID: <1@primjer.example>', 'MIME-Version: 1.0'];
const register = async (office: TestOffice, message: Uint8Array<ArrayBuffer>, more: object = {}) => office.run(registerMessage, await office.as('registrar'), { message: { name: 'pismo.eml', bytes: message }, ...more });
const shown = async (office: TestOffice, message: Uint8Array<ArrayBuffer>) => office.run(getPetition, await office.as('registrar'), { id: (await register(office, message)).id });
const refused = async (office: TestOffice, message: Uint8Array<ArrayBuffer>) => (await office.refused(register(office, message), 422)).fields['message']?.key;

/** Windows-1250 and -1251, the letters that matter. */
const cp = (text: string, table: Record<string, number>): Buffer => Buffer.from([...text].map((char) => table[char] ?? char.charCodeAt(0)));
const cp1251 = Object.fromEntries([...'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя'].map((char, index) => [char, 0xc0 + index]));
const cp1250 = { š: 0x9a, č: 0xe8, ć: 0xe6, ž: 0x9e, đ: 0xf0, Š: 0x8a };

describe('a message is read', () => {
  test('plain, with sender, subject, text, and itself as a document', async ({ office }) => {
    const message = raw(...head, 'Subject: =?utf-8?Q?=D0=9C=D1=80=D0=B0=D0=BA?=', 'Content-Type: text/plain; charset=utf-8', '', 'Код школе је мрак.', '', 'Ана');
    const petition = await shown(office, message);
    expect(petition).toMatchObject({ subject: 'Мрак', body: 'Код школе је мрак.\n\nАна', channel: 'email', replyBy: 'email', party: { name: 'Ана Анић', email: 'ana@primjer.example' } });
    expect(petition.documents).toMatchObject([{ kind: 'message', fileName: 'message.eml', mediaType: 'text/plain' }]);
    const original = await office.run(getDocument, await office.as('registrar'), { id: petition.documents[0]!.id });
    expect(Buffer.from(original.content, 'base64')).toEqual(Buffer.from(message));
  });

  test('once: the second time it names the first', async ({ office }) => {
    const message = raw(...head, 'Subject: Mrak', '', 'Mrak je.');
    const first = await register(office, message);
    const again = await office.refused(register(office, raw(...head, 'Subject: Mrak', '', 'Mrak je i dalje.')), 409);
    expect(again.said).toEqual({ key: 'error.message_known', args: { reference: first.reference } });
    const nameless = raw('From: a@primjer.example', 'Subject: x', '', 'Bez broja.');
    await register(office, nameless);
    await office.refused(register(office, nameless), 409);
  });

  test('in HTML: as text, without what is not said', async () => {
    const html = '<html><head><style>p{color:red}</style><title></title></head><body><p>Prvi &amp; drugi</p><div>&lt;b&gt;</div><script>alert("x")</script>treći<br>četvrti&nbsp;&#269;</body></html>';
    const { text } = await readMessage(raw(...head, 'Subject: x', 'Content-Type: text/html; charset=utf-8', '', html));
    expect(text).toMatch(/Prvi & drugi/);
    expect(text).toMatch(/<b>/);
    expect(text).toMatch(/treći\s+četvrti\sč/);
    expect(text).not.toMatch(/alert|color:red/);
  });

  test('in the code pages of old mail programs', async () => {
    const cyrillic = await readMessage(raw(...head, 'Subject: =?windows-1251?Q?=CC=F0=E0=EA?=', 'Content-Type: text/plain; charset=windows-1251', 'Content-Transfer-Encoding: 8bit', '', cp('Мрак на улици.', cp1251)));
    expect(cyrillic).toMatchObject({ subject: 'Мрак', text: 'Мрак на улици.' });
    const latin = await readMessage(raw(...head, 'Subject: =?windows-1250?Q?=8Akola?=', 'Content-Type: text/plain; charset=windows-1250', 'Content-Transfer-Encoding: 8bit', '', cp('Škola čeka đake.', cp1250)));
    expect(latin).toMatchObject({ subject: 'Škola', text: 'Škola čeka đake.' });
  });

  test('with attachments: what can be taken is a document, the rest stays in the original', async ({ office }) => {
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const bomb = Buffer.from(zipSync({ 'nule.bin': new Uint8Array(20_000_000) }, { level: 9 })).toString('base64');
    const part = (type: string, name: string, content: string) => ['--granica', `Content-Type: ${type}; name="${name}"`, 'Content-Transfer-Encoding: base64', `Content-Disposition: attachment; filename="${name}"`, '', content];
    const petition = await shown(office, raw(...head, 'Subject: x', 'Content-Type: multipart/mixed; boundary=granica', '', '--granica', 'Content-Type: text/plain', '', 'U prilogu.',
      ...part('image/png', 'slika.png', png), ...part('application/zip', 'bomba.zip', bomb), ...part('text/html', 'strana.html', Buffer.from('<script>1</script>').toString('base64')), ...part('application/pdf', '../../../etc/passwd.pdf', png), '--granica--', ''));
    expect(petition.body).toBe('U prilogu.');
    expect(petition.documents.map((one) => one.fileName)).toEqual(['slika.png', 'message.eml']);
  });

  test('an empty subject takes the first words, an empty text the subject', async () => {
    expect(await readMessage(raw(...head, 'Content-Type: text/plain; charset=utf-8', '', 'Прва реченица.', 'Друга.'))).toMatchObject({ subject: 'Прва реченица.' });
    expect(await readMessage(raw(...head, 'Subject: Samo predmet', '', ''))).toMatchObject({ subject: 'Samo predmet', text: 'Samo predmet' });
  });

  test('very long ones are cut where the text of a petition ends', async () => {
    const { text } = await readMessage(raw(...head, 'Subject: x', 'Content-Type: text/plain; charset=utf-8', '', 'а '.repeat(1_500_000)));
    expect(text.length).toBeGreaterThan(19_000);
    expect(text.length).toBeLessThanOrEqual(20_000);
  });

  test('control characters go, wherever they stand', async ({ office }) => {
    const petition = await shown(office, raw('From: =?utf-8?B?QQBC?= <a@primjer.example>', 'Message-ID: <a\u0000b@x>', 'Subject: =?utf-8?B?QQBC?=', 'Content-Type: text/plain; charset=utf-8', '', 'a\u0000b\u0007c'));
    expect(petition).toMatchObject({ subject: 'AB', body: 'abc' });
  });
});

describe('a message is refused', () => {
  test('without a sender, without words, or broken', async ({ office }) => {
    expect(await refused(office, raw('Subject: x', '', 'Niko.'))).toBe('field.message_no_sender');
    expect(await refused(office, raw('From: undisclosed', 'Subject: x', '', 'Niko.'))).toBe('field.message_no_sender');
    expect(await refused(office, raw(...head, '', ''))).toBe('field.message_empty');
    expect(await refused(office, new Uint8Array(Buffer.alloc(5000, 0xff)))).toMatch(/field\.message_/);
    expect(await refused(office, new Uint8Array())).toMatch(/field\.message_/);
    expect(await refused(office, new Uint8Array(30 * 1024 * 1024 + 1))).toBe('field.file_large');
    expect(await office.events()).toEqual([]);
  });

  test('or read in a moment, however it is made', async () => {
    const began = process.cpuUsage();
    const html = (body: string) => readMessage(raw(...head, 'Subject: x', 'Content-Type: text/html', '', body)).catch(() => null);
    await html('<script>'.repeat(200_000));
    await html('<style '.repeat(200_000));
    await html('<'.repeat(1_000_000));
    await html(`&#${'9'.repeat(100_000)};`);
    const nested = Array.from({ length: 500 }, (_, index) => [`Content-Type: multipart/mixed; boundary=b${index}`, '', `--b${index}`]).flat();
    await readMessage(raw(...head, 'Subject: x', ...nested, '', 'dno')).catch(() => null);
    await readMessage(raw(...head, ...Array.from({ length: 20_000 }, (_, index) => `X-${index}: ${'x'.repeat(50)}`), '', 'x')).catch(() => null);
    await readMessage(raw(...head, 'Content-Type: multipart/mixed; boundary=b', '', ...Array.from({ length: 20_000 }, () => '--b\r\n\r\nx'), '--b--')).catch(() => null);
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(5000);
  });
});
