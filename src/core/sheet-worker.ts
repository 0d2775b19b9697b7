import { Refusal, type FieldErrors } from './refusal.ts';
import { readSheetHere, type Sheet, type SheetReading } from './sheet-read.ts';
import { answerOnce } from './worker.ts';

export type SheetAnswer = { sheet: Sheet } | { fields: FieldErrors } | { error: string };

answerOnce(async ({ bytes, as }: { bytes: Uint8Array; as: SheetReading }): Promise<SheetAnswer> => {
  try {
    return { sheet: await readSheetHere(bytes, as) };
  } catch (error) {
    if (error instanceof Refusal) return { fields: error.fields };
    throw error;
  }
});
