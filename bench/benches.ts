import { runGrowth } from './growth.ts';
import { runLimit } from './limit.ts';
import { runPeers } from './peers/peers.ts';
import { runRadicale } from './peers/radicale.ts';

export type Options = { option: (name: string, other: string) => string; has: (flag: string) => boolean };

/** What `npm run bench -- <name>` measures beside the bench without a name; each writes its own part of docs/benchmarks.md. */
export const benches: Record<string, (options: Options) => Promise<void>> = { peers: runPeers, limit: runLimit, growth: runGrowth, radicale: runRadicale };
