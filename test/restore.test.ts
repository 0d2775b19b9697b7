import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { checkAnchors, listAnchors, type Anchor } from '../src/core/anchor.ts';
import { dropOldBackups } from '../src/core/backup.ts';
import { readConfig, readSecret } from '../src/core/config.ts';
import { openDatabase, sql } from '../src/core/database.ts';
import { diskFiles } from '../src/core/file.ts';
import { Kernel } from '../src/core/kernel.ts';
import { checkSecret, migrate } from '../src/core/migrate.ts';
import { closePdf } from '../src/core/pdf.ts';
import { prepareDatabase, startPostgres, type Databases, type LocalPostgres } from '../src/core/postgres.ts';
import { rootDirectory } from '../src/core/root.ts';
import { sha256, useSecret } from '../src/core/secret.ts';
import { verifyOffice } from '../src/core/verify.ts';
import { modules } from '../src/modules.ts';
import { openClassifiedDocument } from '../src/modules/classified/view.server.ts';
import { closeBook, getNote } from '../src/modules/registry/book-closing.server.ts';
import { addOffice, readOfficeFiles } from '../src/modules/offices/index.ts';
import { expect, test, TestOffice } from './office.ts';
import { submitted } from './petition.ts';
import { makeWorld, type World } from './world.ts';

// An installation of its own, as it stands in an office: its server, its files, its secret. The commands are run as they are.
const place = path.join(rootDirectory, '.cache', `restore-${randomBytes(4).toString('hex')}`);
const [data, quietBackup, busyBackup] = [path.join(place, 'data'), path.join(place, 'backups', 'quiet'), path.join(place, 'backups', 'busy')];
let server: LocalPostgres;
let databases: Databases;
const offices: TestOffice[] = [];
let world: World;
let close: () => Promise<void>;

/** A command of the installation in this data folder: its exit code and what it said. */
async function command(name: string, args: string[], folder: string): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, [path.join(rootDirectory, 'src/bin', `${name}.ts`), ...args], { env: { ...process.env, KABINET_DATA: folder, DATABASE_URL: '', KABINET_LOG: 'silent', VITEST: '' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  const code = await new Promise<number>((done) => child.once('close', (ended) => done(ended ?? 1)));
  return { code, said };
}

/** Every table of the database, row by row, as one hash and a count each; sequences too. */
async function stateOf(config: pg.ClientConfig, user: string): Promise<Record<string, string>> {
  const client = new pg.Client({ ...config, user });
  await client.connect();
  const tables = (await client.query<{ name: string }>(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1`)).rows;
  const state: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await client.query<{ hash: string; n: number }>(`select md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) as hash, count(*)::int as n from ${name} t`);
    state[name] = `${rows[0]!.n} ${rows[0]!.hash}`;
  }
  for (const row of (await client.query<{ name: string; at: string }>(`select sequencename as name, coalesce(last_value, 0)::text as at from pg_sequences order by 1`)).rows) state[`sequence ${row.name}`] = row.at;
  await client.end();
  return state;
}

const filesOf = (folder: string): Record<string, string> => Object.fromEntries(fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  .map((one) => path.join(one.parentPath, one.name)).sort().map((file) => [path.relative(folder, file), sha256(fs.readFileSync(file))]));

/** Looks into an installation that lies in this folder. */
async function within<T>(folder: string, work: (kernel: Kernel, found: Databases, cluster: LocalPostgres) => Promise<T>): Promise<T> {
  const cluster = await startPostgres(path.join(folder, 'postgres'), { fsync: 'off' });
  const found = await prepareDatabase(cluster);
  const { db } = openDatabase(found.app, 4);
  try {
    return await work(new Kernel({ config: readConfig({ KABINET_DATA: folder }), db, files: diskFiles(path.join(folder, 'files')), mail: { keepsBodies: true, deliver: async () => '<x>' }, modules }), found, cluster);
  } finally {
    await db.destroy();
    await cluster.stop();
  }
}

beforeAll(async () => {
  fs.mkdirSync(path.join(place, 'backups'), { recursive: true });
  useSecret(readSecret(data));
  server = await startPostgres(path.join(data, 'postgres'), { fsync: 'off', full_page_writes: 'on' });
  databases = await prepareDatabase(server);
  await migrate(databases.owner);
  await checkSecret(databases.owner, { notes: true });
  const { db } = openDatabase(databases.app, 8);
  const kernel = new Kernel({ config: readConfig({ KABINET_DATA: data }), db, files: diskFiles(path.join(data, 'files')), mail: { keepsBodies: true, deliver: async () => '<x>' }, modules });
  kernel.quiet = true;
  for (const slug of ['cetinje', 'medias']) offices.push(new TestOffice(kernel, await addOffice(databases.owner, modules, readOfficeFiles().find((file) => file.slug === slug)!), []));
  // A book of last year, closed with its note.
  const first = offices[0]!;
  const lastYear = first.year() - 1;
  const lastDay = new Date(`${lastYear}-12-31T10:00:00Z`);
  await submitted(first, {}, lastDay);
  await first.run(closeBook, await first.as('registrar'), { book: 'main', year: offices[0]!.year() - 1 }, { now: lastDay });
  // One of everything that the modules can make: letters, papers, files, deliveries, classified papers, a closed book.
  world = await makeWorld(offices[0]!);
  await submitted(offices[1]!, { area: offices[1]!.office.data.areas[0]!.id });
  for (const office of offices) await office.settle();
  close = async () => {
    await db.destroy();
    await server.stop();
  };
}, 240_000);
afterAll(async () => {
  closePdf();
  await close?.();
  fs.rmSync(place, { recursive: true, force: true });
}, 60_000);

describe('an installation restored into an empty place', () => {
  test('is the same in every table, number, file and event, and its secret opens what was sealed', { timeout: 240_000 }, async () => {
    const before = await stateOf(databases.owner, server.user);
    const made = await command('backup', [quietBackup], data);
    expect(made, made.said).toMatchObject({ code: 0 });
    expect(await stateOf(databases.owner, server.user)).toEqual(before);
    const restored = path.join(place, 'restored');
    const put = await command('restore', [quietBackup], restored);
    expect(put, put.said).toMatchObject({ code: 0 });
    expect(put.said).toMatch(/cetinje: whole[^]*medias: whole[^]*restored into/);
    expect(filesOf(path.join(restored, 'files'))).toEqual(filesOf(path.join(data, 'files')));
    expect(Object.keys(filesOf(path.join(data, 'files'))).length).toBeGreaterThan(3);
    expect(fs.readFileSync(path.join(restored, 'secret'))).toEqual(fs.readFileSync(path.join(data, 'secret')));
    expect(fs.statSync(path.join(restored, 'secret')).mode & 0o777).toBe(0o600);
    await within(restored, async (kernel, found, cluster) => {
      const after = await stateOf(found.owner, cluster.user);
      expect(Object.keys(after).length).toBeGreaterThan(50);
      expect(after).toEqual(before);
      for (const office of await kernel.offices.all()) expect((await verifyOffice(kernel, office)).faults).toEqual([]);
      const office = new TestOffice(kernel, await kernel.office('cetinje'), []);
      kernel.quiet = true;
      // Life goes on where it stopped: sealed files open, the next number follows the last.
      expect((await office.run(openClassifiedDocument, await office.as('chief'), { id: world['classifiedDocumentId']! })).mediaType).toBe('application/pdf');
      const note = { book: 'main', year: offices[0]!.year() - 1 };
      expect(await office.run(getNote, await office.as('registrar'), note)).toEqual(await offices[0]!.run(getNote, await offices[0]!.as('registrar'), note));
      const last = async (one: TestOffice) => (await one.within((db) => sql<{ n: number }>`select last_number as n from book_year where office_id = ${one.office.id} and book = 'main' and year = ${one.year()}`.execute(db))).rows[0]!.n;
      const stood = await last(office);
      expect(stood).toBe(await last(offices[0]!));
      await submitted(office);
      expect(await last(office)).toBe(stood + 1);
    });
    // A place that is taken is left alone.
    const again = await command('restore', [quietBackup], restored);
    expect([again.code, /is not empty/.test(again.said)]).toEqual([1, true]);
    expect(fs.existsSync(path.join(restored, 'postgres', 'PG_VERSION'))).toBe(true);
  });

  test('while it is being written to: whole, with all that was acknowledged before the backup began', { timeout: 240_000 }, async () => {
    let writing = true;
    const acknowledged: string[] = [];
    const writers = [0, 1, 2].map(async (writer) => {
      for (let count = 0; writing; count++) acknowledged.push((await submitted(offices[0]!, { subject: `Писмо ${writer}-${count}`, email: `p${writer}-${count}@primjer.example`, files: [{ name: 'a.txt', bytes: new Uint8Array(Buffer.from(`${writer} ${count} ${Math.random()}`)) }] })).id);
    });
    while (acknowledged.length < 5) await new Promise((done) => setTimeout(done, 20));
    await offices[0]!.kernel.seal(offices[0]!.office);
    const early = [...acknowledged];
    const made = await command('backup', [busyBackup], data);
    expect(made, made.said).toMatchObject({ code: 0 });
    expect(acknowledged.length).toBeGreaterThan(early.length + 5);
    writing = false;
    await Promise.all(writers);
    const restored = path.join(place, 'restored-busy');
    const put = await command('restore', [busyBackup], restored);
    expect(put, put.said).toMatchObject({ code: 0 });
    await within(restored, async (kernel, found, cluster) => {
      const read = async (config: pg.ClientConfig, user: string, text: string) => {
        const client = new pg.Client({ ...config, user });
        await client.connect();
        const rows = (await client.query<{ row: string }>(text)).rows.map((one) => one.row);
        await client.end();
        return rows;
      };
      const ids = new Set(await read(found.owner, cluster.user, 'select id::text as row from petition'));
      expect(early.filter((id) => !ids.has(id))).toEqual([]);
      // What is only ever added stands in the original as it stands here.
      for (const table of ['event', 'entry', 'document', 'file', 'event_seal']) {
        const original = new Set(await read(databases.owner, server.user, `select md5(t::text) as row from ${table} t`));
        const copied = await read(found.owner, cluster.user, `select md5(t::text) as row from ${table} t`);
        expect(copied.length, table).toBeGreaterThan(0);
        expect(copied.filter((row) => !original.has(row)), table).toEqual([]);
      }
      for (const office of await kernel.offices.all()) {
        await kernel.seal(office);
        expect((await verifyOffice(kernel, office)).faults).toEqual([]);
      }
    });
  });
});

describe('a damaged backup', () => {
  const damage = (name: string, file: string, change: (bytes: Buffer) => Buffer): string => {
    const copy = path.join(place, 'backups', name);
    fs.cpSync(quietBackup, copy, { recursive: true });
    fs.writeFileSync(path.join(copy, file), change(fs.readFileSync(path.join(copy, file))));
    return copy;
  };
  const flip = (bytes: Buffer): Buffer => {
    const at = Math.floor(bytes.length / 2);
    bytes[at] = bytes[at]! ^ 1;
    return bytes;
  };

  test('cut, changed or incomplete is refused, and nothing is left behind', { timeout: 240_000 }, async () => {
    const archive = path.join('postgres', 'base.tar.gz');
    const broken = [
      damage('cut', archive, (bytes) => bytes.subarray(0, bytes.length - 5000)), damage('bit', archive, flip), damage('key', 'secret', flip),
      // Also where its own record of it was lost.
      damage('cut-unrecorded', archive, (bytes) => bytes.subarray(0, bytes.length - 5000)), damage('no-list', 'backup.json', () => Buffer.from('')),
    ];
    const list = path.join(broken[3]!, 'backup.json');
    fs.writeFileSync(list, JSON.stringify({ ...(JSON.parse(fs.readFileSync(list, 'utf8')) as object), sha256: undefined }));
    for (const source of broken) {
      const target = path.join(place, `from-${path.basename(source)}`);
      const { code, said } = await command('restore', [source], target);
      expect([path.basename(source), code], said).toEqual([path.basename(source), 1]);
      expect(fs.existsSync(target) ? fs.readdirSync(target) : [], said).toEqual([]);
    }
  });

  test('one changed byte or one missing file of the store is named by the proof', { timeout: 240_000 }, async () => {
    // One of what stood when the backup was made; a destroyed document has left its row alone.
    const kept = new Set(Object.keys(filesOf(path.join(quietBackup, 'files', String(offices[0]!.office.id)))).map((name) => path.basename(name)));
    const rows = await offices[0]!.within((db) => db.selectFrom('document').select('sha256').where('office_id', '=', offices[0]!.office.id).where('destroyed_at', 'is', null).orderBy('at').orderBy('id').execute());
    const document = rows.map((row) => row.sha256).find((hash) => kept.has(hash))!;
    const file = path.join('files', String(offices[0]!.office.id), document.slice(0, 2), document);
    for (const source of [damage('file', file, flip), damage('lost', file, (bytes) => bytes)]) {
      if (path.basename(source) === 'lost') fs.rmSync(path.join(source, file));
      const { code, said } = await command('restore', [source], path.join(place, `from-${path.basename(source)}`));
      expect(code).toBe(1);
      expect(said).toMatch(path.basename(source) === 'lost' ? /cetinje: BROKEN[^]*is missing/ : /cetinje: BROKEN[^]*is not what was kept/);
    }
  });
});

test('a backup without the secret opens nothing sealed, and comes back with the secret kept apart, and no other', { timeout: 240_000 }, async () => {
  const [apart, target] = [path.join(place, 'backups', 'apart'), path.join(place, 'from-apart')];
  expect(await command('backup', [apart, '--without-secret'], data)).toMatchObject({ code: 0 });
  expect(fs.existsSync(path.join(apart, 'secret'))).toBe(false);
  expect(await command('restore', [apart], target)).toMatchObject({ code: 1, said: expect.stringContaining('--secret') as string });
  const other = path.join(place, 'other-secret');
  fs.writeFileSync(other, randomBytes(32).toString('hex'));
  expect(await command('restore', [apart, '--secret', other], target)).toMatchObject({ code: 1, said: expect.stringContaining('is not what was written') as string });
  expect(await command('restore', [apart, '--secret', path.join(data, 'secret')], target)).toMatchObject({ code: 0 });
  expect(fs.readFileSync(path.join(target, 'secret'))).toEqual(fs.readFileSync(path.join(data, 'secret')));
});

test('only the newest backups are kept, and nothing else is touched', () => {
  const folder = path.join(place, 'kept');
  const names = ['2026-01-01T020000', '2026-01-02T020000', '2026-01-03T020000', '2026-01-04T020000', 'by-hand', '2025-01-01T020000'];
  for (const name of names) fs.mkdirSync(path.join(folder, name), { recursive: true });
  for (const name of names.slice(0, 5)) fs.writeFileSync(path.join(folder, name, 'backup.json'), '{}');
  expect(dropOldBackups(path.join(folder, '2026-01-04T020000'), 2)).toEqual(['2026-01-01T020000', '2026-01-02T020000']);
  expect(fs.readdirSync(folder).sort()).toEqual(['2025-01-01T020000', '2026-01-03T020000', '2026-01-04T020000', 'by-hand']);
});

test('an anchor kept elsewhere shows that the newest events were cut off with their seals', { timeout: 240_000 }, async () => {
  const { kernel, office } = offices[1]!;
  await kernel.seal(office);
  const anchors = await listAnchors(kernel);
  const kept = path.join(place, 'anchor.json');
  fs.writeFileSync(kept, JSON.stringify({ anchors }));
  expect(await checkAnchors(kernel, anchors)).toEqual([]);
  expect(await command('verify', ['--anchor', kept], data)).toMatchObject({ code: 0 });
  const client = new pg.Client({ ...databases.owner, user: server.user });
  await client.connect();
  // By the database's own administrator, who may do anything.
  await client.query('set session_replication_role = replica');
  const gone = await client.query<{ event_id: string }>('delete from event_seal where office_id = $1 and position > (select max(position) - 2 from event_seal where office_id = $1) returning event_id', [office.id]);
  await client.query('delete from event where office_id = $1 and id = any ($2)', [office.id, gone.rows.map((row) => row.event_id)]);
  await client.end();
  const alone = await command('verify', [], data);
  expect(alone.code, alone.said).toBe(0);
  const shown = await command('verify', ['--anchor', kept], data);
  expect([shown.code, /medias: the log does not hold what stood on .* were removed/.test(shown.said)]).toEqual([1, true]);
  const changed: Anchor[] = anchors.map((one) => ({ ...one, hash: '00' }));
  expect(await checkAnchors(kernel, changed)).toHaveLength(2);
});
