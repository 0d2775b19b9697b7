import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { choice, day, id, line, optionalLine, say, text } from '../../core/input.ts';
import { nextState } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { takeUploads, UploadList } from '../documents/index.ts';
import { bookReaders, ItemRow, keepers, lineFrom, lines, ofLines, ticked } from './archive.server.ts';
import { disposalKinds, disposalLifecycle, disposalStates, type DisposalAct, type DisposalKind, type DisposalState } from './disposal.ts';

const itemsAtMost = 2000;
const commissionOf = 3;

/** Nothing is open about the case `c`: it is closed and nothing came since, with nobody, and connected with no case that is at work. */
export const isSettled = sql`c.closed_at is not null and not exists (select 1 from lending x where x.office_id = c.office_id and x.case_id = c.id and x.returned_at is null)
  and not exists (select 1 from obligation x where x.office_id = c.office_id and x.case_id = c.id and x.state in ('open', 'reported'))
  and not exists (select 1 from bring_forward x where x.office_id = c.office_id and x.case_id = c.id and x.returned_at is null)
  and not exists (select 1 from entry x where x.office_id = c.office_id and x.case_id = c.id and x.annulled_at is null and x.at >= c.closed_at + interval '1 day')
  and not exists (select 1 from case_link x join case_file o on o.office_id = x.office_id and o.id = case when x.case_id = c.id then x.other_id else x.case_id end
    where x.office_id = c.office_id and (x.case_id = c.id or x.other_id = c.id) and o.closed_at is null and o.annulled_at is null)`;
/** What may be destroyed: its period has ended. What may be handed over: kept for good. */
const isDue = (kind: DisposalKind, { today }: Pick<Context, 'today'>) => (kind === 'destroy' ? sql`i.retention_years is not null and i.keep_until < ${today}::date` : sql`i.retention_years is null`);

export const listCandidates = operation({
  id: 'disposal.candidates', kind: 'query', rest: 'GET /disposals/candidates', allow: keepers,
  summary: 'What may be proposed: for destruction, past its period and never permanent; for handing over, permanent. Nothing lent, nothing about which anything is open.',
  input: z.object({ kind: choice(disposalKinds), classCode: optionalLine(20), until: z.coerce.number().int().min(1900).max(2200).optional(), limit: z.coerce.number().int().min(1).max(itemsAtMost).default(200) }),
  output: z.object({ items: z.array(ItemRow), more: z.boolean() }),
  async run(context, input) {
    const { db, office } = context;
    const conditions = [sql`i.office_id = ${office.id} and i.state = 'kept' and ${isDue(input.kind, context)} and ${isSettled}`];
    if (input.classCode) conditions.push(sql`i.class_code = ${input.classCode}`);
    if (input.until) conditions.push(sql`i.closed_on <= ${`${input.until}-12-31`}::date`);
    const order = input.kind === 'destroy' ? sql`i.keep_until, i.number` : sql`i.number`;
    const { rows } = await sql<Parameters<typeof lineFrom>[1]>`select ${lines} from (select i.* from archive_item i join case_file c on c.office_id = i.office_id and c.id = i.case_id where ${sql.join(conditions, sql` and `)} order by ${order} limit ${input.limit + 1}) i ${ofLines} order by ${order}`.execute(db);
    return { items: rows.slice(0, input.limit).map((row) => lineFrom(context, row)), more: rows.length > input.limit };
  },
});

export const proposeDisposal = operation({
  id: 'disposal.propose', kind: 'command', rest: 'POST /disposals', allow: keepers,
  summary: 'Lists archived cases for destruction or for handing over to the archive, under the next number, with the three of the commission.',
  input: z.object({ kind: choice(disposalKinds), ids: ticked(itemsAtMost), commission: z.array(id()).length(commissionOf, say('field.archive.commission')) }),
  output: z.object({ id: z.string(), number: z.number(), count: z.number() }),
  async run(context, input) {
    const { db, office, now, caller } = context;
    const members = await db.selectFrom('person').select(['id', 'name']).where('office_id', '=', office.id).where('id', 'in', input.commission).where('is_active', '=', true).execute();
    if (members.length !== commissionOf) throw wrong({ commission: { key: 'field.archive.commission' } });
    const names = input.commission.map((one) => members.find((member) => member.id === one)!.name);
    const ids = [...new Set(input.ids)];
    const locked = await db.selectFrom('archive_item').select('case_id').where('office_id', '=', office.id).where('case_id', 'in', ids).orderBy('number').forUpdate().execute();
    if (locked.length !== ids.length) throw notFound();
    const { rows } = await sql<{ number: number; fits: boolean }>`select i.number, (i.state = 'kept' and ${isDue(input.kind, context)} and ${isSettled}) as fits
      from archive_item i join case_file c on c.office_id = i.office_id and c.id = i.case_id where i.office_id = ${office.id} and i.case_id = any(${ids}::uuid[]) order by i.number`.execute(db);
    const unfit = rows.find((row) => !row.fits);
    if (unfit) throw notNow('error.archive.not_due', { number: unfit.number });
    const disposalId = context.newId();
    await sql`select pg_advisory_xact_lock(1603, ${office.id})`.execute(db);
    const { number } = (await sql<{ number: number }>`select coalesce(max(number), 0) + 1 as number from disposal where office_id = ${office.id}`.execute(db)).rows[0]!;
    await db.insertInto('disposal').values({ office_id: office.id, id: disposalId, number, kind: input.kind, commission: names, made_by: caller.personId, at: now }).execute();
    await db.insertInto('disposal_item').values(ids.map((caseId) => ({ office_id: office.id, disposal_id: disposalId, case_id: caseId }))).execute();
    await db.updateTable('archive_item').set({ state: 'listed' }).where('office_id', '=', office.id).where('case_id', 'in', ids).execute();
    context.record({ name: 'disposal.proposed', nounId: disposalId, data: { number, kind: input.kind, count: ids.length } });
    return { id: disposalId, number, count: ids.length };
  },
});

type Disposal = { id: string; number: number; kind: DisposalKind; state: DisposalState; consent_reference: string; consent_on: string | null; made_by: string | null };
/** The list, locked, on which the lifecycle allows the act now. */
export async function begin({ db, office }: Context, disposalId: string, act: DisposalAct): Promise<Disposal & { next: DisposalState }> {
  const row = await db.selectFrom('disposal').select(['id', 'number', 'kind', 'state', 'consent_reference', 'consent_on', 'made_by']).where('office_id', '=', office.id).where('id', '=', disposalId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  const found = { ...row, kind: row.kind as DisposalKind, state: row.state as DisposalState };
  return { ...found, next: nextState(disposalLifecycle, found.state, act) };
}
const Done = z.object({ id: z.string(), state: z.enum(disposalStates) });
export const change = ({ db, office }: Context, disposalId: string) => db.updateTable('disposal').where('office_id', '=', office.id).where('id', '=', disposalId);

export const submitDisposal = operation({
  id: 'disposal.submit', kind: 'command', rest: 'POST /disposals/{id}/submit', allow: keepers,
  summary: 'The commission has been through the list; it is sent to the archive for its consent.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const found = await begin(context, input.id, 'submit');
    await change(context, found.id).set({ state: found.next, submitted_at: context.now }).execute();
    context.record({ name: 'disposal.submitted', nounId: found.id, data: { number: found.number } });
    return { id: found.id, state: found.next };
  },
});

export const consentDisposal = operation({
  id: 'disposal.consent', kind: 'command', rest: 'POST /disposals/{id}/consent', allow: keepers,
  summary: 'The archive has consented: number and day of its act, and the act itself.',
  input: z.object({ id: id(), reference: line(80), on: day(), files: UploadList }),
  output: Done,
  async run(context, input) {
    const { db, office, kernel, now, today } = context;
    const found = await begin(context, input.id, 'consent');
    if (input.on > today) throw wrong({ on: { key: 'field.day_future' } });
    const file = (await takeUploads(input.files))[0];
    const kept = file ? { name: file.name, sha256: await kernel.files.put(office.id, file.bytes) } : null;
    if (file && kept) await db.insertInto('file').values({ office_id: office.id, sha256: kept.sha256, size: file.bytes.length, media_type: file.mediaType }).onConflict((conflict) => conflict.doNothing()).execute();
    await change(context, found.id).set({ state: found.next, consent_reference: input.reference, consent_on: input.on, consented_at: now, consent_sha256: kept?.sha256 ?? null, consent_name: kept?.name ?? '' }).execute();
    context.record({ name: 'disposal.consented', nounId: found.id, data: { number: found.number, reference: input.reference, on: input.on } });
    return { id: found.id, state: found.next };
  },
});

export const refuseDisposal = operation({
  // The list may hold cases that a registrar does not see: those too are kept again.
  id: 'disposal.refuse', kind: 'command', rest: 'POST /disposals/{id}/refuse', allow: keepers, asOffice: true,
  summary: 'The archive refused, or the list is given up: its cases are kept as before.',
  input: z.object({ id: id(), reason: text(2000) }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    const found = await begin(context, input.id, 'refuse');
    await change(context, found.id).set({ state: found.next, refused_at: now, refused_reason: input.reason }).execute();
    await sql`update archive_item i set state = 'kept' from disposal_item x where x.office_id = ${office.id} and x.disposal_id = ${found.id} and i.office_id = x.office_id and i.case_id = x.case_id and i.state = 'listed'`.execute(db);
    context.record({ name: 'disposal.refused', nounId: found.id, data: { number: found.number } });
    return { id: found.id, state: found.next };
  },
});

export const DisposalRow = z.object({
  id: z.string(), number: z.number(), kind: z.enum(disposalKinds), state: z.enum(disposalStates), count: z.number(), at: z.date(), madeBy: z.string(), commission: z.array(z.string()), submittedAt: z.date().nullable(), consentReference: z.string(), consentOn: z.string().nullable(), consentName: z.string(),
  refusedReason: z.string(), doneAt: z.date().nullable(), doneBy: z.string(),
});
export type DisposalRow = z.infer<typeof DisposalRow>;
type Found = {
  id: string; number: number; kind: DisposalKind; state: DisposalState; count: number; at: Date; maker: string | null; commission: string[]; submitted_at: Date | null; consent_reference: string; consent_on: string | null; consent_name: string; refused_reason: string; done_at: Date | null; doer: string | null; made_by: string | null;
};
const shown = sql`d.id, d.number, d.kind, d.state, (select count(*)::int from disposal_item x where x.office_id = d.office_id and x.disposal_id = d.id) as count, d.at, m.name as maker, d.commission, d.submitted_at, d.consent_reference, d.consent_on, d.consent_name, d.refused_reason, d.done_at,
  o.name as doer, d.made_by`;
const beside = sql`left join person m on m.office_id = d.office_id and m.id = d.made_by left join person o on o.office_id = d.office_id and o.id = d.done_by`;
const rowFrom = (row: Found): DisposalRow => ({
  id: row.id, number: row.number, kind: row.kind, state: row.state, count: row.count, at: row.at, madeBy: row.maker ?? '', commission: row.commission, submittedAt: row.submitted_at, consentReference: row.consent_reference, consentOn: row.consent_on, consentName: row.consent_name, refusedReason: row.refused_reason,
  doneAt: row.done_at, doneBy: row.doer ?? '',
});

export const listDisposals = operation({
  id: 'disposal.list', kind: 'query', rest: 'GET /disposals', allow: bookReaders,
  summary: 'The lists of what is to be destroyed or handed over, the last first.',
  input: z.object({ before: z.coerce.number().int().min(0).max(2_000_000_000).default(0) }),
  output: z.object({ disposals: z.array(DisposalRow), next: z.number().nullable() }),
  async run({ db, office }, input) {
    const { rows } = await sql<Found>`select ${shown} from disposal d ${beside} where d.office_id = ${office.id} and (${input.before} = 0 or d.number < ${input.before}) order by d.number desc limit 51`.execute(db);
    return { disposals: rows.slice(0, 50).map(rowFrom), next: rows.length > 50 ? rows[49]!.number : null };
  },
});

export const getDisposal = operation({
  id: 'disposal.get', kind: 'query', rest: 'GET /disposals/{id}', allow: bookReaders,
  summary: 'A list with its cases by number, and what the caller may do with it now.',
  input: z.object({ id: id() }),
  output: DisposalRow.extend({ items: z.array(ItemRow), acts: z.array(z.enum(['submit', 'consent', 'refuse', 'carry_out'])), isOwn: z.boolean() }),
  async run(context, input) {
    const { db, office, caller } = context;
    const row = (await sql<Found>`select ${shown} from disposal d ${beside} where d.office_id = ${office.id} and d.id = ${input.id}`.execute(db)).rows[0];
    if (!row) throw notFound();
    const { rows } = await sql<Parameters<typeof lineFrom>[1]>`select ${lines} from disposal_item z join archive_item i on i.office_id = z.office_id and i.case_id = z.case_id ${ofLines} where z.office_id = ${office.id} and z.disposal_id = ${row.id} order by i.number`.execute(db);
    const isOwn = row.made_by === caller.personId;
    const may = (act: DisposalAct): boolean => (act === 'carry_out' ? ['chief', 'mayor'] : keepers).some((role) => caller.roles.has(role as 'chief'));
    const acts = disposalLifecycle.steps.filter((step) => step.from.includes(row.state) && may(step.act)).map((step) => step.act);
    return { ...rowFrom(row), items: rows.map((one) => lineFrom(context, one)), acts, isOwn };
  },
});

export const getConsent = operation({
  id: 'disposal.consent_paper', kind: 'query', rest: 'GET /disposals/{id}/consent', allow: bookReaders,
  summary: 'The act by which the archive consented, its content in base64.',
  input: z.object({ id: id() }),
  output: z.object({ fileName: z.string(), mediaType: z.string(), content: z.string() }),
  async run({ db, office, kernel }, input) {
    const row = await db.selectFrom('disposal as d').innerJoin('file as f', (join) => join.onRef('f.office_id', '=', 'd.office_id').onRef('f.sha256', '=', 'd.consent_sha256')).select(['d.consent_name', 'd.consent_sha256', 'f.media_type'])
      .where('d.office_id', '=', office.id).where('d.id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    return { fileName: row.consent_name, mediaType: row.media_type, content: Buffer.from(await kernel.files.get(office.id, row.consent_sha256!)).toString('base64') };
  },
});
