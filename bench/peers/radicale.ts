import { fork } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startSystem, type System } from '../../src/bin/system.ts';
import type { Office } from '../../src/core/office.ts';
import { addFeed } from '../../src/modules/calendar/feed.server.ts';
import { clientScopes } from '../../src/modules/calendar/client.server.ts';
import { addOffice, readOfficeFiles } from '../../src/modules/offices/index.ts';
import { personCaller } from '../../src/modules/people/index.ts';
import { createToken } from '../../src/modules/people/token.server.ts';
import { portOf, within } from '../bench.ts';
import type { Options } from '../benches.ts';
import { ensureProgram, versionOf } from '../debian.ts';
import { fillCalendar } from '../fill-calendar.ts';
import { serveSize } from '../growth-serve.ts';
import { treeMemory, treeTime } from '../processes.ts';
import { calendarWorks, type CalendarWork, type Side } from './calendar-work.ts';
import { writeCalendarFeed, type Taken } from './calendar-report.ts';
import { atTheEnd, freePort, must, openWeb, startProgram, type Program } from './web.ts';

const database = 'calendar';
const seriesWeeks = 520;
const say = (text: string): void => void process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

/** Kabinet's calendars beside Radicale's, the same objects in both, in turn. */
export async function runRadicale({ option, has }: Options): Promise<void> {
  if (has('serve')) return serveSize(database);
  const [rounds, seconds] = [Number(option('rounds', '3')), Number(option('seconds', '1'))];
  const sizes = option('sizes', '1000,5000,30000').split(',').map(Number);
  const clients = option('clients', '1,4').split(',').map(Number);
  ensureProgram('radicale', 'radicale', 'gunicorn');
  ensureProgram('gunicorn', 'gunicorn');
  const began = Date.now();
  const system = await startSystem({ database });
  const folder = path.join(system.config.dataDirectory, 'radicale');
  const stops: (() => Promise<void>)[] = [() => system.stop()];
  try {
    rmSync(folder, { recursive: true, force: true });
    const offices: Office[] = [];
    for (const size of sizes) offices.push(await officeOf(system, size));
    const child = fork(process.argv[1]!, ['radicale', '--serve'], { env: { ...process.env, KABINET_PROXY: '1', KABINET_LOG: 'silent' } });
    const forget = atTheEnd(() => void child.kill('SIGKILL'));
    stops.push(async () => {
      forget();
      const over = new Promise((done) => child.once('exit', done));
      if (child.exitCode === null && child.kill('SIGTERM')) await over;
    });
    const port = await portOf(child);
    const taken: Taken[] = [];
    const radicale = { port: await freePort(), folder, users: sizes.map((size) => `bench${size}`) };
    const sides: { size: number; objects: number; ours: Side; theirs: Side }[] = [];
    for (const [index, size] of sizes.entries()) {
      const ours = await ourSide(system, offices[index]!, port);
      const objects = await fillRadicale(folder, `bench${size}`, ours);
      sides.push({ size, objects, ours, theirs: radicaleSide(radicale.port, `bench${size}`) });
      say(`${size}: ${objects} objects in both`);
    }
    const [server, way] = await startFaster(radicale, sides[0]!.theirs);
    stops.push(server.stop);
    const postmaster = system.server!.pid;
    for (const { size, objects, ours, theirs } of sides) {
      const works = calendarWorks(size);
      for (let round = 0; round <= rounds; round++) {
        for (const work of works) {
          for (const at of work.isTogether ? clients : [1]) {
            for (const [key, side] of [['ours', ours], ['theirs', theirs]] as const) {
              const busy = (): number => (key === 'ours' ? treeTime(child.pid!) + treeTime(postmaster) : treeTime(server.pid));
              const load = await measure(work, side, { clients: at, seconds: round === 0 ? 0.1 : seconds, busy, offset: round * 100_000 });
              if (round > 0) taken.push({ size, objects, work: work.name, clients: at, side: key, ...load });
            }
          }
        }
        say(round === 0 ? `${size}: warm` : `${size}: round ${round} of ${rounds}`);
      }
    }
    const memory = { ours: treeMemory(child.pid!) + treeMemory(postmaster), theirs: treeMemory(server.pid) };
    await writeCalendarFeed(system, { taken, rounds, seconds, way, memory, version: versionOf('radicale'), took: Math.round((Date.now() - began) / 1000), isWhole: !has('sizes') });
    for (const { ours, theirs } of sides) for (const side of [ours, theirs]) side.web.close();
  } finally {
    for (const stop of stops.reverse()) await stop().catch((error: Error) => say(error.message));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One work by some clients until the time is over; what has to be done before each asking is not counted. */
async function measure(work: CalendarWork, side: Side, { clients, seconds, busy, offset }: { clients: number; seconds: number; busy: () => number; offset: number }): Promise<{ times: number[]; seconds: number; busy: number }> {
  const times: number[] = [];
  let [spent, waited, next] = [0, 0, offset];
  if (work.before) {
    for (const until = performance.now() + seconds * 2000; performance.now() < until || times.length === 0; ) {
      const index = next++;
      const state = await work.before(side, index);
      const [from, before] = [performance.now(), busy()];
      await work.ask(side, index, state);
      spent += busy() - before;
      times.push(performance.now() - from);
      waited += performance.now() - from;
    }
    return { times, seconds: waited / 1000, busy: spent };
  }
  const [began, before] = [performance.now(), busy()];
  await Promise.all(Array.from({ length: clients }, async () => {
    do {
      const from = performance.now();
      await work.ask(side, next++, '');
      times.push(performance.now() - from);
    } while (performance.now() - began < seconds * 1000);
  }));
  return { times, seconds: (performance.now() - began) / 1000, busy: busy() - before };
}

const slugOf = (size: number): string => `calendar-${size}`;

/** An office whose mayor has that many objects in the calendar. */
async function officeOf({ kernel, databases }: System, size: number): Promise<Office> {
  const find = async (): Promise<Office | undefined> => (await kernel.offices.all()).find((one) => one.slug === slugOf(size));
  const found = await find();
  if (found) return found;
  const office = await addOffice(databases.owner, kernel.modules, readOfficeFiles().find((data) => data.slug === 'skopje')!, slugOf(size));
  const series = Math.max(1, Math.round(size / 3000));
  await fillCalendar(databases.owner, office, size - series, series * seriesWeeks);
  kernel.offices.forget();
  return (await find())!;
}

async function ourSide({ kernel }: System, office: Office, port: number): Promise<Side> {
  kernel.quiet = true;
  const person = await within(kernel, office, (db) => db.selectFrom('person').select(['id', 'email']).where('office_id', '=', office.id).where((eb) => eb('roles', '@>', eb.val(['mayor']))).executeTakeFirstOrThrow());
  const mayor = (await within(kernel, office, (db) => personCaller(db, office, person.id)))!;
  const { token } = await kernel.run(createToken, mayor, { name: 'bench', days: 30, scopes: [...clientScopes] });
  const link = await kernel.run(addFeed, mayor, { scope: 'person', name: 'bench' }).catch(() => null);
  if (!link) throw new Error('The mayor has as many links as may be: remove .cache/bench-radicale.');
  const calendar = await within(kernel, office, (db) => db.selectFrom('calendar').select('id').where('office_id', '=', office.id).where('person_id', '=', person.id).executeTakeFirstOrThrow());
  let serial = Math.floor(Math.random() * 8_000_000);
  const web = openWeb(port, { host: `${office.slug}.localhost:${port}`, authorization: `Basic ${Buffer.from(`${person.email}:${token}`).toString('base64')}` });
  // Each request from an address of its own: the limits of one address are not what is measured.
  const ask: Side['web']['ask'] = (sent) => web.ask({ ...sent, headers: { 'x-forwarded-for': `10.${(serial >> 16) & 255}.${(serial >> 8) & 255}.${serial++ & 255}`, ...sent.headers } });
  return { web: { ask, close: web.close }, calendar: `/dav/calendars/${person.id}/${calendar.id}/`, whole: `/feed/${link.token}.ics` };
}

const radicaleSide = (port: number, user: string): Side => ({ web: openWeb(port, { authorization: `Basic ${Buffer.from(`${user}:bench`).toString('base64')}` }), calendar: `/${user}/calendar/`, whole: `/${user}/calendar/` });

/** Writes what our calendar holds into Radicale's folder, each object as its own file; gives their number. */
async function fillRadicale(folder: string, user: string, { web, calendar }: Side): Promise<number> {
  const place = path.join(folder, 'collection-root', user, 'calendar');
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, '.Radicale.props'), JSON.stringify({ tag: 'VCALENDAR', 'D:displayname': 'Calendar', 'C:supported-calendar-component-set': 'VEVENT' }));
  const body = '<?xml version="1.0"?><c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR"/></c:filter></c:calendar-query>';
  const { text } = must(await web.ask({ method: 'REPORT', path: calendar, headers: { depth: '1', 'content-type': 'application/xml' }, body }), 207);
  let count = 0;
  for (const [, href, ics] of text.matchAll(/<d:href>([^<]+)<\/d:href>.*?<c:calendar-data>([^<]*)<\/c:calendar-data>/gs)) {
    const plain = ics!.replace(/&#(\d+|x[\da-fA-F]+);/g, (_, code: string) => String.fromCodePoint(Number(code.startsWith('x') ? `0${code}` : code))).replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
    writeFileSync(path.join(place, decodeURIComponent(href!.split('/').at(-1)!)), plain);
    count++;
  }
  return count;
}

const processes = os.availableParallelism();

type Place = { port: number; folder: string; users: readonly string[] };
function writeSettings({ port, folder, users }: Place): string {
  writeFileSync(path.join(folder, 'users'), users.map((user) => `${user}:bench`).join('\n'));
  const file = path.join(folder, 'config');
  writeFileSync(file, `[server]\nhosts = 127.0.0.1:${port}\nmax_connections = 40\n[auth]\ntype = htpasswd\nhtpasswd_filename = ${folder}/users\nhtpasswd_encryption = plain\ndelay = 0\n[rights]\ntype = owner_only\n[storage]\ntype = multifilesystem\nfilesystem_folder = ${folder}\n[web]\ntype = none\n[logging]\nlevel = error\n`);
  return file;
}

/** Radicale by its own server and by gunicorn with a process a core: a month is asked of both by four at once, and the faster one stays. */
async function startFaster(place: Place, side: Side): Promise<[Program, string]> {
  const config = writeSettings(place);
  const env = { PATH: '/usr/bin:/bin', HOME: place.folder, LANG: 'C.UTF-8', RADICALE_CONFIG: config };
  const ways: Record<string, readonly [string, readonly string[]]> = {
    'its own server': ['/usr/bin/radicale', ['--config', config]],
    [`gunicorn with ${processes} processes`]: ['/usr/bin/gunicorn', ['--bind', `127.0.0.1:${place.port}`, '--workers', String(processes), '--timeout', '600', '--env', `RADICALE_CONFIG=${config}`, '--log-level', 'error', 'radicale']],
  };
  const month = calendarWorks(1000).find((one) => one.name.startsWith('month'))!;
  const counts = new Map<string, number>();
  for (const [name, [command, args]] of Object.entries(ways)) {
    const program = await startProgram(command, args, { cwd: place.folder, env, port: place.port });
    try {
      await measure(month, side, { clients: 4, seconds: 1, busy: () => 0, offset: 0 });
      counts.set(name, (await measure(month, side, { clients: 4, seconds: 2, busy: () => 0, offset: 0 })).times.length);
    } finally {
      await program.stop();
    }
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1])[0]!;
  say(`Radicale: ${[...counts].map(([name, count]) => `${name} ${count / 2} a second`).join(', ')}`);
  const [command, args] = ways[best]!;
  return [await startProgram(command, args, { cwd: place.folder, env, port: place.port }), best];
}
