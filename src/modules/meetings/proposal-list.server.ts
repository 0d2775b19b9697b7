import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { isId } from '../../core/id.ts';
import { choice, id, optionalId, optionalLine, say } from '../../core/input.ts';
import { actsIn } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound } from '../../core/refusal.ts';
import { DocumentRow, listDocuments } from '../documents/index.ts';
import { getCaseFile } from '../registry/index.ts';
import { isKeeper } from './committee.server.ts';
import { leadsAll } from './committee.ts';
import { keeperActs, proposalLifecycle, proposalStates, proposalViews, unitActs, type ProposalState } from './proposal.ts';
import { isProposer } from './proposal.server.ts';

export const ProposalRow = z.object({
  id: z.string(), caseId: z.string(), reference: z.string(), committeeId: z.string(), committee: z.string(), title: z.string(), unitId: z.string().nullable(), proposedBy: z.string(), rapporteur: z.string(), minutes: z.number(), wantedOn: z.string().nullable(), state: z.enum(proposalStates), isConfidential: z.boolean(), papers: z.number(), at: z.date(), submittedAt: z.date().nullable(),
  meetingId: z.string().nullable(), meetingNumber: z.number().nullable(), meetingAt: z.date().nullable(),
});
export type ProposalRow = z.infer<typeof ProposalRow>;

/** Proposals that the caller may see, with the sitting on whose agenda they were put last. */
const rowsOf = ({ db, office }: Pick<Context, 'db' | 'office'>) => db.selectFrom('agenda_proposal as p').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'p.office_id').onRef('c.id', '=', 'p.case_id')).innerJoin('committee as k', (join) => join.onRef('k.office_id', '=', 'p.office_id').onRef('k.id', '=', 'p.committee_id'))
  .leftJoin('person as w', (join) => join.onRef('w.office_id', '=', 'p.office_id').onRef('w.id', '=', 'p.proposed_by'))
  .leftJoinLateral((eb) => eb.selectFrom('agenda_item as i').innerJoin('meeting as m', (join) => join.onRef('m.office_id', '=', 'i.office_id').onRef('m.id', '=', 'i.meeting_id')).whereRef('i.office_id', '=', 'p.office_id').whereRef('i.proposal_id', '=', 'p.id').where('i.state', '<>', 'dropped').select(['m.id as meeting_id', 'm.number as meeting_number', 'm.starts_at as meeting_at']).orderBy('m.starts_at', 'desc').limit(1).as('s'), (join) => join.onTrue())
  .select(['p.id', 'p.case_id', 'c.reference', 'p.committee_id', 'k.name as committee', 'p.title', 'p.unit_id', 'w.name as writer', 'p.rapporteur', 'p.minutes', 'p.wanted_on', 'p.state', 'c.access', 'p.document_ids', 'p.at', 'p.submitted_at', 's.meeting_id', 's.meeting_number', 's.meeting_at'])
  .where('p.office_id', '=', office.id);
type Row = Awaited<ReturnType<ReturnType<typeof rowsOf>['execute']>>[number];
const rowFrom = (row: Row): ProposalRow => ({
  id: row.id, caseId: row.case_id, reference: row.reference, committeeId: row.committee_id, committee: row.committee, title: row.title, unitId: row.unit_id, proposedBy: row.writer ?? '', rapporteur: row.rapporteur, minutes: row.minutes, wantedOn: row.wanted_on, state: row.state as ProposalState, isConfidential: row.access === 'confidential',
  papers: row.document_ids.length, at: row.at, submittedAt: row.submitted_at, meetingId: row.meeting_id, meetingNumber: row.meeting_number, meetingAt: row.meeting_at,
});

export const listProposals = operation({
  id: 'agenda_proposal.list', kind: 'query', rest: 'GET /proposals', allow: ['staff'],
  summary: 'Proposals for agendas: mine and my units’, those that wait for my judgement, accepted ones that wait for a sitting, or all; of one committee or case; pages by cursor.',
  input: z.object({ view: choice(proposalViews).default('mine'), committeeId: optionalId(), caseId: optionalId(), after: optionalLine(40).refine((value) => value === '' || isId(value), say('field.wrong')), limit: z.coerce.number().int().min(1).max(500).default(50) }),
  output: z.object({ proposals: z.array(ProposalRow), next: z.string().nullable() }),
  async run(context, input) {
    const { caller, today } = context;
    const marks = [...caller.marks];
    let query = rowsOf(context);
    if (input.caseId) query = query.where('p.case_id', '=', input.caseId);
    else if (input.view === 'mine') query = query.where(sql<boolean>`(p.proposed_by::text = any (${marks}) or (c.access = 'office' and p.unit_id = any (${marks})))`);
    else if (input.view === 'waiting') {
      query = query.where('p.state', '=', 'submitted');
      if (!leadsAll(caller)) query = query.where(sql<boolean>`exists (select 1 from committee_member b where b.office_id = p.office_id and b.committee_id = p.committee_id and b.person_id::text = any (${marks}) and b.role in ('secretary', 'chair', 'deputy') and b.from_on <= ${today}::date and (b.until_on is null or b.until_on >= ${today}::date))`);
    } else if (input.view === 'backlog') query = query.where('p.state', '=', 'accepted');
    if (input.committeeId) query = query.where('p.committee_id', '=', input.committeeId);
    if (input.after) query = query.where('p.id', '<', input.after);
    const rows = await query.orderBy('p.id', 'desc').limit(input.limit + 1).execute();
    return { proposals: rows.slice(0, input.limit).map(rowFrom), next: rows.length > input.limit ? rows[input.limit - 1]!.id : null };
  },
});

export const ProposalView = ProposalRow.extend({ reason: z.string(), proposed: z.string(), comment: z.string(), decidedBy: z.string(), version: z.number(), documentIds: z.array(z.string()), documents: z.array(DocumentRow), caseSubject: z.string(), isOwnCase: z.boolean(), acts: z.array(z.string()) });
export type ProposalView = z.infer<typeof ProposalView>;

export const readProposal = operation({
  id: 'agenda_proposal.get', kind: 'query', rest: 'GET /proposals/{id}', allow: ['staff'],
  summary: 'A proposal with its reason, proposed conclusion and papers, and what the caller may do now.',
  input: z.object({ id: id() }),
  output: ProposalView,
  async run(context, input) {
    const { db, office } = context;
    const row = await rowsOf(context).where('p.id', '=', input.id).executeTakeFirst();
    const more = row && (await db.selectFrom('agenda_proposal as p').leftJoin('person as d', (join) => join.onRef('d.office_id', '=', 'p.office_id').onRef('d.id', '=', 'p.decided_by')).select(['p.reason', 'p.proposed', 'p.comment', 'p.version', 'p.proposed_by', 'd.name as decider']).where('p.office_id', '=', office.id).where('p.id', '=', row.id).executeTakeFirst());
    if (!row || !more) throw notFound();
    const file = await getCaseFile(context, row.case_id);
    const isOwn = isProposer(context, { proposedBy: more.proposed_by, unitId: row.unit_id, isConfidential: row.access === 'confidential' });
    const keeps = await isKeeper(context, row.committee_id);
    const acts = actsIn(proposalLifecycle, row.state as ProposalState).filter((act) => (unitActs.includes(act) && isOwn) || (keeperActs.includes(act) && keeps));
    return { ...rowFrom(row), reason: more.reason, proposed: more.proposed, comment: more.comment, decidedBy: more.decider ?? '', version: more.version, documentIds: row.document_ids, documents: await listDocuments(context, row.case_id), caseSubject: file.subject, isOwnCase: file.subject === row.title && file.kind === 'paper', acts };
  },
});

export const proposalSources = operation({
  id: 'agenda_proposal.sources', kind: 'query', allow: ['staff'],
  summary: 'What a new proposal begins with: the committees, and of a case that is put before one its subject and papers.',
  input: z.object({ caseId: optionalId() }),
  output: z.object({ committees: z.array(z.object({ id: z.string(), name: z.string() })), file: z.object({ id: z.string(), reference: z.string(), subject: z.string() }).nullable(), documents: z.array(DocumentRow) }),
  async run(context, input) {
    const { db, office } = context;
    const committees = await db.selectFrom('committee').select(['id', 'name']).where('office_id', '=', office.id).where('ended_at', 'is', null).orderBy(sql`array_position(array['collegium', 'council', 'commission', 'working'], kind)`).orderBy('at').orderBy('id').limit(200).execute();
    if (!input.caseId) return { committees, file: null, documents: [] };
    const file = await getCaseFile(context, input.caseId);
    return { committees, file: { id: file.id, reference: file.reference, subject: file.subject }, documents: await listDocuments(context, file.id) };
  },
});
