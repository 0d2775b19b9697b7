import { strToU8, zipSync } from 'fflate';
import { describe } from 'vitest';
import { expect, test } from '../../../test/office.ts';
import { letter, submitted } from '../../../test/petition.ts';
import { getDocument } from '../documents/document.server.ts';
import { getPetition } from './case.server.ts';
import { findDuplicates, registerPetition, submitPetition } from './intake.server.ts';
import { listPetitions } from './list.server.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text));
const png = new Uint8Array(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
const now = new Date('2026-03-02T08:00:00Z');

describe('what a citizen may send', () => {
  test('needs a subject, a text, a kind, and an address for the way of the answer', async ({ office }) => {
    const fields = async (more: object) => Object.entries((await office.refused(submitted(office, more), 422)).fields).map(([name, said]) => `${name} ${said.key}`).join();
    expect(await fields({ subject: '  \n ' })).toBe('subject field.required');
    expect(await fields({ text: '\u0000\u0007' })).toBe('text field.required');
    expect(await fields({ kind: 'poem' })).toBe('kind field.choose');
    expect(await fields({ replyBy: 'email', email: '' })).toBe('email field.email_for_reply');
    expect(await fields({ replyBy: 'post', address: '' })).toBe('address field.address_for_reply');
    expect(await fields({ email: 'nobody' })).toBe('email field.email');
    expect(await fields({ email: 'a@b.example\r\nBcc: c@d.example' })).toBe('email field.email');
    expect(await fields({ area: 'the-moon' })).toBe('area field.choose');
    expect(await fields({ text: 'а'.repeat(100_000) })).toBe('text field.too_long');
    expect(await fields({ subject: 'а'.repeat(201) })).toBe('subject field.too_long');
    expect((await office.run(listPetitions, await office.as('chief'), { view: 'all' })).cases).toEqual([]);
    expect(await office.events()).toEqual([]);
  });

  test('is kept as typed: markup is text, emoji stay, halves of characters and U+0000 go', async ({ office }) => {
    const text = '<script>alert(1)</script> & "цитат" 👩‍👩‍👧\u0000 крај \uD83D\n\n\n\u202Eназад';
    const { id } = await submitted(office, { subject: '<b>Рупа</b> 🕳️\uDC00', text, place: "Липова 4'; drop table petition; --" });
    expect(await office.run(getPetition, await office.as('chief'), { id })).toMatchObject({
      subject: '<b>Рупа</b> 🕳️', body: '<script>alert(1)</script> & "цитат" 👩‍👩‍👧 крај \n\n\n\u202Eназад', place: "Липова 4'; drop table petition; --",
    });
  });

  test('the longest text, in one unbroken word, and in folded letters', async ({ office }) => {
    for (const text of ['љ'.repeat(20_000), 'Ђурђевић '.repeat(2222).trim(), '. , ; : '.repeat(2000), '👍'.repeat(10_000)]) {
      const { id } = await submitted(office, { text });
      expect((await office.run(getPetition, await office.as('chief'), { id })).body).toBe(text.trim());
    }
  });

  test('files are taken by what they are, not by what they are called', async ({ office }) => {
    const refused = async (name: string, content: Uint8Array<ArrayBuffer>) => (await office.refused(submitted(office, { files: [{ name, bytes: content }] }), 422)).fields['files']?.key;
    expect(await refused('slika.png', bytes('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'))).toBe('field.file_disguised');
    expect(await refused('slika.svg', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toMatch(/field\.file_(kind|disguised)/);
    expect(await refused('strana.html', bytes('<!doctype html><p>x'))).toMatch(/field\.file_(kind|disguised)/);
    expect(await refused('arhiva.zip', new Uint8Array(zipSync({ 'a.txt': strToU8('x') })))).toBe('field.file_kind');
    expect(await refused('dopis.docx', new Uint8Array(zipSync({ 'a.txt': strToU8('x') })))).toMatch(/field\.file_(kind|disguised)/);
    expect(await refused('dopis.pdf', png)).toBe('field.file_disguised');
    expect(await refused('program.pdf', new Uint8Array([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xff, 0xff]))).toMatch(/field\.file_(kind|disguised)/);
    expect(await refused('prazno.txt', new Uint8Array())).toBe('field.file_empty');
    expect(await refused('veliko.txt', new Uint8Array(20 * 1024 * 1024 + 1).fill(65))).toBe('field.file_large');
    expect((await office.refused(submitted(office, { files: Array.from({ length: 11 }, () => ({ name: 'a.png', bytes: png })) }), 422)).fields['files']?.key).toBe('field.files_many');
    const { id } = await submitted(office, { files: [{ name: '..\\..\\сли\u202Eка<1>.png', bytes: png }, { name: 'исто.png', bytes: png }] });
    const { documents } = await office.run(getPetition, await office.as('chief'), { id });
    expect(documents.map((one) => [one.fileName, one.mediaType])).toEqual([['слика1.png', 'image/png'], ['исто.png', 'image/png']]);
    expect(Buffer.from((await office.run(getDocument, office.petitioner(id), { id: documents[0]!.id })).content, 'base64')).toEqual(Buffer.from(png));
  });

  test('the same key twice is one petition, also at once; another letter under the key is refused', async ({ office }) => {
    const send = (key: string, more: object = {}) => office.run(submitPetition, office.public(), { ...letter, ...more }, { key });
    const [first, second, third] = await Promise.all([send('k1'), send('k1'), send('k1')]);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect((await office.refused(send('k1', { subject: 'Друго' }), 409)).said.key).toBe('error.key_reused');
    await office.refused(send('x'.repeat(201)), 422);
    expect((await office.run(listPetitions, await office.as('chief'), { view: 'all' })).cases).toHaveLength(1);
    expect((await office.events()).map((event) => event.name).filter((name) => name !== 'book.opened')).toEqual(['petition.registered']);
    await office.refused(send('k2', { subject: '' }), 422);
    expect((await send('k2')).reference).not.toBe(first!.reference);
    const stored = await office.within((db) => db.selectFrom('idempotency').selectAll().where('office_id', '=', office.office.id).execute());
    expect(JSON.stringify(stored)).not.toContain(first!.code);
  });

  test('a key with the largest files costs no more than the files', async ({ office }) => {
    const files = Array.from({ length: 10 }, (_, index) => ({ name: `${index}.txt`, bytes: new Uint8Array(12 * 1024 * 1024).fill(97).fill(48 + index, 0, 1) }));
    const send = () => office.run(submitPetition, office.public(), { ...letter, files }, { key: 'files' });
    expect(await send()).toEqual(await send());
  });

  test('the sender is found again by name and address of mail, in either script', async ({ office }) => {
    const ids = [];
    for (const name of ['Ђурђа Његовановић', 'Đurđa Njegovanović', 'ĐURĐA NJEGOVANOVIĆ']) ids.push((await submitted(office, { name })).id);
    const chief = await office.as('chief');
    const parties = await Promise.all(ids.map(async (id) => (await office.run(getPetition, chief, { id })).party!));
    expect(new Set(parties.map((party) => party.id)).size).toBe(1);
    expect(parties[0]!.cases).toBe(3);
    const other = await submitted(office, { name: 'Ђурђа Његовановић', email: 'druga@primjer.example', address: 'Јабукова 1', phone: '' });
    expect((await office.run(getPetition, chief, { id: other.id })).party!.id).not.toBe(parties[0]!.id);
  });
});

describe('what the registrar enters', () => {
  test('a letter of a day that is possible', async ({ office }) => {
    const registrar = await office.as('registrar');
    const enter = (receivedOn: string) => office.run(registerPetition, registrar, { ...letter, receivedOn }, { now });
    const key = async (receivedOn: string) => (await office.refused(enter(receivedOn), 422)).fields['receivedOn']?.key;
    expect(await key('1026-03-01')).toBe('field.day');
    expect(await key('2026-02-30')).toBe('field.day');
    expect(await key('2026-03-03')).toBe('field.day_future');
    expect(await key('2999-01-01')).toBe('field.day');
    expect(await key('2025-12-01')).toBe('field.day_long_ago');
    expect(await key('вчера')).toBe('field.day');
    const { id, answerBy } = await enter('2026-02-16');
    const shown = await office.run(getPetition, registrar, { id }, { now });
    expect(shown).toMatchObject({ channel: 'letter', clock: { startedOn: '2026-02-16', legalOn: answerBy } });
  });

  test('a scan instead of a text, and a sender of the directory', async ({ office }) => {
    const registrar = await office.as('registrar');
    expect((await office.refused(office.run(registerPetition, registrar, { ...letter, text: '' }), 422)).fields['text']?.key).toBe('field.text_or_scan');
    const first = await office.run(registerPetition, registrar, { ...letter, text: '', files: [{ name: 'skan.png', bytes: png }], pages: '2', senderReference: '12/26' });
    const shown = await office.run(getPetition, registrar, { id: first.id });
    expect(shown.documents).toMatchObject([{ kind: 'scan' }]);
    expect(shown.entries).toMatchObject([{ pages: 2, senderReference: '12/26', enclosures: 1 }]);
    const second = await office.run(registerPetition, registrar, { ...letter, name: '', partyId: shown.party!.id });
    expect(await office.run(getPetition, registrar, { id: second.id })).toMatchObject({ isAnonymous: false, party: { id: shown.party!.id } });
    const other = await office.another();
    const foreign = await other.within((db) => db.selectFrom('party').select('id').where('office_id', '=', other.office.id).limit(1).executeTakeFirstOrThrow());
    expect((await office.refused(office.run(registerPetition, registrar, { ...letter, partyId: foreign.id }), 422)).fields['partyId']?.key).toBe('field.choose');
    for (const pages of ['0', '10000', 'два', '1.5']) expect(Object.keys((await office.refused(office.run(registerPetition, registrar, { ...letter, pages }), 422)).fields)).toEqual(['pages']);
  });

  test('who enters a letter can open it, also who sees only their own', async ({ office }) => {
    for (const role of ['clerk', 'adviser', 'head', 'registrar', 'citizens', 'chief'] as const) {
      const caller = await office.only(role);
      const { id } = await office.run(registerPetition, caller, { ...letter, confidential: role === 'registrar' });
      expect((await office.run(getPetition, caller, { id })).id).toBe(id);
    }
  });
});

describe('duplicates', () => {
  test('the same words in the other script, the same sender, a similar subject', async ({ office }) => {
    const chief = await office.as('chief');
    const first = await submitted(office);
    const same = await submitted(office, { name: 'Петар Перић', email: 'petar@primjer.example', phone: '', address: '', subject: 'Мрак у Липовој', text: 'Molimo da se popravi ulična rasvjeta kod škole. Već dvije nedjelje je mrak!' });
    const sender = await submitted(office, { subject: 'Паркинг у Јабуковој', text: 'Нема мјеста за паркирање.' });
    const similar = await submitted(office, { name: 'Јован Јовић', email: 'jovan@primjer.example', phone: '', address: '', subject: 'Rasvjeta kod škole!', text: 'Ништа не ради.' });
    await submitted(office, { name: 'Ана Анић', email: 'ana@primjer.example', phone: '', address: '', subject: 'Buka', text: 'Бука ноћу.' });
    const { cases } = await office.run(findDuplicates, chief, { id: first.id });
    expect(new Map(cases.map((one) => [one.id, one.why]))).toEqual(new Map([[same.id, 'same_text'], [sender.id, 'same_sender'], [similar.id, 'similar']]));
    const typed = await office.run(findDuplicates, chief, { name: 'DJURDJA NJEGOVANOVIĆ', subject: 'паркинг у јабуковој улици' });
    expect(typed.cases.map((one) => one.id)).toContain(sender.id);
    await office.refused(office.run(findDuplicates, chief, { id: '0198a0a0-0000-7000-8000-000000000000' }), 404);
  });

  test('letters without words are not all the same', async ({ office }) => {
    const registrar = await office.as('registrar');
    const scan = (name: string, subject: string) => office.run(registerPetition, registrar, { ...letter, name, email: '', phone: '', address: name, text: '', replyBy: 'post', subject, files: [{ name: 'skan.png', bytes: png }] });
    const first = await scan('Ана Анић', 'Молба за прикључак');
    await scan('Јован Јовић', 'Жалба на буку');
    expect((await office.run(findDuplicates, registrar, { id: first.id })).cases).toEqual([]);
  });
});
