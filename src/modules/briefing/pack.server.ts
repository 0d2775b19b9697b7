import { sql } from '../../core/database.ts';
import type { Context } from '../../core/operation.ts';
import { notFound } from '../../core/refusal.ts';

export type PackOrigin = 'meeting' | 'audience' | 'visit';
export type PutPart = { key: string; kind: 'note' | 'point' | 'person' | 'paper' | 'programme'; title: string; text?: string; partyId?: string | null; personId?: string | null; documentId?: string | null };
/** Which pack: of an engagement that happens once, or of one occurrence of a series. */
export type PackKey = { engagementId: string; recurrenceAt: Date };

/** The pack's key for an engagement at a moment; an occurrence that is otherwise than its series keeps the pack of that occurrence. 404 where the caller may not see the engagement. */
export async function packKeyOf({ db, office }: Pick<Context, 'db' | 'office'>, engagementId: string, at?: Date | null): Promise<PackKey & { calendarId: string; caseId: string | null; visibility: string }> {
  const row = await db.selectFrom('engagement').select(['id', 'series_id', 'recurrence_at', 'rule', 'starts_at', 'calendar_id', 'case_id', 'visibility']).where('office_id', '=', office.id).where('id', '=', engagementId).executeTakeFirst();
  if (!row) throw notFound();
  const seriesId = row.series_id ?? row.id;
  const wanted = row.recurrence_at ?? (row.rule && at ? at : row.starts_at);
  // What happens once may be moved: its pack keeps the time under which it was made.
  const kept = row.rule || row.series_id ? undefined : await db.selectFrom('pack').select('recurrence_at').where('office_id', '=', office.id).where('engagement_id', '=', row.id).executeTakeFirst();
  return { engagementId: seriesId, recurrenceAt: kept?.recurrence_at ?? wanted, calendarId: row.calendar_id, caseId: row.case_id, visibility: row.visibility };
}

/** Who leads and who keeps the calendar: a pack is theirs without being told. */
async function marksOf({ db, office }: Context, calendarId: string): Promise<string[]> {
  const owner = await db.selectFrom('calendar').select('person_id').where('office_id', '=', office.id).where('id', '=', calendarId).executeTakeFirst();
  const keepers = await db.selectFrom('calendar_share').select('person_id').where('office_id', '=', office.id).where('calendar_id', '=', calendarId).where('may', '=', 'write').execute();
  return [owner?.person_id, ...keepers.map((one) => one.person_id)].filter((one): one is string => Boolean(one));
}

/** The pack of this key, made when missing, locked; the marks are added to whose own it is. */
export async function openPack(context: Context, engagementId: string, at: Date | null, involved: readonly string[] = []): Promise<{ id: string; isNew: boolean }> {
  const { db, office, now, caller } = context;
  const key = await packKeyOf(context, engagementId, at);
  const marks = [...new Set([...(await marksOf(context, key.calendarId)), ...involved])];
  const of = () => db.selectFrom('pack').select(['id', 'involved']).where('office_id', '=', office.id).where('engagement_id', '=', key.engagementId).where('recurrence_at', '=', key.recurrenceAt).forUpdate();
  const made = await db.insertInto('pack').values({
    office_id: office.id, id: context.newId(), engagement_id: key.engagementId, recurrence_at: key.recurrenceAt, involved: marks, is_kept: key.visibility === 'public' || key.visibility === 'internal',
    case_id: key.caseId, prepared_by: caller.personId, at: now, changed_at: now,
  }).onConflict((conflict) => conflict.columns(['office_id', 'engagement_id', 'recurrence_at']).doNothing()).returning('id').executeTakeFirst();
  if (made) return { id: made.id, isNew: true };
  const pack = await of().executeTakeFirst();
  if (!pack) throw notFound();
  const added = marks.filter((mark) => !pack.involved.includes(mark));
  if (added.length > 0) await db.updateTable('pack').set({ involved: [...pack.involved, ...added] }).where('office_id', '=', office.id).where('id', '=', pack.id).execute();
  return { id: pack.id, isNew: false };
}

/** Something in the pack is otherwise: its version rises, the PDF is stale, and what was ready is to be looked at again. */
export async function touchPack({ db, office, now }: Context, packId: string, change: { reopens?: boolean } = {}): Promise<void> {
  await db.updateTable('pack').set((eb) => ({ version: eb('version', '+', 1), changed_at: now, ...(change.reopens ? { state: 'open' } : {}) })).where('office_id', '=', office.id).where('id', '=', packId).execute();
}

/** A pack with something out of a confidential case is not kept on a phone, until somebody who prepares it says so. */
export async function guardKept({ db, office }: Pick<Context, 'db' | 'office'>, packId: string, from: { documentIds?: readonly string[]; contributionIds?: readonly string[]; obligationIds?: readonly string[] }): Promise<void> {
  const list = (ids: readonly string[] = []) => sql`${[...ids]}::uuid[]`;
  const found = await sql`select 1 from case_file c where c.office_id = ${office.id} and c.access = 'confidential' and (exists (select 1 from document d where d.office_id = c.office_id and d.case_id = c.id and d.id = any(${list(from.documentIds)}))
    or exists (select 1 from contribution k where k.office_id = c.office_id and k.case_id = c.id and k.id = any(${list(from.contributionIds)})) or exists (select 1 from obligation o where o.office_id = c.office_id and o.case_id = c.id and o.id = any(${list(from.obligationIds)}))) limit 1`.execute(db);
  if (found.rows.length > 0) await db.updateTable('pack').set({ is_kept: false }).where('office_id', '=', office.id).where('id', '=', packId).execute();
}

/** Lets who prepares a sitting or an audience put into a pack that need not be their own, and sees again as before. */
async function asOffice<T>({ db }: Context, work: () => Promise<T>): Promise<T> {
  const { sight } = (await sql<{ sight: string }>`select current_setting('kabinet.sight') as sight`.execute(db)).rows[0]!;
  await sql`select set_config('kabinet.sight', 'all', true)`.execute(db);
  const done = await work();
  await sql`select set_config('kabinet.sight', ${sight}, true)`.execute(db);
  return done;
}

/** Puts what a module prepared into the pack of an engagement, in the place of what it put there before; makes the pack when missing. `involved`: ids of persons and units who see it. */
export async function putPackParts(context: Context, engagementId: string, origin: PackOrigin, parts: readonly PutPart[], involved: readonly string[]): Promise<void> {
  const { db, office, now, caller } = context;
  await asOffice(context, async () => {
    const pack = await openPack(context, engagementId, null, involved);
    const old = await db.selectFrom('pack_part').select(['origin_key', 'position']).where('office_id', '=', office.id).where('pack_id', '=', pack.id).where('origin', '=', origin).execute();
    const places = new Map(old.map((one) => [one.origin_key, one.position]));
    const last = (await db.selectFrom('pack_part').select((eb) => eb.fn.max('position').as('most')).where('office_id', '=', office.id).where('pack_id', '=', pack.id).executeTakeFirst())?.most ?? 0;
    await db.deleteFrom('pack_part').where('office_id', '=', office.id).where('pack_id', '=', pack.id).where('origin', '=', origin).execute();
    if (parts.length > 0) await db.insertInto('pack_part').values(parts.map((part, index) => ({
      office_id: office.id, id: context.newId(), pack_id: pack.id, kind: part.kind, position: places.get(part.key) ?? last + index + 1, title: part.title, text: part.text ?? '',
      party_id: part.partyId ?? null, person_id: part.personId ?? null, document_id: part.documentId ?? null, origin, origin_key: part.key, added_by: caller.personId, at: now,
    }))).execute();
    await guardKept(context, pack.id, { documentIds: parts.map((part) => part.documentId).filter((one): one is string => Boolean(one)) });
    await touchPack(context, pack.id);
  });
}
