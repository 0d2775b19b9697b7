import { serve } from '@hono/node-server';
import pg from 'pg';
import { z } from 'zod';
import { readConfig, readSecret } from '../../src/core/config.ts';
import { openDatabase } from '../../src/core/database.ts';
import { openFiles } from '../../src/core/file.ts';
import { startJobs } from '../../src/core/job.ts';
import { Kernel } from '../../src/core/kernel.ts';
import { openMail } from '../../src/core/mail.ts';
import { migrate } from '../../src/core/migrate.ts';
import { enter, operation } from '../../src/core/operation.ts';
import { externalDatabase } from '../../src/core/postgres.ts';
import { useSecret } from '../../src/core/secret.ts';
import { modules } from '../../src/modules.ts';
import { addOffice, readOfficeFiles } from '../../src/modules/offices/index.ts';
import { personCaller } from '../../src/modules/people/index.ts';
import { openSession } from '../../src/modules/people/session.server.ts';
import { createToken } from '../../src/modules/people/token.server.ts';
import { registerPetition } from '../../src/modules/requests/intake.server.ts';
import { openSite } from '../../src/site.tsx';
import { fillOffice } from '../fill.ts';
import { type Ground, type Known, type Peer, type Running } from './peer.ts';
import { must, openWeb, startProgram } from './web.ts';
import { rareLetters, words } from './work.ts';

const slug = 'bench';
const addressOf = ({ server, role, database }: Pick<Ground, 'server' | 'role' | 'database'>): string =>
  `postgresql://${role}@localhost:${server.port}/${database}?host=${encodeURIComponent(server.host)}`;

/** The parts that `serve` starts with, on a database of the common server as DATABASE_URL would name it. */
async function openKernel(address: string, folder: string, serves = false) {
  const config = readConfig({ KABINET_DATA: folder, KABINET_OFFICE: slug, KABINET_PROXY: '1', KABINET_LOG: 'warn', DATABASE_URL: address });
  useSecret(readSecret(config.dataDirectory));
  const databases = await externalDatabase(address);
  await migrate(databases.owner);
  const { db } = openDatabase(databases.app, 20, { serves });
  return { databases, kernel: new Kernel({ config, db, files: openFiles(config), mail: openMail(config), modules }) };
}

/** Serves the database named by KABINET_PEER on PORT of 127.0.0.1, as `kabinet start` does, until it is told to stop. */
export async function serveKabinet(): Promise<void> {
  const { kernel, databases } = await openKernel(process.env['KABINET_PEER']!, process.env['KABINET_PEER_FOLDER']!, true);
  kernel.queue = await startJobs(kernel, databases.jobs);
  const server = serve({ fetch: openSite(kernel).fetch, port: Number(process.env['PORT']), hostname: '127.0.0.1' });
  await kernel.sweep();
  const sweep = setInterval(() => void kernel.sweep().catch(() => {}), 5000);
  await new Promise<void>((done) => process.once('SIGTERM', done));
  clearInterval(sweep);
  server.close();
  await kernel.queue.stop();
  await kernel.db.destroy();
}

async function findChief(kernel: Kernel) {
  const office = (await kernel.offices.all()).find((one) => one.slug === slug)!;
  return kernel.db.transaction().execute(async (db) => {
    await enter(db, kernel.system(office), 'all');
    const { id } = await db.selectFrom('person').select('id').where('office_id', '=', office.id).where((eb) => eb('roles', '@>', eb.val(['chief']))).orderBy('key').executeTakeFirstOrThrow();
    return (await personCaller(db, office, id))!;
  });
}

/** Fills an office with so many letters and writes them down in `bench.letter`, from where the other systems take them. */
export async function fillKabinet(ground: Ground, cases: number): Promise<void> {
  const { kernel, databases } = await openKernel(addressOf(ground), ground.folder);
  kernel.quiet = true;
  const client = new pg.Client(databases.owner);
  await client.connect();
  try {
    const office = await addOffice(databases.owner, modules, readOfficeFiles().find((data) => data.slug === 'skopje')!, slug);
    await fillOffice(databases.owner, office, cases - rareLetters, (text) => /0000 of /.test(text) && ground.say(`Kabinet: ${text}`));
    const chief = await findChief(kernel);
    for (let count = 1; count <= rareLetters; count++)
      await kernel.run(registerPetition, chief, { kind: 'request', subject: `Rupa na putu ${count}`, text: `Kod škole je rupa duboka ${count} m. ${words.rare}.`, name: `Sender ${count}`, address: `Street ${count}`, replyBy: 'post', channel: 'letter' });
    await kernel.settle(office);
    await client.query(`create schema bench;
      create table bench.letter as select row_number() over (order by p.registered_at, p.id)::int as n, p.id as case_id, c.subject, p.body, coalesce(s.name, 'Anonymous') as name,
          coalesce(s.email, case when s.id is null then 'anonymous@example.org' else 'sender-' || s.id || '@example.org' end) as email, p.registered_at as at, p.settled_at is null as is_open
        from petition p join case_file c on c.office_id = p.office_id and c.id = p.id left join party s on s.office_id = p.office_id and s.id = c.party_id;
      alter table bench.letter add primary key (n);`);
    await client.query('vacuum (analyze)');
  } finally {
    await client.end();
    await kernel.db.destroy();
  }
}

// A session without a password: this process holds the database anyway.
const peerSession = operation({
  id: 'session.peer', kind: 'command', allow: ['staff'], summary: 'Opens a session to measure with.', input: z.object({}), output: z.object({ token: z.string() }),
  run: (context) => openSession(context, context.caller.personId!, 'bench'),
});

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

async function start(ground: Ground): Promise<Running> {
  const { port, folder } = ground;
  const address = addressOf(ground);
  const { kernel } = await openKernel(address, folder);
  kernel.quiet = true;
  let [token, cookie, area] = ['', '', ''];
  const ids = new Map<number, string>();
  try {
    const chief = await findChief(kernel);
    area = chief.office.data.areas[0]!.id;
    token = (await kernel.run(createToken, chief, { name: 'bench', scopes: ['*'], days: 1 })).token;
    cookie = `kabinet=${(await kernel.run(peerSession, chief, {})).token}`;
    const client = new pg.Client({ host: ground.server.host, port: ground.server.port, user: ground.role, database: ground.database });
    await client.connect();
    for (const row of (await client.query<{ n: number; case_id: string }>('select n, case_id from bench.letter')).rows) ids.set(row.n, row.case_id);
    await client.end();
  } finally {
    await kernel.db.destroy();
  }
  const env = { ...process.env, KABINET_PEER: address, KABINET_PEER_FOLDER: folder, PORT: String(port), NODE_ENV: 'production' };
  const program = await startProgram(process.execPath, [process.argv[1]!, 'peers', '--serve'], { cwd: process.cwd(), env, port });
  const web = openWeb(port);
  let serial = 0;
  // Each request from an address of its own: the limits of one address are not what is measured.
  const from = (): Record<string, string> => ({ 'x-forwarded-for': `10.${(++serial >> 16) & 255}.${(serial >> 8) & 255}.${serial & 255}` });
  const show = async (path: string): Promise<string> => must(await web.ask({ path, headers: { cookie, ...from() } }), 200).text;
  return {
    version: `Kabinet, Node.js ${process.versions.node}`,
    settings: [
      'one process of Node.js, as it is started; the jobs (seal of the log, listeners, mail) run in it',
      'a token for REST, a session cookie for pages, both checked in the database on every request; the sight of a chief of cabinet (every case)',
      'row-level security, the event log and its hash chain as always; the sender asked for a reply by post, so that nobody is mailed',
    ],
    pid: program.pid,
    async register({ subject, body, name, email }) {
      const letter = { kind: 'request', subject, text: body, area, name, email, address: 'Street 1', replyBy: 'post', channel: 'letter' };
      const answer = must(await web.ask({ path: '/api/petitions', method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...from() }, body: JSON.stringify(letter) }), 200);
      return { text: answer.text, rows: (JSON.parse(answer.text) as { reference?: string }).reference ? 1 : 0 };
    },
    page: async ({ n }: Known) => ({ text: await show(`/desk/petitions/${ids.get(n)}`), rows: 1 }),
    async list() {
      const text = await show('/desk/petitions');
      return { text, rows: count(text, /<tr role="row" id="row-/g) };
    },
    async search(word) {
      const text = await show(`/desk/search?q=${encodeURIComponent(word)}`);
      return { text, rows: count(text, /<li><a href="\/desk\/[^"]*" data-row=/g) };
    },
    async stop() {
      web.close();
      await program.stop();
    },
  };
}

export const kabinet: Peer = { key: 'kabinet', name: 'Kabinet', prepare: () => {}, fill: async () => {}, start };
