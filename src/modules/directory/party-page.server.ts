import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { id } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { keepers, Party } from './party.server.ts';
import { photographers } from './party-photo.server.ts';

const Same = z.object({ id: z.string(), name: z.string(), email: z.string().nullable(), phone: z.string().nullable(), address: z.string().nullable(), why: z.enum(['name', 'email', 'phone']) });
const most = 100;

export const getParty = operation({
  id: 'party.get', kind: 'query', rest: 'GET /parties/{id}', allow: ['staff'],
  summary: 'Everything about a party that the caller may see: matters, papers in and out, obligations, contributions asked, dispatches, earlier names, and who may be the same.',
  input: z.object({ id: id() }),
  output: z.object({
    party: Party, mergedInto: z.string().nullable(),
    cases: z.array(z.object({ id: z.string(), reference: z.string(), subject: z.string(), openedAt: z.date(), closedAt: z.date().nullable() })),
    papers: z.array(z.object({ id: z.string(), caseId: z.string(), reference: z.string(), subject: z.string(), direction: z.string(), channel: z.string(), at: z.date(), isAnnulled: z.boolean() })),
    obligations: z.array(z.object({ id: z.string(), caseId: z.string(), reference: z.string(), text: z.string(), owner: z.string(), unitId: z.string().nullable(), dueOn: z.string().nullable(), state: z.string() })),
    contributions: z.array(z.object({ id: z.string(), caseId: z.string(), reference: z.string(), question: z.string(), dueOn: z.string(), state: z.string() })),
    dispatches: z.array(z.object({ id: z.string(), caseId: z.string(), reference: z.string(), subject: z.string(), way: z.string(), state: z.string(), at: z.date() })),
    names: z.array(z.object({ name: z.string(), untilAt: z.date() })), merged: z.array(z.object({ id: z.string(), name: z.string() })), duplicates: z.array(Same), hasPhoto: z.boolean(), can: z.object({ change: z.boolean(), photograph: z.boolean() }),
  }),
  async run(context, input) {
    const { db, office, caller } = context;
    const party = await db.selectFrom('party').selectAll().where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!party) throw notFound();
    const merged = await db.selectFrom('party').select(['id', 'name']).where('office_id', '=', office.id).where('merged_into', '=', party.id).orderBy('folded').execute();
    const ids = [party.id, ...merged.map((one) => one.id)];
    const cases = await db.selectFrom('case_file').select(['id', 'reference', 'subject', 'opened_at', 'closed_at']).where('office_id', '=', office.id).where('party_id', 'in', ids).where('kind', '<>', 'reserved').orderBy('opened_at', 'desc').limit(200).execute();
    const papers = await db.selectFrom('entry').select(['id', 'case_id', 'reference', 'subject', 'direction', 'channel', 'at', 'annulled_at']).where('office_id', '=', office.id).where('party_id', 'in', ids).orderBy('at', 'desc').limit(most).execute();
    const obligations = cases.length === 0 ? [] : await db.selectFrom('obligation as o').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'o.office_id').onRef('c.id', '=', 'o.case_id')).leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'o.office_id').onRef('p.id', '=', 'o.owner_id'))
      .select(['o.id', 'o.case_id', 'c.reference', 'o.text', 'p.name as owner', 'o.unit_id', 'o.due_on', 'o.state']).where('o.office_id', '=', office.id).where('o.case_id', 'in', cases.map((one) => one.id)).orderBy('o.at', 'desc').limit(most).execute();
    const contributions = await db.selectFrom('contribution as x').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'x.office_id').onRef('c.id', '=', 'x.case_id')).select(['x.id', 'x.case_id', 'c.reference', 'x.question', 'x.due_on', 'x.state'])
      .where('x.office_id', '=', office.id).where('x.party_id', 'in', ids).orderBy('x.asked_at', 'desc').limit(most).execute();
    const dispatches = await db.selectFrom('dispatch as d').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'd.office_id').onRef('c.id', '=', 'd.case_id')).select(['d.id', 'd.case_id', 'c.reference', 'c.subject', 'd.way', 'd.state', 'd.at'])
      .where('d.office_id', '=', office.id).where('d.party_id', 'in', ids).orderBy('d.at', 'desc').limit(most).execute();
    const names = await db.selectFrom('party_name').select(['name', 'until_at']).where('office_id', '=', office.id).where('party_id', 'in', ids).orderBy('until_at', 'desc').limit(20).execute();
    const change = keepers.some((role) => caller.roles.has(role as 'chief'));
    return {
      party: party as Party, mergedInto: party.merged_into, hasPhoto: party.photo_sha256 !== null, can: { change, photograph: photographers.some((role) => caller.roles.has(role as 'chief')) }, merged, duplicates: change && !party.merged_into ? await findSame(context, party) : [], names: names.map((one) => ({ name: one.name, untilAt: one.until_at })),
      cases: cases.map((one) => ({ id: one.id, reference: one.reference, subject: one.subject, openedAt: one.opened_at, closedAt: one.closed_at })),
      papers: papers.map((one) => ({ id: one.id, caseId: one.case_id, reference: one.reference, subject: one.subject, direction: one.direction, channel: one.channel, at: one.at, isAnnulled: one.annulled_at !== null })),
      obligations: obligations.map((one) => ({ id: one.id, caseId: one.case_id!, reference: one.reference, text: one.text, owner: one.owner ?? '', unitId: one.unit_id, dueOn: one.due_on, state: one.state })),
      contributions: contributions.map((one) => ({ id: one.id, caseId: one.case_id, reference: one.reference, question: one.question, dueOn: one.due_on, state: one.state })),
      dispatches: dispatches.map((one) => ({ id: one.id, caseId: one.case_id, reference: one.reference, subject: one.subject, way: one.way, state: one.state, at: one.at })),
    };
  },
});

/** Who may be the same: of the same name in either script, of the same e-mail, or of the same telephone. */
async function findSame({ db, office }: Context, party: { id: string; folded: string; email: string | null; phone: string | null }): Promise<z.infer<typeof Same>[]> {
  const of = (why: string, condition: ReturnType<typeof sql>) => sql`(select id, name, email, phone, address, ${sql.lit(why)} as why from party where office_id = ${office.id} and id <> ${party.id} and kind <> 'body' and merged_into is null and ${condition} order by created_at desc limit 5)`;
  const parts = [of('name', sql`folded = ${party.folded}`), ...(party.email ? [of('email', sql`email = ${party.email}`)] : []), ...(party.phone ? [of('phone', sql`phone = ${party.phone}`)] : [])];
  const found = await sql<z.infer<typeof Same>>`${sql.join(parts, sql` union all `)}`.execute(db);
  return [...new Map(found.rows.toReversed().map((row) => [row.id, row])).values()].toReversed().slice(0, 8);
}

const Done = z.object({ id: z.string() });

export const mergeParty = operation({
  id: 'party.merge', kind: 'command', rest: 'POST /parties/{id}/merge', allow: keepers,
  summary: 'Two entries of one party become one: nothing is moved, papers keep what was written, and the page of the one shows both.',
  input: z.object({ id: id(), otherId: id() }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    const rows = await db.selectFrom('party').select(['id', 'kind', 'merged_into', 'email', 'phone', 'address', 'place']).where('office_id', '=', office.id).where('id', 'in', [input.id, input.otherId]).orderBy('id').forUpdate().execute();
    const kept = rows.find((row) => row.id === input.id);
    const other = rows.find((row) => row.id === input.otherId);
    if (!kept) throw notFound();
    // A body comes with the office's data and is not taken into anybody.
    if (!other || other.id === kept.id || other.kind === 'body') throw wrong({ otherId: { key: 'field.choose' } });
    if (kept.merged_into || other.merged_into) throw notNow('error.party_merged');
    const change = (partyId: string) => db.updateTable('party').where('office_id', '=', office.id).where('id', '=', partyId);
    const moved = await db.updateTable('party').set({ merged_into: kept.id }).where('office_id', '=', office.id).where('merged_into', '=', other.id).returning('id').execute();
    await change(other.id).set({ merged_into: kept.id, merged_at: now }).execute();
    // What the one lacked and the other knew is known of the one.
    await change(kept.id).set({ email: kept.email ?? other.email, phone: kept.phone ?? other.phone, address: kept.address ?? other.address, place: kept.place ?? other.place }).execute();
    context.record({ name: 'party.merged', nounId: kept.id, data: { otherId: other.id, moved: moved.map((one) => one.id) } });
    return { id: kept.id };
  },
});

export const partParty = operation({
  id: 'party.part', kind: 'command', rest: 'POST /parties/{id}/part', allow: keepers,
  summary: 'Two that were taken for one are two again.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const row = await db.selectFrom('party').select(['id', 'merged_into']).where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!row) throw notFound();
    if (!row.merged_into) throw notNow();
    await db.updateTable('party').set({ merged_into: null, merged_at: null }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    context.record({ name: 'party.parted', nounId: row.id, data: { otherId: row.merged_into } });
    return { id: row.id };
  },
});
