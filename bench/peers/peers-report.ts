import { writePlot } from '../plot.ts';
import { hitsAPage, rowsAPage } from './peer.ts';
import type { Entrant, Line, Result, Rounds } from './rounds.ts';
import { rareLetters, words, type Facts } from './work.ts';

export type Measurement = Rounds & { cases: number; facts: Facts; entrants: readonly Entrant[] };
type About = { machine: string; load: number; rounds: number; seconds: number; minutes: number; draw: boolean };

const short = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(value >= 10 ? 3 : 2));
const times = (ours: number, theirs: number): string => `**${short(ours / theirs)}**`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function tablesOf({ cases, lines, entrants, memory }: Measurement): string {
  const peers = entrants.slice(1);
  const own = entrants[0]!.peer.key;
  const of = (line: Line, key: string): Result => line.results.get(key)!;
  const rates = lines.map((line) => [line.work, String(line.clients), short(of(line, own).perSecond), ...peers.flatMap(({ peer }) => [short(of(line, peer.key).perSecond), times(of(line, own).perSecond, of(line, peer.key).perSecond)])]);
  const waits = lines.map((line) => [line.work, String(line.clients), ...entrants.map(({ peer }) => `${short(of(line, peer.key).p50)} / ${short(of(line, peer.key).p95)}`)]);
  // What one request costs is best seen where requests do not wait for each other.
  const least = Math.min(...lines.map((line) => line.clients));
  const costs = lines.filter((line) => line.clients === least).map((line) => [line.work, ...entrants.map(({ peer }) => `${short(of(line, peer.key).server)} + ${short(of(line, peer.key).database)}`), ...peers.map(({ peer }) => times(of(line, peer.key).busy, of(line, own).busy))]);
  const names = entrants.map(({ peer }) => peer.name);
  const others = peers.map(({ peer }) => peer.name);
  return `### ${cases.toLocaleString('en')} cases in each

Requests a second, and how many times as many ours are:

${table(['Work', 'At once', names[0]!, ...others.flatMap((name) => [name, 'times'])], rates)}

Waiting for an answer, p50 / p95 in ms:

${table(['Work', 'At once', ...names], waits)}

Processor time a request with ${least} at once, in ms: system + PostgreSQL, and how many times as much theirs is:

${table(['Work', ...names, ...others.map((name) => `${name}, times`)], costs)}

Memory afterwards (PSS): ${memory.map((one) => `${one.peer} ${(one.server / 1024 ** 2).toFixed(0)} MB in ${one.processes} processes and ${(one.database / 1024 ** 2).toFixed(0)} MB in its database connections`).join('; ')}.`;
}

function plotsOf(measured: readonly Measurement[]): string {
  const plot = (name: string, work: string, title: string): string => {
    const series = measured[0]!.entrants.map(({ peer }) => ({
      name: peer.name,
      points: measured.flatMap(({ cases, lines }) => lines.filter((line) => line.work === work).map((line) => [`${cases.toLocaleString('en')} / ${line.clients}`, Number(short(line.results.get(peer.key)!.perSecond))] as const)),
    }));
    return writePlot(name, { title, x: 'cases / clients at once', y: 'a second (logarithmic)', kind: 'bar', logY: true, series });
  };
  return `${plot('peers-page', 'case page', 'Case pages a second')}\n\n${plot('peers-register', 'register by REST', 'Registrations by REST a second')}`;
}

/** Where the time goes, for what was to be twenty times Request Tracker's and is not. */
function shortfall(measured: readonly Measurement[]): string {
  const rows = measured.flatMap(({ cases, lines }) =>
    lines.filter((line) => ['case page', 'register by REST'].includes(line.work) && line.results.has('tracker')).flatMap((line) => {
      const [ours, theirs] = [line.results.get('kabinet')!, line.results.get('tracker')!];
      const ratio = ours.perSecond / theirs.perSecond;
      const cost = ({ server, database }: Result): string => `${short(server)} + ${short(database)}`;
      return ratio >= 20 ? [] : [[line.work, cases.toLocaleString('en'), String(line.clients), short(ratio), cost(ours), cost(theirs)]];
    }));
  if (!measured[0]!.lines[0]!.results.has('tracker')) return '';
  if (rows.length === 0) return "Registration and the case page are at least 20 times Request Tracker's at every number of clients and at both sizes.";
  return `The goal was 20 times Request Tracker's for registration and the case page. Below it stay the following, with the milliseconds of processor time of one request (Node.js + PostgreSQL,
Perl + PostgreSQL). With one client nobody's second core is used; with more, theirs serve two requests at once, while ours is one process beside the database and the client.

${table(['Work', 'Cases', 'At once', 'times', 'Ours costs', 'Request Tracker costs'], rows)}`;
}

/** The section of docs/benchmarks.md; draws its plots when `draw`. */
export function peersReport(measured: readonly Measurement[], { machine, load, rounds, seconds, minutes, draw }: About): string {
  const { entrants } = measured[0]!;
  const settings = entrants.map(({ peer, running }) => `- **${peer.name}** (${running.version}):\n${running.settings.map((one) => `  - ${one.replace(`${peer.name}: `, '')}`).join('\n')}`).join('\n');
  const facts = measured.map(({ cases, facts: { open, many }, idle }) => `${cases.toLocaleString('en')} cases: ${open} open, "${words.many}" in ${many} letters, ${idle.toFixed(0)} ms of processor time a second when nobody asks`).join('; ');
  return `## Peers side by side

\`npm run bench -- peers\` on ${new Date().toISOString().slice(0, 10)}: ${machine}; load average when it began ${load.toFixed(1)}; ${minutes.toFixed(0)} minutes.

All systems hold the same letters (subject, text, sender, day, open or settled), stand on one server of PostgreSQL, each with a database and role of its own, and are up
together; the one that is measured has the machine to itself but for the client, which runs on the same cores. Each work runs ${seconds} s in each of ${rounds} rounds, in turn: ours, theirs;
registrations (at most 300 each time) after everything that reads. Every answer is looked at: the page must hold subject and text, the list ${rowsAPage} rows (or all that are open), a search up to
${hitsAPage}, the rare word its ${rareLetters} letters. Ours carries more in each case (papers, clock, answer, events, obligations); theirs were filled with the letter and its settling alone.
(${facts}.)

${settings}

${draw ? `${plotsOf(measured)}\n\n` : ''}${shortfall(measured)}

${measured.map(tablesOf).join('\n\n')}`;
}
