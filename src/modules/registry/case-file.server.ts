import type { Context } from '../../core/operation.ts';
import { dayIn } from '../../core/day.ts';
import { getReferenceRule } from '../../core/jurisdiction.ts';
import { formatReference, parseReference } from '../../core/number.ts';
import { notFound } from '../../core/refusal.ts';
import { sql } from '../../core/database.ts';
import { takeNumber, type Taken } from './series.server.ts';

export type NewCase = {
  id: string; book: string; kind: string; subject: string; classCode: string; unitId: string | null; partyId: string | null;
  access?: 'office' | 'confidential'; involved?: string[];
};

/** Opens a case file under the next number of its book: the last step of a registration (see takeNumber). */
export async function openCase(context: Context, file: NewCase): Promise<Taken> {
  const { db, office, now } = context;
  const taken = await takeNumber(context, file.book, { unit: unitCode(context, file.unitId), classCode: file.classCode || office.data.numbering.class });
  await db.insertInto('case_file').values({
    office_id: office.id, id: file.id, book: taken.book, year: taken.year, number: taken.number, reference: taken.reference, kind: file.kind, subject: file.subject,
    class_code: file.classCode, unit_id: file.unitId, party_id: file.partyId, access: file.access ?? 'office', involved: file.involved ?? [], entries: 1, opened_at: now,
  }).execute();
  return taken;
}

const unitCode = ({ office }: Context, unitId: string | null): string => office.data.units.find((one) => one.id === unitId)?.code || office.data.numbering.unit;

export type NewEntry = {
  caseId: string; direction: 'in' | 'out' | 'internal'; channel: 'web' | 'letter' | 'email' | 'phone' | 'counter' | 'link' | 'post' | 'internal';
  subject: string; body?: string; partyId?: string | null; senderReference?: string | null; pages?: number | null; enclosures?: number; dispatched?: boolean;
};
export type Entered = { id: string; sub: number; reference: string };

/** The first entry of a case that is being opened: its sub-number is 1 and its reference the case's own. */
export async function enterFirst(context: Context, entry: NewEntry): Promise<string> {
  return insert(context, entry, 1, '');
}

/** A further paper of a case, under the next sub-number (or the case's own number where the jurisdiction keeps one). */
export async function enterPaper(context: Context, entry: NewEntry): Promise<Entered> {
  const { db, office } = context;
  const file = await db.updateTable('case_file').set((eb) => ({ entries: eb('entries', '+', 1) })).where('office_id', '=', office.id).where('id', '=', entry.caseId)
    .returning(['entries', 'number', 'reference', 'year', 'class_code', 'unit_id', 'opened_at']).executeTakeFirst();
  if (!file) throw notFound();
  const rule = getReferenceRule(office.jurisdiction, dayIn(office.jurisdiction.timeZone, file.opened_at));
  // The number keeps the unit it was opened under, also when the case moves on: papers of one case share one number.
  const reference = rule.subNumbers
    ? formatReference(rule.pattern, { unit: parseReference([rule.pattern], file.reference)?.unit ?? unitCode(context, file.unit_id), class: file.class_code, seq: file.number, sub: file.entries, receivedOn: `${file.year}-01-01` })
    : file.reference;
  const id = await insert(context, entry, file.entries, reference);
  return { id, sub: file.entries, reference };
}

async function insert(context: Context, entry: NewEntry, sub: number, reference: string): Promise<string> {
  const id = context.newId();
  await context.db.insertInto('entry').values({
    office_id: context.office.id, id, case_id: entry.caseId, sub, reference, direction: entry.direction, channel: entry.channel, party_id: entry.partyId ?? null,
    subject: entry.subject, body: entry.body ?? '', sender_reference: entry.senderReference ?? null, pages: entry.pages ?? null, enclosures: entry.enclosures ?? 0,
    entered_by: context.caller.personId, at: context.now, dispatched_at: entry.dispatched ? context.now : null,
  }).execute();
  return id;
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
