import os from 'node:os';
import type { System } from '../../src/bin/system.ts';
import { sql } from '../../src/core/database.ts';
import { together } from '../measure.ts';
import { writePlot } from '../plot.ts';
import { describeMachine, writeSection } from '../report.ts';

/** One measurement: a work at one size and number of clients on one side. */
export type Taken = { size: number; objects: number; work: string; clients: number; side: 'ours' | 'theirs'; times: number[]; seconds: number; busy: number };
type Result = { taken: readonly Taken[]; rounds: number; seconds: number; way: string; memory: { ours: number; theirs: number }; version: string; took: number; isWhole: boolean };

const short = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const mb = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(0)} MB`;

/** Writes the table and the plots of Kabinet beside Radicale into docs/benchmarks.md. */
export async function writeCalendarFeed(system: System, { taken, rounds, seconds, way, memory, version, took, isWhole }: Result): Promise<void> {
  const { rows } = await sql<{ server_version: string }>`show server_version`.execute(system.kernel.db);
  const of = (side: Taken['side'], like: Taken) => together(taken.filter((one) => one.side === side && one.work === like.work && one.size === like.size && one.clients === like.clients).map((one) => ({ ...one, count: one.times.length })));
  const cases = taken.filter((one, index) => one.side === 'ours' && taken.findIndex((other) => other.side === 'ours' && other.work === one.work && other.size === one.size && other.clients === one.clients) === index);
  const lines = cases.map((one) => ({ one, ours: of('ours', one), theirs: of('theirs', one) }));
  const head = ['Asked', 'objects', 'at once', 'a second', 'ratio', 'p50 ms', 'p95 ms', 'processor ms'];
  const cells = lines.map(({ one, ours, theirs }) => [one.work, one.objects.toLocaleString('en'), String(one.clients), `${short(ours.perSecond)} / ${short(theirs.perSecond)}`, short(ours.perSecond / theirs.perSecond), `${short(ours.p50)} / ${short(theirs.p50)}`, `${short(ours.p95)} / ${short(theirs.p95)}`, `${short(ours.busy)} / ${short(theirs.busy)}`]);
  const table = [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
  process.stdout.write(`${table}\n`);
  if (!isWhole) return;
  const names: Record<string, string> = { month: 'month', nothing: 'nothing changed', 'sync-collection': 'one change', PUT: 'PUT', first: 'first sync', whole: 'all texts', calendar: 'GET' };
  const nameOf = (work: string): string => names[work.split(/[ ,]/)[0]!] ?? work;
  const largest = Math.max(...taken.map((one) => one.size));
  const smallest = Math.min(...taken.map((one) => one.size));
  const plots = [smallest, largest].map((size) => writePlot(`calendar-feed-${size}`, {
    title: `Calendar of ${size.toLocaleString('en')}: answers a second, one client`, x: 'asked', y: 'a second', kind: 'bar', logY: true,
    series: (['ours', 'theirs'] as const).map((side) => ({ name: side === 'ours' ? 'Kabinet' : `Radicale ${version}`, points: lines.filter(({ one }) => one.size === size && one.clients === 1).map((line) => [nameOf(line.one.work), Math.round(line[side].perSecond * 100) / 100] as const) })),
  }));
  const slower = lines.filter(({ ours, theirs }) => ours.perSecond < theirs.perSecond).map(({ one, ours, theirs }) => `${nameOf(one.work)} of ${one.objects.toLocaleString('en')} at ${one.clients} (${short(ours.perSecond / theirs.perSecond)})`);
  writeSection('calendar-feed', `## Calendars beside Radicale
Written by \`npm run bench -- radicale\` (the last part of \`npm run bench -- peers\`) on ${new Date().toISOString().slice(0, 10)}: ${describeMachine(rows[0]!.server_version)}; Radicale ${version}; load average at its end ${os.loadavg()[0]!.toFixed(1)}; ${took} s in all,
${rounds} rounds of ${seconds} s for each line, both in turn, after one that warmed up. Kabinet / Radicale; *ratio* is how many times as many answers Kabinet gives in a second.

- *The same objects*: single engagements and weekly series over ten years, some for whole days; what Kabinet tells of each over CalDAV stands as a file in Radicale's folder. The reader is the owner.
- *Radicale*: Debian's package by ${way} (the faster of its own server and gunicorn with ${os.availableParallelism()} processes), htpasswd with plain passwords and no delay, rights owner_only, files on the same disk (its own writing to disk as it comes), log of errors alone, its caches warm. Memory ${mb(memory.theirs)}.
- *Kabinet*: one server process as it is started, a token of a calendar program for each request, walls and log as always, PostgreSQL with durable commits. Memory with PostgreSQL ${mb(memory.ours)}.
- *GET* is Radicale's whole calendar and Kabinet's link to follow, which tells half a year back and everything ahead, of 5,000 engagements at most: not the same amount in larger calendars; \`calendar-query\` of all texts is.

${table}

${plots.join('\n\n')}

${slower.length > 0 ? `Slower than Radicale: ${slower.join('; ')}.` : 'Nothing was slower than Radicale.'}
`);
}
