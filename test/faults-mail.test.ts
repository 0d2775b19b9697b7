import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll } from 'vitest';
import { readConfig } from '../src/core/config.ts';
import { Kernel } from '../src/core/kernel.ts';
import { openMail, queueMail, sendMails } from '../src/core/mail.ts';
import { hasUnsealed } from '../src/core/seal.ts';
import { addMailbox, openMailboxes } from '../src/modules/mailroom/mailbox.server.ts';
import { closeMailboxes, readMailbox } from '../src/modules/mailroom/reader.ts';
import { Way, type Cut } from './cut.ts';
import { until } from './installation.ts';
import { letterOf, MailServer } from './mail-server.ts';
import { expect, test, type TestOffice } from './office.ts';
import { submitted } from './petition.ts';

// What the mail server took, by Message-ID; `hangs` is an addressee over whom it says nothing more.
const taken: string[] = [];
let smtp: SMTPServer;
let outward: Way;
let isLastWordCut = false;
const hanging = 'visi@primjer.example';
beforeAll(async () => {
  smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'], logger: false,
    onRcptTo: ({ address }, _, done) => void (address === hanging || done()),
    onData: (stream, _, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => {
        taken.push(/^Message-ID: (.+)$/mi.exec(text)![1]!.trim());
        if (isLastWordCut) outward.cut = 'refused';
        done();
      });
    },
  });
  await new Promise<void>((done) => smtp.listen(0, '127.0.0.1', () => done()));
  outward = await Way.to({ port: (smtp.server.address() as AddressInfo).port, host: '127.0.0.1' });
});
afterAll(async () => {
  await outward.close();
  await new Promise<void>((done) => smtp.close(() => done()));
});

const sender = (office: TestOffice): Kernel => new Kernel({ config: office.kernel.config, db: office.kernel.db, files: office.kernel.files, mail: openMail(readConfig({ KABINET_SMTP: `smtp://127.0.0.1:${outward.port}` })), modules: office.kernel.modules });
const queue = (office: TestOffice, to = 'ana@primjer.example') => office.within((db) => queueMail(db, office.office.id, new Date(), { to, subject: 'Одговор', body: 'Текст. '.repeat(200), locale: 'cnr-Cyrl' }));
const mails = (office: TestOffice) => office.within((db) => db.selectFrom('mail').select(['id', 'state', 'attempts', 'error', 'recipient']).where('office_id', '=', office.office.id).orderBy('queued_at').execute());
/** The time for which a failed one waits is over. */
const later = (office: TestOffice) => office.within((db) => db.updateTable('mail').set({ wait_until: null }).where('office_id', '=', office.office.id).execute());
const times = (id: string): number => taken.filter((one) => one.startsWith(`<${id}@`)).length;

test.for(['refused', 'reset', 'slow'] as const)('the way to the mail server is %s: the letter waits and goes once', async (how, { office }) => {
  const kernel = sender(office);
  const id = await queue(office);
  outward.resetAfter = { said: Infinity, asked: 300 };
  outward.cut = how;
  await sendMails(kernel, office.office);
  outward.cut = 'open';
  if (how !== 'slow') {
    expect(await mails(office)).toMatchObject([{ state: 'queued', attempts: 1 }]);
    await sendMails(kernel, office.office);
    expect(times(id), 'it waits for its time').toBe(0);
    await later(office);
    await sendMails(kernel, office.office);
  }
  expect(await mails(office)).toMatchObject([{ state: 'sent' }]);
  expect(times(id)).toBe(1);
});

test('the line is cut after the mail server took the letter and before it said so: it goes once more, under the same Message-ID', async ({ office }) => {
  const id = await queue(office);
  isLastWordCut = true;
  await sendMails(sender(office), office.office);
  isLastWordCut = false;
  outward.cut = 'open';
  expect(await mails(office)).toMatchObject([{ state: 'queued', attempts: 1 }]);
  await later(office);
  await sendMails(sender(office), office.office);
  expect(await mails(office)).toMatchObject([{ state: 'sent' }]);
  expect(times(id)).toBe(2);
});

test('a mail server that falls silent holds up nobody: registering, the seal, later letters and other offices go on', async ({ office }) => {
  const other = await office.another();
  const kernel = sender(office);
  const hung = await queue(office, hanging);
  kernel.committed(office.office);
  await until('it hangs', async () => (await office.within((db) => db.selectFrom('mail').select('id').where('office_id', '=', office.office.id).where('wait_until', 'is not', null).execute())).length === 1);
  const next = [await queue(office), await queue(office)];
  const theirs = await queue(other);
  for (let index = 0; index < 5; index++) await submitted(office, { replyBy: 'pickup', subject: `Писмо ${index}` });
  kernel.committed(office.office);
  kernel.committed(other.office);
  await until('the others went', () => [...next, theirs].every((id) => times(id) === 1));
  await until('everything is sealed', async () => !(await hasUnsealed(office.kernel.db, office.office)));
  expect((await mails(office)).find((one) => one.id === hung)).toMatchObject({ state: 'queued', attempts: 0 });
  outward.cut = 'silent';
  outward.cut = 'open';
  await until('it was given up for now', async () => (await mails(office)).some((one) => one.id === hung && one.attempts === 1));
}, 60_000);

test('three days without a mail server, and not eight attempts, are the end of a letter', async ({ office }) => {
  const id = await queue(office);
  outward.cut = 'refused';
  for (let attempt = 1; attempt <= 10; attempt++) {
    await later(office);
    await sendMails(sender(office), office.office);
  }
  expect(await mails(office)).toMatchObject([{ id, state: 'queued', attempts: 10 }]);
  await office.within((db) => db.updateTable('mail').set({ queued_at: new Date(Date.now() - 4 * 86_400_000), wait_until: null }).where('office_id', '=', office.office.id).execute());
  await sendMails(sender(office), office.office);
  outward.cut = 'open';
  expect(await mails(office)).toMatchObject([{ state: 'failed' }]);
});

test('the way to the mailbox is cut in each manner at each moment: every message becomes one entry', async ({ office }) => {
  const server = await MailServer.start();
  const inward = await Way.to({ port: server.port, host: '127.0.0.1' });
  try {
    await office.run(addMailbox, await office.as('chief'), { name: 'Писарница', host: '127.0.0.1', port: inward.port, security: 'none', userName: server.user, password: server.password, folder: 'INBOX', doneFolder: '', registersAs: 'paper', classCode: '' });
    const [door] = (await office.run(openMailboxes, office.system(), {})).doors;
    const subjects = Array.from({ length: 6 }, (_, index) => `Pismo ${index}`);
    for (const subject of subjects) await server.deliver(letterOf({ subject, text: `${subject}\n${'red\n'.repeat(300)}` }));
    const read = () => readMailbox(office.kernel, office.office, door!);
    const cuts: [Cut, number][] = [['refused', 0], ['reset', 300], ['reset', 2500], ['reset', 4500]];
    for (const [how, said] of cuts) {
      inward.resetAfter = { said, asked: Infinity };
      inward.cut = how;
      expect((await read())!.error, `${how} after ${said}`).not.toBe('');
    }
    inward.cut = 'open';
    await closeMailboxes();
    // Silent in the middle; the connection is torn when the way is open again.
    const silent = readMailbox(office.kernel, office.office, door!, (step) => step === 'kept' && (inward.cut = 'silent'));
    await until('it is silent', () => inward.cut === 'silent', 20);
    await submitted(office, { replyBy: 'pickup' });
    inward.cut = 'open';
    expect((await silent)!.error).not.toBe('');
    await closeMailboxes();
    inward.cut = 'slow';
    await read();
    inward.cut = 'open';
    await read();
    const papers = await office.within((db) => db.selectFrom('entry').select('subject').where('office_id', '=', office.office.id).where('channel', '=', 'email').execute());
    expect(papers.map((one) => one.subject).sort()).toEqual(subjects);
    expect(await server.unseen()).toBe(0);
  } finally {
    await closeMailboxes();
    await inward.close();
    await server.stop();
  }
}, 90_000);
