import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { formatAt } from '../../core/language.ts';
import { textIn } from '../../core/message.ts';
import { id } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow } from '../../core/refusal.ts';
import { markPages } from '../../core/watermark.ts';
import { getBookRule, keepsFiles, levels, rankOf, type Level } from './classified.ts';
import { getPaper, keepers, type Paper } from './classified.server.ts';
import { findLevel, getLevel } from './clearance.server.ts';
import { openFile, openJson, type FileName, type Words } from './sealed.server.ts';

const PaperView = z.object({
  id: z.string(), reference: z.string(), level: z.enum(levels), direction: z.string(), subject: z.string(), sender: z.string(), senderReference: z.string(), note: z.string(), basis: z.string(), copies: z.number(), pages: z.number().nullable(),
  receivedOn: z.string(), registeredAt: z.date(), registeredBy: z.string(), untilOn: z.string().nullable(), declassifiedAt: z.date().nullable(), declassifiedBasis: z.string(), closedAt: z.date().nullable(), copyNumber: z.number(),
  history: z.array(z.object({ at: z.date(), by: z.string(), from: z.string(), to: z.string(), basis: z.string() })),
  documents: z.array(z.object({ id: z.string(), name: z.string(), mediaType: z.string(), size: z.number(), at: z.date(), destroyedAt: z.date().nullable() })),
  readers: z.array(z.object({ personId: z.string(), name: z.string(), need: z.string(), copyNumber: z.number(), grantedAt: z.date(), untilOn: z.string().nullable(), endedAt: z.date().nullable(), isOpen: z.boolean() })),
  views: z.array(z.object({ name: z.string(), document: z.string().nullable(), at: z.date() })),
  can: z.object({ change: z.boolean(), name: z.boolean(), addFiles: z.boolean() }),
});

/** Writes down that the caller looks; the readers and the registrar of the paper see it. */
async function recordView(context: Context, paper: Paper, documentId: string | null): Promise<void> {
  const { db, office, caller, now } = context;
  await db.insertInto('classified_view').values({ office_id: office.id, id: context.newId(), paper_id: paper.id, document_id: documentId, person_id: caller.personId!, at: now }).execute();
  context.record({ name: documentId ? 'classified.document_viewed' : 'classified.viewed', nounId: documentId ?? paper.id });
}

const viewsShown = 100;

export const openClassified = operation({
  id: 'classified.open', kind: 'command', rest: 'POST /classified/{id}/open', allow: ['staff'], isFresh: true,
  summary: 'Opens a classified paper for one of its readers; that it was opened is written down.',
  input: z.object({ id: id() }),
  output: PaperView,
  async run(context, input) {
    const { db, office, caller, today } = context;
    const paper = await getPaper(context, input.id);
    await recordView(context, paper, null);
    const documents = (await db.selectFrom('classified_document').select(['id', 'sealed_name', 'media_type', 'at', 'destroyed_at']).where('office_id', '=', office.id).where('paper_id', '=', paper.id).orderBy('at').orderBy('id').execute())
      .map((row) => ({ id: row.id, ...(openJson('name', office.id, row.id, row.sealed_name) as FileName), mediaType: row.media_type, at: row.at, destroyedAt: row.destroyed_at }));
    const readers = await db.selectFrom('classified_reader as r').innerJoin('person as p', (join) => join.onRef('p.office_id', '=', 'r.office_id').onRef('p.id', '=', 'r.person_id'))
      .select(['r.person_id', 'p.name', 'r.need', 'r.copy_number', 'r.granted_at', 'r.until_on', 'r.ended_at']).where('r.office_id', '=', office.id).where('r.paper_id', '=', paper.id).orderBy('r.copy_number').execute();
    const views = await db.selectFrom('classified_view as v').innerJoin('person as p', (join) => join.onRef('p.office_id', '=', 'v.office_id').onRef('p.id', '=', 'v.person_id'))
      .select(['p.name', 'v.document_id', 'v.at']).where('v.office_id', '=', office.id).where('v.paper_id', '=', paper.id).orderBy('v.at', 'desc').orderBy('v.id', 'desc').limit(viewsShown).execute();
    const by = await db.selectFrom('person').select('name').where('office_id', '=', office.id).where('id', '=', paper.registered_by).executeTakeFirst();
    const keeps = keepers.some((role) => caller.roles.has(role));
    const { words } = paper;
    return {
      id: paper.id, reference: paper.reference, level: paper.level, direction: paper.direction, subject: words.subject, sender: words.sender, senderReference: words.senderReference, note: words.note, basis: words.basis,
      copies: paper.copies, pages: paper.pages, receivedOn: paper.received_on, registeredAt: paper.at, registeredBy: by?.name ?? '', untilOn: paper.until_on, declassifiedAt: paper.declassified_at, declassifiedBasis: paper.declassified_basis,
      closedAt: paper.closed_at, copyNumber: paper.copyNumber, history: words.history.map((change) => ({ ...change, at: new Date(change.at) })), documents,
      readers: readers.map((row) => ({
        personId: row.person_id, name: row.name, need: openJson('need', office.id, paper.id, Buffer.from(row.need, 'base64')) as string, copyNumber: row.copy_number, grantedAt: row.granted_at, untilOn: row.until_on,
        endedAt: row.ended_at, isOpen: row.ended_at === null && (row.until_on === null || row.until_on >= today),
      })),
      views: views.map((row) => ({ name: row.name, document: row.document_id ? (documents.find((one) => one.id === row.document_id)?.name ?? '') : null, at: row.at })),
      can: { change: keeps && paper.closed_at === null, name: keeps, addFiles: keeps && paper.closed_at === null && (paper.declassified_at !== null || keepsFiles(getBookRule(office), paper.level)) },
    };
  },
});

export const openClassifiedDocument = operation({
  id: 'classified.open_document', kind: 'command', rest: 'POST /classified/documents/{id}/open', allow: ['staff'], isFresh: true,
  summary: 'Shows a file of a classified paper as PDF with the level, the reader’s name, copy and time on every page; that it was opened is written down.',
  input: z.object({ id: id() }),
  output: z.object({ mediaType: z.literal('application/pdf'), content: z.string() }),
  async run(context, input) {
    const { db, office, kernel, caller, now, t } = context;
    const row = await db.selectFrom('classified_document').select(['id', 'paper_id', 'sha256', 'media_type', 'destroyed_at']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    const paper = await getPaper(context, row.paper_id);
    if (row.destroyed_at) throw notNow('error.classified_destroyed');
    await recordView(context, paper, row.id);
    const bytes = openFile(office.id, row.id, await kernel.files.get(office.id, row.sha256));
    const at = formatAt(now, office.jurisdiction.timeZone, office.locale, 'numeric');
    const level = paper.declassified_at ? t('classified.declassified') : stampOf(context, paper.level);
    const marked = await markPages(bytes, row.media_type, { lang: office.locale, level, reader: caller.name, line: [paper.reference, t('classified.copy', { number: paper.copyNumber }), caller.name, at].join(' · ') });
    return { mediaType: 'application/pdf' as const, content: Buffer.from(marked).toString('base64') };
  },
});

/** The level in the words of the stamp. */
export const stampOf = ({ office }: Pick<Context, 'office'>, level: Level): string => textIn(office.jurisdiction.classification.levels.find((one) => one.key === level)!.name, office.locale);

const BookLine = z.object({
  number: z.number(), reference: z.string(), level: z.enum(levels), receivedOn: z.string(), isDeclassified: z.boolean(),
  // Only of a paper that the caller reads; of others the line is bare.
  paper: z.object({ id: z.string(), direction: z.string(), subject: z.string(), sender: z.string(), senderReference: z.string(), copies: z.number(), pages: z.number().nullable(), untilOn: z.string().nullable(), closedAt: z.date().nullable(), declassifiedAt: z.date().nullable() }).nullable(),
});
export type BookLine = z.infer<typeof BookLine>;
const pageSize = 100;

export const readClassifiedBook = operation({
  id: 'classified.read_book', kind: 'command', rest: 'POST /classified/book', allow: ['staff'], isFresh: true,
  summary: 'The book of a year: the papers that the caller reads, and for the registrar who keeps it the bare lines of all others; which were shown is written down.',
  input: z.object({ year: z.coerce.number().int().min(2000).max(2100).optional(), after: z.coerce.number().int().min(0).max(2_147_483_647).default(0) }),
  output: z.object({ year: z.number(), years: z.array(z.number()), lines: z.array(BookLine), next: z.number().nullable(), level: z.enum(levels).nullable(), canRegister: z.boolean() }),
  async run(context, input) {
    const { db, office, caller, today } = context;
    const level = await findLevel(context);
    const own = await db.selectFrom('classified_paper').select('year').distinct().where('office_id', '=', office.id).execute();
    if (!level && own.length === 0) await getLevel(context);
    const books = await db.selectFrom('classified_book').select('year').where('office_id', '=', office.id).execute();
    const years = [...new Set([...own, ...books].map((row) => row.year))].sort((a, b) => b - a);
    const year = input.year ?? years[0] ?? Number(today.slice(0, 4));
    const rows = await db.selectFrom('classified_paper').select(['id', 'number', 'reference', 'level', 'direction', 'sealed', 'copies', 'pages', 'received_on', 'until_on', 'declassified_at', 'closed_at'])
      .where('office_id', '=', office.id).where('year', '=', year).where('number', '>', input.after).orderBy('number').limit(pageSize + 1).execute();
    type Bare = { number: number; reference: string; level: Level; received_on: string; declassified: boolean };
    const bare = (await sql<Bare>`select * from classified_lines(${year}, ${input.after}, ${pageSize + 1})`.execute(db)).rows;
    const lines = new Map<number, BookLine>(bare.map((row) => [row.number, { number: row.number, reference: row.reference, level: row.level, receivedOn: row.received_on, isDeclassified: row.declassified, paper: null }]));
    for (const row of rows) {
      const { subject, sender, senderReference } = openJson('words', office.id, row.id, row.sealed) as Words;
      lines.set(row.number, {
        number: row.number, reference: row.reference, level: row.level as Level, receivedOn: row.received_on, isDeclassified: row.declassified_at !== null,
        paper: { id: row.id, direction: row.direction, subject, sender, senderReference, copies: row.copies, pages: row.pages, untilOn: row.until_on, closedAt: row.closed_at, declassifiedAt: row.declassified_at },
      });
    }
    const sorted = [...lines.values()].sort((a, b) => a.number - b.number);
    const shown = sorted.slice(0, pageSize);
    context.record({ name: 'classified.book_read', data: { year, papers: shown.flatMap((one) => (one.paper ? [one.paper.id] : [])) } });
    return {
      year, years: years.includes(year) ? years : [year, ...years], lines: shown, next: sorted.length > pageSize ? shown.at(-1)!.number : null, level,
      canRegister: rankOf(level) > 0 && keepers.some((role) => caller.roles.has(role)),
    };
  },
});
