import { z } from 'zod';
import { id } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { sha256 } from '../../core/secret.ts';
import { addDocument } from '../documents/index.ts';
import { getCaseFile } from '../registry/index.ts';
import { listPoints } from './agenda-item.server.ts';
import { listToVerify, type Verified } from './conclusion-settle.server.ts';
import { frameOf, verificationRows } from './minutes-print.ts';
import { getCommittee } from './committee.server.ts';
import { changeMeetingRow, getMeeting, type Meeting } from './meeting.server.ts';

const Paper = z.object({ id: z.string(), title: z.string(), fileName: z.string(), mediaType: z.string(), size: z.number(), sha256: z.string() });
export const Pack = z.object({
  meetingId: z.string(), caseId: z.string(), reference: z.string(), committee: z.string(), isConfidential: z.boolean(), number: z.number(), kind: z.string(), title: z.string(), place: z.string(), link: z.string(), startsAt: z.date(), endsAt: z.date(), state: z.string(), agendaVersion: z.number(), key: z.string(), keptKey: z.string(),
  places: z.array(z.object({ id: z.string(), number: z.number(), minutes: z.number() })),
  points: z.array(z.object({ id: z.string(), number: z.number(), kind: z.string(), title: z.string(), rapporteur: z.string(), minutes: z.number(), proposed: z.string(), reason: z.string(), unitId: z.string().nullable(), isConfidential: z.boolean(), beginsAt: z.date(), papers: z.array(Paper), verified: z.array(z.array(z.string())) })),
});
export type Pack = z.infer<typeof Pack>;

/** What is still to be verified; for the pack that is kept, without the conclusions of confidential points. */
async function openOf(context: Context, meeting: Meeting): Promise<Verified[]> {
  const { db, office, caller } = context;
  const open = await listToVerify(context, { id: meeting.id, committee_id: meeting.committeeId, starts_at: meeting.startsAt });
  if (caller.kind !== 'system' || open.length === 0) return open;
  const rows = await db.selectFrom('conclusion as c').innerJoin('meeting as m', (join) => join.onRef('m.office_id', '=', 'c.office_id').onRef('m.id', '=', 'c.meeting_id')).select('c.id').where('c.office_id', '=', office.id).where('c.id', 'in', open.map((one) => one.id)).whereRef('c.case_id', '=', 'm.case_id').execute();
  const plain = new Set(rows.map((row) => row.id));
  return open.filter((one) => plain.has(one.id));
}

export const readPack = operation({
  id: 'meeting.read_pack', kind: 'query', rest: 'GET /meetings/{id}/pack', allow: ['staff'],
  summary: 'What the pack of a sitting is made of: the points that the caller may see, and the newest version of each paper; to the office itself without confidential points.',
  input: z.object({ id: id() }),
  output: Pack,
  async run(context, input) {
    const meeting = await getMeeting(context, input.id);
    const committee = await getCommittee(context, meeting.committeeId);
    const { reference } = await getCaseFile(context, meeting.caseId);
    const { points, places } = await listPoints(context, meeting);
    const verified = points.some((one) => one.kind === 'verification') ? verificationRows(frameOf(context.office), await openOf(context, meeting)) : [];
    // The pack that is kept is a paper of the sitting, which many may read who may not see such a point.
    const seen = points.filter((one) => context.caller.kind !== 'system' || !one.isConfidential).map((one) => ({
      id: one.id, number: one.number, kind: one.kind, title: one.title, rapporteur: one.rapporteur, minutes: one.minutes, proposed: one.proposed, reason: one.reason, unitId: one.unitId, isConfidential: one.isConfidential, beginsAt: one.beginsAt, verified: one.kind === 'verification' ? verified : [],
      papers: one.papers.filter((paper) => !paper.replacedBy).map((paper) => ({ id: paper.id, title: paper.title, fileName: paper.fileName, mediaType: paper.mediaType, size: paper.size, sha256: paper.sha256 })),
    }));
    return {
      meetingId: meeting.id, caseId: meeting.caseId, reference, committee: committee.name, isConfidential: committee.isConfidential, number: meeting.number, kind: meeting.kind, title: meeting.title, place: meeting.place, link: meeting.link, startsAt: meeting.startsAt, endsAt: meeting.endsAt, state: meeting.state, agendaVersion: meeting.agendaVersion,
      key: sha256(JSON.stringify([meeting.startsAt, meeting.place, places, seen])), keptKey: meeting.packKey, places, points: seen,
    };
  },
});

export const keepPack = operation({
  id: 'meeting.keep_pack', kind: 'command', allow: [],
  summary: 'Keeps the pack as it was made, a document of the sitting’s case; the former ones stay.',
  input: z.object({ id: id(), key: z.string().max(64), name: z.string().max(200), bytes: z.instanceof(Uint8Array) }),
  output: z.object({ id: z.string(), documentId: z.string() }),
  async run(context, input) {
    const meeting = await getMeeting(context, input.id, true);
    const documentId = await addDocument(context, { caseId: meeting.caseId, kind: 'package', file: { name: input.name, bytes: new Uint8Array(input.bytes), mediaType: 'application/pdf' } });
    await changeMeetingRow(context, meeting.id).set({ pack_document_id: documentId, pack_key: input.key }).execute();
    context.record({ name: 'meeting.pack_made', nounId: meeting.id, caseId: meeting.caseId, data: { version: meeting.agendaVersion } });
    return { id: meeting.id, documentId };
  },
});
