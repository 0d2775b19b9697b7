import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { rootDirectory } from '../src/core/root.ts';
import type { Bench, Line } from './bench.ts';

const ms = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));

/** The machine in one line, as the operating system names it. */
export function describeMachine(postgres: string): string {
  const model =
    /^model name\s*:\s*(.+)$/m.exec(process.platform === 'linux' ? readFileSync('/proc/cpuinfo', 'utf8') : '')?.[1] ??
    os.cpus()[0]?.model ??
    'unknown CPU';
  return `${os.cpus().length} cores (${model.trim()}), ${Math.round(os.totalmem() / 1024 ** 3)} GB of memory, ${os.type()}, Node.js ${process.versions.node}, PostgreSQL ${postgres}`;
}

const pair = (one: number, other: number | undefined): string => (other === undefined ? ms(one) : `${ms(one)} / ${ms(other)}`);
const row = ({ name, workers, ours, bare }: Line): string[] => [
  name,
  String(workers),
  pair(ours.busy, bare?.busy),
  bare ? (ours.busy / bare.busy).toFixed(1) : '',
  pair(ours.least, bare?.least),
  pair(ours.p50, bare?.p50),
  pair(ours.p95, bare?.p95),
  workers > 1 ? `${Math.round(ours.perSecond)}${bare ? ` / ${Math.round(bare.perSecond)}` : ''}` : '',
];
const head = ['Request', 'At once', 'processor ms', 'ratio', 'fastest ms', 'p50 ms', 'p95 ms', 'a second'];

export const tableOf = (lines: readonly Line[]): string =>
  [head, head.map(() => '---'), ...lines.map(row)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The measured part of docs/benchmarks.md. */
export function reportOf(bench: Bench, machine: string, load: number): string {
  return `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${machine}; load average when it began ${load.toFixed(1)}.

One office with ${bench.cases.toLocaleString('en')} cases (letters of the demonstration mixed, with papers, clocks, answers, events and search), measured over HTTP from a
process beside the server. Each line ran in turn with the same SQL bare (the statements that the operation sends, prepared, one after the
other on one connection; ${bench.statements} of them for registering), round by round on the same machine: ours / bare. Bare has no HTTP, no token or
session, no validation and no HTML, does not seal the log, and of a page is its main operation alone. *Processor* is the time that server and
database computed for one request, whatever else the machine was doing; the other columns are what the caller waited, and grow with the load.

${tableOf(bench.lines)}
`;
}

const mark = '<!-- by hand from here -->';
const file = path.join(rootDirectory, 'docs/benchmarks.md');

/** Writes what one bench measured between its own two marks in the part by hand (`<!-- peers -->` … `<!-- /peers -->`), at its end when they are missing. */
export function writeSection(name: string, text: string): void {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const now = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const section = `${begin}\n${text.trim()}\n${end}`;
  const [from, until] = [now.indexOf(begin), now.indexOf(end)];
  writeFileSync(file, from < 0 || until < from ? `${now.trimEnd()}\n\n${section}\n` : now.slice(0, from) + section + now.slice(until + end.length));
}

/** Writes docs/benchmarks.md and keeps what was written by hand below the mark. */
export function writeReport(text: string): void {
  const kept = existsSync(file) ? readFileSync(file, 'utf8').split(mark)[1] : undefined;
  writeFileSync(file, `${text}\n${mark}${kept ?? '\n'}`);
}
