import { z } from 'zod';
import type { Upload } from '../../core/file.ts';
import { choice, day, id, line, optionalLine, optionalText, say } from '../../core/input.ts';
import { textIn } from '../../core/message.ts';
import { formatReference } from '../../core/number.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { canMark } from '../../core/watermark.ts';
import { takeUploads, UploadList } from '../documents/index.ts';
import { directions, getBookRule, keepsFiles, levels, rankOf, type Level } from './classified.ts';
import { getLevel, findLevel, mustBeCleared } from './clearance.server.ts';
import { openJson, sealFile, sealJson, type Change, type Words } from './sealed.server.ts';

export const keepers = ['registrar', 'chief', 'mayor'] as const;
const optionalDay = () => z.union([z.literal('').transform(() => null), day()]).nullish().transform((value) => value ?? null);

const paperColumns = ['id', 'year', 'number', 'reference', 'level', 'direction', 'sealed', 'copies', 'pages', 'received_on', 'registered_by', 'at', 'until_on', 'declassified_at', 'declassified_basis', 'closed_at'] as const;

/** The paper with its words opened, for a reader of today; 404 for everybody else. */
export async function getPaper(context: Context, paperId: string) {
  const { db, office, caller, today } = context;
  const row = await db.selectFrom('classified_paper').select(paperColumns).where('office_id', '=', office.id).where('id', '=', paperId).executeTakeFirst();
  const reader = row && await db.selectFrom('classified_reader').select(['until_on', 'copy_number']).where('office_id', '=', office.id).where('paper_id', '=', paperId)
    .where('person_id', '=', caller.personId).where('ended_at', 'is', null).executeTakeFirst();
  if (!row || !reader || (reader.until_on !== null && reader.until_on < today)) throw notFound();
  const level = row.level as Level;
  if (!row.declassified_at && rankOf(await findLevel(context)) < rankOf(level)) throw notFound();
  return { ...row, level, copyNumber: reader.copy_number, words: openJson('words', office.id, row.id, row.sealed) as Words };
}
export type Paper = Awaited<ReturnType<typeof getPaper>>;

type Kept = { id: string; sealedName: Buffer; sha256: string; mediaType: string; size: number };
/** Keeps files for a paper: sealed bytes in the store, a sealed name for the database. Only what can be shown with a mark is taken. */
async function keepFiles(context: Context, level: Level | null, uploads: readonly Upload[]): Promise<Kept[]> {
  const { db, office, kernel } = context;
  if (uploads.length === 0) return [];
  if (level && !keepsFiles(getBookRule(office), level)) throw wrong({ files: { key: 'field.classified_level_files' } });
  const files = await takeUploads(uploads);
  for (const file of files) if (!(await canMark(file.bytes, file.mediaType))) throw wrong({ files: { key: 'field.classified_file', args: { name: file.name } } });
  const kept: Kept[] = [];
  for (const file of files) {
    const documentId = context.newId();
    const sealed = sealFile(office.id, documentId, file.bytes);
    const sha256 = await kernel.files.put(office.id, sealed);
    await db.insertInto('file').values({ office_id: office.id, sha256, size: sealed.length, media_type: 'application/octet-stream' }).execute();
    kept.push({ id: documentId, sealedName: sealJson('name', office.id, documentId, { name: file.name, size: file.bytes.length }), sha256, mediaType: file.mediaType, size: sealed.length });
  }
  return kept;
}

async function addFiles({ db, office, caller, now }: Context, paperId: string, files: readonly Kept[]): Promise<void> {
  if (files.length === 0) return;
  await db.insertInto('classified_document').values(files.map((file) => ({
    office_id: office.id, id: file.id, paper_id: paperId, sealed_name: file.sealedName, sha256: file.sha256, media_type: file.mediaType, size: file.size, added_by: caller.personId, at: now,
  }))).execute();
}

/** The next number of the book of classified papers of this year; its row is locked until the commit. */
async function takeNumber({ db, office, today }: Context): Promise<{ year: number; number: number }> {
  const year = Number(today.slice(0, 4));
  const bump = () => db.updateTable('classified_book').set((eb) => ({ last_number: eb('last_number', '+', 1) })).where('office_id', '=', office.id).where('year', '=', year).returning('last_number').executeTakeFirst();
  let row = await bump();
  if (!row) {
    await db.insertInto('classified_book').values({ office_id: office.id, year }).onConflict((conflict) => conflict.columns(['office_id', 'year']).doNothing()).execute();
    row = await bump();
  }
  return { year, number: row!.last_number };
}

export const registerClassified = operation({
  id: 'classified.register', kind: 'command', rest: 'POST /classified', allow: keepers,
  summary: 'Enters a paper in the book of classified papers, sealed; who enters it and the readers named see it, nobody else.',
  input: z.object({
    level: choice(levels), direction: choice(directions).default('in'), subject: line(300), sender: optionalLine(200), senderReference: optionalLine(80), note: optionalText(5000), basis: optionalLine(300),
    copies: z.coerce.number(say('field.number')).int(say('field.number')).min(1, say('field.number')).max(500, say('field.number')).default(1),
    pages: z.union([z.literal('').transform(() => null), z.coerce.number(say('field.number')).int(say('field.number')).min(1, say('field.number')).max(20_000, say('field.number'))]).nullish().transform((value) => value ?? null),
    receivedOn: day(), untilOn: optionalDay(), readers: z.union([id().transform((one) => [one]), z.array(id()).max(50)]).default([]), need: optionalLine(300), files: UploadList,
  }),
  output: z.object({ id: z.string(), reference: z.string() }),
  async run(context, input) {
    const { db, office, caller, now, today } = context;
    if (rankOf(await getLevel(context)) < rankOf(input.level)) throw wrong({ level: { key: 'field.classified_level' } });
    if (input.receivedOn > today) throw wrong({ receivedOn: { key: 'field.day_future' } });
    if (input.untilOn !== null && input.untilOn < today) throw wrong({ untilOn: { key: 'field.day_past' } });
    const others = [...new Set(input.readers)].filter((one) => one !== caller.personId);
    for (const person of others) await mustBeCleared(context, person, input.level, 'readers');
    if (others.length > 0 && !input.need) throw wrong({ need: { key: 'field.required' } });
    const rule = getBookRule(office);
    const files = await keepFiles(context, input.level, input.files);
    const paperId = context.newId();
    const words: Words = { subject: input.subject, sender: input.sender, senderReference: input.senderReference, note: input.note, basis: input.basis, history: [] };
    const taken = await takeNumber(context);
    const reference = formatReference(rule.pattern, { class: textIn(rule.marks[input.level], office.locale), seq: taken.number, receivedOn: today });
    await db.insertInto('classified_paper').values({
      office_id: office.id, id: paperId, year: taken.year, number: taken.number, reference, level: input.level, direction: input.direction, sealed: sealJson('words', office.id, paperId, words),
      copies: input.copies, pages: input.pages, received_on: input.receivedOn, registered_by: caller.personId!, at: now, until_on: input.untilOn,
    }).execute();
    const need = (text: string): string => sealJson('need', office.id, paperId, text).toString('base64');
    await db.insertInto('classified_reader').values([caller.personId!, ...others].map((person, index) => ({
      office_id: office.id, paper_id: paperId, person_id: person, need: need(index === 0 ? '' : input.need), granted_by: caller.personId, granted_at: now, copy_number: index + 1,
    }))).execute();
    await addFiles(context, paperId, files);
    context.record({ name: 'classified.registered', nounId: paperId, data: { level: input.level, direction: input.direction, readers: others, files: files.length } });
    return { id: paperId, reference };
  },
});

const Done = z.object({ id: z.string() });

/** The paper for an act on it: read by the caller and not closed. */
async function beginAct(context: Context, paperId: string): Promise<Paper> {
  const paper = await getPaper(context, paperId);
  if (paper.closed_at) throw notNow('error.classified_closed');
  return paper;
}

const reseal = ({ office }: Context, paper: Paper, change: Change): Buffer => sealJson('words', office.id, paper.id, { ...paper.words, history: [...paper.words.history, change] });

export const addToClassified = operation({
  id: 'classified.add', kind: 'command', rest: 'POST /classified/{id}/add', allow: keepers,
  summary: 'Adds files to a classified paper, sealed like it.',
  input: z.object({ id: id(), files: UploadList }),
  output: Done,
  async run(context, input) {
    const paper = await beginAct(context, input.id);
    if (input.files.length === 0) throw wrong({ files: { key: 'field.required' } });
    const files = await keepFiles(context, paper.declassified_at ? null : paper.level, input.files);
    await addFiles(context, paper.id, files);
    context.record({ name: 'classified.document_added', nounId: paper.id, data: { files: files.length } });
    return { id: paper.id };
  },
});

export const regradeClassified = operation({
  id: 'classified.regrade', kind: 'command', rest: 'POST /classified/{id}/regrade', allow: keepers,
  summary: 'Changes the level, on a basis; who is not cleared for the new one no longer reads, and files that may not be kept at it are destroyed.',
  input: z.object({ id: id(), level: choice(levels), basis: line(300) }),
  output: Done,
  async run(context, input) {
    const { db, office, caller, now, kernel } = context;
    const paper = await beginAct(context, input.id);
    if (paper.declassified_at) throw notNow('error.classified_open');
    if (input.level === paper.level) throw wrong({ level: { key: 'field.classified_same' } });
    if (rankOf(await findLevel(context)) < rankOf(input.level)) throw wrong({ level: { key: 'field.classified_level' } });
    const sealed = reseal(context, paper, { at: now.toISOString(), by: caller.name, from: paper.level, to: input.level, basis: input.basis });
    let destroyed: { sha256: string }[] = [];
    if (!keepsFiles(getBookRule(office), input.level)) {
      destroyed = await db.updateTable('classified_document').set({ destroyed_at: now }).where('office_id', '=', office.id).where('paper_id', '=', paper.id).where('destroyed_at', 'is', null).returning('sha256').execute();
      // Sealed under a nonce of their own, the bytes are no other document's.
      context.afterCommit(() => void Promise.allSettled(destroyed.map((one) => kernel.files.remove(office.id, one.sha256))));
    }
    await db.updateTable('classified_paper').set({ level: input.level, sealed }).where('office_id', '=', office.id).where('id', '=', paper.id).execute();
    context.record({ name: 'classified.regraded', nounId: paper.id, data: { from: paper.level, to: input.level, destroyed: destroyed.length } });
    return { id: paper.id };
  },
});

export const declassifyPaper = operation({
  id: 'classified.declassify', kind: 'command', rest: 'POST /classified/{id}/declassify', allow: keepers,
  summary: 'Lifts the secrecy, on a basis; the paper stays in the book, marked, and with its readers.',
  input: z.object({ id: id(), basis: line(300) }),
  output: Done,
  async run(context, input) {
    const { db, office, caller, now } = context;
    const paper = await beginAct(context, input.id);
    if (paper.declassified_at) throw notNow('error.classified_open');
    const sealed = reseal(context, paper, { at: now.toISOString(), by: caller.name, from: paper.level, to: '', basis: input.basis });
    await db.updateTable('classified_paper').set({ declassified_at: now, declassified_basis: input.basis, sealed }).where('office_id', '=', office.id).where('id', '=', paper.id).execute();
    context.record({ name: 'classified.declassified', nounId: paper.id });
    return { id: paper.id };
  },
});

export const closeClassified = operation({
  id: 'classified.close', kind: 'command', rest: 'POST /classified/{id}/close', allow: keepers,
  summary: 'Puts a classified paper away: it is read still, and not changed any more.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    const paper = await beginAct(context, input.id);
    await db.updateTable('classified_paper').set({ closed_at: now }).where('office_id', '=', office.id).where('id', '=', paper.id).execute();
    context.record({ name: 'classified.closed', nounId: paper.id });
    return { id: paper.id };
  },
});
