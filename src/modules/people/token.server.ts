import { z } from 'zod';
import type { Caller } from '../../core/caller.ts';
import { askOnce, sql } from '../../core/database.ts';
import { check, choice, id, line, say } from '../../core/input.ts';
import type { Kernel } from '../../core/kernel.ts';
import type { Office } from '../../core/office.ts';
import { operation, settingsOf } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { hashToken, newToken } from '../../core/secret.ts';
import { byHand, callerColumns, callerFrom, standsFor, type CallerRow } from './caller.server.ts';

const tokensAtMost = 30;
/** What a token begins with, so that a leaked one can be recognised. */
const prefix = 'kabinet_';
const kinds = ['personal', 'service'] as const;

const TokenView = z.object({
  id: z.string(), name: z.string(), kind: z.enum(kinds), scopes: z.array(z.string()), personId: z.string(), personName: z.string(),
  createdAt: z.date(), expiresAt: z.date(), usedAt: z.date().nullable(), revokedAt: z.date().nullable(), isOpen: z.boolean(),
});

/** What a token may be limited to: everything, all that only reads, a noun, one operation. */
export function listScopes(kernel: Pick<Kernel, 'operations'>): string[] {
  const ids = [...kernel.operations.keys()];
  return ['*', 'read', ...new Set(ids.map((one) => one.split('.')[0]!)), ...ids];
}

export const createToken = operation({
  id: 'token.create', kind: 'command', allow: ['staff'],
  summary: 'Makes a token for the REST interface with the rights of its maker, within its scopes; shown once. Service tokens are made by it.',
  input: z.object({
    name: line(100), kind: choice(kinds).default('personal'), days: z.coerce.number(say('field.number')).int().min(1, say('field.number')).max(730, say('field.number')).default(90),
    scopes: z.union([z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean)), z.array(z.string().max(100))]).pipe(z.array(z.string()).min(1, say('field.required')).max(100, say('field.wrong'))),
  }),
  output: z.object({ id: z.string(), token: z.string(), expiresAt: z.date() }),
  async run(context, input) {
    const { db, office, now, caller, kernel } = context;
    const personId = byHand(caller);
    if (input.kind === 'service' && !caller.roles.has('it')) throw notAllowed();
    const known = new Set(listScopes(kernel));
    const scopes = [...new Set(input.scopes)];
    const unknown = scopes.find((scope) => !known.has(scope));
    if (unknown !== undefined) throw wrong({ scopes: { key: 'field.scope_unknown', args: { scope: unknown.slice(0, 60) } } });
    const open = await db.selectFrom('token').select('id').where('office_id', '=', office.id).where('person_id', '=', personId).where('revoked_at', 'is', null).where('expires_at', '>', now).execute();
    if (open.length >= tokensAtMost) throw notNow('error.tokens_enough', { max: tokensAtMost });
    const tokenId = context.newId();
    const token = prefix + newToken();
    const expiresAt = new Date(now.getTime() + input.days * 86_400_000);
    await db.insertInto('token').values({ office_id: office.id, id: tokenId, person_id: personId, name: input.name, kind: input.kind, token_hash: hashToken(token), scopes, created_at: now, expires_at: expiresAt }).execute();
    context.record({ name: 'token.created', nounId: tokenId, data: { kind: input.kind, scopes, days: input.days } });
    return { id: tokenId, token, expiresAt };
  },
});

export const listTokens = operation({
  id: 'token.list', kind: 'query', rest: 'GET /tokens', allow: ['staff'],
  summary: 'One’s own tokens; for it all service tokens too.',
  input: z.object({ ended: check() }),
  output: z.object({ tokens: z.array(TokenView) }),
  async run({ db, office, caller, now }, input) {
    let query = db.selectFrom('token').innerJoin('person', (join) => join.onRef('person.office_id', '=', 'token.office_id').onRef('person.id', '=', 'token.person_id')).selectAll('token').select('person.name as person_name')
      .where('token.office_id', '=', office.id)
      .where((eb) => eb.or([eb('token.person_id', '=', caller.personId), ...(caller.roles.has('it') ? [eb('token.kind', '=', 'service')] : [])]));
    if (!input.ended) query = query.where('token.revoked_at', 'is', null).where('token.expires_at', '>', now);
    const rows = await query.orderBy('token.created_at', 'desc').execute();
    return { tokens: rows.map((row) => ({
      id: row.id, name: row.name, kind: row.kind as 'personal', scopes: row.scopes, personId: row.person_id, personName: row.person_name, createdAt: row.created_at, expiresAt: row.expires_at,
      usedAt: row.used_at, revokedAt: row.revoked_at, isOpen: row.revoked_at === null && row.expires_at > now,
    })) };
  },
});

export const revokeToken = operation({
  id: 'token.revoke', kind: 'command', rest: 'POST /tokens/{id}/revoke', allow: ['staff'],
  summary: 'Ends a token at once: one’s own, or any when it does so.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, now, caller } = context;
    const row = await db.selectFrom('token').select(['person_id', 'revoked_at']).where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!row || (row.person_id !== caller.personId && !caller.roles.has('it') && caller.kind !== 'system')) throw notFound();
    if (row.revoked_at) throw notNow('error.token_revoked');
    await db.updateTable('token').set({ revoked_at: now }).where('office_id', '=', office.id).where('id', '=', input.id).execute();
    context.record({ name: 'token.revoked', nounId: input.id });
    return { id: input.id };
  },
});

type TokenRow = CallerRow & { scopes: string[]; kind: string; token_name: string };

/** The caller of a bearer token, within its scopes; null when it is unknown, over, revoked, or its maker gone. Marks its use, at most once a minute. */
export async function findTokenCaller(kernel: Pick<Kernel, 'db' | 'system'>, office: Office, bearer: string, address = '', now = new Date()): Promise<Caller | null> {
  if (!bearer.startsWith(prefix) || bearer.length > 100) return null;
  const { rows: [row] } = await askOnce(kernel.db, settingsOf(kernel.system(office), 'all'), sql<TokenRow>`with live as (
      select id, person_id, name, kind, scopes, used_at from token
      where office_id = ${office.id} and token_hash = ${hashToken(bearer)} and revoked_at is null and expires_at > ${now}),
    used as (update token t set used_at = ${now} from live where t.office_id = ${office.id} and t.id = live.id and (live.used_at is null or live.used_at < ${new Date(now.getTime() - 60_000)}))
    select ${callerColumns}, live.scopes, live.kind, live.name as token_name
    from live join person p on p.office_id = ${office.id} and p.id = live.person_id and p.is_active ${standsFor(office, now)}`);
  if (!row) return null;
  const caller = callerFrom(row, office, { address, scopes: row.scopes });
  return row.kind === 'service' ? { ...caller, name: row.token_name } : caller;
}
