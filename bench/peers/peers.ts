import { spawn, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startPostgres, type LocalPostgres } from '../../src/core/postgres.ts';
import type { Options } from '../benches.ts';
import { describeMachine, writeSection } from '../report.ts';
import { closeGround, factsOf, openGround } from './databases.ts';
import { kabinet, serveKabinet } from './kabinet.ts';
import type { Peer } from './peer.ts';
import { peersReport, type Measurement } from './peers-report.ts';
import { redmine } from './redmine.ts';
import { runRounds, type Entrant } from './rounds.ts';
import { tracker } from './tracker.ts';

const say = (text: string): void => void (process.stdout.isTTY ? process.stdout.write(`\r\x1b[K  ${text}`) : process.stdout.write(`  ${text}\n`));
const numbers = (text: string): number[] => text.split(',').map(Number).filter((one) => one > 0);

/**
 * The same work on Kabinet and on the systems that one would pick instead, in turn on one PostgreSQL. Options: `--cases 1000,100000`,
 * `--clients 1,4,16`, `--rounds 3`, `--seconds 2` of each measurement, `--only tracker,redmine,radicale`.
 */
export async function runPeers({ option, has }: Options): Promise<void> {
  if (has('serve')) return serveKabinet();
  const only = option('only', 'tracker,redmine,radicale').split(',');
  const peers = [tracker, redmine].filter((peer) => only.includes(peer.key));
  if (peers.length > 0) await runDesks([kabinet, ...peers], { sizes: numbers(option('cases', '1000,100000')), clients: numbers(option('clients', '1,4,16')), rounds: Number(option('rounds', '3')), seconds: Number(option('seconds', '2')), isWhole: !has('only') });
  // A command of its own: its PostgreSQL begins when ours has ended.
  if (only.includes('radicale')) await ended(spawn(process.execPath, [process.argv[1]!, 'radicale', ...(has('rounds') ? ['--rounds', option('rounds', '3')] : [])], { stdio: 'inherit' }));
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((done, fail) => child.once('error', fail).once('close', (code) => (code === 0 ? done() : fail(new Error(`Radicale: the bench ended with ${code}`)))));

type Asked = { sizes: number[]; clients: number[]; rounds: number; seconds: number; isWhole: boolean };

async function runDesks(peers: readonly Peer[], { sizes, clients, rounds, seconds, isWhole }: Asked): Promise<void> {
  const began = Date.now();
  const load = os.loadavg()[0]!;
  for (const peer of peers) await peer.prepare();
  const folder = process.env['KABINET_DATA']!;
  const server = await startPostgres(path.join(folder, 'postgres'));
  const measured: Measurement[] = [];
  try {
    for (const cases of sizes) {
      const entrants: Entrant[] = [];
      try {
        for (const peer of peers) {
          const ground = await openGround(server, folder, peer, cases, say);
          say(`${peer.name}: starting`);
          entrants.push({ peer, ground, running: await peer.start(ground) });
        }
        const facts = await factsOf(server, cases);
        measured.push({ cases, facts, entrants, ...(await runRounds(server, entrants, facts, { rounds, seconds, clients, say })) });
      } finally {
        await Promise.all(entrants.map(({ running }) => running.stop()));
        for (const { ground } of entrants) await closeGround(server, ground);
      }
    }
    const machine = describeMachine(await versionOf(server));
    const text = peersReport(measured, { machine, load, rounds, seconds, minutes: (Date.now() - began) / 60_000, draw: isWhole });
    process.stdout.write(`\n${text}\n`);
    if (isWhole) writeSection('peers', text);
  } finally {
    await server.stop();
  }
}

async function versionOf({ host, port, user }: LocalPostgres): Promise<string> {
  const client = new pg.Client({ host, port, user, database: 'postgres' });
  await client.connect();
  try {
    return (await client.query<{ server_version: string }>('show server_version')).rows[0]!.server_version;
  } finally {
    await client.end();
  }
}
