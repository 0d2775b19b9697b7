import { z } from 'zod';
import type { Allow } from '../../core/caller.ts';
import { choice, id, line, optionalId, optionalLine, optionalText, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { enterPaper, getCaseFile, indexCase, openCase, type CaseFile, type NewEntry } from '../registry/index.ts';
import { bringBack } from './bring-forward.server.ts';
import { addDelivery, manyIds } from './delivery.server.ts';
import { getReceiver, oneReceiver } from './receiver.server.ts';

const joiners: readonly Allow[] = ['registrar', 'chief', 'mayor', 'deputy', 'head', 'adviser', 'clerk', 'citizens', 'protocol'];
const Done = z.object({ id: z.string() });

/** A case of papers, locked, for an act on it; a petition has its own. */
async function begin(context: Context, caseId: string): Promise<CaseFile> {
  const file = await getCaseFile(context, caseId, true);
  if (file.kind === 'reserved') throw notFound();
  if (file.kind !== 'paper') throw notNow('error.case_of_its_own');
  if (file.annulledAt) throw notNow('error.case_annulled', { reference: file.reference });
  if (file.isDisposed) throw notNow('error.case_disposed');
  return file;
}

/** The other case, by id or by its whole number; 422 at the field of the number when the caller sees none. */
async function getOther(context: Context, file: CaseFile, other: { otherId: string | null; otherReference: string }): Promise<CaseFile> {
  const { db, office } = context;
  const row = await db.selectFrom('case_file').select('id').where('office_id', '=', office.id).where('id', '<>', file.id).where('kind', '<>', 'reserved').where('annulled_at', 'is', null)
    .where((eb) => (other.otherId ? eb('id', '=', other.otherId) : eb('reference', '=', other.otherReference))).orderBy('opened_at', 'desc').limit(1).executeTakeFirst();
  if (!row) throw wrong({ otherReference: { key: 'field.reference_unknown' } });
  return getCaseFile(context, row.id);
}
const addLink = ({ db, office, now, caller }: Context, caseId: string, otherId: string, kind: string) =>
  db.insertInto('case_link').values({ office_id: office.id, case_id: caseId, other_id: otherId, kind, at: now, by_person: caller.personId }).onConflict((conflict) => conflict.doNothing()).execute();

const other = { otherReference: optionalLine(80), otherId: optionalId() };

export const linkCase = operation({
  id: 'case.link', kind: 'command', rest: 'POST /cases/{id}/link', allow: joiners,
  summary: 'Connects a case with another: one that belongs to it, that it continues, or a duplicate.',
  input: z.object({ id: id(), ...other, kind: choice(['connected', 'continues', 'duplicate']).default('connected') }),
  output: Done,
  async run(context, input) {
    const file = await begin(context, input.id);
    const linked = await getOther(context, file, input);
    await addLink(context, file.id, linked.id, input.kind);
    context.record({ name: 'case.linked', nounId: file.id, caseId: file.id, data: { kind: input.kind, otherId: linked.id } });
    return { id: file.id };
  },
});

export const mergeCase = operation({
  id: 'case.merge', kind: 'command', rest: 'POST /cases/{id}/merge', allow: ['registrar', 'chief', 'head', 'mayor', 'deputy'],
  summary: 'Closes a case into another of the same matter: nothing is moved or numbered anew, and what still comes goes into the other; reopening undoes it.',
  input: z.object({ id: id(), ...other, reason: text(1000) }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    const file = await begin(context, input.id);
    if (file.closedAt) throw notNow('error.case_closed');
    const into = await getOther(context, file, input);
    if (into.mergedInto || into.closedAt) throw wrong({ otherReference: { key: 'field.case_closed' } });
    // What comes for a confidential case must not come out in an open one.
    if (file.access === 'confidential' && into.access !== 'confidential') throw wrong({ otherReference: { key: 'field.case_open_to_all' } });
    await db.updateTable('case_file').set({ merged_into: into.id, closed_at: now }).where('office_id', '=', office.id).where('id', '=', file.id).execute();
    await addLink(context, file.id, into.id, 'merged');
    const waiting = await db.selectFrom('bring_forward').select(['id', 'case_id']).where('office_id', '=', office.id).where('case_id', '=', file.id).where('returned_at', 'is', null).executeTakeFirst();
    if (waiting) await bringBack(context, waiting, 'person');
    context.record({ name: 'case.merged', nounId: file.id, caseId: file.id, data: { into: into.id, reason: input.reason } });
    context.record({ name: 'case.took_in', nounId: into.id, caseId: into.id, data: { from: file.id, entry: file.access === 'confidential' ? '' : file.reference } });
    return { id: into.id };
  },
});

export const splitCase = operation({
  id: 'case.split', kind: 'command', rest: 'POST /cases/{id}/split', allow: ['registrar', 'chief', 'head', 'mayor', 'deputy'],
  summary: 'Chosen papers of a case begin a case of their own under a new number; the papers stay where they were and say where they went.',
  input: z.object({ id: id(), entryIds: manyIds(), documentIds: z.union([id().transform((one) => [one]), z.array(id())]).default([]), subject: line(300), original: oneReceiver().default(''), reason: optionalText(1000) }),
  output: z.object({ id: z.string(), reference: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const file = await begin(context, input.id);
    if (file.closedAt) throw notNow('error.case_closed');
    const more = await db.selectFrom('case_file').select(['book', 'involved', 'class_code']).where('office_id', '=', office.id).where('id', '=', file.id).executeTakeFirstOrThrow();
    const entries = await db.selectFrom('entry').selectAll().where('office_id', '=', office.id).where('case_id', '=', file.id).where('annulled_at', 'is', null).orderBy('sub').execute();
    const chosen = entries.filter((entry) => input.entryIds.includes(entry.id));
    if (chosen.length !== new Set(input.entryIds).size || chosen.some((entry) => entry.split_to)) throw wrong({ entryIds: { key: 'field.choose' } });
    if (chosen.length === entries.length) throw wrong({ entryIds: { key: 'field.split_all' } });
    const documents = await db.selectFrom('document').selectAll().where('office_id', '=', office.id).where('case_id', '=', file.id).orderBy('at').orderBy('id').execute();
    if (input.documentIds.some((one) => !documents.some((document) => document.id === one))) throw wrong({ documentIds: { key: 'field.choose' } });
    const to = input.original ? await getReceiver(context, input.original, 'original', file.access) : null;
    const caseId = context.newId();
    const copies = (entry: (typeof entries)[number]): NewEntry => ({
      caseId, direction: entry.direction as NewEntry['direction'], channel: entry.channel as NewEntry['channel'], subject: entry.subject, body: entry.body, partyId: entry.party_id, senderReference: entry.sender_reference, senderDatedOn: entry.sender_dated_on,
      receivedOn: entry.received_on, pages: entry.pages, enclosures: entry.enclosures, valueNoted: entry.value_noted,
    });
    const copyDocuments = async (which: typeof documents, entryId: string | null): Promise<void> => {
      for (const { words, kind, title, file_name, sha256, media_type, size, is_open, created_by, at } of which)
        await db.insertInto('document').values({ office_id: office.id, id: context.newId(), case_id: caseId, entry_id: entryId, words, kind, title, file_name, sha256, media_type, size, is_open, created_by, at }).execute();
    };
    const [first, ...rest] = chosen;
    const firstId = context.newId();
    await copyDocuments(documents.filter((one) => one.entry_id === first!.id || (input.documentIds.includes(one.id) && !chosen.some((entry) => entry.id === one.entry_id))), firstId);
    const taken = await openCase(context, { id: caseId, book: more.book, kind: 'paper', subject: input.subject, classCode: more.class_code, unitId: to?.unitId ?? file.unitId, partyId: first!.party_id, access: file.access as 'office', involved: more.involved }, { ...copies(first!), id: firstId });
    for (const entry of rest) await copyDocuments(documents.filter((one) => one.entry_id === entry.id), (await enterPaper(context, copies(entry))).id);
    await db.updateTable('entry').set({ split_to: caseId }).where('office_id', '=', office.id).where('id', 'in', input.entryIds).execute();
    await indexCase(context, caseId);
    await addLink(context, file.id, caseId, 'split');
    if (to) {
      await addDelivery(context, { caseId, purpose: 'work', to });
      if (to.personId) await db.updateTable('case_file').set({ handled_by: to.personId }).where('office_id', '=', office.id).where('id', '=', caseId).execute();
    }
    context.record({ name: 'case.split', nounId: file.id, caseId: file.id, data: { into: caseId, entries: chosen.map((entry) => entry.sub), entry: taken.reference, reason: input.reason } });
    context.record({ name: 'case.begun_by_split', nounId: caseId, caseId, data: { from: file.id, entry: file.reference } });
    return { id: caseId, reference: taken.reference };
  },
});
