import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { queueMail } from '../src/core/mail.ts';
import { getCase } from '../src/modules/registry/index.ts';
import { listArrivals, type ArrivalRow } from '../src/modules/mailroom/arrival.server.ts';
import type { Door } from '../src/modules/mailroom/imap.ts';
import { addMailbox, changeMailbox, listMailboxes, openMailboxes, testMailbox } from '../src/modules/mailroom/mailbox.server.ts';
import { closeMailboxes, readMailbox, type Reading } from '../src/modules/mailroom/reader.ts';
import { letterOf, MailServer } from './mail-server.ts';
import { expect, test, type TestOffice } from './office.ts';

let server: MailServer;
beforeAll(async () => {
  server = await MailServer.start();
});
afterAll(async () => {
  await closeMailboxes();
  await server.stop();
});
beforeEach(() => server.empty());
// Each test's office listens to the one mailbox of the server: it must let go before the next one's does.
afterEach(closeMailboxes);

type Registers = 'tray' | 'paper' | 'petition';
const input = (registersAs: Registers) => ({ name: 'Писарница', host: '127.0.0.1', port: server.port, security: 'none' as const, userName: server.user, password: server.password, folder: 'INBOX', doneFolder: '', registersAs, classCode: '' });
async function mailboxOf(office: TestOffice, registersAs: Registers = 'paper', more: object = {}): Promise<Door> {
  const { id } = await office.run(addMailbox, await office.as('chief'), { ...input(registersAs), ...more });
  return (await office.run(openMailboxes, office.system(), {})).doors.find((door) => door.id === id)!;
}
const read = async (office: TestOffice, door: Door): Promise<Reading> => {
  const reading = await readMailbox(office.kernel, office.office, door);
  expect(reading).toMatchObject({ error: '' });
  return reading!;
};
const arrivals = async (office: TestOffice): Promise<ArrivalRow[]> => (await office.run(listArrivals, await office.as('registrar'), { view: 'all' })).arrivals.toReversed();
const cases = (office: TestOffice) => office.within((db) => db.selectFrom('case_file').selectAll().where('office_id', '=', office.office.id).orderBy('number').execute());
const papers = (office: TestOffice) => office.within((db) => db.selectFrom('entry').selectAll().where('office_id', '=', office.office.id).orderBy('at').orderBy('sub').execute());
const sentMail = async (office: TestOffice, caseId: string, to = 'ana@primjer.example') => {
  const id = await office.within((db) => queueMail(db, office.office.id, new Date(), { to, subject: 'Odgovor', body: 'Odgovor.', locale: 'sr-Latn', caseId, isAutomatic: false }));
  await office.settle();
  const row = await office.within((db) => db.selectFrom('mail').select('message_id').where('office_id', '=', office.office.id).where('id', '=', id).executeTakeFirstOrThrow());
  return { id, messageId: row.message_id! };
};

test('a message is registered, then marked: a paper of the book with its sender and its text, whole as a document', async ({ office }) => {
  const door = await mailboxOf(office);
  await server.deliver(letterOf({ id: '<prva@primjer.example>' }));
  expect(await read(office, door)).toMatchObject({ kept: 1, seen: 1 });
  expect(await server.unseen()).toBe(0);
  const [arrival] = await arrivals(office);
  expect(arrival).toMatchObject({ state: 'registered', senderEmail: 'ana@primjer.example', subject: 'Mrak u ulici' });
  expect(await papers(office)).toMatchObject([{ direction: 'in', channel: 'email', sender_reference: '<prva@primjer.example>', subject: 'Mrak u ulici', body: 'Kod skole je mrak.', sub: 1 }]);
  const shown = await office.run(getCase, await office.as('registrar'), { id: arrival!.caseId! });
  expect(shown).toMatchObject({ reference: arrival!.reference, documents: [{ kind: 'message', fileName: 'message.eml' }] });
  expect((await office.run(listMailboxes, await office.as('chief'), {})).mailboxes[0]).toMatchObject({ error: '', readAt: expect.any(Date) });
});

test('one that is delivered twice is one entry: as a copy, in another folder, after the server numbered its messages anew', async ({ office }) => {
  const door = await mailboxOf(office);
  const letter = letterOf({ id: '<ista@primjer.example>' });
  await server.deliver(letter);
  await server.deliver(letter.replace('To: ', 'Received: from a by b\nTo: '));
  await read(office, door);
  await server.within(async (client) => {
    await client.mailboxDelete('Druga').catch(() => {});
    await client.mailboxCreate('Druga');
  });
  await server.deliver(letter, 'Druga');
  const other = await mailboxOf(office, 'paper', { folder: 'Druga', name: 'Друга' });
  await read(office, other);
  // A new UIDVALIDITY: the same folder made anew, the same message in it, unread.
  await server.within(async (client) => {
    await client.mailboxDelete('Druga');
    await client.mailboxCreate('Druga');
  });
  await server.deliver(letter, 'Druga');
  await closeMailboxes();
  await read(office, other);
  expect(await arrivals(office)).toHaveLength(1);
  expect(await papers(office)).toHaveLength(1);
  expect([await server.unseen(), await server.unseen('Druga')]).toEqual([0, 0]);
});

test('two different messages under one Message-ID are both kept', async ({ office }) => {
  const door = await mailboxOf(office, 'tray');
  await server.deliver(letterOf({ id: '<ista@primjer.example>' }));
  await server.deliver(letterOf({ id: '<ista@primjer.example>', text: 'Nesto sasvim drugo.' }));
  await read(office, door);
  expect(await arrivals(office)).toHaveLength(2);
});

test('what follows a message of the case, or answers a letter of ours, joins the case; another’s number in the subject does not', async ({ office }) => {
  const door = await mailboxOf(office);
  await server.deliver(letterOf({ id: '<prva@primjer.example>' }));
  await read(office, door);
  const [file] = await cases(office);
  const { messageId } = await sentMail(office, file!.id);
  await server.deliver(letterOf({ subject: 'Re: Mrak', headers: ['In-Reply-To: <prva@primjer.example>'] }));
  await server.deliver(letterOf({ subject: 'Re: Odgovor', headers: [`References: <nesto@x> ${messageId}`], from: 'Drugi <drugi@primjer.example>' }));
  await server.deliver(letterOf({ subject: `Dopuna uz ${file!.reference}` }));
  await server.deliver(letterOf({ subject: `Pitanje o ${file!.reference}`, from: 'Treci <treci@primjer.example>' }));
  await read(office, door);
  expect((await arrivals(office)).map((one) => [one.state, one.caseId === file!.id])).toEqual([['registered', true], ['joined', true], ['joined', true], ['joined', true], ['registered', false]]);
  expect((await papers(office)).filter((one) => one.case_id === file!.id).map((one) => one.sub)).toEqual([1, 2, 3, 4]);
  expect((await office.events(file!.id)).filter((event) => event.name === 'case.paper_came')).toHaveLength(3);
});

test('a report that a letter of ours did not arrive is said on its case; one that it is late is not', async ({ office }) => {
  const door = await mailboxOf(office);
  await server.deliver(letterOf());
  await read(office, door);
  const [file] = await cases(office);
  const { id, messageId } = await sentMail(office, file!.id);
  const report = (action: string, status: string) => [
    'From: MAILER-DAEMON@relej.example', 'To: ured@primjer.example', 'Subject: Undelivered Mail Returned to Sender', 'Auto-Submitted: auto-replied', `Message-ID: <${action}@relej.example>`, 'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="g"', '', '--g', 'Content-Type: text/plain', '', 'I am sorry.', '', '--g', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; relej.example', '',
    'Final-Recipient: rfc822; ana@primjer.example', `Action: ${action}`, `Status: ${status}`, 'Diagnostic-Code: smtp; 550 5.1.1 no such', '  mailbox here', '', '--g', 'Content-Type: message/rfc822', '', 'From: ured@primjer.example', `Message-ID: ${messageId}`, 'Subject: Odgovor', '', 'Odgovor.', '', '--g--', '',
  ].join('\n');
  await server.deliver(report('delayed', '4.4.1'));
  await read(office, door);
  expect((await arrivals(office)).at(-1)).toMatchObject({ state: 'set_aside', reason: 'delayed' });
  await server.deliver(report('failed', '5.1.1'));
  await read(office, door);
  expect((await arrivals(office)).at(-1)).toMatchObject({ state: 'bounce', caseId: file!.id, reason: expect.stringContaining('no such') });
  const row = await office.within((db) => db.selectFrom('mail').selectAll().where('office_id', '=', office.office.id).where('id', '=', id).executeTakeFirstOrThrow());
  expect(row).toMatchObject({ state: 'bounced', error: '550 5.1.1 no such mailbox here', bounced_at: expect.any(Date) });
  expect((await office.events(file!.id)).map((event) => event.name)).toContain('mail.bounced');
  expect(await cases(office)).toHaveLength(1);
});

test('automatic answers and mailings are set aside, to be seen and with the reason', async ({ office }) => {
  const door = await mailboxOf(office);
  for (const headers of [['Auto-Submitted: auto-replied'], ['List-Id: <vijesti.primjer.example>'], ['Precedence: bulk'], ['Auto-Submitted: no']]) await server.deliver(letterOf({ headers, subject: headers[0]! }));
  await read(office, door);
  expect((await arrivals(office)).map((one) => [one.state, one.reason])).toEqual([['set_aside', 'auto_reply'], ['set_aside', 'list'], ['set_aside', 'bulk'], ['registered', '']]);
});

test('a mailbox may lay everything into the tray, or register petitions', async ({ office }) => {
  await server.deliver(letterOf());
  await read(office, await mailboxOf(office, 'tray'));
  expect(await arrivals(office)).toMatchObject([{ state: 'waiting' }]);
  expect(await cases(office)).toEqual([]);
  await server.deliver(letterOf({ subject: 'Pritužba' }));
  await read(office, await mailboxOf(office, 'petition', { name: 'Представке' }));
  await office.settle();
  expect(await cases(office)).toMatchObject([{ kind: 'petition' }]);
});

test('a read message goes to the folder for it; the server wakes the reader when another comes', async ({ office }) => {
  await server.within((client) => client.mailboxCreate('Zavedeno').catch(() => {}));
  const door = await mailboxOf(office, 'paper', { doneFolder: 'Zavedeno' });
  await server.deliver(letterOf());
  await read(office, door);
  expect((await server.within((client) => client.status('INBOX', { messages: true })))).toMatchObject({ messages: 0 });
  await server.deliver(letterOf({ subject: 'Druga' }));
  for (let turn = 0; turn < 100 && (await arrivals(office)).length < 2; turn++) await new Promise((done) => setTimeout(done, 100));
  expect((await arrivals(office)).map((one) => one.subject)).toEqual(['Mrak u ulici', 'Druga']);
});

test('a wrong password or folder is said; the password is never shown, and does not go along to another server', async ({ office }) => {
  const chief = await office.as('chief');
  const { id } = await office.run(addMailbox, chief, { ...input('tray'), password: 'pogresna' });
  expect((await office.run(testMailbox, chief, { id })).error).toBe('sign_in');
  const [door] = (await office.run(openMailboxes, office.system(), {})).doors;
  expect(await readMailbox(office.kernel, office.office, door!)).toMatchObject({ error: 'sign_in' });
  const listed = await office.run(listMailboxes, chief, {});
  expect(listed.mailboxes[0]).toMatchObject({ error: 'sign_in' });
  expect(JSON.stringify(listed)).not.toMatch(/pogresna|sealed/);
  const refusal = await office.refused(office.run(changeMailbox, chief, { id, ...input('tray'), host: 'tudji.example', password: '' }), 422);
  expect(Object.keys(refusal.fields)).toEqual(['password']);
  await office.run(changeMailbox, chief, { id, ...input('tray'), folder: 'Nema' });
  expect((await office.run(testMailbox, chief, { id })).error).toBe('folder');
  await office.run(changeMailbox, chief, { id, ...input('tray'), password: '' });
  expect(await office.run(testMailbox, chief, { id })).toMatchObject({ error: '', unseen: 0 });
}, 40_000);

test('of a message over 30 MB the head is kept; it stays unread, with a flag, and does not come again', async ({ office }) => {
  const door = await mailboxOf(office);
  await server.deliver(letterOf({ subject: 'Velika', text: `${'x'.repeat(75)}\n`.repeat(430_000) }));
  await server.deliver(letterOf({ subject: 'Mala' }));
  await read(office, door);
  await read(office, door);
  expect((await arrivals(office)).map((one) => [one.subject, one.state, one.reason])).toEqual([['Velika', 'waiting', 'too_large'], ['Mala', 'registered', '']]);
  expect(await server.unseen()).toBe(1);
}, 60_000);
