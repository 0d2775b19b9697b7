import { z } from 'zod';
import { roles as allRoles, type Caller, type Role } from '../../core/caller.ts';
import { sql, type Tx } from '../../core/database.ts';
import { fold } from '../../core/fold.ts';
import { check, choice, id, line, optionalLine, say } from '../../core/input.ts';
import { collator, getLocale, isLocaleId, languageSources } from '../../core/language.ts';
import { operation, type Context } from '../../core/operation.ts';
import type { Office } from '../../core/office.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { newId } from '../../core/id.ts';
import { keepsAccounts, ownId } from './caller.server.ts';
import { closeSessions, sayWayInChanged } from './password.server.ts';

/** Puts the people of the office's data into its tables. */
export async function foundPeople(db: Tx, office: Office): Promise<void> {
  const people = office.data.people;
  if (people.length === 0) return;
  await db.insertInto('person').values(people.map((person) => ({
    office_id: office.id, id: newId(), key: person.id, name: person.name, folded: fold(person.name), email: `${person.id.replaceAll('-', '.')}@${office.slug}.example`,
    title: JSON.stringify(person.title), gender: person.gender ?? null, unit_id: person.unit, roles: person.roles, phone: person.phone ?? null, room: person.room ?? null,
    is_public: person.public, locale: office.locale,
  }))).execute();
}

export const Colleague = z.object({
  id: z.string(), key: z.string(), name: z.string(), title: z.record(z.string(), z.string()), unitId: z.string().nullable(), roles: z.array(z.string()),
  email: z.string(), phone: z.string().nullable(), room: z.string().nullable(), isActive: z.boolean(),
});
export type Colleague = z.infer<typeof Colleague>;

const colleagueColumns = ['id', 'key', 'name', 'title', 'unit_id', 'roles', 'email', 'phone', 'room', 'is_active'] as const;
type ColleagueRow = { id: string; key: string; name: string; title: unknown; unit_id: string | null; roles: string[]; email: string; phone: string | null; room: string | null; is_active: boolean };
const colleagueFrom = (row: ColleagueRow): Colleague => ({
  id: row.id, key: row.key, name: row.name, title: row.title as Record<string, string>, unitId: row.unit_id, roles: row.roles, email: row.email, phone: row.phone, room: row.room, isActive: row.is_active,
});

export const listColleagues = operation({
  id: 'person.list', kind: 'query', rest: 'GET /people', allow: ['staff'],
  summary: 'The active staff of the office, by name; for chief and it also those who left.',
  input: z.object({ inactive: check() }),
  output: z.object({ people: z.array(Colleague) }),
  async run({ db, office, caller }, input) {
    let query = db.selectFrom('person').select(colleagueColumns).where('office_id', '=', office.id);
    if (!input.inactive || !keepsAccounts(caller)) query = query.where('is_active', '=', true);
    const byName = collator(caller.locale);
    const people = (await query.orderBy('id').execute()).map(colleagueFrom);
    return { people: people.toSorted((a, b) => byName(a.name, b.name)) };
  },
});

const Account = z.object({ hasPassword: z.boolean(), totpOn: z.boolean(), passkeys: z.number(), sessions: z.number(), tokens: z.number(), invitedUntil: z.date().nullable() });
const Preferences = z.object({ locale: z.string(), density: z.string(), theme: z.string().nullable(), singleKeys: z.boolean() });

export const getPerson = operation({
  id: 'person.get', kind: 'query', rest: 'GET /people/{id}', allow: ['staff'],
  summary: 'One of the staff; the account only for its owner, chief and it.',
  input: z.object({ id: id() }),
  output: z.object({
    person: Colleague.extend({ gender: z.string().nullable(), isPublic: z.boolean() }), account: Account.nullable(), preferences: Preferences.nullable(),
    can: z.object({ change: z.boolean(), invite: z.boolean(), deactivate: z.boolean(), reactivate: z.boolean(), resetTotp: z.boolean(), prefer: z.boolean() }),
  }),
  async run({ db, office, caller, now }, input) {
    const row = await db.selectFrom('person').selectAll().where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    const keeps = keepsAccounts(caller);
    const isOwn = row?.id === caller.personId;
    if (!row || (!row.is_active && !keeps)) throw notFound();
    const counts = (await sql<{ passkeys: number; sessions: number; tokens: number }>`select
      (select count(*) from passkey where office_id = ${office.id} and person_id = ${row.id}) as passkeys,
      (select count(*) from session where office_id = ${office.id} and person_id = ${row.id} and expires_at > ${now}) as sessions,
      (select count(*) from token where office_id = ${office.id} and person_id = ${row.id} and revoked_at is null and expires_at > ${now}) as tokens`.execute(db)).rows[0]!;
    return {
      person: { ...colleagueFrom(row), gender: row.gender, isPublic: row.is_public },
      account: keeps || isOwn ? { hasPassword: row.password_hash !== null, totpOn: row.totp_on, ...counts, invitedUntil: row.invite_until && row.invite_until > now ? row.invite_until : null } : null,
      preferences: isOwn ? { locale: row.locale, density: row.density, theme: row.theme, singleKeys: row.single_keys } : null,
      can: { change: keeps, invite: keeps && row.is_active, deactivate: keeps && row.is_active && !isOwn, reactivate: keeps && !row.is_active, resetTotp: keeps && !isOwn && row.totp_on, prefer: isOwn },
    };
  },
});

const email = () => z.string().trim().toLowerCase().min(1, say('field.required')).max(254, say('field.too_long', { max: 254 })).refine((value) => z.email().safeParse(value).success, say('field.email'));
const fields = {
  name: line(120), email: email(), unitId: optionalLine(60), phone: optionalLine(60), room: optionalLine(60), gender: choice(['', 'm', 'f']).default(''), isPublic: check(),
  /** One line in the office's language, or a text for each language source. */
  title: z.union([optionalLine(200), z.partialRecord(z.enum(languageSources), line(200))]).default(''),
  roles: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]).transform((list) => [...new Set(list.filter((one) => one !== ''))]).pipe(z.array(choice(allRoles as readonly [Role, ...Role[]]))),
};

/** The input as columns; refuses a unit that the office does not have. */
function columnsOf(office: Office, input: z.output<z.ZodObject<typeof fields>>) {
  if (input.unitId && !office.data.units.some((unit) => unit.id === input.unitId)) throw wrong({ unitId: { key: 'field.choose_unit' } });
  const title = typeof input.title !== 'string' ? input.title : input.title ? { [getLocale(office.locale).source]: input.title } : {};
  return {
    name: input.name, folded: fold(input.name), email: input.email, title: JSON.stringify(title), unit_id: input.unitId || null, roles: input.roles as string[], phone: input.phone || null,
    room: input.room || null, gender: input.gender || null, is_public: input.isPublic,
  };
}

async function orKnown<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if ((error as { constraint?: string }).constraint === 'person_email_unique') throw wrong({ email: { key: 'field.email_known' } });
    throw error;
  }
}

export const addPerson = operation({
  id: 'person.add', kind: 'command', rest: 'POST /people', allow: ['it', 'chief'],
  summary: 'Adds one of the staff; they sign in once they have accepted an invitation.',
  input: z.object(fields),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, now } = context;
    const personId = context.newId();
    const base = fold(input.name).replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'person';
    const taken = await db.selectFrom('person').select('key').where('office_id', '=', office.id).where('key', '=', base).executeTakeFirst();
    const key = taken ? `${base}-${personId.slice(-6)}` : base;
    await orKnown(db.insertInto('person').values({ ...columnsOf(office, input), office_id: office.id, id: personId, key, locale: office.locale, created_at: now }).execute());
    context.record({ name: 'person.added', nounId: personId, data: { roles: input.roles } });
    return { id: personId };
  },
});

const mustStay: readonly Role[] = ['it', 'chief'];

/** Refuses what would leave the office without anybody to keep it: the last active `it` or `chief`. */
async function keepLast({ db, office }: Context, personId: string, lost: readonly string[]): Promise<void> {
  const needed = mustStay.filter((role) => lost.includes(role));
  if (needed.length === 0) return;
  // Locked, so that two who leave at once do not each count on the other.
  const holders = await db.selectFrom('person').select(['id', 'roles']).where('office_id', '=', office.id).where('is_active', '=', true).where(sql<boolean>`roles && array['it', 'chief']`).orderBy('id').forUpdate().execute();
  for (const role of needed) if (!holders.some((one) => one.id !== personId && one.roles.includes(role))) throw notNow('error.last_role', { role });
}

const getRow = async ({ db, office }: Context, personId: string) => {
  const row = await db.selectFrom('person').select(['id', 'name', 'email', 'title', 'unit_id', 'roles', 'phone', 'room', 'gender', 'is_public', 'is_active']).where('office_id', '=', office.id).where('id', '=', personId).executeTakeFirst();
  if (!row) throw notFound();
  return row;
};

export const changePerson = operation({
  id: 'person.change', kind: 'command', rest: 'POST /people/{id}', allow: ['it', 'chief'],
  summary: 'Changes name, contacts, title, unit and roles of one of the staff; nobody gives themselves a role.',
  input: z.object({ id: id(), ...fields }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, caller } = context;
    const before = await getRow(context, input.id);
    const after = columnsOf(office, input);
    const added = after.roles.filter((role) => !before.roles.includes(role));
    const removed = before.roles.filter((role) => !after.roles.includes(role));
    if (before.id === caller.personId && added.length > 0) throw wrong({ roles: { key: 'field.own_roles' } });
    if (before.is_active) await keepLast(context, before.id, removed);
    const changed = (['name', 'email', 'unit_id', 'phone', 'room', 'gender', 'is_public'] as const).filter((column) => before[column] !== after[column]);
    if (before.is_active && before.email !== after.email) await sayWayInChanged(context, before.id, 'email');
    // A link that went to the old address is no longer theirs.
    const noLink = before.email === after.email ? {} : { invite_hash: null, invite_until: null };
    await orKnown(db.updateTable('person').set({ ...after, ...noLink }).where('office_id', '=', office.id).where('id', '=', before.id).execute());
    context.record({ name: 'person.changed', nounId: before.id, data: { fields: changed } });
    if (added.length + removed.length > 0) context.record({ name: 'person.roles_changed', nounId: before.id, data: { added, removed } });
    return { id: before.id };
  },
});

export const deactivatePerson = operation({
  id: 'person.deactivate', kind: 'command', rest: 'POST /people/{id}/deactivate', allow: ['it', 'chief'],
  summary: 'Somebody leaves: sessions, tokens, links and substitutions end; what they did keeps their name.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, now, caller } = context;
    const row = await getRow(context, input.id);
    if (row.id === caller.personId) throw notNow('error.own_account');
    if (!row.is_active) throw notNow('error.person_inactive');
    await keepLast(context, row.id, row.roles);
    await db.updateTable('person').set({ is_active: false, is_public: false, invite_hash: null, invite_until: null }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    await closeSessions(db, office.id, row.id);
    await db.updateTable('token').set({ revoked_at: now }).where('office_id', '=', office.id).where('person_id', '=', row.id).where('revoked_at', 'is', null).execute();
    await db.updateTable('substitute').set({ ended_at: now }).where('office_id', '=', office.id).where((eb) => eb.or([eb('person_id', '=', row.id), eb('substitute_id', '=', row.id)])).where('ended_at', 'is', null).execute();
    context.record({ name: 'person.deactivated', nounId: row.id });
    return { id: row.id };
  },
});

export const reactivatePerson = operation({
  id: 'person.reactivate', kind: 'command', rest: 'POST /people/{id}/reactivate', allow: ['it', 'chief'],
  summary: 'Somebody returns, with the roles and the password they had.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await getRow(context, input.id);
    if (row.is_active) throw notNow('error.person_active');
    await context.db.updateTable('person').set({ is_active: true }).where('office_id', '=', context.office.id).where('id', '=', row.id).execute();
    context.record({ name: 'person.reactivated', nounId: row.id });
    return { id: row.id };
  },
});

export const preferPerson = operation({
  id: 'person.prefer', kind: 'command', rest: 'POST /people/me/preferences', allow: ['staff'],
  summary: 'One’s own language, density, theme, and whether single keys are shortcuts.',
  input: z.object({ locale: z.string(), density: choice(['dense', 'roomy']).default('dense'), theme: choice(['', 'light', 'dark']).default(''), singleKeys: check() }),
  output: Preferences,
  async run(context, input) {
    const { db, office, caller } = context;
    const personId = ownId(caller);
    if (!isLocaleId(input.locale) || !canRead(office, input.locale)) throw wrong({ locale: { key: 'field.choose' } });
    const theme = input.theme || null;
    await db.updateTable('person').set({ locale: input.locale, density: input.density, theme, single_keys: input.singleKeys }).where('office_id', '=', office.id).where('id', '=', personId).execute();
    context.record({ name: 'person.preferred', nounId: personId });
    return { locale: input.locale, density: input.density, theme, singleKeys: input.singleKeys };
  },
});

const canRead = (office: Office, locale: Caller['locale']): boolean => office.staffLocales.includes(locale) || office.locale === locale;
