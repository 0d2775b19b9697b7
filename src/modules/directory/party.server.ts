import { z } from 'zod';
import type { Allow } from '../../core/caller.ts';
import { sql, type Tx } from '../../core/database.ts';
import { fold } from '../../core/fold.ts';
import { choice, id, optionalEmail, optionalLine, optionalText, line } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound } from '../../core/refusal.ts';
import { indexSearch } from '../../core/search.ts';

export const partyKinds = ['person', 'organisation', 'body'] as const;
export type Sender = { kind?: 'person' | 'organisation'; name: string; email?: string; phone?: string; address?: string; place?: string; locale?: string };

/** The directory's party of this sender, found by e-mail and name or by name and address, or a new one. */
export async function findOrAddParty(context: Context, sender: Sender): Promise<string> {
  const { db, office, now } = context;
  const folded = fold(sender.name);
  const email = sender.email?.trim().toLowerCase() || null;
  const same = await db.selectFrom('party').select(['id', 'phone', 'address', 'email', 'merged_into']).where('office_id', '=', office.id).where('folded', '=', folded).where('kind', '<>', 'body')
    .where((eb) => eb.or([
      ...(email ? [eb('email', '=', email)] : []),
      ...(sender.address ? [eb(sql`lower(address)`, '=', sender.address.toLowerCase())] : []),
      ...(sender.phone ? [eb('phone', '=', sender.phone)] : []),
    ])).limit(1).executeTakeFirst();
  if (same?.merged_into) return same.merged_into;
  if (same) {
    if ((sender.phone && !same.phone) || (sender.address && !same.address) || (email && !same.email))
      await db.updateTable('party').set({ phone: same.phone ?? sender.phone ?? null, address: same.address ?? sender.address ?? null, email: same.email ?? email })
        .where('office_id', '=', office.id).where('id', '=', same.id).execute();
    return same.id;
  }
  const partyId = context.newId();
  const inserted = db.insertInto('party').values({
    office_id: office.id, id: partyId, kind: sender.kind ?? 'person', name: sender.name, folded, email, phone: sender.phone || null,
    address: sender.address || null, place: sender.place || null, locale: sender.locale ?? null, created_at: now,
  }).execute();
  await Promise.all([inserted, indexSearch(context, { id: partyId, isNew: true, noun: 'party', title: sender.name, text: [sender.address, sender.place, email, sender.phone].filter(Boolean).join(' ') })]);
  return partyId;
}

/** Whether the directory has this party. */
export async function hasParty({ db, office }: Pick<Context, 'db' | 'office'>, partyId: string): Promise<boolean> {
  return (await db.selectFrom('party').select('id').where('office_id', '=', office.id).where('id', '=', partyId).executeTakeFirst()) !== undefined;
}

export const Party = z.object({
  id: z.string(), kind: z.enum(partyKinds), name: z.string(), email: z.string().nullable(), phone: z.string().nullable(), address: z.string().nullable(), place: z.string().nullable(), note: z.string(),
});
export type Party = z.infer<typeof Party>;

/** How many cases each of these parties has, with those under the names that were merged into it; asked of the page alone. */
async function countCases(db: Tx, officeId: number, ids: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; n: number }>`select p.id, count(*) as n from unnest(${ids}::uuid[]) p (id)
    join lateral (select p.id as party union all select m.id from party m where m.office_id = ${officeId} and m.merged_into = p.id) o on true
    join lateral (select 1 from case_file c where c.office_id = ${officeId} and c.party_id = o.party offset 0) c on true group by p.id`.execute(db);
  return new Map(rows.map((row) => [row.id, row.n]));
}

export const listParties = operation({
  id: 'party.list', kind: 'query', rest: 'GET /parties', allow: ['staff'],
  summary: 'Persons, organisations and bodies of the directory, by name in either script.',
  input: z.object({ query: optionalLine(200), kind: choice(['', ...partyKinds]).default(''), page: z.coerce.number().int().min(1).max(10_000).default(1) }),
  output: z.object({ parties: z.array(Party.extend({ cases: z.number() })), more: z.boolean() }),
  async run({ db, office }, input) {
    const size = 50;
    let query = db.selectFrom('party').where('office_id', '=', office.id).where('merged_into', 'is', null).select(['id', 'kind', 'name', 'email', 'phone', 'address', 'place', 'note']);
    if (input.kind) query = query.where('kind', '=', input.kind);
    if (input.query) {
      const folded = fold(input.query);
      query = query.where((eb) => eb.or([eb('folded', 'like', `%${folded.replace(/[%_\\]/g, '')}%`), eb('email', '=', input.query.toLowerCase())]));
    }
    const rows = await query.orderBy('folded').orderBy('id').offset((input.page - 1) * size).limit(size + 1).execute();
    const shown = rows.slice(0, size);
    const cases = await countCases(db, office.id, shown.map((row) => row.id));
    return { parties: shown.map((row) => ({ ...row, kind: row.kind as Party['kind'], cases: cases.get(row.id) ?? 0 })), more: rows.length > size };
  },
});

/** Who keeps the directory. */
export const keepers: readonly Allow[] = ['registrar', 'chief', 'protocol', 'citizens'];

export const changeParty = operation({
  id: 'party.change', kind: 'command', rest: 'POST /parties/{id}', allow: keepers,
  summary: 'Corrects the name and the contacts of a party; the earlier name is kept.',
  input: z.object({ id: id(), name: line(200), email: optionalEmail(), phone: optionalLine(60), address: optionalLine(300), place: optionalLine(100), note: optionalText(2000) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const before = await db.selectFrom('party').select(['name']).where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!before) throw notFound();
    await db.updateTable('party').set({
      name: input.name, folded: fold(input.name), email: input.email.toLowerCase() || null, phone: input.phone || null, address: input.address || null, place: input.place || null, note: input.note,
    }).where('office_id', '=', office.id).where('id', '=', input.id).execute();
    if (before.name !== input.name) await db.insertInto('party_name').values({ office_id: office.id, id: context.newId(), party_id: input.id, name: before.name, until_at: context.now, changed_by: context.caller.personId }).execute();
    await indexSearch(context, { id: input.id, noun: 'party', title: input.name, text: [input.address, input.place, input.email, input.phone].filter(Boolean).join(' ') });
    context.record({ name: 'party.changed', nounId: input.id });
    return { id: input.id };
  },
});
