import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { fold } from '../../core/fold.ts';
import { id, line } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { begin, change, isSettled } from './disposal.server.ts';

export const carryOutDisposal = operation({
  id: 'disposal.carry_out', kind: 'command', rest: 'POST /disposals/{id}/carry-out', allow: ['chief', 'mayor'],
  summary: 'Carries out a list to which the archive consented, for good: by another person than who made it, and with the number of the consent typed once more.',
  input: z.object({ id: id(), confirmation: line(80) }),
  output: z.object({ id: z.string(), count: z.number(), files: z.number() }),
  async run(context, input) {
    const { db, office, now, caller } = context;
    const found = await begin(context, input.id, 'carry_out');
    if (caller.kind === 'person' && found.made_by === caller.personId) throw notNow('error.archive.same_person');
    if (fold(input.confirmation) !== fold(found.consent_reference)) throw wrong({ confirmation: { key: 'field.archive.confirmation' } });
    const { rows } = await sql<{ case_id: string; number: number; fits: boolean }>`select i.case_id, i.number, (i.state = 'listed' and ${isSettled}) as fits from disposal_item x join archive_item i on i.office_id = x.office_id and i.case_id = x.case_id
      join case_file c on c.office_id = i.office_id and c.id = i.case_id where x.office_id = ${office.id} and x.disposal_id = ${found.id} order by i.number for update of i`.execute(db);
    const unfit = rows.find((row) => !row.fits);
    if (unfit) throw notNow('error.archive.not_due', { number: unfit.number });
    const ids = rows.map((row) => row.case_id);
    const hashes = found.kind === 'destroy' ? await destroy(context, ids) : [];
    const state = found.kind === 'destroy' ? 'destroyed' : 'handed_over';
    await db.updateTable('archive_item').set({ state, ...(found.kind === 'destroy' ? { box_id: null } : {}) }).where('office_id', '=', office.id).where('case_id', 'in', ids).execute();
    await change(context, found.id).set({ state: found.next, done_at: now, done_by: caller.personId, to_erase: hashes }).execute();
    for (const row of rows) context.record({ name: `archive.${state}`, nounId: row.case_id, caseId: row.case_id, data: { number: row.number, disposal: found.number, consent: found.consent_reference } });
    context.record({ name: 'disposal.carried_out', nounId: found.id, data: { number: found.number, kind: found.kind, count: rows.length, files: hashes.length } });
    return { id: found.id, count: rows.length, files: hashes.length };
  },
});

/** Blanks what was written in the cases and marks their documents; what the book and the log say stays. Gives the hashes of the files that are to go. */
async function destroy({ db, office, now }: Context, ids: readonly string[]): Promise<string[]> {
  const of = (table: string, set: string, key = 'case_id') => sql`update ${sql.table(table)} set ${sql.raw(set)} where office_id = ${office.id} and ${sql.ref(key)} = any(${[...ids]}::uuid[])`.execute(db);
  const { rows } = await sql<{ hash: string }>`select distinct hash from (select sha256 as hash from document where office_id = ${office.id} and case_id = any(${[...ids]}::uuid[]) and destroyed_at is null
    union all select lasting_sha256 from document where office_id = ${office.id} and case_id = any(${[...ids]}::uuid[]) and destroyed_at is null
    union all select e.sha256 from obligation_evidence e join obligation o on o.office_id = e.office_id and o.id = e.obligation_id where o.office_id = ${office.id} and o.case_id = any(${[...ids]}::uuid[]) and e.destroyed_at is null
    union all select file_sha256 from letter where office_id = ${office.id} and case_id = any(${[...ids]}::uuid[])
    union all select sha256 from arrival where office_id = ${office.id} and case_id = any(${[...ids]}::uuid[])) x where hash is not null`.execute(db);
  const documents = await db.selectFrom('document').select('id').where('office_id', '=', office.id).where('case_id', 'in', [...ids]).execute();
  await db.updateTable('document').set({ destroyed_at: now, words: '' }).where('office_id', '=', office.id).where('case_id', 'in', [...ids]).where('destroyed_at', 'is', null).execute();
  await sql`update obligation_evidence e set destroyed_at = ${now} from obligation o where o.office_id = ${office.id} and o.case_id = any(${[...ids]}::uuid[]) and e.office_id = o.office_id and e.obligation_id = o.id`.execute(db);
  await of('entry', "body = ''");
  await of('petition', "body = '', place = ''", 'id');
  await of('answer', "facts = '', basis = '', decision = '', remedy = '', comment = ''");
  await of('contribution', "question = '', reply = ''");
  await of('completion', "question = '', reply = ''");
  await of('obligation', "report = '', returned_reason = ''");
  await sql`update obligation_report r set text = '' from obligation o where o.office_id = ${office.id} and o.case_id = any(${[...ids]}::uuid[]) and r.office_id = o.office_id and r.obligation_id = o.id`.execute(db);
  await of('letter', "body = '', file_sha256 = null, file_name = ''");
  await sql`update letter_step s set comment = '' from letter l where l.office_id = ${office.id} and l.case_id = any(${[...ids]}::uuid[]) and s.office_id = l.office_id and s.letter_id = l.id`.execute(db);
  await of('arrival', "words = ''");
  await of('mail', "body = '', attachments = '[]'");
  await db.deleteFrom('search_entry').where('office_id', '=', office.id).where((eb) => eb.or([eb('case_id', 'in', [...ids]), eb('id', 'in', [...ids, ...documents.map((one) => one.id)])])).execute();
  return rows.map((row) => row.hash);
}

export const eraseFiles = operation({
  id: 'disposal.erase', kind: 'command', allow: [],
  summary: 'Removes the files of what a list destroyed from the store, except those that another paper of the office has as well.',
  input: z.object({ id: id() }),
  output: z.object({ removed: z.number(), kept: z.number() }),
  async run(context, input) {
    const { db, office, kernel, now } = context;
    const row = await db.selectFrom('disposal').select(['number', 'to_erase']).where('office_id', '=', office.id).where('id', '=', input.id).where('state', '=', 'done').where('kind', '=', 'destroy').forUpdate().executeTakeFirst();
    if (!row) throw notFound();
    let removed = 0;
    for (const hash of row.to_erase) {
      // The row of the file is locked: a paper with the same bytes that is being taken in now holds it until its commit, and is seen then.
      await db.selectFrom('file').select('sha256').where('office_id', '=', office.id).where('sha256', '=', hash).forUpdate().execute();
      if ((await sql<{ needed: boolean }>`select is_file_needed(${hash}) as needed`.execute(db)).rows[0]!.needed) continue;
      await kernel.files.remove(office.id, hash);
      removed++;
    }
    await db.updateTable('disposal').set({ erased_at: now }).where('office_id', '=', office.id).where('id', '=', input.id).execute();
    context.record({ name: 'disposal.erased', nounId: input.id, data: { number: row.number, removed, kept: row.to_erase.length - removed } });
    return { removed, kept: row.to_erase.length - removed };
  },
});
