import { fork, type ChildProcess } from 'node:child_process';
import { openSession } from '../src/modules/people/session.server.ts';
import { createToken } from '../src/modules/people/token.server.ts';
import { addOffice, readOfficeFiles } from '../src/modules/offices/index.ts';
import { personCaller } from '../src/modules/people/index.ts';
import { getPetition } from '../src/modules/requests/case.server.ts';
import { registerPetition } from '../src/modules/requests/intake.server.ts';
import { listEngagements } from '../src/modules/calendar/engagement-read.server.ts';
import { listPetitions, type ListView } from '../src/modules/requests/list.server.ts';
import { searchAll } from '../src/modules/requests/search.server.ts';
import { roles, type Caller, type Role } from '../src/core/caller.ts';
import { readYear } from '../src/demo/year.ts';
import { enter, operation } from '../src/core/operation.ts';
import type { Office } from '../src/core/office.ts';
import type { System } from '../src/bin/system.ts';
import { CompiledQuery } from 'kysely';
import { z } from 'zod';
import { addDays, type Day } from '../src/core/day.ts';
import { spanOf } from '../src/modules/plan/index.ts';
import { openClients, openRecorder, replay, replayRegistration, type Recorder } from './bare.ts';
import { closeRegistered, fillOffice } from './fill.ts';
import { fillCalendar } from './fill-calendar.ts';
import { fillRegister } from './fill-register.ts';
import { idsOfRegister, pagesOfRegister } from './pages.ts';
import { busyTime, openBrowser, time, together, type Asked, type Measured, type Sample } from './measure.ts';

export type Line = { name: string; workers: number; ours: Measured; bare: Measured | null };
export type Bench = { cases: number; seconds: number; lines: Line[]; statements: number };
type Case = {
  name: string;
  workers: number;
  count: number;
  ours: (worker: number, index: number) => Promise<unknown>;
  bare?: (worker: number, index: number) => Promise<unknown>;
};

const slug = 'bench';
const say = (text: string): void => void (process.stdout.isTTY ? process.stdout.write(`\r\x1b[K  ${text}`) : undefined);

/** Measures one filled office over HTTP against the same SQL bare, both in turn, round by round. */
export async function runBench(system: System, options: { cases: number; rounds: number; only: string }): Promise<Bench> {
  const office = await findOrFill(system, options.cases);
  const child = fork(process.argv[1]!, ['--serve'], { env: { ...process.env, KABINET_PROXY: '1' } });
  const port = await portOf(child);
  const browser = openBrowser(port, `${slug}.localhost`);
  const recorder = openRecorder(system);
  const clients = await openClients(system.databases.app, 16);
  const postmaster = system.server!.pid;
  const began = Date.now();
  try {
    const { cases, statements } = await prepare(system, office, recorder, (asked) => browser.ask(asked), clients);
    const samples = new Map<Case, { ours: Sample[]; bare: Sample[] }>();
    for (let round = -1; round < options.rounds; round++) {
      for (const one of cases.filter((each) => each.name.includes(options.only))) {
        say(`round ${round + 1} of ${options.rounds}: ${one.name}`);
        const ours = await time(one.count, one.workers, () => busyTime(child.pid, postmaster), one.ours);
        const bare = one.bare ? await time(one.count, one.workers, () => busyTime(undefined, postmaster), one.bare) : null;
        // The first round warms up: code, plans and pages.
        if (round < 0) continue;
        const kept = samples.get(one) ?? { ours: [], bare: [] };
        kept.ours.push(ours);
        if (bare) kept.bare.push(bare);
        samples.set(one, kept);
      }
    }
    const lines = [...samples].map(([one, kept]) => ({
      name: one.name,
      workers: one.workers,
      ours: together(kept.ours),
      bare: kept.bare.length > 0 ? together(kept.bare) : null,
    }));
    say('');
    return { cases: options.cases, seconds: Math.round((Date.now() - began) / 1000), lines, statements };
  } finally {
    browser.close();
    await Promise.all(clients.map((client) => client.end()));
    await recorder.close();
    child.kill('SIGTERM');
  }
}

/** The office that is measured, filled when it is not there. */
export async function findOrFill({ kernel, databases }: System, cases: number): Promise<Office> {
  const found = (await kernel.offices.all()).find((office) => office.slug === slug);
  const count = found
    ? (
        await within(kernel, found, (db) =>
          db
            .selectFrom('case_file')
            .select((eb) => eb.fn.countAll<number>().as('n'))
            .executeTakeFirstOrThrow(),
        )
      ).n
    : 0;
  if (found && count >= cases) {
    await fillRegister(databases.owner, found, cases, say);
    await closeRegistered(databases.owner, found);
    await fillCalendar(databases.owner, found);
    return found;
  }
  if (found) throw new Error(`Kabinet: ${process.env['KABINET_DATA']} holds ${count} cases; remove it to measure ${cases}.`);
  const office = await addOffice(
    databases.owner,
    kernel.modules,
    readOfficeFiles().find((data) => data.slug === 'skopje')!,
    slug,
  );
  await fillOffice(databases.owner, office, cases, say);
  await fillRegister(databases.owner, office, cases, say);
  await fillCalendar(databases.owner, office);
  kernel.offices.forget();
  return office;
}

export const within = <T>(kernel: System['kernel'], office: Office, work: (db: Parameters<typeof enter>[0]) => Promise<T>): Promise<T> =>
  kernel.db.transaction().execute(async (db) => {
    await enter(db, kernel.system(office), 'all');
    return work(db);
  });

/** The port that a server tells the process that forked it. */
export const portOf = (child: ChildProcess): Promise<number> =>
  new Promise((done, fail) => {
    child.once('message', (port) => done(Number(port)));
    child.once('exit', (code) => fail(new Error(`the server ended with ${code}`)));
  });

// A session without a password: this process holds the database anyway.
export const benchSession = operation({
  id: 'session.bench',
  kind: 'command',
  allow: ['staff'],
  summary: 'Opens a session for the bench.',
  input: z.object({}),
  output: z.object({ token: z.string() }),
  run: (context) => openSession(context, context.caller.personId!, 'bench'),
});

async function prepare(
  system: System,
  office: Office,
  recorder: Recorder,
  ask: (asked: Asked) => Promise<{ text: string }>,
  clients: Awaited<ReturnType<typeof openClients>>,
): Promise<{ cases: Case[]; statements: number }> {
  const { kernel } = system;
  kernel.quiet = true;
  const as = async (role: Role): Promise<Caller> => {
    const id =
      office.data.people.map((person) => person.roles).some((list) => list.includes(role)) && roles.includes(role)
        ? (
            await within(kernel, office, (db) =>
              db
                .selectFrom('person')
                .select('id')
                .where('office_id', '=', office.id)
                .where((eb) => eb('roles', '@>', eb.val([role])))
                .orderBy('key')
                .executeTakeFirstOrThrow(),
            )
          ).id
        : '';
    return (await within(kernel, office, (db) => personCaller(db, office, id)))!;
  };
  const [chief, clerk] = [await as('chief'), await as('clerk')];
  const { token } = await kernel.run(createToken, chief, { name: 'bench', scopes: ['*'], days: 1 });
  const roleCookies = new Map<Role, Record<string, string>>();
  const cookieOf = async (caller: Caller): Promise<Record<string, string>> => ({
    cookie: `kabinet=${(await kernel.run(benchSession, caller, {})).token}`,
  });
  const [chiefs, clerks] = [await cookieOf(chief), await cookieOf(clerk)];
  for (const role of ['registrar', 'mayor', 'chief', 'clerk'] as const) roleCookies.set(role, await cookieOf(role === 'clerk' ? clerk : await as(role)));
  const ids = await within(kernel, office, (db) =>
    db
      .selectFrom('case_file')
      .select(['id', 'reference'])
      .where('office_id', '=', office.id)
      .where('kind', '=', 'petition')
      .orderBy('party_id')
      .limit(400)
      .execute(),
  );
  const letters = ['skopje', 'cetinje', 'medias'].flatMap((one) =>
    readYear(one)!.petitions.flatMap((scenario) => scenario.variants),
  );
  const words = [
    ...letters.slice(0, 60).map((letter) => letter.subject.split(' ').slice(0, 2).join(' ')),
    ...letters.slice(60, 90).map((letter) => letter.place),
    ...ids.slice(0, 10).map((one) => one.reference),
    'djurdjevic',
    'ulica',
    'улица',
    'zzqqy',
    'општина',
  ];
  const at = <T>(list: readonly T[], index: number): T => list[(index * 7919) % list.length]!;

  const letter = (index: number) => ({
    kind: 'request' as const,
    subject: at(letters, index).subject,
    text: at(letters, index).text,
    place: at(letters, index).place,
    area: office.data.areas[0]!.id,
    name: `Sender ${index} ${Math.random().toString(36).slice(2, 8)}`,
    address: `Street ${index}`,
    replyBy: 'post' as const,
    locale: office.locale,
    channel: 'letter' as const,
  });
  const since = Date.now();
  const registered = await recorder.record(() => recorder.kernel.run(registerPetition, chief, letter(0)));
  const register = (_: number, index: number) =>
    ask({
      path: '/api/petitions',
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(letter(index)),
    });
  const registerBare = replayRegistration(registered.statements, registered.result.reference, since);
  const page = (headers: Record<string, string>, path: (index: number) => string) => (_: number, index: number) =>
    ask({ path: path(index), headers });
  const bareOf = async (count: number, run: (index: number) => Promise<unknown>) => {
    const all: ReturnType<typeof replay>[] = [];
    for (let index = 0; index < count; index++) all.push(replay((await recorder.record(() => run(index))).statements));
    return (worker: number, index: number) => at(all, index)(clients[worker]!);
  };
  const list = async (
    name: string,
    headers: Record<string, string>,
    caller: Caller,
    query: string,
    input: { view: ListView; query?: string; sort?: 'newest' | 'due' },
  ): Promise<Case> => ({
    name,
    workers: 1,
    count: 12,
    ours: page(headers, () => `/desk/petitions${query}`),
    bare: await bareOf(1, () => recorder.kernel.run(listPetitions, caller, input)),
  });
  const taken = new Map<string, string[]>();
  for (const [name, text] of Object.entries(idsOfRegister))
    taken.set(name, (await within(kernel, office, (db) => db.executeQuery<{ id: string }>(CompiledQuery.raw(text, text.includes('$2') ? [office.id, clerk.personId] : [office.id])))).rows.map((row) => row.id));
  const pathAt = (path: string, index: number): string => path.replace(/\{(\w+)\}/, (_, name: string) => at(taken.get(name)!, index));
  const paper = (index: number) => ({ direction: 'in', channel: 'post', subject: at(letters, index).subject, name: `Sender ${index} ${Math.random().toString(36).slice(2, 8)}`, address: `Street ${index}` });
  const mayors = await within(kernel, office, (db) => db.selectFrom('calendar').innerJoin('person', (join) => join.onRef('person.office_id', '=', 'calendar.office_id').onRef('person.id', '=', 'calendar.person_id')).select('calendar.id').where('calendar.office_id', '=', office.id).where((eb) => eb('person.roles', '@>', eb.val(['mayor']))).executeTakeFirstOrThrow());
  // Any week of ten years: eight behind, two ahead.
  const dayAt = (index: number): Day => addDays(new Date().toISOString().slice(0, 10), ((index * 7919) % 3600) - 2900);
  const calendarPage = async (view: 'day' | 'week' | 'month', role: Role, caller: Caller): Promise<Case> => ({
    name: `calendar, ${view}, ${role}`, workers: 1, count: 20, ours: page(roleCookies.get(role)!, (index) => `/desk/calendar?view=${view}&on=${dayAt(index)}&of=${mayors.id}`),
    bare: await bareOf(40, (index) => {
      const { fromOn, untilOn } = spanOf(view, dayAt(index));
      return recorder.kernel.run(listEngagements, caller, { calendarIds: [mayors.id], fromOn, untilOn });
    }),
  });
  const cases: Case[] = [
    await calendarPage('day', 'mayor', await as('mayor')), await calendarPage('week', 'mayor', await as('mayor')), await calendarPage('week', 'chief', chief), await calendarPage('week', 'clerk', clerk), await calendarPage('month', 'chief', chief),
    { name: 'register other mail by REST', workers: 1, count: 40, ours: (_, index) => ask({ path: '/api/cases', method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(paper(index)) }) },
    { name: 'register by REST', workers: 1, count: 40, ours: register, bare: (worker) => registerBare(clients[worker]!) },
    { name: 'register by REST', workers: 16, count: 160, ours: register, bare: (worker) => registerBare(clients[worker]!) },
    await list('list, open', chiefs, chief, '', { view: 'open' }),
    await list('list, settled', chiefs, chief, '?view=settled', { view: 'settled' }),
    await list('list, late by due day', chiefs, chief, '?view=late', { view: 'late', sort: 'due' }),
    await list('list, all that hold a word', chiefs, chief, '?view=settled&q=parking', { view: 'settled', query: 'parking' }),
    await list('list, open, of a clerk', clerks, clerk, '', { view: 'open' }),
    {
      name: 'case',
      workers: 1,
      count: 25,
      ours: page(chiefs, (index) => `/desk/petitions/${at(ids, index).id}`),
      bare: await bareOf(40, (index) => recorder.kernel.run(getPetition, chief, { id: at(ids, index).id })),
    },
    {
      name: 'search',
      workers: 1,
      count: 25,
      ours: page(chiefs, (index) => `/desk/search?q=${encodeURIComponent(at(words, index))}`),
      bare: await bareOf(60, (index) => recorder.kernel.run(searchAll, chief, { query: at(words, index) })),
    },
    { name: 'today', workers: 1, count: 6, ours: page(chiefs, () => '/desk') },
    { name: 'dashboard', workers: 1, count: 3, ours: page(chiefs, () => '/desk/dashboard') },
    { name: 'register (book)', workers: 1, count: 6, ours: page(chiefs, () => '/desk/register') },
    ...pagesOfRegister.flatMap(([name, path, readers, count = 6]) => readers.map((role): Case => ({ name: `${name}, ${role}`, workers: 1, count, ours: page(roleCookies.get(role)!, (index) => pathAt(path, index)) }))),
    { name: 'health', workers: 1, count: 40, ours: page({}, () => '/health') },
    { name: 'static', workers: 1, count: 40, ours: page({}, () => '/favicon.ico') },
  ];
  return { cases, statements: registered.statements.length };
}
