import { z } from 'zod';
import { isAllowed } from '../../core/caller.ts';
import { listCaseParts } from '../../core/case-part.ts';
import { sql } from '../../core/database.ts';
import { choice, id, line, optionalId, optionalLine, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { indexSearch } from '../../core/search.ts';
import { hasParty } from '../directory/index.ts';
import { DocumentRow, listDocuments } from '../documents/index.ts';
import { enterPaper, involve } from './case-file.server.ts';
import { enterers } from './paper.server.ts';

const Person = z.object({ id: z.string(), name: z.string() }).nullable();
const Other = z.object({ id: z.string(), reference: z.string(), subject: z.string(), kind: z.string() });
export const CaseView = z.object({
  id: z.string(), kind: z.string(), book: z.string(), year: z.number(), number: z.number(), reference: z.string(), subject: z.string(), classCode: z.string(), unitId: z.string().nullable(), access: z.string(),
  openedAt: z.date(), closedAt: z.date().nullable(), annulledAt: z.date().nullable(), annulReason: z.string(), reservedFor: z.string(), mergedInto: Other.nullable(), isDelivered: z.boolean(),
  party: z.object({ id: z.string(), name: z.string(), email: z.string().nullable(), phone: z.string().nullable(), address: z.string().nullable(), place: z.string().nullable() }).nullable(), handler: Person,
  entries: z.array(z.object({
    id: z.string(), sub: z.number(), reference: z.string(), direction: z.string(), channel: z.string(), subject: z.string(), body: z.string(), at: z.date(), party: z.string(), senderReference: z.string(), senderDatedOn: z.string().nullable(), receivedOn: z.string().nullable(),
    pages: z.number().nullable(), enclosures: z.number(), valueNoted: z.string(), dispatchedAt: z.date().nullable(), annulledAt: z.date().nullable(), annulReason: z.string(), by: z.string(),
  })),
  documents: z.array(DocumentRow.extend({ entryId: z.string().nullable() })),
  obligations: z.array(z.object({ id: z.string(), text: z.string(), owner: z.string(), unitId: z.string().nullable(), givenBy: z.string(), dueOn: z.string().nullable(), state: z.string(), report: z.string() })), links: z.array(Other),
  history: z.array(z.object({ name: z.string(), at: z.date(), by: z.string(), actor: z.string(), data: z.record(z.string(), z.unknown()) })), acts: z.array(z.string()), parts: z.array(z.string()),
});
export type CaseView = z.infer<typeof CaseView>;

export type CaseFile = { id: string; kind: string; reference: string; subject: string; classCode: string; unitId: string | null; handledBy: string | null; partyId: string | null; access: string; openedAt: Date; closedAt: Date | null; annulledAt: Date | null; mergedInto: string | null; /** Destroyed, or handed over to the archive of the state. */ isDisposed: boolean };
/** The case file as the caller may see it, its row locked when something is about to be done to it; 404 otherwise. */
export async function getCaseFile({ db, office }: Pick<Context, 'db' | 'office'>, caseId: string, lock = false): Promise<CaseFile> {
  let query = db.selectFrom('case_file').select(['id', 'kind', 'reference', 'subject', 'class_code', 'unit_id', 'handled_by', 'party_id', 'access', 'opened_at', 'closed_at', 'annulled_at', 'merged_into', sql<boolean>`is_disposed(id)`.as('is_disposed')]).where('office_id', '=', office.id).where('id', '=', caseId);
  if (lock) query = query.forUpdate();
  const row = await query.executeTakeFirst();
  if (!row) throw notFound();
  return { id: row.id, kind: row.kind, reference: row.reference, subject: row.subject, classCode: row.class_code, unitId: row.unit_id, handledBy: row.handled_by, partyId: row.party_id, access: row.access, openedAt: row.opened_at, closedAt: row.closed_at, annulledAt: row.annulled_at, mergedInto: row.merged_into, isDisposed: row.is_disposed };
}

/** What this caller may do to the case now; a petition's own acts are of its own page. */
function actsFor({ caller }: Context, file: { kind: string; closed_at: Date | null; annulled_at: Date | null; handled_by: string | null }): string[] {
  if (file.kind === 'reserved' || file.annulled_at) return [];
  if (file.kind !== 'paper') return file.closed_at ? [] : ['add_paper'].filter(() => isAllowed(enterers, caller));
  const mayClose = ['registrar', 'chief', 'head'].some((role) => caller.roles.has(role as 'chief')) || (file.handled_by !== null && caller.marks.includes(file.handled_by));
  const offered: [string, boolean][] = file.closed_at
    ? [['reopen', isAllowed(reopenCase.allow, caller)], ['restrict', isAllowed(restrictCase.allow, caller)]]
    : [['add_paper', isAllowed(enterers, caller)], ['close', mayClose && isAllowed(putAway.allow, caller)], ['change', isAllowed(changeCase.allow, caller)], ['restrict', isAllowed(restrictCase.allow, caller)]];
  return offered.filter(([, may]) => may).map(([act]) => act);
}

export const getCase = operation({
  id: 'case.get', kind: 'query', rest: 'GET /cases/{id}', allow: ['staff'],
  summary: 'A case of any kind: its papers, documents, obligations, connected cases, history, and what the caller may do now.',
  input: z.object({ id: id() }),
  output: CaseView,
  async run(context, input) {
    const { db, office } = context;
    const [row, parts] = await Promise.all([db.selectFrom('case_file').selectAll().where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst(), listCaseParts(context, input.id)]);
    if (!row) throw notFound();
    const has = <T>(part: string, read: () => Promise<T[]>): Promise<T[]> => (parts.includes(part) ? read() : Promise.resolve([]));
    const [party, handler, entries, links, history, obligations, documents, belonging, merged, delivered] = await Promise.all([
      row.party_id ? db.selectFrom('party').select(['id', 'name', 'email', 'phone', 'address', 'place']).where('office_id', '=', office.id).where('id', '=', row.party_id).executeTakeFirst() : undefined,
      row.handled_by ? db.selectFrom('person').select(['id', 'name']).where('office_id', '=', office.id).where('id', '=', row.handled_by).executeTakeFirst() : undefined,
      db.selectFrom('entry as e').leftJoin('party as p', (join) => join.onRef('p.office_id', '=', 'e.office_id').onRef('p.id', '=', 'e.party_id')).leftJoin('person as h', (join) => join.onRef('h.office_id', '=', 'e.office_id').onRef('h.id', '=', 'e.entered_by'))
        .select(['e.id', 'e.sub', 'e.reference', 'e.direction', 'e.channel', 'e.subject', 'e.body', 'e.at', 'p.name as party', 'e.sender_reference', 'e.sender_dated_on', 'e.received_on', 'e.pages', 'e.enclosures', 'e.value_noted', 'e.dispatched_at', 'e.annulled_at', 'e.annul_reason', 'h.name as by'])
        .where('e.office_id', '=', office.id).where('e.case_id', '=', row.id).orderBy('e.sub').execute(),
      db.selectFrom('case_link as l').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'l.office_id').on((eb) => eb.or([
        eb.and([eb('l.case_id', '=', row.id), eb('c.id', '=', eb.ref('l.other_id'))]), eb.and([eb('l.other_id', '=', row.id), eb('c.id', '=', eb.ref('l.case_id'))])])))
        .select(['c.id', 'c.reference', 'c.subject', 'l.kind']).where('l.office_id', '=', office.id).where((eb) => eb.or([eb('l.case_id', '=', row.id), eb('l.other_id', '=', row.id)])).orderBy('l.at').execute(),
      db.selectFrom('event as e').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'e.office_id').onRef('p.id', '=', 'e.person_id'))
        .select(['e.name', 'e.at', 'p.name as by', 'e.actor', 'e.data']).where('e.office_id', '=', office.id).where('e.case_id', '=', row.id).orderBy('e.at', 'desc').orderBy('e.id', 'desc').limit(200).execute(),
      has('obligation', () => db.selectFrom('obligation as o').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'o.office_id').onRef('p.id', '=', 'o.owner_id')).leftJoin('person as g', (join) => join.onRef('g.office_id', '=', 'o.office_id').onRef('g.id', '=', 'o.given_by'))
        .select(['o.id', 'o.text', 'p.name as owner', 'o.unit_id', 'g.name as given_by', 'o.due_on', 'o.state', 'o.report']).where('o.office_id', '=', office.id).where('o.case_id', '=', row.id).orderBy('o.at').execute()),
      has('document', () => listDocuments(context, row.id)), has('document', () => db.selectFrom('document').select(['id', 'entry_id']).where('office_id', '=', office.id).where('case_id', '=', row.id).execute()),
      row.merged_into ? db.selectFrom('case_file').select(['id', 'reference', 'subject']).where('office_id', '=', office.id).where('id', '=', row.merged_into).executeTakeFirst() : undefined,
      has('delivery', () => db.selectFrom('delivery').select('id').where('office_id', '=', office.id).where('case_id', '=', row.id).where('state', 'in', ['sent', 'received']).limit(1).execute()),
    ]);
    const belongs = new Map(belonging.map((one) => [one.id, one.entry_id]));
    return {
      id: row.id, kind: row.kind, book: row.book, year: row.year, number: row.number, reference: row.reference, subject: row.subject, classCode: row.class_code, unitId: row.unit_id, access: row.access, openedAt: row.opened_at, closedAt: row.closed_at,
      annulledAt: row.annulled_at, annulReason: row.annul_reason, reservedFor: row.reserved_for, mergedInto: merged ? { ...merged, kind: 'merged' } : null, isDelivered: delivered.length > 0, party: party ?? null, handler: handler ?? null,
      entries: entries.map((one) => ({
        id: one.id, sub: one.sub, reference: one.reference, direction: one.direction, channel: one.channel, subject: one.subject, body: one.body, at: one.at, party: one.party ?? '', senderReference: one.sender_reference ?? '', senderDatedOn: one.sender_dated_on, receivedOn: one.received_on,
        pages: one.pages, enclosures: one.enclosures, valueNoted: one.value_noted, dispatchedAt: one.dispatched_at, annulledAt: one.annulled_at, annulReason: one.annul_reason, by: one.by ?? '',
      })),
      documents: documents.map((one) => ({ ...one, entryId: belongs.get(one.id) ?? null })),
      obligations: obligations.map((one) => ({ id: one.id, text: one.text, owner: one.owner ?? '', unitId: one.unit_id, givenBy: one.given_by ?? '', dueOn: one.due_on, state: one.state, report: one.report })), links,
      history: history.map((one) => ({ name: one.name, at: one.at, by: one.by ?? '', actor: one.actor, data: one.data as Record<string, unknown> })), acts: actsFor(context, row), parts,
    };
  },
});

const Done = z.object({ id: z.string() });
/** The paper's case, locked, for an act on it; a petition has acts of its own. */
async function begin(context: Context, caseId: string, closed: boolean | null): Promise<CaseFile> {
  const file = await getCaseFile(context, caseId, true);
  if (file.kind === 'reserved') throw notFound();
  if (file.kind !== 'paper') throw notNow('error.case_of_its_own');
  if (file.annulledAt) throw notNow('error.case_annulled', { reference: file.reference });
  if (closed !== null && (file.closedAt !== null) !== closed) throw notNow(closed ? 'error.case_open' : 'error.case_closed');
  return file;
}
const change = (context: Context, caseId: string) => context.db.updateTable('case_file').where('office_id', '=', context.office.id).where('id', '=', caseId);

export const putAway = operation({
  id: 'case.close', kind: 'command', rest: 'POST /cases/{id}/close', allow: ['registrar', 'chief', 'head', 'clerk', 'adviser', 'citizens', 'protocol'],
  summary: 'Puts a case ad acta (a/a) under its class sign.',
  input: z.object({ id: id(), classCode: optionalLine(20) }),
  output: Done,
  async run(context, input) {
    const { office, caller } = context;
    const file = await begin(context, input.id, false);
    const leads = ['registrar', 'chief', 'head'].some((role) => caller.roles.has(role as 'chief'));
    if (caller.kind === 'person' && !leads && !(file.handledBy && caller.marks.includes(file.handledBy))) throw notAllowed();
    if (input.classCode && !office.data.classes.some((one) => one.code === input.classCode)) throw wrong({ classCode: { key: 'field.choose' } });
    const classCode = input.classCode || file.classCode;
    await change(context, file.id).set({ closed_at: context.now, class_code: classCode }).execute();
    context.record({ name: 'case.closed', nounId: file.id, caseId: file.id, data: { class: classCode, ...(classCode === file.classCode ? {} : { before: { class: file.classCode } }) } });
    return { id: file.id };
  },
});

export const reopenCase = operation({
  id: 'case.reopen', kind: 'command', rest: 'POST /cases/{id}/reopen', allow: ['registrar', 'chief', 'mayor', 'deputy', 'head'],
  summary: 'Opens a case that was put ad acta again; the reason is entered as an official note.',
  input: z.object({ id: id(), reason: text(2000) }),
  output: Done,
  async run(context, input) {
    const file = await begin(context, input.id, true);
    // One on a list of the archive is not taken off it by being opened.
    const archived = await context.db.selectFrom('archive_item').select('state').where('office_id', '=', context.office.id).where('case_id', '=', file.id).executeTakeFirst();
    if (archived && archived.state !== 'kept') throw notNow('error.case_disposed');
    await change(context, file.id).set({ closed_at: null, merged_into: null }).execute();
    await enterPaper(context, { caseId: file.id, direction: 'internal', channel: 'internal', subject: file.subject, body: input.reason });
    context.record({ name: 'case.reopened', nounId: file.id, caseId: file.id });
    return { id: file.id };
  },
});

export const restrictCase = operation({
  id: 'case.restrict', kind: 'command', rest: 'POST /cases/{id}/restrict', allow: ['mayor', 'chief'],
  summary: 'Makes a case confidential, seen by the named persons only, or opens it to the office again.',
  input: z.object({ id: id(), access: choice(['office', 'confidential']), personId: optionalId() }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const file = await begin(context, input.id, null);
    if (input.personId) {
      const person = await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('id', '=', input.personId).executeTakeFirst();
      if (!person) throw wrong({ personId: { key: 'field.choose' } });
      await involve(context, file.id, [person.id]);
    }
    await change(context, file.id).set({ access: input.access }).execute();
    context.record({ name: input.access === 'confidential' ? 'case.restricted' : 'case.opened_up', nounId: file.id, caseId: file.id });
    return { id: file.id };
  },
});

export const changeCase = operation({
  id: 'case.change', kind: 'command', rest: 'POST /cases/{id}', allow: ['registrar', 'chief', 'head', 'citizens'],
  summary: 'Corrects subject, class sign or party of a case; the log keeps what was before.',
  input: z.object({ id: id(), subject: line(300), classCode: optionalLine(20), partyId: optionalId() }),
  output: Done,
  async run(context, input) {
    const { office } = context;
    const file = await begin(context, input.id, false);
    if (input.classCode && !office.data.classes.some((one) => one.code === input.classCode)) throw wrong({ classCode: { key: 'field.choose' } });
    if (input.partyId && !(await hasParty(context, input.partyId))) throw wrong({ partyId: { key: 'field.choose' } });
    const after = { subject: input.subject, class_code: input.classCode || file.classCode, party_id: input.partyId ?? file.partyId };
    const before = { ...(after.subject === file.subject ? {} : { subject: file.subject }), ...(after.class_code === file.classCode ? {} : { class: file.classCode }), ...(after.party_id === file.partyId ? {} : { party: file.partyId }) };
    if (Object.keys(before).length === 0) throw wrong({ subject: { key: 'field.nothing_changed' } });
    await change(context, file.id).set(after).execute();
    await indexCase(context, file.id);
    context.record({ name: 'case.changed', nounId: file.id, caseId: file.id, data: { before } });
    return { id: file.id };
  },
});

/** Puts a case into the search anew: subject and party of other mail, what further papers of any case say, and what was read on scans. */
export async function indexCase(context: Context, caseId: string): Promise<void> {
  const { db, office } = context;
  const file = await db.selectFrom('case_file as c').leftJoin('party as p', (join) => join.onRef('p.office_id', '=', 'c.office_id').onRef('p.id', '=', 'c.party_id')).select(['c.subject', 'c.kind', 'c.reference', 'c.opened_at', 'p.name']).where('c.office_id', '=', office.id).where('c.id', '=', caseId).executeTakeFirst();
  if (!file) return;
  const isNew = sql<boolean>`not exists (select 1 from search_entry s where s.office_id = x.office_id and s.id = x.id)`;
  if (file.kind === 'paper') {
    const first = await db.selectFrom('entry').select(['body', 'sender_reference']).where('office_id', '=', office.id).where('case_id', '=', caseId).where('sub', '=', 1).executeTakeFirst();
    await indexSearch(context, { id: caseId, noun: 'case', caseId, title: file.subject, detail: file.name ?? '', text: [file.name, first?.sender_reference, first?.body].filter(Boolean).join(' '), at: file.opened_at });
  }
  const entries = await db.selectFrom('entry as x').leftJoin('party as p', (join) => join.onRef('p.office_id', '=', 'x.office_id').onRef('p.id', '=', 'x.party_id')).select(['x.id', 'x.subject', 'x.body', 'x.reference', 'x.sender_reference', 'x.at', 'p.name'])
    .where('x.office_id', '=', office.id).where('x.case_id', '=', caseId).where('x.sub', '>', 1).where(isNew).limit(500).execute();
  for (const one of entries) await indexSearch(context, { id: one.id, noun: 'entry', caseId, title: one.subject, detail: one.reference, text: [one.name, one.sender_reference, one.body].filter(Boolean).join(' '), at: one.at });
  const documents = await db.selectFrom('document as x').select(['x.id', 'x.title', 'x.words', 'x.at']).where('x.office_id', '=', office.id).where('x.case_id', '=', caseId).where('x.words', '<>', '').where(isNew).limit(500).execute();
  for (const one of documents) await indexSearch(context, { id: one.id, noun: 'document', caseId, title: one.title, detail: file.subject, text: one.words, at: one.at });
}
