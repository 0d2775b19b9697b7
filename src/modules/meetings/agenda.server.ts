import { z } from 'zod';
import { choice, id, line, optionalId, optionalLine, optionalText, say } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { addDocument, takeUploads, UploadList } from '../documents/index.ts';
import { addPoint, droppedFrom, orderPoints, putPapers } from './agenda-item.server.ts';
import { beginMeeting, type Meeting } from './meeting.server.ts';
import { getProposal, moveProposal } from './proposal.server.ts';

const Done = z.object({ id: z.string() });
const minutes = () => z.coerce.number(say('field.number')).int(say('field.number')).min(0, say('field.number')).max(480, say('field.number')).default(10);
const pointKinds = ['point', 'information', 'questions'] as const;

/** The sitting whose agenda is being made, and a point of it that the caller sees. */
async function beginPoint(context: Context, meetingId: string, itemId: string): Promise<{ meeting: Meeting; item: { id: string; caseId: string; kind: string; proposalId: string | null } }> {
  const { meeting } = await beginMeeting(context, meetingId, 'prepare');
  const row = await context.db.selectFrom('agenda_item').select(['id', 'case_id', 'kind', 'proposal_id']).where('office_id', '=', context.office.id).where('meeting_id', '=', meeting.id).where('id', '=', itemId).where('position', '<', droppedFrom).executeTakeFirst();
  if (!row) throw notFound();
  return { meeting, item: { id: row.id, caseId: row.case_id, kind: row.kind, proposalId: row.proposal_id } };
}
// The history of the sitting says that its agenda changed; what a point is about is in the point, for who may see it.
const note = (context: Context, meeting: Meeting, how: string, itemId: string | null = null): void => context.record({ name: 'agenda.changed', nounId: meeting.id, caseId: meeting.caseId, data: { how, ...(itemId ? { itemId } : {}) } });

export const placeProposals = operation({
  id: 'agenda.place', kind: 'command', rest: 'POST /meetings/{id}/agenda', allow: ['staff'],
  summary: 'Puts accepted proposals on the agenda of a sitting, with their papers, in the order given.',
  input: z.object({ id: id(), proposalIds: z.union([id().transform((one) => [one]), z.array(id()).min(1, say('field.choose')).max(60)]) }),
  output: z.object({ id: z.string(), itemIds: z.array(z.string()) }),
  async run(context, input) {
    const { meeting } = await beginMeeting(context, input.id, 'prepare');
    const itemIds: string[] = [];
    for (const proposalId of new Set(input.proposalIds)) {
      const proposal = await getProposal(context, proposalId);
      if (proposal.committeeId !== meeting.committeeId) throw wrong({ proposalIds: { key: 'field.choose' } });
      await moveProposal(context, proposal.id, 'place');
      const caseId = proposal.isConfidential && proposal.caseId !== meeting.caseId ? proposal.caseId : meeting.caseId;
      const itemId = await addPoint(context, meeting, { kind: 'point', title: proposal.title, caseId, proposalId: proposal.id, rapporteur: proposal.rapporteur, minutes: proposal.minutes, proposed: proposal.proposed });
      await putPapers(context, meeting, { id: itemId, caseId }, proposal.documentIds);
      itemIds.push(itemId);
      context.record({ name: 'agenda_proposal.placed', nounId: proposal.id, caseId: proposal.caseId, data: { meetingId: meeting.id } });
    }
    note(context, meeting, 'placed');
    return { id: meeting.id, itemIds };
  },
});

export const addOwnPoint = operation({
  id: 'agenda.add', kind: 'command', rest: 'POST /meetings/{id}/agenda/points', allow: ['staff'],
  summary: 'Adds a point that no unit proposed: for decision, for information, or of questions.',
  input: z.object({ id: id(), kind: choice(pointKinds).default('point'), title: line(300), rapporteur: optionalLine(200), minutes: minutes(), proposed: optionalText(10_000), files: UploadList }),
  output: z.object({ id: z.string(), itemId: z.string() }),
  async run(context, input) {
    const { meeting } = await beginMeeting(context, input.id, 'prepare');
    const itemId = await addPoint(context, meeting, { kind: input.kind, title: input.title, caseId: meeting.caseId, rapporteur: input.rapporteur, minutes: input.minutes, proposed: input.proposed });
    await addFiles(context, meeting, { id: itemId, caseId: meeting.caseId }, input.files, null);
    note(context, meeting, 'added', itemId);
    return { id: meeting.id, itemId };
  },
});

async function addFiles(context: Context, meeting: Meeting, item: { id: string; caseId: string }, files: z.output<typeof UploadList>, replaces: string | null): Promise<string[]> {
  const added: string[] = [];
  for (const file of await takeUploads(files)) added.push(await addDocument(context, { caseId: item.caseId, kind: 'added', file }));
  return putPapers(context, meeting, item, added, replaces);
}

export const changePoint = operation({
  id: 'agenda.change_point', kind: 'command', rest: 'POST /meetings/{id}/agenda/{itemId}', allow: ['staff'],
  summary: 'Changes title, rapporteur, time and proposed conclusion of a point.',
  input: z.object({ id: id(), itemId: id(), title: line(300), rapporteur: optionalLine(200), minutes: minutes(), proposed: optionalText(10_000) }),
  output: Done,
  async run(context, input) {
    const { meeting, item } = await beginPoint(context, input.id, input.itemId);
    await context.db.updateTable('agenda_item').set({ title: input.title, rapporteur: input.rapporteur, minutes: input.minutes, proposed: input.proposed }).where('office_id', '=', context.office.id).where('id', '=', item.id).execute();
    note(context, meeting, 'changed', item.id);
    return { id: meeting.id };
  },
});

export const movePoint = operation({
  id: 'agenda.move', kind: 'command', rest: 'POST /meetings/{id}/agenda/{itemId}/move', allow: ['staff'],
  summary: 'Moves a point up, down, or to a place counted from one.',
  input: z.object({ id: id(), itemId: id(), to: z.union([z.literal('up'), z.literal('down'), z.coerce.number(say('field.number')).int(say('field.number')).min(1, say('field.number')).max(200, say('field.number'))]) }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const { meeting, item } = await beginPoint(context, input.id, input.itemId);
    const order = (await db.selectFrom('agenda_item').select('id').where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).where('position', '<', droppedFrom).orderBy('position').orderBy('id').execute()).map((row) => row.id);
    const at = order.indexOf(item.id);
    const to = Math.max(0, Math.min(order.length - 1, input.to === 'up' ? at - 1 : input.to === 'down' ? at + 1 : input.to - 1));
    await orderPoints(context, meeting.id, order.toSpliced(at, 1).toSpliced(to, 0, item.id));
    note(context, meeting, 'moved', item.id);
    return { id: meeting.id };
  },
});

export const dropPoint = operation({
  id: 'agenda.drop', kind: 'command', rest: 'POST /meetings/{id}/agenda/{itemId}/drop', allow: ['staff'],
  summary: 'Takes a point off the agenda before the sitting; its proposal waits for another. What the last sitting left is not taken off.',
  input: z.object({ id: id(), itemId: id() }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const { meeting, item } = await beginPoint(context, input.id, input.itemId);
    if (item.kind === 'verification' || item.kind === 'minutes') throw notNow('error.agenda_fixed');
    if (item.proposalId) {
      const { caseId } = await getProposal(context, item.proposalId);
      await moveProposal(context, item.proposalId, 'put_back');
      context.record({ name: 'agenda_proposal.put_back', nounId: item.proposalId, caseId, data: { meetingId: meeting.id } });
    }
    await db.updateTable('agenda_item').set((eb) => ({ state: 'dropped', position: eb('position', '+', droppedFrom) })).where('office_id', '=', office.id).where('id', '=', item.id).execute();
    const rest = await db.selectFrom('agenda_item').select('id').where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).where('position', '<', droppedFrom).orderBy('position').orderBy('id').execute();
    await orderPoints(context, meeting.id, rest.map((row) => row.id));
    note(context, meeting, 'dropped', item.id);
    return { id: meeting.id };
  },
});

export const addPointPaper = operation({
  id: 'agenda.add_paper', kind: 'command', rest: 'POST /meetings/{id}/agenda/{itemId}/papers', allow: ['staff'],
  summary: 'Puts papers under a point: files, or one that another point of the sitting has; one may take the place of an older version, and both stay named.',
  input: z.object({ id: id(), itemId: id(), documentId: optionalId(), files: UploadList, replaces: optionalId() }),
  output: z.object({ id: z.string(), documentIds: z.array(z.string()) }),
  async run(context, input) {
    const { db, office } = context;
    const { meeting, item } = await beginPoint(context, input.id, input.itemId);
    if (!input.documentId && input.files.length === 0) throw wrong({ files: { key: 'field.required' } });
    const here = async (documentId: string, itemId?: string) => db.selectFrom('agenda_paper as a').innerJoin('agenda_item as i', (join) => join.onRef('i.office_id', '=', 'a.office_id').onRef('i.id', '=', 'a.item_id')).select('a.document_id').where('a.office_id', '=', office.id).where('i.meeting_id', '=', meeting.id).where('a.document_id', '=', documentId)
      .$if(itemId !== undefined, (query) => query.where('i.id', '=', itemId!)).executeTakeFirst();
    if (input.replaces && !(await here(input.replaces, item.id))) throw wrong({ replaces: { key: 'field.choose' } });
    if (input.documentId) {
      const known = await db.selectFrom('document').select(['id', 'case_id']).where('office_id', '=', office.id).where('id', '=', input.documentId).executeTakeFirst();
      // A paper of a confidential point is not carried under one that everybody sees.
      if (!known || !(await here(input.documentId)) || (known.case_id !== item.caseId && known.case_id !== meeting.caseId)) throw wrong({ documentId: { key: 'field.choose' } });
    }
    const documentIds = [...(input.documentId ? await putPapers(context, meeting, item, [input.documentId], input.files.length === 0 ? input.replaces : null) : []), ...(input.files.length > 0 ? await addFiles(context, meeting, item, input.files, input.replaces) : [])];
    note(context, meeting, 'paper', item.id);
    return { id: meeting.id, documentIds };
  },
});

export const dropPointPaper = operation({
  id: 'agenda.drop_paper', kind: 'command', rest: 'POST /meetings/{id}/agenda/{itemId}/papers/{documentId}/drop', allow: ['staff'],
  summary: 'Takes a paper from under a point, as long as members were not called with it; afterwards only a newer version takes its place.',
  input: z.object({ id: id(), itemId: id(), documentId: id() }),
  output: Done,
  async run(context, input) {
    const { meeting, item } = await beginPoint(context, input.id, input.itemId);
    if (meeting.state !== 'planned' || meeting.agendaVersion > 0) throw notNow('error.agenda_called');
    const gone = await context.db.deleteFrom('agenda_paper').where('office_id', '=', context.office.id).where('item_id', '=', item.id).where('document_id', '=', input.documentId).returning('document_id').executeTakeFirst();
    if (!gone) throw notFound();
    note(context, meeting, 'paper', item.id);
    return { id: meeting.id };
  },
});
