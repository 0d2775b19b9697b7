import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { isId } from '../../core/id.ts';
import { choice, id, optionalId } from '../../core/input.ts';
import { actsIn } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound } from '../../core/refusal.ts';
import { ownMarks } from './chain.server.ts';
import { letterLifecycle, letterStates, letterWays, ownPages, type LetterState, type Recipient } from './letter.ts';
import { isWriter } from './letter.server.ts';
import { fieldValues } from './paper.ts';
import { printed } from './letter-print.server.ts';

const LetterRow = z.object({
  id: z.string(), caseId: z.string().nullable(), caseReference: z.string().nullable(), reference: z.string().nullable(), subject: z.string(), state: z.enum(letterStates), addressees: z.array(z.string()), writtenBy: z.string(), waitsFor: z.string(), isMine: z.boolean(),
  updatedAt: z.date(), documentId: z.string().nullable(), wasRefused: z.boolean(),
});
export type LetterRow = z.infer<typeof LetterRow>;
export const letterViews = ['mine', 'approve', 'work', 'sealed', 'dispatched', 'all'] as const;

/** Letters as the caller may see them, with whose turn it is. */
const lettersOf = ({ db, office }: Pick<Context, 'db' | 'office'>) => db.selectFrom('letter as l')
  .leftJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'l.office_id').onRef('c.id', '=', 'l.case_id'))
  .leftJoin('entry as e', (join) => join.onRef('e.office_id', '=', 'l.office_id').onRef('e.id', '=', 'l.entry_id'))
  .leftJoin('person as w', (join) => join.onRef('w.office_id', '=', 'l.office_id').onRef('w.id', '=', 'l.written_by'))
  .leftJoinLateral((eb) => eb.selectFrom('letter_step as s').innerJoin('person as p', (join) => join.onRef('p.office_id', '=', 's.office_id').onRef('p.id', '=', 's.person_id'))
    .whereRef('s.office_id', '=', 'l.office_id').whereRef('s.letter_id', '=', 'l.id').whereRef('s.round', '=', 'l.round').where('s.state', '=', 'waiting').select(['s.person_id', 'p.name as person_name']).orderBy('s.position').limit(1).as('turn'), (join) => join.onTrue())
  .select(['l.id', 'l.case_id', 'c.reference as case_reference', 'e.reference', 'l.subject', 'l.state', 'l.recipients', 'w.name as writer', 'l.updated_at', 'l.document_id', 'l.round', 'turn.person_id as turn_id', 'turn.person_name'])
  .where('l.office_id', '=', office.id);
type Row = Awaited<ReturnType<ReturnType<typeof lettersOf>['execute']>>[number];
/** What is in work are some hundred among all that was ever sent: written out, for a parameter hides from the planner that the index of the open ones will do. */
const inWork = sql<boolean>`l.state in ('draft', 'submitted')`;
const rowFrom = (context: Pick<Context, 'caller'>, row: Row): LetterRow => ({
  id: row.id, caseId: row.case_id, caseReference: row.case_reference, reference: row.reference ?? (row.state === 'sealed' || row.state === 'dispatched' ? row.case_reference : null), subject: row.subject, state: row.state as LetterState,
  addressees: (row.recipients as Recipient[]).map((one) => one.name), writtenBy: row.writer ?? '', waitsFor: row.state === 'submitted' ? (row.person_name ?? '') : '', isMine: row.state === 'submitted' && row.turn_id !== null && ownMarks(context).includes(row.turn_id),
  updatedAt: row.updated_at, documentId: row.document_id, wasRefused: row.state === 'draft' && row.round > 1,
});

const size = 50;
export const listLetters = operation({
  id: 'letter.list', kind: 'query', rest: 'GET /letters', allow: ['staff'],
  summary: 'Letters: my own in work, those that wait for my approval or signature, in work, sealed and under way, dispatched.',
  input: z.object({ view: choice(letterViews).default('mine'), after: z.string().max(80).default('') }),
  output: z.object({ letters: z.array(LetterRow), next: z.string().nullable() }),
  async run(context, input) {
    const own = ownMarks(context);
    let query = lettersOf(context);
    if (input.view === 'mine') query = query.where(inWork).where('l.written_by', 'in', own.length > 0 ? own : [null]);
    if (input.view === 'approve') query = query.where(inWork).where('l.state', '=', 'submitted').where('turn.person_id', 'in', own.length > 0 ? own : [null]);
    if (input.view === 'work') query = query.where(inWork);
    if (input.view === 'sealed' || input.view === 'dispatched') query = query.where(sql<boolean>`l.state = ${sql.lit(input.view)}`);
    // What is in work is short and shows the last changed first; what has been sent grows for ever and is read by its key.
    const byKey = ['sealed', 'dispatched', 'all'].includes(input.view);
    const [, at, last] = /^(\d{13})\.([0-9a-f-]{36})$/.exec(input.after) ?? [];
    if (at && last && isId(last)) query = byKey ? query.where('l.id', '<', last) : query.where(sql<boolean>`(date_trunc('milliseconds', l.updated_at), l.id) < (${new Date(Number(at))}, ${last}::uuid)`);
    const ordered = byKey ? query : query.orderBy(sql`date_trunc('milliseconds', l.updated_at)`, 'desc');
    const rows = await ordered.orderBy('l.id', 'desc').limit(size + 1).execute();
    const shown = rows.slice(0, size).map((row) => rowFrom(context, row));
    const end = shown.at(-1);
    return { letters: shown, next: rows.length > size && end ? `${end.updatedAt.getTime()}.${end.id}` : null };
  },
});

export const countLetters = operation({
  id: 'letter.count', kind: 'query', allow: ['staff'],
  summary: 'The letters that wait for the caller: to approve or sign, and those sent back.',
  input: z.object({}),
  output: z.object({ approve: z.array(LetterRow), refused: z.array(LetterRow) }),
  async run(context) {
    const own = ownMarks(context);
    if (own.length === 0) return { approve: [], refused: [] };
    const rows = await lettersOf(context).where(inWork).where((eb) => eb.or([
      eb.and([eb('l.state', '=', 'submitted'), eb('turn.person_id', 'in', own)]), eb.and([eb('l.state', '=', 'draft'), eb('l.round', '>', 1), eb('l.written_by', 'in', own)]),
    ])).orderBy('l.updated_at', 'desc').limit(40).execute();
    const letters = rows.map((row) => rowFrom(context, row));
    return { approve: letters.filter((one) => one.isMine), refused: letters.filter((one) => one.wasRefused) };
  },
});

export const lettersOfCase = operation({
  id: 'letter.of_case', kind: 'query', rest: 'GET /cases/{caseId}/letters', allow: ['staff'],
  summary: 'The letters written on a case.',
  input: z.object({ caseId: id() }),
  output: z.object({ letters: z.array(LetterRow) }),
  async run(context, input) {
    const { db, office } = context;
    if (!(await db.selectFrom('case_file').select('id').where('office_id', '=', office.id).where('id', '=', input.caseId).executeTakeFirst())) throw notFound();
    const rows = await lettersOf(context).where('l.case_id', '=', input.caseId).where('l.state', '<>', 'withdrawn').orderBy('l.at', 'desc').limit(100).execute();
    return { letters: rows.map((row) => rowFrom(context, row)) };
  },
});

const Step = z.object({ personId: z.string(), name: z.string(), kind: z.enum(['visa', 'sign']), state: z.enum(['waiting', 'approved', 'refused']), comment: z.string(), doneBy: z.string(), at: z.date().nullable(), round: z.number(), isTurn: z.boolean() });
const RecipientView = z.object({ partyId: z.string().nullable(), name: z.string(), address: z.string(), email: z.string(), way: z.enum(letterWays), isCopy: z.boolean() });
export const LetterView = z.object({
  id: z.string(), caseId: z.string().nullable(), caseReference: z.string().nullable(), caseSubject: z.string().nullable(), reference: z.string().nullable(), subject: z.string(), body: z.string(), text: z.string(), locale: z.string(), state: z.enum(letterStates), version: z.number(), round: z.number(),
  recipients: z.array(RecipientView), enclosures: z.array(z.string()), visas: z.array(z.string()), signerId: z.string().nullable(), templateId: z.string().nullable(), classCode: z.string(), writtenBy: z.string(), updatedAt: z.date(), sealedAt: z.date().nullable(),
  steps: z.array(Step), documentId: z.string().nullable(), sealedWith: z.string(), fileName: z.string(), ownPages: z.number(), entryId: z.string().nullable(), acts: z.array(z.string()),
});
export type LetterView = z.infer<typeof LetterView>;

export const getLetter = operation({
  id: 'letter.get', kind: 'query', rest: 'GET /letters/{id}', allow: ['staff'],
  summary: 'A letter with its recipients, its chain in all rounds, and what the caller may do with it now.',
  input: z.object({ id: id() }),
  output: LetterView,
  async run(context, input) {
    const { db, office, caller } = context;
    const row = await db.selectFrom('letter as l').leftJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'l.office_id').onRef('c.id', '=', 'l.case_id'))
      .leftJoin('entry as e', (join) => join.onRef('e.office_id', '=', 'l.office_id').onRef('e.id', '=', 'l.entry_id')).leftJoin('person as w', (join) => join.onRef('w.office_id', '=', 'l.office_id').onRef('w.id', '=', 'l.written_by'))
      .selectAll('l').select(['c.reference as case_reference', 'c.subject as case_subject', 'e.reference', 'e.at as sealed_at', 'w.name as writer']).where('l.office_id', '=', office.id).where('l.id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    const steps = await db.selectFrom('letter_step as s').innerJoin('person as p', (join) => join.onRef('p.office_id', '=', 's.office_id').onRef('p.id', '=', 's.person_id'))
      .leftJoin('person as d', (join) => join.onRef('d.office_id', '=', 's.office_id').onRef('d.id', '=', 's.done_by'))
      .select(['s.person_id', 'p.name', 's.kind', 's.state', 's.comment', 's.done_by', 'd.name as done_name', 's.at', 's.round']).where('s.office_id', '=', office.id).where('s.letter_id', '=', row.id).orderBy('s.position').execute();
    const turn = row.state === 'submitted' ? steps.find((step) => step.round === row.round && step.state === 'waiting') : undefined;
    const mine = turn !== undefined && ownMarks(context).includes(turn.person_id);
    const writes = isWriter(context, row.written_by);
    const reference = row.entry_id ? row.reference || row.case_reference : null;
    const letter = await printed(context, { ...row, recipients: row.recipients as Recipient[] }, reference ?? '…');
    const may: Record<string, boolean> = { change: writes || row.involved.some((one) => caller.marks.includes(one)), submit: writes || row.involved.some((one) => caller.marks.includes(one)), recall: writes && !mine, withdraw: writes, approve: mine, refuse: mine };
    const own = steps.filter((step) => step.round === row.round);
    return {
      id: row.id, caseId: row.case_id, caseReference: row.case_reference, caseSubject: row.case_subject, reference, subject: row.subject, body: row.body, text: row.entry_id ? row.body : fieldValues(letter).body, locale: row.locale, state: row.state as LetterState, version: row.version, round: row.round,
      recipients: row.recipients as Recipient[], enclosures: row.enclosures, visas: own.filter((step) => step.kind === 'visa').map((step) => step.person_id), signerId: row.signer_id, templateId: row.template_id, classCode: row.class_code, writtenBy: row.writer ?? '', updatedAt: row.updated_at,
      sealedAt: row.entry_id ? row.sealed_at : null,
      steps: steps.map((step) => ({ personId: step.person_id, name: step.name, kind: step.kind as 'visa', state: step.state as 'waiting', comment: step.comment, doneBy: step.done_by && step.done_by !== step.person_id ? (step.done_name ?? '') : '', at: step.at, round: step.round, isTurn: step === turn })),
      documentId: row.document_id, sealedWith: row.sealed_with, fileName: row.file_name, ownPages: ownPages(row) ? row.file_pages : 0, entryId: row.entry_id, acts: actsIn(letterLifecycle, row.state as LetterState).filter((act) => may[act] ?? false),
    };
  },
});

export const letterSources = operation({
  id: 'letter.sources', kind: 'query', allow: ['staff'],
  summary: 'What a letter on this case may name: its documents, its party, the bodies of the directory.',
  input: z.object({ caseId: optionalId() }),
  output: z.object({
    file: z.object({ reference: z.string(), subject: z.string(), party: z.object({ id: z.string(), name: z.string() }).nullable() }).nullable(), documents: z.array(z.object({ id: z.string(), title: z.string() })), bodies: z.array(z.object({ id: z.string(), name: z.string() })),
  }),
  async run({ db, office }, input) {
    const file = input.caseId ? await db.selectFrom('case_file as c').leftJoin('party as p', (join) => join.onRef('p.office_id', '=', 'c.office_id').onRef('p.id', '=', 'c.party_id')).select(['c.reference', 'c.subject', 'p.id', 'p.name'])
      .where('c.office_id', '=', office.id).where('c.id', '=', input.caseId).executeTakeFirst() : undefined;
    if (input.caseId && !file) throw notFound();
    const documents = input.caseId ? await db.selectFrom('document').select(['id', 'title']).where('office_id', '=', office.id).where('case_id', '=', input.caseId).orderBy('at').limit(200).execute() : [];
    const bodies = await db.selectFrom('party').select(['id', 'name']).where('office_id', '=', office.id).where('kind', '=', 'body').orderBy('folded').limit(300).execute();
    return { file: file ? { reference: file.reference, subject: file.subject, party: file.id && file.name ? { id: file.id, name: file.name } : null } : null, documents, bodies };
  },
});
