import type { Context } from '../../core/operation.ts';
import { notFound, notNow } from '../../core/refusal.ts';
import { sql } from '../../core/database.ts';
import { fillReserved, subReference, takeNumber, type Taken } from './series.server.ts';

export type NewCase = {
  id: string; book: string; kind: string; subject: string; classCode: string; unitId: string | null; partyId: string | null;
  access?: 'office' | 'confidential'; involved?: string[]; handledBy?: string | null;
  /** Fills this reserved number instead of taking the next; the case then has its id (`id` is the same). */
  reservedId?: string | null;
};

/** Opens a case file with its first entry under the next number of its book, or under a reserved one: the last step of a registration (see takeNumber). */
export async function openCase(context: Context, file: NewCase, first: NewEntry & { id: string }): Promise<Taken> {
  const { db, office, now } = context;
  const parts = { unit: unitCode(context, file.unitId), classCode: file.classCode || office.data.numbering.class };
  const content = {
    kind: file.kind, subject: file.subject, class_code: file.classCode, unit_id: file.unitId, party_id: file.partyId, access: file.access ?? 'office', involved: file.involved ?? [], handled_by: file.handledBy ?? null, entries: 1, opened_at: now,
  };
  const taken = file.reservedId ? await fillReserved(context, { id: file.reservedId, book: file.book, parts, content }) : await takeNumber(context, file.book, parts);
  await Promise.all([
    file.reservedId ? null : db.insertInto('case_file').values({ office_id: office.id, id: file.id, book: taken.book, year: taken.year, number: taken.number, reference: taken.reference, ...content }).execute(),
    insert(context, first, first.id, 1, taken.reference),
  ]);
  return taken;
}

export const unitCode = ({ office }: Pick<Context, 'office'>, unitId: string | null): string => office.data.units.find((one) => one.id === unitId)?.code || office.data.numbering.unit;

export type NewEntry = {
  caseId: string; direction: 'in' | 'out' | 'internal'; channel: 'web' | 'letter' | 'email' | 'phone' | 'counter' | 'link' | 'post' | 'courier' | 'internal' | 'import';
  subject: string; body?: string; partyId?: string | null; senderReference?: string | null; senderDatedOn?: string | null; receivedOn?: string | null; pages?: number | null; enclosures?: number; valueNoted?: string; dispatched?: boolean;
};
export type Entered = { id: string; sub: number; reference: string };

/** A further paper of a case, under the next sub-number (or the case's own number where the jurisdiction keeps one); of one that came in the log says so. */
export async function enterPaper(context: Context, entry: NewEntry): Promise<Entered> {
  const { db, office } = context;
  const file = await db.updateTable('case_file').set((eb) => ({ entries: eb('entries', '+', 1) })).where('office_id', '=', office.id).where('id', '=', entry.caseId).where('kind', '<>', 'reserved')
    .returning(['entries', 'book', 'number', 'reference', 'year', 'class_code', 'unit_id', 'annulled_at', sql<boolean>`is_disposed(id)`.as('is_disposed')]).executeTakeFirst();
  if (!file) throw notFound();
  if (file.annulled_at) throw notNow('error.case_annulled', { reference: file.reference });
  if (file.is_disposed) throw notNow('error.case_disposed');
  const reference = subReference(context, file, file.entries, unitCode(context, file.unit_id));
  const id = context.newId();
  await insert(context, entry, id, file.entries, reference);
  if (entry.direction === 'in') context.record({ name: 'case.paper_came', nounId: id, caseId: entry.caseId, data: { channel: entry.channel, entry: reference, party: entry.partyId ?? null } });
  return { id, sub: file.entries, reference };
}

async function insert(context: Context, entry: NewEntry, id: string, sub: number, reference: string): Promise<void> {
  await context.db.insertInto('entry').values({
    office_id: context.office.id, id, case_id: entry.caseId, sub, reference, direction: entry.direction, channel: entry.channel, party_id: entry.partyId ?? null,
    subject: entry.subject, body: entry.body ?? '', sender_reference: entry.senderReference ?? null, sender_dated_on: entry.senderDatedOn ?? null, received_on: entry.receivedOn ?? null, pages: entry.pages ?? null,
    enclosures: entry.enclosures ?? 0, value_noted: entry.valueNoted ?? '',
    entered_by: context.caller.personId, at: context.now, dispatched_at: entry.dispatched ? context.now : null,
  }).execute();
}

/** Marks units and persons on a case, so that they see it. */
export async function involve(context: Context, caseId: string, marks: readonly (string | null)[]): Promise<void> {
  const added = marks.filter((mark): mark is string => mark !== null);
  if (added.length === 0) return;
  await context.db.updateTable('case_file')
    .set({ involved: sql<string[]>`(select array_agg(distinct mark) from unnest(involved || ${added}::text[]) mark)` })
    .where('office_id', '=', context.office.id).where('id', '=', caseId).execute();
}

export async function closeCase(context: Context, caseId: string): Promise<void> {
  await context.db.updateTable('case_file').set({ closed_at: context.now }).where('office_id', '=', context.office.id).where('id', '=', caseId).execute();
}
