import { z } from 'zod';
import { check, day, id, line, optionalId, optionalLine, optionalText, say, seenVersion, text } from '../../core/input.ts';
import { nextState } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { indexSearch } from '../../core/search.ts';
import { addDocument, listDocuments, takeUploads, UploadList } from '../documents/index.ts';
import { getCaseFile, involve, openPaper } from '../registry/index.ts';
import { getCommittee, isKeeper, membersOn } from './committee.server.ts';
import { keeperRoles, leadsAll } from './committee.ts';
import { proposalLifecycle, unitActs, type ProposalAct, type ProposalState } from './proposal.ts';

const manyIds = () => z.union([z.literal('').transform((): string[] => []), id().transform((one) => [one]), z.array(id()).max(200)]).default([]);
const words = {
  title: line(300), reason: optionalText(20_000), proposed: optionalText(10_000), rapporteur: optionalLine(200), wantedOn: z.union([z.literal(''), day()]).default(''),
  minutes: z.coerce.number(say('field.number')).int(say('field.number')).min(1, say('field.number')).max(480, say('field.number')).default(10),
};
const papers = { documentIds: manyIds(), files: UploadList, replaces: optionalId() };
const Done = z.object({ id: z.string() });

export type Proposal = {
  id: string; committeeId: string; caseId: string; title: string; reason: string; proposed: string; unitId: string | null; proposedBy: string | null; rapporteur: string; minutes: number; wantedOn: string | null; state: ProposalState; version: number; documentIds: string[]; isConfidential: boolean;
};
/** The proposal as the caller may see it, locked for an act; 404 otherwise. */
export async function getProposal({ db, office }: Pick<Context, 'db' | 'office'>, proposalId: string): Promise<Proposal> {
  const row = await db.selectFrom('agenda_proposal as p').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'p.office_id').onRef('c.id', '=', 'p.case_id')).selectAll('p').select('c.access').where('p.office_id', '=', office.id).where('p.id', '=', proposalId).forUpdate('p').executeTakeFirst();
  if (!row) throw notFound();
  return {
    id: row.id, committeeId: row.committee_id, caseId: row.case_id, title: row.title, reason: row.reason, proposed: row.proposed, unitId: row.unit_id, proposedBy: row.proposed_by, rapporteur: row.rapporteur, minutes: row.minutes, wantedOn: row.wanted_on, state: row.state as ProposalState, version: row.version,
    documentIds: row.document_ids, isConfidential: row.access === 'confidential',
  };
}

/** Whether the proposal is the caller's: written by them, or of their unit where it is not confidential. */
export const isProposer = ({ caller }: Pick<Context, 'caller'>, proposal: Pick<Proposal, 'proposedBy' | 'unitId' | 'isConfidential'>): boolean =>
  caller.kind === 'system' || (proposal.proposedBy !== null && caller.marks.includes(proposal.proposedBy)) || (!proposal.isConfidential && proposal.unitId !== null && caller.marks.includes(proposal.unitId)) || leadsAll(caller);

/** The proposal after the act in its lifecycle, for who may do it: the unit its own acts, the keeper of the committee theirs. */
async function begin(context: Context, proposalId: string, act: ProposalAct): Promise<{ proposal: Proposal; state: ProposalState }> {
  const proposal = await getProposal(context, proposalId);
  if (!(unitActs.includes(act) ? isProposer(context, proposal) : await isKeeper(context, proposal.committeeId))) throw notAllowed();
  return { proposal, state: nextState(proposalLifecycle, proposal.state, act) };
}
const change = ({ db, office }: Context, proposalId: string) => db.updateTable('agenda_proposal').where('office_id', '=', office.id).where('id', '=', proposalId);
const note = (context: Context, name: string, proposal: Pick<Proposal, 'id' | 'caseId'>, data: Record<string, unknown> = {}): void => context.record({ name: `agenda_proposal.${name}`, nounId: proposal.id, caseId: proposal.caseId, data });
const indexProposal = (context: Context, proposal: { id: string; caseId: string; title: string; reason: string; proposed: string }, isNew = false): Promise<void> =>
  indexSearch(context, { id: proposal.id, isNew, noun: 'agenda_proposal', caseId: proposal.caseId, title: proposal.title, text: [proposal.reason, proposal.proposed].join(' ') });

/** The papers to be put before the committee: those chosen of the case, and files added now, one of them in the place of an older. */
async function takePapers(context: Context, caseId: string, input: { documentIds: string[]; files: z.output<typeof UploadList>; replaces: string | null }): Promise<string[]> {
  const known = new Set((await listDocuments(context, caseId)).filter((one) => !one.destroyedAt).map((one) => one.id));
  if (input.documentIds.some((one) => !known.has(one))) throw wrong({ documentIds: { key: 'field.choose' } });
  if (input.replaces && !known.has(input.replaces)) throw wrong({ replaces: { key: 'field.choose' } });
  const added: string[] = [];
  for (const file of await takeUploads(input.files)) added.push(await addDocument(context, { caseId, kind: 'added', file }));
  const chosen = [...new Set(input.documentIds)];
  // The new version stands where the old one stood.
  const place = input.replaces && added.length > 0 ? chosen.indexOf(input.replaces) : -1;
  return place < 0 ? [...chosen, ...added] : chosen.toSpliced(place, 1, ...added);
}

export const draftProposal = operation({
  id: 'agenda_proposal.draft', kind: 'command', rest: 'POST /proposals', allow: ['staff'],
  summary: 'Drafts what a unit puts before a committee, in a case of its own; with `caseId` a case that is there is put before it, with chosen papers.',
  input: z.object({ committeeId: id(), caseId: optionalId(), isConfidential: check(), ...words, ...papers }),
  output: z.object({ id: z.string(), caseId: z.string() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    const committee = await getCommittee(context, input.committeeId);
    if (committee.endedAt) throw notNow('error.committee_ended');
    if (input.wantedOn && input.wantedOn < context.today) throw wrong({ wantedOn: { key: 'field.day_past' } });
    const proposalId = context.newId();
    let [caseId, documentIds] = [input.caseId ?? '', [] as string[]];
    if (input.caseId) {
      const file = await getCaseFile(context, input.caseId);
      if (file.kind === 'reserved') throw notFound();
      if (file.annulledAt) throw notNow('error.case_annulled', { reference: file.reference });
      documentIds = await takePapers(context, file.id, input);
    }
    const files = input.caseId ? [] : await takeUploads(input.files);
    // The number of the case is the last thing that is taken.
    if (!input.caseId) {
      caseId = (await openPaper(context, {
        direction: 'internal', channel: 'internal', subject: input.title, body: input.reason, files, classCode: committee.classCode, unitId: input.isConfidential ? null : caller.unitId, handledBy: caller.personId, access: input.isConfidential || committee.isConfidential ? 'confidential' : 'office',
      })).id;
      documentIds = (await listDocuments(context, caseId)).map((one) => one.id);
    }
    await db.insertInto('agenda_proposal').values({
      office_id: office.id, id: proposalId, committee_id: committee.id, case_id: caseId, title: input.title, reason: input.reason, proposed: input.proposed, unit_id: caller.unitId, proposed_by: caller.personId, rapporteur: input.rapporteur || caller.name, minutes: input.minutes,
      wanted_on: input.wantedOn || null, document_ids: documentIds, at: now,
    }).execute();
    await indexProposal(context, { id: proposalId, caseId, title: input.title, reason: input.reason, proposed: input.proposed });
    note(context, 'drafted', { id: proposalId, caseId });
    return { id: proposalId, caseId };
  },
});

export const changeProposal = operation({
  id: 'agenda_proposal.change', kind: 'command', rest: 'POST /proposals/{id}', allow: ['staff'],
  summary: 'Changes a draft or a returned proposal and its papers; a newer paper takes the place of the one it replaces, which stays in the case.',
  input: z.object({ id: id(), version: seenVersion(), ...words, ...papers }),
  output: z.object({ id: z.string(), version: z.number() }),
  async run(context, input) {
    const { proposal } = await begin(context, input.id, 'change');
    if (input.version !== proposal.version) throw notNow('error.changed_meanwhile', {}, { version: proposal.version, title: proposal.title, reason: proposal.reason, proposed: proposal.proposed });
    const documentIds = await takePapers(context, proposal.caseId, input);
    const version = proposal.version + 1;
    await change(context, proposal.id).set({ title: input.title, reason: input.reason, proposed: input.proposed, rapporteur: input.rapporteur, minutes: input.minutes, wanted_on: input.wantedOn || null, document_ids: documentIds, version }).execute();
    await indexProposal(context, { ...proposal, title: input.title, reason: input.reason, proposed: input.proposed });
    note(context, 'changed', proposal, { version });
    return { id: proposal.id, version };
  },
});

export const submitProposal = operation({
  id: 'agenda_proposal.submit', kind: 'command', rest: 'POST /proposals/{id}/submit', allow: ['staff'],
  summary: 'Hands the proposal to the keeper of the committee, who sees its case from then on.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { proposal, state } = await begin(context, input.id, 'submit');
    if (!proposal.proposed && !proposal.reason) throw wrong({ reason: { key: 'field.required' } });
    const committee = await getCommittee(context, proposal.committeeId);
    if (committee.endedAt) throw notNow('error.committee_ended');
    const keepers = (await membersOn(context, proposal.committeeId, context.today)).filter((one) => keeperRoles.includes(one.role)).map((one) => one.personId);
    await involve(context, proposal.caseId, keepers);
    await change(context, proposal.id).set({ state, submitted_at: context.now, comment: '' }).execute();
    note(context, 'submitted', proposal, { version: proposal.version });
    return { id: proposal.id };
  },
});

export const acceptProposal = operation({
  id: 'agenda_proposal.accept', kind: 'command', rest: 'POST /proposals/{id}/accept', allow: ['staff'],
  summary: 'The keeper takes the proposal: it waits for the agenda of a sitting.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { proposal, state } = await begin(context, input.id, 'accept');
    await change(context, proposal.id).set({ state, decided_by: context.caller.personId, decided_at: context.now }).execute();
    note(context, 'accepted', proposal);
    return { id: proposal.id };
  },
});

export const returnProposal = operation({
  id: 'agenda_proposal.return', kind: 'command', rest: 'POST /proposals/{id}/return', allow: ['staff'],
  summary: 'The keeper sends the proposal back with what is missing.',
  input: z.object({ id: id(), comment: text(4000) }),
  output: Done,
  async run(context, input) {
    const { proposal, state } = await begin(context, input.id, 'return');
    await change(context, proposal.id).set((eb) => ({ state, comment: input.comment, version: eb('version', '+', 1), decided_by: context.caller.personId, decided_at: context.now })).execute();
    note(context, 'returned', proposal, { comment: input.comment });
    return { id: proposal.id };
  },
});

export const declineProposal = operation({
  id: 'agenda_proposal.decline', kind: 'command', rest: 'POST /proposals/{id}/decline', allow: ['staff'],
  summary: 'The keeper declines the proposal, with a reason.',
  input: z.object({ id: id(), comment: text(4000) }),
  output: Done,
  async run(context, input) {
    const { proposal, state } = await begin(context, input.id, 'decline');
    await change(context, proposal.id).set({ state, comment: input.comment, decided_by: context.caller.personId, decided_at: context.now }).execute();
    note(context, 'declined', proposal, { comment: input.comment });
    return { id: proposal.id };
  },
});

export const withdrawProposal = operation({
  id: 'agenda_proposal.withdraw', kind: 'command', rest: 'POST /proposals/{id}/withdraw', allow: ['staff'],
  summary: 'The unit takes its proposal back before it is on an agenda.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { proposal, state } = await begin(context, input.id, 'withdraw');
    await change(context, proposal.id).set({ state, decided_at: context.now }).execute();
    note(context, 'withdrawn', proposal);
    return { id: proposal.id };
  },
});

/** Sets the proposal of a point as the agenda or the sitting has it: placed, back among those that wait, or settled. */
export async function moveProposal(context: Context, proposalId: string, act: 'place' | 'put_back' | 'settle'): Promise<void> {
  const proposal = await getProposal(context, proposalId);
  await change(context, proposal.id).set({ state: nextState(proposalLifecycle, proposal.state, act) }).execute();
}
