import { fork } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startSystem, type System } from '../src/bin/system.ts';
import type { Caller, Role } from '../src/core/caller.ts';
import { rootDirectory } from '../src/core/root.ts';
import { addFeed } from '../src/modules/calendar/feed.server.ts';
import { personCaller } from '../src/modules/people/index.ts';
import { createToken } from '../src/modules/people/token.server.ts';
import { openSite } from '../src/site.tsx';
import { openRecorder, type Statement } from './bare.ts';
import { benchSession, findOrFill, portOf, within } from './bench.ts';
import type { Options } from './benches.ts';
import { ensureProgram } from './debian.ts';
import { serveSize } from './growth-serve.ts';
import { writeLimit, type Rounds } from './limit-report.ts';
import { atTheEnd, must, openWeb } from './peers/web.ts';
import { readingScript, runPgbench, writingScript, type Load } from './pgbench.ts';
import { press, startNginx, type Pressed } from './static-server.ts';

const database = 'limit';
const pagesOfOne = 20;
const say = (text: string): void => void process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

/** How far the server stands from what the database alone, and a file server alone, could do of the same. */
export async function runLimit({ option, has }: Options): Promise<void> {
  if (has('serve')) return serveSize(database);
  const [cases, rounds, seconds] = [Number(option('cases', '100000')), Number(option('rounds', '3')), Number(option('seconds', '2'))];
  const clients = option('clients', '1,4,16').split(',').map(Number);
  const programs = { nginx: ensureProgram('nginx', 'nginx-light'), wrk: ensureProgram('wrk', 'wrk'), pgbench: ensureProgram('pgbench', 'postgresql-client-15', 'postgresql-client-common') };
  const began = Date.now();
  const system = await openFilled(cases);
  const folder = path.join(system.config.dataDirectory, 'limit');
  const stops: (() => Promise<void>)[] = [() => system.stop()];
  try {
    const office = await system.kernel.office('bench');
    say(`${cases} cases are there after ${Math.round((Date.now() - began) / 1000)} s`);
    if (has('fill')) return;
    const child = fork(process.argv[1]!, ['limit', '--serve'], { env: { ...process.env, KABINET_PROXY: '1', KABINET_LOG: 'silent' } });
    const forget = atTheEnd(() => void child.kill('SIGKILL'));
    stops.push(async () => {
      forget();
      const over = new Promise((done) => child.once('exit', done));
      if (child.exitCode === null && child.kill('SIGTERM')) await over;
    });
    const port = await portOf(child);
    const { works, scripts, files } = await prepare(system, office, port);
    const nginx = await startNginx(programs.nginx, folder, files);
    stops.push(nginx.stop);
    const postmaster = system.server!.pid;
    const taken = new Map<string, Rounds>();
    for (let round = 0; round <= rounds; round++) {
      for (const at of clients) {
        for (const work of works) {
          // The first round warms up: code, plans and pages.
          const how = { clients: at, seconds: work.isLong ? 3 * seconds : round === 0 ? 1 : seconds };
          const shares: Record<string, () => Promise<Load>> = {
            ours: () => press(programs.wrk, folder, work.live, { ...how, main: child.pid!, other: postmaster }),
            ...(scripts[work.name] ? { database: () => runPgbench(programs.pgbench, system.databases.app, scripts[work.name]!, { ...how, folder: path.join(folder, 'sql'), postmaster }) } : {}),
            ...(work.file ? { nginx: () => press(programs.wrk, folder, { port: nginx.port, path: `/${work.file}` }, { ...how, main: nginx.pid }) } : {}),
            ...(work.asset ? { asset: () => press(programs.wrk, folder, { ...work.live, method: 'GET', path: work.asset!, headers: {} }, { ...how, main: child.pid! }) } : {}),
          };
          for (const [share, measure] of Object.entries(shares)) {
            const load = await measure();
            if (round === 0) continue;
            const key = `${work.name}\n${at}`;
            const kept = taken.get(key) ?? { work: work.name, clients: at, loads: {} };
            (kept.loads[share] ??= []).push(load);
            taken.set(key, kept);
          }
        }
      }
      say(round === 0 ? 'warm' : `round ${round} of ${rounds}`);
    }
    await writeLimit(system, { cases, rounds, seconds, took: Math.round((Date.now() - began) / 1000), statements: Object.fromEntries(works.map((one) => [one.name, one.statements])), bytes: Object.fromEntries(works.map((one) => [one.name, one.bytes])), taken: [...taken.values()] });
  } finally {
    for (const stop of stops.reverse()) await stop().catch((error: Error) => say(error.message));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The system with an office of that many cases. What an earlier filling left half done is thrown away. */
async function openFilled(cases: number): Promise<System> {
  const system = await startSystem({ database });
  try {
    await findOrFill(system, cases);
    return system;
  } catch (error) {
    await system.stop();
    if (!/ holds \d+ cases/.test((error as Error).message)) throw error;
    say(`${(error as Error).message} Done.`);
    rmSync(path.join(system.config.dataDirectory, 'postgres'), { recursive: true, force: true });
    return openFilled(cases);
  }
}

type Work = { name: string; live: Pressed; file?: string; asset?: string; /** Takes a good part of a second. */ isLong?: boolean; statements: number; bytes: number };
type Prepared = { works: Work[]; scripts: Record<string, string[]>; files: Record<string, string> };

/** What is asked live, the statements that it sends, and what it answers as files. */
async function prepare(system: System, office: Awaited<ReturnType<typeof findOrFill>>, port: number): Promise<Prepared> {
  const { kernel } = system;
  kernel.quiet = true;
  const host = `${office.slug}.localhost`;
  const as = async (role: Role): Promise<Caller> => {
    const { id } = await within(kernel, office, (db) => db.selectFrom('person').select('id').where('office_id', '=', office.id).where((eb) => eb('roles', '@>', eb.val([role]))).orderBy('key').executeTakeFirstOrThrow());
    return (await within(kernel, office, (db) => personCaller(db, office, id)))!;
  };
  const [chief, mayor] = [await as('chief'), await as('mayor')];
  const { token } = await kernel.run(createToken, chief, { name: 'limit', scopes: ['*'], days: 1 });
  const feed = await kernel.run(addFeed, mayor, { scope: 'person', name: 'limit' }).catch(() => null);
  if (!feed) throw new Error('The mayor of this office has as many links as may be: remove .cache/bench-limit.');
  const cookie = `kabinet=${(await kernel.run(benchSession, chief, {})).token}`;
  const ids = await within(kernel, office, (db) => db.selectFrom('case_file').select('id').where('office_id', '=', office.id).where('kind', '=', 'petition').orderBy('party_id').limit(pagesOfOne).execute());
  const letter = { kind: 'request', subject: 'Street lighting near the school', text: 'The lamps in our street have been dark for three weeks. '.repeat(8), place: 'Centar', area: office.data.areas[0]!.id, name: 'Sender', address: 'Street 1', replyBy: 'post', locale: office.locale, channel: 'letter' };
  const bearer = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const recorder = openRecorder(system);
  const site = openSite(recorder.kernel);
  const record = async (where: string, init: RequestInit = {}): Promise<{ text: string; statements: Statement[] }> => {
    const ask = async (): Promise<string> => {
      const answer = await site.request(`http://${host}:${port}${where}`, { ...init, headers: { host: `${host}:${port}`, ...(init.headers as Record<string, string>) } });
      if (answer.status !== 200) throw new Error(`${where} answered ${answer.status}`);
      const text = await answer.text();
      // A page's transaction ends a turn after the page.
      await pause(20);
      return text;
    };
    if (!init.method) await ask();
    const { result, statements } = await recorder.record(ask);
    return { text: result, statements };
  };
  try {
    const since = Date.now();
    const registered = await record('/api/petitions', { method: 'POST', headers: bearer, body: JSON.stringify({ ...letter, name: 'Sender 0' }) });
    const pages = [];
    for (const { id } of ids) pages.push(await record(`/desk/petitions/${id}`, { headers: { cookie } }));
    const feeds = await record(`/feed/${feed.token}.ics`);
    const web = openWeb(port, { host: `${host}:${port}` });
    const page = must(await web.ask({ path: `/desk/petitions/${ids[0]!.id}`, headers: { cookie } }), 200).text;
    web.close();
    const body = JSON.stringify({ ...letter, name: 'Sender @' });
    const [before, after] = body.split('@') as [string, string];
    const works: Work[] = [
      { name: 'register by REST', live: { port, host, path: '/api/petitions', method: 'POST', headers: bearer, body: `${JSON.stringify(before)} .. n .. ${JSON.stringify(after)}` }, statements: registered.statements.length, bytes: registered.text.length },
      { name: 'case page', live: { port, host, path: `/desk/petitions/${ids[0]!.id}`, headers: { cookie } }, file: 'case.html', asset: assetLike(page.length), statements: pages[0]!.statements.length, bytes: Buffer.byteLength(page) },
      { name: 'calendar by link', live: { port, host, path: `/feed/${feed.token}.ics` }, file: 'calendar.ics', isLong: true, statements: feeds.statements.length, bytes: Buffer.byteLength(feeds.text) },
    ];
    const reference = (JSON.parse(registered.text) as { reference: string }).reference;
    return {
      works,
      scripts: { 'register by REST': [writingScript(registered.statements, reference, since)], 'case page': [readingScript(pages[0]!.statements)], 'calendar by link': [readingScript(feeds.statements)] },
      files: { 'case.html': page, 'calendar.ics': feeds.text },
    };
  } finally {
    await recorder.close();
  }
}

/** The built asset that is nearest in size to a page. */
function assetLike(bytes: number): string {
  const folder = path.join(rootDirectory, 'dist/assets');
  const [nearest] = readdirSync(folder).filter((name) => /\.(js|css)$/.test(name)).sort((a, b) => Math.abs(statSync(path.join(folder, a)).size - bytes) - Math.abs(statSync(path.join(folder, b)).size - bytes));
  return `/assets/${nearest}`;
}
