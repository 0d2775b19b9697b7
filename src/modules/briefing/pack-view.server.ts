import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { id, moment, optionalMoment } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound } from '../../core/refusal.ts';
import { getCaseFile } from '../registry/index.ts';
import { Known, readKnown } from './known.server.ts';
import { packStates, partKinds, preparers, readingOrder, type PartKind } from './pack.ts';
import { packKeyOf } from './pack.server.ts';

export type PackHead = {
  id: string; engagement_id: string; recurrence_at: Date; involved: string[]; aim: string; summary: string; state: 'open' | 'ready'; version: number; is_kept: boolean; sha256: string | null; made_version: number | null; ready_at: Date | null; changed_at: Date;
  title: string; detail: string; place: string; kind: string; visibility: string; engagement_state: string; starts_at: Date; ends_at: Date; is_all_day: boolean; case_id: string | null; reference: string | null; leader_id: string | null; leader: string | null; preparer: string | null;
};
/** An occurrence that is otherwise than its series says itself when and where it is. */
export const packColumns = sql.raw(`p.id, p.engagement_id, p.recurrence_at, p.involved, p.aim, p.summary, p.state, p.version, p.is_kept, p.sha256, p.made_version, p.ready_at, p.changed_at, coalesce(x.title, e.title) as title, coalesce(x.detail, e.detail) as detail, coalesce(x.place, e.place) as place,
  e.kind, coalesce(x.visibility, e.visibility) as visibility, coalesce(x.state, e.state) as engagement_state, coalesce(x.starts_at, case when e.rule = '' then e.starts_at else p.recurrence_at end) as starts_at,
  coalesce(x.ends_at, case when e.rule = '' then e.ends_at else p.recurrence_at + (e.ends_at - e.starts_at) end) as ends_at, e.is_all_day, c.id as case_id, c.reference, k.person_id as leader_id, l.name as leader, w.name as preparer`);
export const packTables = sql.raw(`pack p join engagement e on e.office_id = p.office_id and e.id = p.engagement_id left join engagement x on x.office_id = p.office_id and x.series_id = e.id and x.recurrence_at = p.recurrence_at
  join calendar k on k.office_id = p.office_id and k.id = coalesce(x.calendar_id, e.calendar_id) left join person l on l.office_id = p.office_id and l.id = k.person_id left join person w on w.office_id = p.office_id and w.id = p.prepared_by
  left join case_file c on c.office_id = p.office_id and c.id = coalesce(x.case_id, e.case_id)`);

/** The pack with its engagement, as far as the caller may see both; 404 otherwise. */
export async function getHead({ db, office }: Pick<Context, 'db' | 'office'>, packId: string, lock = false): Promise<PackHead> {
  const found = await sql<PackHead>`select ${packColumns} from ${packTables} where p.office_id = ${office.id} and p.id = ${packId}::uuid ${lock ? sql`for update of p` : sql``}`.execute(db);
  const [row] = found.rows;
  if (!row) throw notFound();
  return row;
}

export const Part = z.object({
  id: z.string(), kind: z.enum(partKinds), title: z.string(), text: z.string(), partyId: z.string().nullable(), personId: z.string().nullable(), origin: z.string(), data: z.record(z.string(), z.unknown()),
  document: z.object({ id: z.string(), title: z.string(), fileName: z.string(), mediaType: z.string(), size: z.number() }).nullable(),
  contribution: z.object({ id: z.string(), askedName: z.string(), question: z.string(), state: z.string(), reply: z.string(), repliedBy: z.string(), repliedAt: z.date().nullable(), version: z.number() }).nullable(),
  promise: z.object({ id: z.string(), text: z.string(), owner: z.string(), dueOn: z.string().nullable(), state: z.string() }).nullable(),
});
export type Part = z.infer<typeof Part>;
export const PackView = z.object({
  id: z.string(), engagementId: z.string(), recurrenceAt: z.date(), title: z.string(), detail: z.string(), place: z.string(), kind: z.string(), visibility: z.string(), isCancelled: z.boolean(), startsAt: z.date(), endsAt: z.date(), isAllDay: z.boolean(),
  caseId: z.string().nullable(), reference: z.string(), leaderId: z.string().nullable(), leader: z.string(), preparedBy: z.string(), aim: z.string(), summary: z.string(), state: z.enum(packStates), version: z.number(), isKept: z.boolean(), readyAt: z.date().nullable(), changedAt: z.date(),
  parts: z.array(Part), hidden: z.number(), people: z.array(Known), participants: z.array(z.object({ name: z.string(), personId: z.string().nullable(), partyId: z.string().nullable(), role: z.string() })),
  asked: z.array(z.object({ id: z.string(), askedName: z.string(), title: z.string(), state: z.string(), dueOn: z.string(), isIn: z.boolean() })), sharedWith: z.array(z.object({ mark: z.string(), name: z.string() })),
  can: z.object({ prepare: z.boolean() }),
});
export type PackView = z.infer<typeof PackView>;

/** The parts that the caller may see, in the order of reading. A part of a paper, reply or obligation that is not the caller's is left out whole. */
async function readParts({ db, office }: Context, packId: string): Promise<{ parts: Part[]; hidden: number }> {
  const rows = await db.selectFrom('pack_part').selectAll().where('office_id', '=', office.id).where('pack_id', '=', packId).orderBy('position').orderBy('id').execute();
  const idsOf = (name: 'document_id' | 'contribution_id' | 'obligation_id'): string[] => rows.map((row) => row[name]).filter((one): one is string => one !== null);
  const [documentIds, contributionIds, obligationIds] = [idsOf('document_id'), idsOf('contribution_id'), idsOf('obligation_id')];
  const documents = new Map(documentIds.length === 0 ? [] : (await db.selectFrom('document').select(['id', 'title', 'file_name', 'media_type', 'size']).where('office_id', '=', office.id).where('id', 'in', documentIds).where('destroyed_at', 'is', null).execute()).map((one) => [one.id, one]));
  const contributions = new Map(contributionIds.length === 0 ? [] : (await db.selectFrom('contribution').select(['id', 'asked_name', 'title', 'question', 'state', 'reply', 'replied_by', 'replied_at', 'version']).where('office_id', '=', office.id).where('id', 'in', contributionIds).execute()).map((one) => [one.id, one]));
  const obligations = new Map(obligationIds.length === 0 ? [] : (await db.selectFrom('obligation as o').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'o.office_id').onRef('p.id', '=', 'o.owner_id')).select(['o.id', 'o.title', 'o.text', 'p.name as owner', 'o.due_on', 'o.state']).where('o.office_id', '=', office.id).where('o.id', 'in', obligationIds).execute()).map((one) => [one.id, one]));
  const parts = rows.flatMap((row): Part[] => {
    const document = row.document_id ? documents.get(row.document_id) : null;
    const contribution = row.contribution_id ? contributions.get(row.contribution_id) : null;
    const promise = row.obligation_id ? obligations.get(row.obligation_id) : null;
    if (document === undefined || contribution === undefined || promise === undefined) return [];
    return [{
      id: row.id, kind: row.kind as PartKind, title: row.title || (document?.title ?? contribution?.title ?? ''), text: row.text, partyId: row.party_id, personId: row.person_id, origin: row.origin, data: row.data as Record<string, unknown>,
      document: document && { id: document.id, title: document.title, fileName: document.file_name, mediaType: document.media_type, size: document.size },
      contribution: contribution && { id: contribution.id, askedName: contribution.asked_name, question: contribution.question, state: contribution.state, reply: contribution.reply, repliedBy: contribution.replied_by, repliedAt: contribution.replied_at, version: contribution.version },
      promise: promise && { id: promise.id, text: promise.title || promise.text, owner: promise.owner ?? '', dueOn: promise.due_on, state: promise.state },
    }];
  });
  return { parts: parts.toSorted((a, b) => readingOrder.indexOf(a.kind) - readingOrder.indexOf(b.kind)), hidden: rows.length - parts.length };
}

/** Everything of a pack that the caller may see. */
export async function readPack(context: Context, packId: string): Promise<PackView> {
  const { db, office, caller } = context;
  const head = await getHead(context, packId);
  const { parts, hidden } = await readParts(context, head.id);
  const participants = await db.selectFrom('participant').select(['name', 'person_id', 'party_id', 'role']).where('office_id', '=', office.id).where('engagement_id', '=', head.engagement_id).orderBy('id').limit(200).execute();
  const asked = await db.selectFrom('contribution').select(['id', 'asked_name', 'title', 'question', 'state', 'due_on']).where('office_id', '=', office.id).where('engagement_id', '=', head.engagement_id).where('state', '<>', 'dropped').orderBy('asked_at').limit(100).execute();
  const taken = new Set(parts.map((part) => part.contribution?.id));
  const people = await readKnown(context, {
    partyIds: [...new Set(parts.map((part) => part.partyId).filter((one): one is string => one !== null))], personIds: [...new Set(parts.filter((part) => part.kind === 'person').map((part) => part.personId).filter((one): one is string => one !== null))], exceptEngagementId: head.engagement_id,
  });
  const named = head.involved.filter((mark) => mark.length === 36);
  const names = named.length === 0 ? [] : await db.selectFrom('person').select(['id', 'name']).where('office_id', '=', office.id).where('id', 'in', named).execute();
  return {
    id: head.id, engagementId: head.engagement_id, recurrenceAt: head.recurrence_at, title: head.title, detail: head.detail, place: head.place, kind: head.kind, visibility: head.visibility, isCancelled: head.engagement_state === 'cancelled', startsAt: head.starts_at, endsAt: head.ends_at, isAllDay: head.is_all_day,
    caseId: head.case_id, reference: head.reference ?? '', leaderId: head.leader_id, leader: head.leader ?? '', preparedBy: head.preparer ?? '', aim: head.aim, summary: head.summary, state: head.state, version: head.version, isKept: head.is_kept, readyAt: head.ready_at, changedAt: head.changed_at,
    parts, hidden, people, participants: participants.map((one) => ({ name: one.name, personId: one.person_id, partyId: one.party_id, role: one.role })),
    asked: asked.map((one) => ({ id: one.id, askedName: one.asked_name, title: one.title || one.question.split('\n')[0]!.slice(0, 160), state: one.state, dueOn: one.due_on, isIn: taken.has(one.id) })),
    sharedWith: head.involved.map((mark) => ({ mark, name: names.find((one) => one.id === mark)?.name ?? (office.data.units.some((unit) => unit.id === mark) ? mark : '') })).filter((one) => one.name !== ''),
    can: { prepare: caller.kind === 'system' || preparers.some((role) => caller.roles.has(role)) },
  };
}

export const getPack = operation({
  id: 'pack.get', kind: 'query', rest: 'GET /packs/{id}', allow: ['staff'],
  summary: 'A pack: what is to be reached, talking points, who is met with what is known of them, papers, and what was asked for it.',
  input: z.object({ id: id() }),
  output: PackView,
  run: (context, input) => readPack(context, input.id),
});

export const findPack = operation({
  id: 'pack.find', kind: 'query', rest: 'GET /engagements/{engagementId}/pack', allow: ['staff'],
  summary: 'The pack of an engagement, of a series that of the occurrence at the moment given; null where there is none that the caller may see.',
  input: z.object({ engagementId: id(), at: optionalMoment() }),
  output: z.object({ id: z.string().nullable(), title: z.string(), startsAt: z.date() }),
  async run(context, input) {
    const { db, office } = context;
    const key = await packKeyOf(context, input.engagementId, input.at);
    const pack = await db.selectFrom('pack').select('id').where('office_id', '=', office.id).where('engagement_id', '=', key.engagementId).where('recurrence_at', '=', key.recurrenceAt).executeTakeFirst();
    const engagement = await db.selectFrom('engagement').select('title').where('office_id', '=', office.id).where('id', '=', input.engagementId).executeTakeFirstOrThrow();
    return { id: pack?.id ?? null, title: engagement.title, startsAt: key.recurrenceAt };
  },
});

const Coming = z.object({ engagementId: z.string(), at: z.date(), title: z.string(), kind: z.string(), place: z.string(), startsAt: z.date(), endsAt: z.date(), isAllDay: z.boolean(), isTentative: z.boolean(), leader: z.string(), packId: z.string().nullable(), state: z.enum(packStates).nullable(), isKept: z.boolean(), version: z.number(), visibility: z.string() });
export type Coming = z.infer<typeof Coming>;

export const listComing = operation({
  id: 'pack.coming', kind: 'query', rest: 'GET /packs', allow: ['staff'],
  summary: 'What stands in a calendar in a period with the pack of each: the caller’s own, or with `leaders` that of the mayor and the deputies. What the caller may not read is left out.',
  input: z.object({ from: moment(), until: moment(), leaders: z.boolean().default(false) }),
  output: z.object({ engagements: z.array(Coming) }),
  async run({ db, office, caller }, input) {
    const whose = input.leaders ? sql`l.roles && array['mayor', 'deputy']` : sql`k.person_id = ${caller.personId}::uuid`;
    const found = await sql<{ engagement_id: string; at: Date; title: string; kind: string; place: string; starts_at: Date; ends_at: Date; is_all_day: boolean; state: string; leader: string; pack_id: string | null; pack_state: 'open' | 'ready' | null; is_kept: boolean | null; version: number | null; visibility: string }>`
      select e.id as engagement_id, o.recurrence_at as at, e.title, e.kind, e.place, o.starts_at, o.ends_at, e.is_all_day, o.state, l.name as leader, p.id as pack_id, p.state as pack_state, p.is_kept, p.version, e.visibility
      from occurrence o join calendar k on k.office_id = o.office_id and k.id = o.calendar_id join person l on l.office_id = o.office_id and l.id = k.person_id join engagement e on e.office_id = o.office_id and e.id = o.engagement_id
      left join pack p on p.office_id = o.office_id and p.engagement_id = coalesce(e.series_id, e.id) and (p.recurrence_at = coalesce(e.recurrence_at, o.recurrence_at) or (e.rule = '' and e.series_id is null))
      where o.office_id = ${office.id} and ${whose} and o.starts_at >= ${input.from} and o.starts_at < ${input.until} order by o.starts_at, l.key limit 300`.execute(db);
    return { engagements: found.rows.map((row) => ({ engagementId: row.engagement_id, at: row.at, title: row.title, kind: row.kind, place: row.place, startsAt: row.starts_at, endsAt: row.ends_at, isAllDay: row.is_all_day, isTentative: row.state === 'tentative', leader: row.leader, packId: row.pack_id, state: row.pack_state, isKept: row.is_kept ?? false, version: row.version ?? 0, visibility: row.visibility })) };
  },
});

export const listOfCase = operation({
  id: 'pack.of_case', kind: 'query', rest: 'GET /cases/{caseId}/packs', allow: ['staff'],
  summary: 'Engagements of a case with the packs that the caller may see.',
  input: z.object({ caseId: id() }),
  output: z.object({ engagements: z.array(z.object({ engagementId: z.string(), title: z.string(), startsAt: z.date(), packId: z.string().nullable(), state: z.enum(packStates).nullable() })) }),
  async run(context, input) {
    const { db, office } = context;
    await getCaseFile(context, input.caseId);
    const rows = await db.selectFrom('engagement as e').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'e.office_id').onRef('c.id', '=', 'e.case_id')).leftJoin('pack as p', (join) => join.onRef('p.office_id', '=', 'e.office_id').onRef('p.engagement_id', '=', 'e.id'))
      .select(['e.id', 'e.title', 'e.starts_at', 'p.id as pack_id', 'p.state']).where('e.office_id', '=', office.id).where('e.case_id', '=', input.caseId).where('e.state', '<>', 'cancelled').orderBy('e.starts_at', 'desc').limit(6).execute();
    return { engagements: rows.map((row) => ({ engagementId: row.id, title: row.title, startsAt: row.starts_at, packId: row.pack_id, state: row.state as 'open' | null })) };
  },
});
