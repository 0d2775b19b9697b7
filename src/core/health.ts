import { sql } from './database.ts';
import type { Kernel } from './kernel.ts';

export type Health = 'ok' | 'database' | 'leaving';
const patienceMs = 3000;
const keptMs = 500;

/** Says whether this server can serve: its database answers and takes writes, and it was not asked to stop. Asked of the database twice a second at most. */
export function health(kernel: Pick<Kernel, 'db' | 'isLeaving'>): () => Promise<Health> {
  let kept: { at: number; value: Promise<Health> } | undefined;
  async function ask(): Promise<Health> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Health>((done) => (timer = setTimeout(() => done('database'), patienceMs)));
    const read = async (): Promise<Health> => ((await sql<{ standby: boolean }>`select pg_is_in_recovery() as standby`.execute(kernel.db)).rows[0]!.standby ? 'database' : 'ok');
    return Promise.race([read().catch((): Health => 'database'), late]).finally(() => clearTimeout(timer));
  }
  return async () => {
    if (kernel.isLeaving) return 'leaving';
    if (!kept || Date.now() - kept.at > keptMs) kept = { at: Date.now(), value: ask() };
    return kept.value;
  };
}
