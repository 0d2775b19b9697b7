import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import { addMailbox } from '../src/modules/mailroom/mailbox.server.ts';
import type { Step } from '../src/modules/mailroom/reader.ts';
import { letterOf, MailServer } from './mail-server.ts';
import type { Orders } from './mailroom-reading.ts';
import { expect, test, type TestOffice } from './office.ts';

let server: MailServer;
beforeAll(async () => {
  server = await MailServer.start();
});
afterAll(() => server.stop());
beforeEach(() => server.empty());

/** Reads in a process of its own; answers with how that ended: 0, or the signal. */
async function read(office: TestOffice, step = '', turn = 1, afterMs = 0): Promise<string | number> {
  const orders: Orders = { database: inject('database').app, folder: office.kernel.config.dataDirectory, slug: office.office.slug, step, turn };
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'mailroom-reading.ts'), JSON.stringify(orders)], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, KABINET_LOG: 'silent', NODE_NO_WARNINGS: '1' } });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const timer = afterMs > 0 ? setTimeout(() => child.kill('SIGKILL'), afterMs) : undefined;
  const ended = await new Promise<string | number>((done) => child.once('close', (code, signal) => done(signal ?? code ?? -1)));
  clearTimeout(timer);
  if (said) throw new Error(said);
  return ended;
}

async function arrange(office: TestOffice): Promise<string[]> {
  await office.run(addMailbox, await office.as('chief'), { name: 'Писарница', host: '127.0.0.1', port: server.port, security: 'none', userName: server.user, password: server.password, folder: 'INBOX', doneFolder: '', registersAs: 'paper', classCode: '' });
  const ids = ['<prva@primjer.example>', '<druga@primjer.example>', '<treca@primjer.example>'];
  for (const id of ids) await server.deliver(letterOf({ id, subject: id.slice(1, 6), text: id }));
  return ids;
}

/** Each message is one arrival and one paper, under numbers without a gap, and none is unread. */
async function isWhole(office: TestOffice, ids: string[]): Promise<void> {
  const found = await office.within(async (db) => ({
    arrivals: await db.selectFrom('arrival').select('state').where('office_id', '=', office.office.id).execute(),
    papers: await db.selectFrom('entry as e').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'e.office_id').onRef('c.id', '=', 'e.case_id')).select(['e.sender_reference', 'c.number']).where('e.office_id', '=', office.office.id).orderBy('c.number').execute(),
  }));
  expect(found.arrivals.map((one) => one.state)).toEqual(ids.map(() => 'registered'));
  expect(found.papers.map((one) => one.sender_reference).sort()).toEqual([...ids].sort());
  expect(found.papers.map((one) => one.number)).toEqual(ids.map((_, index) => index + 1));
  expect(await server.unseen()).toBe(0);
}

for (const step of ['fetched', 'kept', 'judged', 'marked'] satisfies Step[]) {
  test(`killed when a message is ${step}: neither lost nor doubled`, async ({ office }) => {
    const ids = await arrange(office);
    expect(await read(office, step, 1)).toBe('SIGKILL');
    expect(await read(office, step, 2)).toBe('SIGKILL');
    expect(await read(office)).toBe(0);
    await isWhole(office, ids);
  }, 60_000);
}

test('killed at any moment, again and again: neither lost nor doubled', async ({ office }) => {
  const ids = await arrange(office);
  const began = Date.now();
  await read(office, 'fetched', 1);
  const untilFirst = Date.now() - began;
  for (let turn = 0; turn < 5; turn++) await read(office, '', 1, untilFirst + turn * 12);
  expect(await read(office)).toBe(0);
  await isWhole(office, ids);
}, 60_000);

test('two readers at once read each message once', async ({ office }) => {
  const ids = await arrange(office);
  expect(await Promise.all([read(office), read(office)])).toEqual([0, 0]);
  await read(office);
  await isWhole(office, ids);
}, 60_000);
