import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { inject } from 'vitest';
import pg from 'pg';
import { expect, test, type TestOffice } from '../../test/office.ts';
import { submitted } from '../../test/petition.ts';
import { registerMessage } from '../modules/requests/intake.server.ts';
import { readConfig } from './config.ts';
import { Kernel } from './kernel.ts';
import { openMail, queueMail, sendMails, type Letter, type MailTransport, type OutgoingMail } from './mail.ts';

const letter: Letter = { to: 'ana@primjer.example', subject: 'Предмет', body: 'Код: K7M-94R-2QX', locale: 'cnr-Cyrl' };
const queue = (office: TestOffice, more: Partial<Letter> = {}) => office.within((db) => queueMail(db, office.office.id, new Date(), { ...letter, ...more }));
const rows = (office: TestOffice) => office.within((db) => db.selectFrom('mail').selectAll().where('office_id', '=', office.office.id).orderBy('queued_at').execute());
const through = (office: TestOffice, mail: MailTransport): Kernel => new Kernel({ config: office.kernel.config, db: office.kernel.db, files: office.kernel.files, mail, modules: [] });

test('what is queued goes once, also with many senders; what it said is not kept where it was delivered', async ({ office }) => {
  const sent: OutgoingMail[] = [];
  const kernel = through(office, { keepsBodies: false, deliver: async (mail) => (sent.push(mail), '<1@x>') });
  const sha256 = await office.kernel.files.put(office.office.id, new Uint8Array(Buffer.from('здраво')));
  for (let index = 0; index < 6; index++) await queue(office, { subject: `Предмет ${index}`, attachments: [{ name: 'a.txt', sha256 }] });
  await Promise.all([1, 2, 3, 4].map(() => sendMails(kernel, office.office)));
  expect(sent.map((mail) => mail.subject).sort()).toEqual([0, 1, 2, 3, 4, 5].map((index) => `Предмет ${index}`));
  expect(sent[0]).toMatchObject({ to: 'ana@primjer.example', text: letter.body, from: { address: office.office.data.email } });
  expect(Buffer.from(sent[0]!.attachments[0]!.content).toString()).toBe('здраво');
  for (const row of await rows(office)) expect(row).toMatchObject({ state: 'sent', body: '', attachments: [], message_id: '<1@x>' });
});

test('a line break in an address or subject adds no header', async ({ office }) => {
  await queue(office, { to: 'a@b.example\r\nBcc: x@y.example', subject: 'a\nX-Evil: 1' });
  expect(await rows(office)).toMatchObject([{ recipient: 'a@b.example Bcc: x@y.example', subject: 'a X-Evil: 1' }]);
});

test('a failed delivery waits longer each time, is given up after eight, and holds nobody up', async ({ office }) => {
  let tries = 0;
  const sent: string[] = [];
  const kernel = through(office, { keepsBodies: false, deliver: async (mail) => {
    if (mail.to.startsWith('broken')) {
      tries++;
      throw new Error('550 no such mailbox');
    }
    sent.push(mail.to);
    return '<1@x>';
  } });
  await queue(office, { to: 'broken@primjer.example' });
  await queue(office);
  await sendMails(kernel, office.office);
  await sendMails(kernel, office.office);
  expect([tries, sent]).toEqual([1, ['ana@primjer.example']]);
  const owner = new pg.Client(inject('database').owner);
  await owner.connect();
  for (let attempt = 1; attempt < 10; attempt++) {
    await owner.query(`update mail set wait_until = now() - interval '1 second' where office_id = $1 and state = 'queued'`, [office.office.id]);
    await sendMails(kernel, office.office);
  }
  await owner.end();
  expect(tries).toBe(8);
  expect((await rows(office)).find((row) => row.recipient.startsWith('broken'))).toMatchObject({ state: 'failed', attempts: 8, error: '550 no such mailbox', body: letter.body });
});

test('what the server refuses for good is given up at once and said on its case; what it refuses for now, or because of our sign-in, is tried again', async ({ office }) => {
  const answers: Record<string, number> = { gone: 550, busy: 451, ours: 535 };
  const kernel = through(office, { keepsBodies: false, deliver: async (mail) => {
    const code = answers[mail.to.split('@')[0]!]!;
    throw Object.assign(new Error(`${code} no`), { responseCode: code });
  } });
  kernel.quiet = true;
  const { id: caseId } = await submitted(office);
  const ids = [await queue(office, { to: 'gone@primjer.example', caseId }), await queue(office, { to: 'busy@primjer.example' }), await queue(office, { to: 'ours@primjer.example' })];
  await sendMails(kernel, office.office);
  const found = await rows(office);
  expect(ids.map((id) => found.find((row) => row.id === id)!.state)).toEqual(['failed', 'queued', 'queued']);
  expect((await office.events(caseId)).filter((event) => event.name === 'mail.failed')).toMatchObject([{ nounId: ids[0], actor: 'system', data: {} }]);
});

test('a real server that refuses the addressee is believed at once; one that asks for patience is asked again', async ({ office }) => {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'], logger: false,
    onRcptTo: ({ address }, _, done) => done(address.startsWith('nema') ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : address.startsWith('kasnije') ? Object.assign(new Error('greylisted'), { responseCode: 451 }) : null),
    onData: (stream, _, done) => stream.resume().on('end', () => done()),
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const kernel = through(office, openMail(readConfig({ KABINET_SMTP: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}` })));
  kernel.quiet = true;
  for (const to of ['nema@primjer.example', 'kasnije@primjer.example', 'ima@primjer.example']) await queue(office, { to });
  await sendMails(kernel, office.office);
  await new Promise<void>((done) => server.close(() => done()));
  expect((await rows(office)).map((row) => [row.recipient.split('@')[0], row.state, row.attempts]).sort()).toEqual([['ima', 'sent', 0], ['kasnije', 'queued', 1], ['nema', 'failed', 1]]);
});

test('a letter written by hand is not automatic, and answers the last message of its case', async ({ office }) => {
  const sent: OutgoingMail[] = [];
  const kernel = through(office, { keepsBodies: false, deliver: async (mail) => (sent.push(mail), `<${mail.id}@x>`) });
  const { id: caseId } = await office.run(registerMessage, await office.as('registrar'), { message: { name: 'a.eml', bytes: new Uint8Array(Buffer.from('From: Ana@primjer.example\r\nMessage-ID: <prva@primjer.example>\r\nSubject: x\r\n\r\nx')) } });
  await queue(office, { to: 'ana@primjer.example', subject: 'ruka', caseId, isAutomatic: false });
  await queue(office, { to: 'drugi@primjer.example', subject: 'drugi', caseId });
  await queue(office, { subject: 'nit', caseId, thread: ['<a@x>', '<b@x>'] });
  await sendMails(kernel, office.office);
  const by = (subject: string) => sent.find((mail) => mail.subject === subject);
  expect(by('ruka')).toMatchObject({ thread: ['<prva@primjer.example>'], isAutomatic: false });
  expect(by('drugi')).toMatchObject({ thread: [], isAutomatic: true });
  expect(by('nit')).toMatchObject({ thread: ['<a@x>', '<b@x>'] });
});

test('over SMTP a message arrives with its parts; a server that is away is an error, not a loss', async ({ office }) => {
  const received: string[] = [];
  const server = new SMTPServer({ disabledCommands: ['AUTH', 'STARTTLS'], logger: false, onData: (stream, _, done) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => { received.push(Buffer.concat(chunks).toString()); done(); });
  } });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const port = (server.server.address() as AddressInfo).port;
  const mail = openMail(readConfig({ KABINET_SMTP: `smtp://127.0.0.1:${port}`, KABINET_MAIL_FROM: 'kabinet@primjer.example' }));
  const attachment = { name: 'odgovor.txt', sha256: await office.kernel.files.put(office.office.id, new Uint8Array(Buffer.from('одговор'))) };
  await queue(office, { attachments: [attachment], thread: ['<prva@primjer.example>', '<druga@primjer.example>'] });
  await sendMails(through(office, mail), office.office);
  expect(received).toHaveLength(1);
  expect(received[0]).toMatch(/^In-Reply-To: <druga@primjer\.example>$/m);
  expect(received[0]).toMatch(/^References: <prva@primjer\.example>\s+<druga@primjer\.example>$/m);
  expect(received[0]).toMatch(new RegExp(`^Reply-To: .*<${office.office.data.email}>$`, 'm'));
  expect(received[0]).toMatch(/^To: ana@primjer\.example$/m);
  expect(received[0]).toMatch(/^From: .*<kabinet@primjer\.example>$/m);
  expect(received[0]).toMatch(/^Auto-Submitted: auto-generated$/m);
  expect(received[0]).toMatch(/odgovor\.txt/);
  expect((await rows(office))[0]).toMatchObject({ state: 'sent', body: '' });
  await new Promise<void>((done) => server.close(() => done()));

  await queue(office, { to: 'later@primjer.example' });
  await sendMails(through(office, openMail(readConfig({ KABINET_SMTP: `smtp://127.0.0.1:${port}` }))), office.office);
  expect((await rows(office)).find((row) => row.recipient.startsWith('later'))).toMatchObject({ state: 'queued', attempts: 1, body: letter.body });
});

test('without SMTP it stays in the outbox, to be read there', async ({ office }) => {
  await queue(office);
  await sendMails(through(office, openMail(readConfig({}))), office.office);
  expect(await rows(office)).toMatchObject([{ state: 'sent', body: letter.body }]);
});
