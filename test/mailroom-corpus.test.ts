import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { readMessageFile } from '../src/core/message-file.ts';
import { listArrivals, keepArrival } from '../src/modules/mailroom/arrival.server.ts';
import { judgeArrival } from '../src/modules/mailroom/judge.server.ts';
import { addMailbox } from '../src/modules/mailroom/mailbox.server.ts';
import { registerByHand } from '../src/modules/mailroom/register.server.ts';
import { getArrival } from '../src/modules/mailroom/tray.server.ts';
import { expect, test, type TestOffice } from './office.ts';

const folder = path.join(import.meta.dirname, 'corpus', 'mail');
const names = fs.readdirSync(folder).map((name) => name.replace(/\.eml$/, '')).sort();
const bytesOf = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(fs.readFileSync(path.join(folder, `${name}.eml`)));

/** As the reader does: kept under its key, then decided upon. */
async function arrive(office: TestOffice, bytes: Uint8Array<ArrayBuffer>, mailboxId: string | null): Promise<{ id: string; state: string }> {
  const message = await readMessageFile(bytes);
  const { id } = await office.run(keepArrival, office.system(), { source: 'mailbox', mailboxId, key: message.key, name: 'message.eml', mediaType: 'message/rfc822', bytes, size: bytes.length, senderName: message.name, senderEmail: message.email, subject: message.subject, words: message.text });
  return { id, ...(await office.run(judgeArrival, office.system(), { id })) };
}
const mailboxOf = async (office: TestOffice): Promise<string> => (await office.run(addMailbox, await office.as('it'), { name: 'x', host: 'x', port: 993, security: 'tls', userName: 'x', password: 'x', registersAs: 'paper' })).id;
const documentsOf = (office: TestOffice, arrivalId: string) => office.within(async (db) => (await db.selectFrom('arrival as a').innerJoin('document as d', (join) => join.onRef('d.office_id', '=', 'a.office_id').onRef('d.entry_id', '=', 'a.entry_id')).select(['d.file_name', 'd.kind'])
  .where('a.office_id', '=', office.office.id).where('a.id', '=', arrivalId).orderBy('d.file_name').execute()).map((row) => row.file_name));

test('whatever comes is kept and decided upon; what nobody can read waits for a person', async ({ office }) => {
  const mailboxId = await mailboxOf(office);
  const found: Record<string, string> = {};
  for (const name of names) found[name] = (await arrive(office, bytesOf(name), mailboxId)).state;
  const waits = ['empty-file', 'garbage', 'nested-deep', 'no-sender', 'nothing-said'];
  expect(found).toEqual(Object.fromEntries(names.map((name) => [name, waits.includes(name) ? 'waiting' : 'registered'])));
  const registrar = await office.as('registrar');
  const { arrivals } = await office.run(listArrivals, registrar, { view: 'waiting' });
  for (const one of arrivals) {
    expect((await office.run(getArrival, registrar, { id: one.id })).arrival.id).toBe(one.id);
    await office.run(registerByHand, registrar, { id: one.id, as: 'paper', subject: 'Нечитка порука' });
  }
});

test('attachments become documents, whatever parcel they came in; decorations do not; the message is always there whole', async ({ office }) => {
  const mailboxId = await mailboxOf(office);
  const documents: Record<string, string[]> = {};
  for (const name of ['winmail', 'winmail-cut', 'signature-picture', 'forwarded-whole', 'disguised', 'no-ending', 'fifty-attachments']) documents[name] = await documentsOf(office, (await arrive(office, bytesOf(name), mailboxId)).id);
  expect(documents['fifty-attachments']).toHaveLength(51);
  delete documents['fifty-attachments'];
  expect(documents).toEqual({ winmail: ['message.eml', 'slika.png'], 'winmail-cut': ['message.eml'], 'signature-picture': ['message.eml'], 'forwarded-whole': ['message.eml', 'message.eml'], disguised: ['message.eml'], 'no-ending': ['message.eml', 'skenirano.png'] });
});

test('no message makes the reader throw, and the same one has the same key', async () => {
  const seeds = names.map(bytesOf);
  await fc.assert(fc.asyncProperty(fc.constantFrom(...seeds), fc.nat(), fc.nat(), fc.uint8Array({ maxLength: 20 }), async (seed, from, length, more) => {
    const at = from % seed.length;
    const broken = new Uint8Array(Buffer.concat([seed.subarray(0, at), Buffer.from(more), seed.subarray(Math.min(seed.length, at + (length % 200)))]));
    const [one, two] = [await readMessageFile(broken), await readMessageFile(new Uint8Array(broken))];
    expect(one.key).toBe(two.key);
    expect(one.key.length).toBeLessThanOrEqual(500);
    expect(`${one.key}${one.subject}${one.text}${one.name}`).not.toMatch(/\u0000/);
  }), { numRuns: 150 });
});
