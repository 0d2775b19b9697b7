import { setTimeout as pause } from 'node:timers/promises';
import { log } from './log.ts';
import type { LocalPostgres } from './postgres.ts';

const firstPauseMs = 200;
const longestPauseMs = 10_000;

async function endOf(server: LocalPostgres): Promise<void> {
  if (!server.adopted) return server.ended;
  // Another process's server: it says nothing when it ends.
  for (;; await pause(500, undefined, { ref: false })) {
    try {
      process.kill(server.pid, 0);
    } catch {
      return;
    }
  }
}

/**
 * Starts the embedded server again whenever it ends by itself, as often as it takes: on a full disk until there is room.
 * `say` is told when it ended and when it is there again. Answers with what stops it for good.
 */
export function keepPostgres(first: LocalPostgres, start: () => Promise<LocalPostgres>, say: (text: string) => void = () => {}): () => Promise<void> {
  let server = first;
  let stopping = false;
  const turn = async (): Promise<void> => {
    const began = Date.now();
    say('Kabinet: the database has ended; it is started again.');
    for (let wait = firstPauseMs; !stopping; wait = Math.min(wait * 2, longestPauseMs)) {
      try {
        server = await start();
        say(`Kabinet: the database is there again, after ${((Date.now() - began) / 1000).toFixed(1)} s.`);
        return;
      } catch (error) {
        log.error({ err: (error as Error).message }, 'the database did not start');
        await pause(wait, undefined, { ref: false });
      }
    }
  };
  let running = Promise.resolve();
  const watch = (): void => void endOf(server).then(() => {
    if (stopping) return;
    running = turn();
    void running.then(watch);
  });
  watch();
  return async () => {
    stopping = true;
    await running;
    await server.stop();
  };
}
