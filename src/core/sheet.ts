import { wrong } from './refusal.ts';
import type { Sheet, SheetReading } from './sheet-read.ts';
import type { SheetAnswer } from './sheet-worker.ts';
import { askWorker } from './worker.ts';

export * from './sheet-read.ts';

// A small workbook can say that its rows are 16,384 cells wide, and unfold to gigabytes.
const limits = { longestMs: 120_000, heapMegabytes: 1024 };

/** Reads CSV (any of `encodings`, any of `delimiters`) or XLSX in a process of its own; refuses at `file` what is neither, or more than it can hold. */
export async function readSheet(bytes: Uint8Array, as: SheetReading = {}): Promise<Sheet> {
  const answer = await askWorker<SheetAnswer>('sheet', { bytes, as }, limits).catch((): SheetAnswer => ({ error: 'ended' }));
  if ('sheet' in answer) return answer.sheet;
  throw wrong('fields' in answer ? answer.fields : { file: { key: 'field.import_broken' } });
}
