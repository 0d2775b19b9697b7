import os from 'node:os';
import type { System } from '../src/bin/system.ts';
import { sql } from '../src/core/database.ts';
import { versionOf } from './debian.ts';
import type { Load } from './pgbench.ts';
import { writePlot } from './plot.ts';
import { describeMachine, writeSection } from './report.ts';

/** What was measured of one work at one number of clients: round by round, ours and the limits. */
export type Rounds = { work: string; clients: number; loads: Record<string, Load[]> };
type Result = { cases: number; rounds: number; seconds: number; took: number; statements: Record<string, number>; bytes: Record<string, number>; taken: readonly Rounds[] };

const total = (loads: readonly Load[], of: (load: Load) => number): number => loads.reduce((sum, load) => sum + of(load), 0);
const perSecond = (loads: readonly Load[]): number => total(loads, (load) => load.count) / total(loads, (load) => load.seconds);
const each = (loads: readonly Load[], of: (load: Load) => number): number => total(loads, of) / total(loads, (load) => load.count);
const short = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : value.toFixed(3));
const named: Record<string, string> = { database: 'the same SQL, pgbench', nginx: 'the same bytes, nginx', asset: 'a file of that size, our server' };

/** Writes the table, the plot and where the time goes into docs/benchmarks.md. */
export async function writeLimit(system: System, result: Result): Promise<void> {
  const { rows } = await sql<{ server_version: string }>`show server_version`.execute(system.kernel.db);
  const versions = [`nginx ${versionOf('nginx')}`, `wrk ${versionOf('wrk')}`, `pgbench ${versionOf('postgresql-client-15')}`];
  const lines = result.taken.flatMap(({ work, clients, loads }) => Object.entries(loads).filter(([share]) => share !== 'ours').map(([share, limit]) => {
    const ours = loads['ours']!;
    return [work, String(clients), named[share]!, short(perSecond(ours)), short(perSecond(limit)), short(perSecond(limit) / perSecond(ours)), `${short(each(ours, (load) => load.busy))} + ${short(each(ours, (load) => load.busyOther))}`, short(each(limit, (load) => load.busy))];
  }));
  const head = ['Request', 'At once', 'Limit', 'ours a second', 'limit a second', 'limit / ours', 'ours: server + database, ms', 'limit, ms'];
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const shares = ['ours', ...Object.keys(named).filter((share) => result.taken.some(({ loads }) => loads[share]))];
  const plot = writePlot('limit', {
    title: `Requests a second and what bounds them (${result.cases.toLocaleString('en')} cases)`, x: 'request, clients at once', y: 'a second', kind: 'bar', logY: true,
    series: shares.map((share) => ({ name: share === 'ours' ? 'Kabinet' : named[share]!, points: result.taken.filter(({ loads }) => loads[share]).map(({ work, clients, loads }) => [`${work.replace(' by REST', '').replace(' by link', '')}, ${clients}`, Math.round(perSecond(loads[share]!) * 10) / 10] as const) })),
  });
  writeSection('limit', `## Limit
Written by \`npm run bench -- limit\` on ${new Date().toISOString().slice(0, 10)}: ${describeMachine(rows[0]!.server_version)}; ${versions.join(', ')}; load average at its end ${os.loadavg()[0]!.toFixed(1)}; ${result.took} s in all,
${result.rounds} rounds of ${result.seconds} s for each line, all lines in turn, after one that warmed up. One office with ${result.cases.toLocaleString('en')} cases and the rest of its register; one server process as it is started. The clients (wrk, one thread) share the cores.

- *The same SQL*: every statement that the request sends (${Object.entries(result.statements).map(([work, count]) => `${work}: ${count}`).join(', ')}), session or token and its policies included, as a script of pgbench, \`-M prepared\`, a connection a client. A registration draws its ids by one statement more. Not in it: the seal of the log, which follows the commit.
- *The same bytes*: the answer (${Object.entries(result.bytes).filter(([work]) => !work.startsWith('register')).map(([work, bytes]) => `${work}: ${Math.round(bytes / 1000)} kB`).join(', ')}) as a file, served by nginx with ${os.availableParallelism()} workers, connections kept, no log; and the built file that is nearest in size, served by our own server.
- *ms* is processor time for one request, whatever else the machine was doing.

${table}

${plot}

${prose(result)}
`);
}

/** Where the time between the limit and us goes, in the figures of this run. */
function prose({ taken, statements }: Result): string {
  const told = (work: string): string => {
    const lines = taken.filter((one) => one.work === work && one.loads['database']);
    const one = lines[0];
    const most = lines.at(-1);
    if (!one || !most) return '';
    const [ours, limit] = [one.loads['ours']!, one.loads['database']!];
    const [node, ourDatabase, bare] = [each(ours, (load) => load.busy), each(ours, (load) => load.busyOther), each(limit, (load) => load.busy)];
    return `*${work}* takes ${short(node + ourDatabase)} ms of processor time at one client: ${short(node)} in the server (${Math.round((100 * node) / (node + ourDatabase))} %) and ${short(ourDatabase)} in PostgreSQL, where the same ${statements[work]} statements bare take ${short(bare)}. At ${most.clients} clients the database alone would do ${short(perSecond(most.loads['database']!) / perSecond(most.loads['ours']!))} times as many.`;
  };
  const files = taken.filter((one) => one.loads['nginx'] && one.clients === Math.min(...taken.map((other) => other.clients))).map(({ work, loads }) => {
    const ours = each(loads['ours']!, (load) => load.busy + load.busyOther);
    return `As a file nginx gives the ${work} for one part in ${Math.round(ours / each(loads['nginx']!, (load) => load.busy))} of that.`;
  }).join(' ');
  return `${told('register by REST')} What PostgreSQL does beside the bare statements is the seal of the log, the work that listeners are owed, and plans that a pool of connections has to make more than once; what the server does is HTTP, reading and checking the letter, the rules of clocks and numbers, and writing the answer.

${told('case page')} ${told('calendar by link')} ${files} Whatever is put together for one reader and one moment, behind walls that may change with every act, is not kept as a file. What remains ours to save is the server's share: drawing HTML and texts, and checking what comes out of the database.`;
}
