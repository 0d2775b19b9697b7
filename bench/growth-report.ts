import type { GrowthLine } from './growth-lines.ts';
import type { Memory } from './growth-measure.ts';
import type { Disk, Idle, Turn } from './growth-offices.ts';
import type { Size } from './growth-fill.ts';
import { writePlot } from './plot.ts';
import { describeMachine } from './report.ts';

export type Figures = { times: number[]; busy: number; count: number };
export type Group = {
  kind: 'cases' | 'offices';
  sizes: Size[];
  lines: { line: GrowthLine; own: Figures[] }[];
  starts: { startedMs: number; memory: Memory }[];
  memory: Memory[];
  sealing: number[];
  turns: Turn[][];
  idle: Idle[];
  disk: Disk[];
};

const ms = (value: number): string => (Number.isFinite(value) ? (value < 10 ? value.toFixed(1) : value.toFixed(0)) : '–');
const at = (times: readonly number[], share: number): number => times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
const busy = (own: Figures): number => own.busy / own.count;
const sizeOf = ({ kind }: Group, size: Size): number => (kind === 'cases' ? size.cases : size.offices);
const named = (count: number): string => count.toLocaleString('en');

/** By how much a figure grows when the size grows ten times, from the smallest to the largest. */
export function growthPerTen(sizes: readonly number[], values: readonly number[]): number {
  const decades = Math.log10(sizes.at(-1)! / sizes[0]!);
  return decades > 0 && values[0]! > 0 ? (values.at(-1)! / values[0]!) ** (1 / decades) : 1;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function tablesOf(group: Group): string {
  const sizes = group.sizes.map((size) => sizeOf(group, size));
  const what = group.kind === 'cases' ? 'cases' : 'offices';
  const heads = sizes.map((size) => `${named(size)} ${what}`);
  const grown = (values: readonly number[]): string => `× ${growthPerTen(sizes, values).toFixed(2)}`;
  const asked = table(
    ['Request', ...heads, 'for each ten times'],
    group.lines.map(({ line, own }) => [`${line.name}${line.aside ? ' *' : ''}`, ...own.map((one) => `${ms(busy(one))} · ${ms(at(one.times, 0.5))} · ${ms(at(one.times, 0.95))}`), grown(own.map(busy))]),
  );
  const figures = (name: string, values: readonly number[]): string[] => [name, ...values.map(ms), grown(values)];
  const each = <T>(list: readonly T[], of: (one: T) => number): number[] => list.map(of);
  const rest = table(
    ['Server and database', ...heads, 'for each ten times'],
    [
      figures('start of a server, ms', each(group.starts, (one) => one.startedMs)),
      figures('server after its start, MB (RSS)', each(group.starts, (one) => one.memory.serverRss)),
      figures('server after the rounds, MB (RSS)', each(group.memory, (one) => one.serverRss)),
      figures('largest backend, MB (its share of memory)', each(group.memory, (one) => one.backendPss)),
      figures('largest backend, MB of its own', each(group.memory, (one) => one.backendOwn)),
      figures('backends', each(group.memory, (one) => one.backends)),
      figures('tables on disk, MB', each(group.disk, (one) => one.table)),
      figures('indexes on disk, MB', each(group.disk, (one) => one.index)),
      ...(group.idle.length === 0 ? [] : [figures('from a registration to its seal, ms', group.sealing),
      figures(`${group.idle[0]?.seconds ?? 60} s of rest: transactions`, each(group.idle, (one) => one.transactions)),
      figures('the same: processor ms of the server', each(group.idle, (one) => one.serverMs)),
      figures('the same: processor ms of the backends', each(group.idle, (one) => one.backendsMs))]),
      ...(group.turns[0] ?? []).map((turn, index) => figures(`turn of ${turn.name}, ms`, group.turns.map((own) => own[index]!.ms))),
    ],
  );
  return `${asked}\n\n${rest}`;
}

const shown = ['register a petition (REST)', 'case, petition', 'list, open', 'search, a word of many', 'register (book)', 'day, registrar'];

/** The section of docs/benchmarks.md with its plots. */
export async function reportGrowth(groups: readonly Group[]): Promise<string> {
  const parts = groups.map((group) => {
    const what = group.kind === 'cases' ? 'cases of one office' : 'offices of one database, 1,000 cases each';
    const points = (of: (index: number) => number) => group.sizes.map((size, index) => [sizeOf(group, size), of(index)] as const);
    const axis = { kind: 'line', logX: true } as const;
    const latency = writePlot(`growth-${group.kind}`, {
      ...axis, title: `Processor time of a request by ${what}`, x: what, y: 'ms', series: group.lines.filter(({ line }) => shown.includes(line.name)).map(({ line, own }) => ({ name: line.name, points: points((index) => Number(busy(own[index]!).toFixed(2))) })),
    });
    const memory = writePlot(`growth-${group.kind}-memory`, {
      ...axis, title: `Memory by ${what}`, x: what, y: 'MB',
      series: [
        { name: 'server (RSS)', points: points((index) => Math.round(group.memory[index]!.serverRss)) },
        { name: 'largest backend (its share)', points: points((index) => Math.round(group.memory[index]!.backendPss)) },
      ],
    });
    const sizes = group.sizes.map((size) => sizeOf(group, size));
    const fast = group.lines.filter(({ line, own }) => !line.aside && growthPerTen(sizes, own.map(busy)) > 1.5).map(({ line }) => line.name);
    const said = fast.length > 0 ? `Above 1.5 times for each ten times: ${fast.join('; ')}.` : 'Nothing on the way of daily work grew by more than 1.5 times for each ten times.';
    return `### ${group.kind === 'cases' ? 'Cases of one office' : 'Offices of one database'}\n\n${tablesOf(group)}\n\n${said}\n\n${latency}\n\n${memory}`;
  });
  return `## Growth

Written by \`npm run bench -- growth\` on ${new Date().toISOString().slice(0, 10)}: ${describeMachine('18, its usual settings')}.

Cells of the first tables: processor ms of server and database for one request · p50 ms · p95 ms waited. Every size has its database in one cluster and its own server; each line is asked
of all sizes in turn, round by round. Lines with * are not on the way of daily work. A quarter of the cases are petitions, the rest other mail, spread over ten years, 3 of 100 open, with deliveries,
letters, dispatches, archive and search entries in proportion. Rows are multiplied in SQL; the seal begins behind what was filled in. Offices are taken in turn, ten of them.

${parts.join('\n\n')}
`;
}
