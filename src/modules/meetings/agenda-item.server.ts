import { sql } from '../../core/database.ts';
import { translator } from '../../core/message.ts';
import type { Context } from '../../core/operation.ts';
import type { Committee } from './committee.server.ts';
import { timetable, type ItemKind } from './meeting.ts';

/** From this place on stand points that were taken off before the sitting: kept, for members were called with them. */
export const droppedFrom = 1000;

export type PointPaper = { id: string; title: string; fileName: string; mediaType: string; size: number; sha256: string; caseId: string; addedAt: Date; replacedBy: string | null };
export type Point = {
  id: string; number: number; kind: ItemKind; title: string; rapporteur: string; minutes: number; proposed: string; reason: string; state: string; caseId: string; proposalId: string | null; unitId: string | null; isConfidential: boolean; beginsAt: Date; papers: PointPaper[];
};
/** A place of the agenda, as everybody who sees the sitting may know it. */
export type Place = { id: string; number: number; minutes: number };

/** The places of the agenda without their words: who may not see a point still knows that something stands there, and when the next begins. */
export async function placesOf({ db }: Pick<Context, 'db'>, meetingId: string): Promise<Place[]> {
  const { rows } = await sql<{ id: string; minutes: number }>`select id, minutes from agenda_places(${meetingId}::uuid, ${droppedFrom})`.execute(db);
  return rows.map((row, index) => ({ id: row.id, number: index + 1, minutes: row.minutes }));
}

/** The points of the sitting that the caller may see, with the papers put before it, and where each stands among all. */
export async function listPoints(context: Pick<Context, 'db' | 'office'>, meeting: { id: string; caseId: string; startsAt: Date }): Promise<{ points: Point[]; places: Place[] }> {
  const { db, office } = context;
  const places = await placesOf(context, meeting.id);
  const times = timetable(meeting.startsAt, places.map((one) => one.minutes));
  const rows = await db.selectFrom('agenda_item as i').leftJoin('agenda_proposal as p', (join) => join.onRef('p.office_id', '=', 'i.office_id').onRef('p.id', '=', 'i.proposal_id')).selectAll('i').select(['p.reason as why', 'p.unit_id'])
    .where('i.office_id', '=', office.id).where('i.meeting_id', '=', meeting.id).where('i.position', '<', droppedFrom).orderBy('i.position').orderBy('i.id').execute();
  const papers = rows.length === 0 ? [] : await db.selectFrom('agenda_paper as a').innerJoin('document as d', (join) => join.onRef('d.office_id', '=', 'a.office_id').onRef('d.id', '=', 'a.document_id'))
    .select(['a.item_id', 'a.at', 'a.replaced_by', 'd.id', 'd.title', 'd.file_name', 'd.media_type', 'd.size', 'd.sha256', 'd.case_id']).where('a.office_id', '=', office.id).where('a.item_id', 'in', rows.map((row) => row.id)).orderBy('a.position').orderBy('a.at').orderBy('d.id').execute();
  const points = rows.map((row): Point => {
    const place = places.findIndex((one) => one.id === row.id);
    return {
      id: row.id, number: place + 1, kind: row.kind as ItemKind, title: row.title, rapporteur: row.rapporteur, minutes: row.minutes, proposed: row.proposed, reason: row.why ?? '', state: row.state, caseId: row.case_id, proposalId: row.proposal_id, unitId: row.unit_id, isConfidential: row.case_id !== meeting.caseId, beginsAt: times[place] ?? meeting.startsAt,
      papers: papers.filter((one) => one.item_id === row.id).map((one) => ({ id: one.id, title: one.title, fileName: one.file_name, mediaType: one.media_type, size: one.size, sha256: one.sha256, caseId: one.case_id, addedAt: one.at, replacedBy: one.replaced_by })),
    };
  });
  return { points, places };
}

/** The points in this order; what is left out keeps its place behind. */
export async function orderPoints({ db, office }: Pick<Context, 'db' | 'office'>, meetingId: string, order: readonly string[]): Promise<void> {
  await sql`update agenda_item i set position = o.place from unnest(${[...order]}::uuid[]) with ordinality o(id, place) where i.office_id = ${office.id} and i.meeting_id = ${meetingId} and i.id = o.id`.execute(db);
}

type NewPoint = { kind: ItemKind; title: string; caseId: string; proposalId?: string | null; rapporteur?: string; minutes?: number; proposed?: string };
/** Puts a point on the agenda: before the points that close it, unless it is one of them. */
export async function addPoint(context: Context, meeting: { id: string }, point: NewPoint): Promise<string> {
  const { db, office } = context;
  const itemId = context.newId();
  const { points } = await db.selectFrom('agenda_item').select((eb) => eb.fn.countAll<string>().as('points')).where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).where('position', '<', droppedFrom).executeTakeFirstOrThrow();
  await db.insertInto('agenda_item').values({
    office_id: office.id, id: itemId, meeting_id: meeting.id, case_id: point.caseId, proposal_id: point.proposalId ?? null, position: Number(points) + 1, kind: point.kind, title: point.title, rapporteur: point.rapporteur ?? '', minutes: point.minutes ?? 10, proposed: point.proposed ?? '',
  }).execute();
  if (point.kind !== 'questions') {
    const rows = await db.selectFrom('agenda_item').select(['id', 'kind']).where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).where('position', '<', droppedFrom).orderBy('position').orderBy('id').execute();
    await orderPoints(context, meeting.id, [...rows.filter((row) => row.kind !== 'questions'), ...rows.filter((row) => row.kind === 'questions')].map((row) => row.id));
  }
  return itemId;
}

/** What every agenda has: what became of the last sitting's conclusions, its minutes, and at the end the points that the committee fixed. */
export async function addSystemItems(context: Context, meeting: { id: string; caseId: string }, committee: Committee, previous: { number: number } | null): Promise<void> {
  const t = translator(context.office.locale);
  if (previous) {
    await addPoint(context, meeting, { kind: 'verification', title: t('agenda.verification', { number: previous.number }), caseId: meeting.caseId, minutes: 10 });
    await addPoint(context, meeting, { kind: 'minutes', title: t('agenda.minutes', { number: previous.number }), caseId: meeting.caseId, minutes: 5 });
  }
  for (const title of committee.closingPoints) await addPoint(context, meeting, { kind: 'questions', title, caseId: meeting.caseId, minutes: 10 });
}

/** Makes the first points those of the sitting that was really the last before this one: one planned between them may have been cancelled. */
export async function refreshSystemItems(context: Context, meeting: { id: string; caseId: string; committeeId: string; startsAt: Date; previousId: string | null }): Promise<void> {
  const { db, office } = context;
  const t = translator(office.locale);
  const previous = await db.selectFrom('meeting').select(['id', 'number']).where('office_id', '=', office.id).where('committee_id', '=', meeting.committeeId).where('id', '<>', meeting.id).where('state', '<>', 'cancelled').where('starts_at', '<', meeting.startsAt).orderBy('starts_at', 'desc').limit(1).executeTakeFirst();
  if (!previous || previous.id === meeting.previousId) return;
  await db.updateTable('meeting').set({ previous_id: previous.id }).where('office_id', '=', office.id).where('id', '=', meeting.id).execute();
  for (const kind of ['verification', 'minutes'] as const) await db.updateTable('agenda_item').set({ title: t(`agenda.${kind}`, { number: previous.number }) }).where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).where('kind', '=', kind).execute();
}

/** Puts papers before the sitting under a point. They become papers of the sitting, so that its members may read them and no more of the case; those of a confidential point stay in its case. */
export async function putPapers(context: Context, meeting: { id: string; caseId: string }, item: { id: string; caseId: string }, documentIds: readonly string[], replaces: string | null = null): Promise<string[]> {
  const { db, office, caller, now } = context;
  const put: string[] = [];
  const { last } = await db.selectFrom('agenda_paper').select((eb) => eb.fn.max('position').as('last')).where('office_id', '=', office.id).where('item_id', '=', item.id).executeTakeFirstOrThrow();
  const old = replaces ? await db.selectFrom('agenda_paper').select('position').where('office_id', '=', office.id).where('item_id', '=', item.id).where('document_id', '=', replaces).executeTakeFirst() : undefined;
  for (const [index, documentId] of documentIds.entries()) {
    const row = await db.selectFrom('document').selectAll().where('office_id', '=', office.id).where('id', '=', documentId).where('destroyed_at', 'is', null).executeTakeFirst();
    if (!row) continue;
    let paperId = row.id;
    if (item.caseId === meeting.caseId && row.case_id !== meeting.caseId) {
      const same = await db.selectFrom('document').select('id').where('office_id', '=', office.id).where('case_id', '=', meeting.caseId).where('sha256', '=', row.sha256).where('title', '=', row.title).limit(1).executeTakeFirst();
      paperId = same?.id ?? context.newId();
      if (!same) {
        const { words, title, file_name, sha256, media_type, size } = row;
        await db.insertInto('document').values({ office_id: office.id, id: paperId, case_id: meeting.caseId, kind: 'added', words, title, file_name, sha256, media_type, size, is_open: false, created_by: caller.personId, at: now }).execute();
      }
    }
    await db.insertInto('agenda_paper').values({ office_id: office.id, item_id: item.id, document_id: paperId, position: old?.position ?? (last ?? 0) + index + 1, added_by: caller.personId, at: now }).onConflict((conflict) => conflict.doNothing()).execute();
    put.push(paperId);
  }
  if (replaces && put[0]) await db.updateTable('agenda_paper').set({ replaced_by: put[0] }).where('office_id', '=', office.id).where('item_id', '=', item.id).where('document_id', '=', replaces).execute();
  return put;
}
