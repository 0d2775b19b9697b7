import { z } from 'zod';
import { id } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { isSaid, makeDemonstration, readPkcs12, type Kept } from '../../core/sign.ts';
import { textIn, translator } from '../../core/message.ts';
import type { Context } from '../../core/operation.ts';
import { UploadInput } from '../documents/index.ts';

const keepers = ['it', 'chief'] as const;
const bytesAtMost = 100_000;

async function insert(context: Context, kept: Kept): Promise<string> {
  const certificateId = context.newId();
  await context.db.insertInto('certificate').values({
    office_id: context.office.id, id: certificateId, subject: kept.subject, issuer: kept.issuer, fingerprint: kept.fingerprint, chain: kept.chain, sealed_key: kept.sealedKey, valid_from: kept.validFrom, valid_until: kept.validUntil,
    added_by: context.caller.personId, at: context.now,
  }).execute();
  context.record({ name: 'certificate.added', nounId: certificateId, data: { fingerprint: kept.fingerprint, validUntil: kept.validUntil.toISOString().slice(0, 10) } });
  return certificateId;
}

export const addCertificate = operation({
  id: 'certificate.add', kind: 'command', rest: 'POST /certificates', allow: keepers,
  summary: 'Takes the office’s certificate with its key (PKCS#12); the key is sealed with the installation’s secret and never shown.',
  input: z.object({ file: UploadInput, password: z.string().max(500).default('') }),
  output: z.object({ id: z.string(), subject: z.string(), validUntil: z.date() }),
  async run(context, input) {
    const { db, office, now } = context;
    const kept = input.file.bytes.length > bytesAtMost ? { key: 'field.certificate_unreadable' } : readPkcs12(input.file.bytes, input.password, now);
    if (isSaid(kept)) throw wrong({ [kept.key === 'field.certificate_unreadable' ? 'password' : 'file']: kept });
    const same = await db.selectFrom('certificate').select('id').where('office_id', '=', office.id).where('fingerprint', '=', kept.fingerprint).where('retired_at', 'is', null).executeTakeFirst();
    if (same) throw wrong({ file: { key: 'field.certificate_known' } });
    return { id: await insert(context, kept), subject: kept.subject, validUntil: kept.validUntil };
  },
});

export const retireCertificate = operation({
  id: 'certificate.retire', kind: 'command', rest: 'POST /certificates/{id}/retire', allow: keepers,
  summary: 'Seals nothing more with this certificate; its key is destroyed, what it sealed stays valid.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, now } = context;
    const row = await db.selectFrom('certificate').select('retired_at').where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!row) throw notFound();
    if (row.retired_at) throw notNow();
    await db.updateTable('certificate').set({ retired_at: now, sealed_key: Buffer.alloc(0) }).where('office_id', '=', office.id).where('id', '=', input.id).execute();
    context.record({ name: 'certificate.retired', nounId: input.id });
    return { id: input.id };
  },
});

const Certificate = z.object({ id: z.string(), subject: z.string(), issuer: z.string(), fingerprint: z.string(), validFrom: z.date(), validUntil: z.date(), addedBy: z.string(), at: z.date(), retiredAt: z.date().nullable(), state: z.enum(['in_use', 'waiting', 'expiring', 'expired', 'retired']) });
/** Before this many days a new certificate is to be asked for: a provider takes its time. */
const warnDays = 30;

export const listCertificates = operation({
  id: 'certificate.list', kind: 'query', rest: 'GET /certificates', allow: [...keepers, 'mayor', 'auditor', 'registrar'],
  summary: 'The office’s certificates, with which one seals now and what expires soon; without keys.',
  input: z.object({}),
  output: z.object({ certificates: z.array(Certificate) }),
  async run({ db, office, now }) {
    const rows = await db.selectFrom('certificate as c').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'c.office_id').onRef('p.id', '=', 'c.added_by'))
      .select(['c.id', 'c.subject', 'c.issuer', 'c.fingerprint', 'c.valid_from', 'c.valid_until', 'c.at', 'c.retired_at', 'p.name']).where('c.office_id', '=', office.id).orderBy('c.at', 'desc').orderBy('c.id', 'desc').limit(50).execute();
    const inUse = rows.find((row) => !row.retired_at && row.valid_from <= now && row.valid_until > now)?.id;
    return { certificates: rows.map((row) => ({
      id: row.id, subject: row.subject, issuer: row.issuer, fingerprint: row.fingerprint, validFrom: row.valid_from, validUntil: row.valid_until, addedBy: row.name ?? '', at: row.at, retiredAt: row.retired_at,
      state: row.retired_at ? 'retired' as const : row.valid_until <= now ? 'expired' as const : row.id !== inUse ? 'waiting' as const : row.valid_until.getTime() - now.getTime() < warnDays * 86_400_000 ? 'expiring' as const : 'in_use' as const,
    })) };
  },
});

export const endingCertificate = operation({
  id: 'certificate.ending', kind: 'query', allow: keepers,
  summary: 'The certificate that seals now or sealed last, where it expires within 30 days or has expired and no other takes its place.',
  input: z.object({}),
  output: z.object({ certificate: z.object({ subject: z.string(), validUntil: z.date(), isExpired: z.boolean() }).nullable() }),
  async run({ db, office, now }) {
    const row = await db.selectFrom('certificate').select(['subject', 'valid_until']).where('office_id', '=', office.id).where('retired_at', 'is', null).where('valid_from', '<=', now).orderBy('valid_until', 'desc').limit(1).executeTakeFirst();
    if (!row || row.valid_until.getTime() - now.getTime() > warnDays * 86_400_000) return { certificate: null };
    return { certificate: { subject: row.subject, validUntil: row.valid_until, isExpired: row.valid_until <= now } };
  },
});

export const addDemonstration = operation({
  id: 'certificate.add_demonstration', kind: 'command', allow: [],
  summary: 'A self-signed certificate for the demonstration, under a name that says so; only while mail stays in the outbox.',
  input: z.object({}),
  output: z.object({ id: z.string() }),
  async run(context) {
    const { kernel, office, now } = context;
    if (!kernel.mail.keepsBodies) throw notNow();
    const name = translator(office.locale)('certificate.demonstration', { office: textIn(office.data.name, office.locale) });
    return { id: await insert(context, makeDemonstration(name, new Date(now.getTime() - 86_400_000), new Date(now.getTime() + 5 * 365 * 86_400_000))) };
  },
});
