import { z } from 'zod';
import { sightOf, type Allow } from '../../core/caller.ts';
import { addDays } from '../../core/day.ts';
import type { Sniffed } from '../../core/file.ts';
import { check, choice, day, id, line, optionalEmail, optionalId, optionalLine, optionalText, say } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { indexSearch } from '../../core/search.ts';
import { findOrAddParty, hasParty } from '../directory/index.ts';
import { addDocument, takeUploads, UploadList, type DocumentKind } from '../documents/index.ts';
import { bookOf } from './book.server.ts';
import { enterPaper, openCase, type Entered, type NewEntry } from './case-file.server.ts';

export const directions = ['in', 'out', 'internal'] as const;
export type Direction = (typeof directions)[number];
export const paperChannels = ['letter', 'post', 'courier', 'counter', 'email', 'phone', 'internal'] as const;
/** Who enters papers into the book. */
export const enterers: readonly Allow[] = ['registrar', 'citizens', 'chief', 'clerk', 'adviser', 'head', 'protocol'];
const textAtMost = 20_000;
// The register of a year is closed at its end: a paper is entered when it came, or at the latest within two months.
const daysBack = 62;

const count = (least: number) => z.union([z.literal('').transform(() => null), z.coerce.number(say('field.number')).int(say('field.number')).min(least, say('field.number')).max(9999, say('field.number'))]).nullish();
const optionalDay = () => z.union([z.literal(''), day()]).default('');
const fields = {
  direction: choice(directions).default('in'), channel: choice(paperChannels).default('letter'), subject: line(300), text: optionalText(textAtMost),
  partyId: optionalId(), name: optionalLine(200), organisation: check(), email: optionalEmail(), phone: optionalLine(60), address: optionalLine(300), town: optionalLine(100),
  receivedOn: optionalDay(), senderReference: optionalLine(60), senderDatedOn: optionalDay(), pages: count(1), enclosures: count(0), valueNoted: optionalLine(120), files: UploadList,
};
type Fields = z.output<z.ZodObject<typeof fields>>;

/** A paper as it is to be entered; the party is of the directory already, the files are of known types. */
export type NewPaper = Omit<NewEntry, 'caseId'> & {
  files?: Sniffed[]; fileKind?: DocumentKind; sender?: string;
  classCode?: string; unitId?: string | null; handledBy?: string | null; access?: 'office' | 'confidential'; book?: string; reservedId?: string | null;
  /** Who hears of it treats it as a petition. */
  as?: 'petition';
};
export type Registered = { id: string; entryId: string; reference: string };

const kindOfFiles = (paper: Pick<NewPaper, 'direction' | 'channel' | 'fileKind'>): DocumentKind => paper.fileKind ?? (paper.direction !== 'in' ? 'added' : paper.channel === 'email' ? 'received' : 'scan');

/** Registers a paper as a case of its own under the next number of its book: the last step of a transaction (see takeNumber). */
export async function openPaper(context: Context, paper: NewPaper): Promise<Registered> {
  const { office, caller } = context;
  const caseId = paper.reservedId ?? context.newId();
  const book = paper.book ?? (paper.reservedId ? await bookOfReserved(context, paper.reservedId) : 'main');
  const { files = [], sender = '', classCode = '', unitId = null, handledBy = null, access = 'office' } = paper;
  const entryId = context.newId();
  for (const file of files) await addDocument(context, { caseId, entryId, kind: kindOfFiles(paper), file });
  const index = (): Promise<void> => indexSearch(context, { id: caseId, isNew: true, noun: 'case', caseId, title: paper.subject, detail: sender, text: [sender, paper.senderReference, paper.body].filter(Boolean).join(' ') });
  // Who enters a paper has seen it already and must be able to finish it.
  const marks = [unitId, handledBy, caller.personId && (access === 'confidential' || sightOf(caller) === 'own') ? caller.personId : null];
  const open = () => openCase(context, {
    id: caseId, reservedId: paper.reservedId ?? null, book, kind: 'paper', subject: paper.subject, classCode: classCode || (office.data.numbering.mail ?? office.data.numbering.class), unitId, partyId: paper.partyId ?? null, access, handledBy, involved: [...new Set(marks.filter((mark): mark is string => mark !== null))],
  }, { ...paper, id: entryId, caseId, enclosures: paper.enclosures ?? files.length });
  // Who comes second to a reserved number is refused at its case, before anything of theirs stands there.
  const taken = paper.reservedId ? await open() : (await Promise.all([index(), open()]))[1];
  if (paper.reservedId) await index();
  context.record({ name: 'case.registered', nounId: caseId, caseId, data: { direction: paper.direction, channel: paper.channel, reference: taken.reference, ...(paper.as ? { as: paper.as } : {}) } });
  return { id: caseId, entryId, reference: taken.reference };
}

async function bookOfReserved({ db, office }: Context, reservedId: string): Promise<string> {
  const row = await db.selectFrom('case_file').select('book').where('office_id', '=', office.id).where('id', '=', reservedId).where('kind', '=', 'reserved').executeTakeFirst();
  if (!row) throw wrong({ reservedId: { key: 'field.reserved_gone' } });
  return row.book;
}

/** The party that a form names: one of the directory, or by name and address; null when nobody is named. */
async function partyOf(context: Context, input: Fields): Promise<string | null> {
  if (input.partyId) {
    if (!(await hasParty(context, input.partyId))) throw wrong({ partyId: { key: 'field.choose' } });
    return input.partyId;
  }
  if (!input.name) return null;
  return findOrAddParty(context, { name: input.name, kind: input.organisation ? 'organisation' : 'person', email: input.email, phone: input.phone, address: input.address, place: input.town });
}

/** What a form says of a paper, checked. */
async function paperOf(context: Context, input: Fields, file?: { subject: string; partyId: string | null }): Promise<Omit<NewEntry, 'caseId'> & { files: Sniffed[] }> {
  const { today } = context;
  const receivedOn = input.receivedOn || today;
  if (receivedOn > today) throw wrong({ receivedOn: { key: 'field.day_future' } });
  if (receivedOn < addDays(today, -daysBack)) throw wrong({ receivedOn: { key: 'field.day_long_ago' } });
  if (input.senderDatedOn > today) throw wrong({ senderDatedOn: { key: 'field.day_future' } });
  const files = await takeUploads(input.files);
  return {
    direction: input.direction, channel: input.direction === 'internal' ? 'internal' : input.channel, subject: input.subject, body: input.text, partyId: (await partyOf(context, input)) ?? file?.partyId ?? null,
    senderReference: input.senderReference || null, senderDatedOn: input.senderDatedOn || null, receivedOn, pages: input.pages ?? null, enclosures: input.enclosures ?? files.length, valueNoted: input.valueNoted, files,
  };
}

export const registerPaper = operation({
  id: 'case.register', kind: 'command', rest: 'POST /cases', allow: enterers,
  summary: 'Registers an incoming, outgoing or internal paper that is no petition, under the next number of its book.',
  input: z.object({ ...fields, classCode: optionalLine(20), unitId: optionalLine(60), access: choice(['office', 'confidential']).default('office'), book: optionalLine(40), reservedId: optionalId(), as: choice(['paper', 'petition']).default('paper') }),
  output: z.object({ id: z.string(), entryId: z.string(), reference: z.string() }),
  async run(context, input) {
    const { office, caller } = context;
    if (input.classCode && !office.data.classes.some((one) => one.code === input.classCode)) throw wrong({ classCode: { key: 'field.choose' } });
    if (input.unitId && !office.data.units.some((one) => one.id === input.unitId)) throw wrong({ unitId: { key: 'field.choose_unit' } });
    if (input.book) bookOf(context, input.book);
    const paper = await paperOf(context, input);
    // What the office writes itself is already with who writes it; only what comes in is still to be distributed.
    const isOwn = input.direction !== 'in' && !caller.roles.has('registrar');
    return openPaper(context, {
      ...paper, sender: input.name, classCode: input.classCode, unitId: input.unitId || (isOwn ? caller.unitId : null), handledBy: isOwn ? caller.personId : null, access: input.access, ...(input.book ? { book: input.book } : {}), reservedId: input.reservedId,
      ...(input.as === 'petition' ? { as: 'petition' as const } : {}),
    });
  },
});

/** A further paper of a case with its files, under the next sub-number; a closed case takes none, and of a merged one it goes into the other. */
export async function addPaper(context: Context, caseId: string, paper: Omit<NewEntry, 'caseId'> & { files?: Sniffed[]; fileKind?: DocumentKind }): Promise<Entered & { caseId: string }> {
  const { db, office } = context;
  const asked = await db.selectFrom('case_file').select(['id', 'closed_at', 'merged_into', 'kind']).where('office_id', '=', office.id).where('id', '=', caseId).executeTakeFirst();
  if (!asked || asked.kind === 'reserved') throw notFound();
  if (asked.merged_into) return addPaper(context, asked.merged_into, paper);
  if (asked.closed_at) throw notNow('error.case_closed');
  const { files = [], ...entry } = paper;
  const entered = await enterPaper(context, { ...entry, caseId, enclosures: entry.enclosures ?? files.length });
  for (const file of files) await addDocument(context, { caseId, entryId: entered.id, kind: kindOfFiles(paper), file });
  await indexSearch(context, { id: entered.id, isNew: true, noun: 'entry', caseId, title: entry.subject, detail: entered.reference, text: [entry.senderReference, entry.body].filter(Boolean).join(' ') });
  if (paper.direction !== 'in') context.record({ name: 'case.paper_added', nounId: entered.id, caseId, data: { direction: paper.direction, channel: paper.channel, entry: entered.reference } });
  return { ...entered, caseId };
}

export const addPaperToCase = operation({
  id: 'case.add_paper', kind: 'command', rest: 'POST /cases/{id}/papers', allow: enterers,
  summary: 'Enters a further paper of a case under its next sub-number; one that comes in is told to whoever waits for it.',
  input: z.object({ ...fields, id: id(), subject: optionalLine(300) }),
  output: z.object({ id: z.string(), entryId: z.string(), reference: z.string(), sub: z.number() }),
  async run(context, input) {
    const { db, office } = context;
    const file = await db.selectFrom('case_file').select(['subject', 'party_id']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!file) throw notFound();
    const paper = await paperOf(context, { ...input, subject: input.subject || file.subject }, { subject: file.subject, partyId: input.direction === 'internal' ? null : file.party_id });
    const { caseId, id: entryId, reference, sub } = await addPaper(context, input.id, paper);
    return { id: caseId, entryId, reference, sub };
  },
});
