import { z } from 'zod';
import { filesAtMost, sniffUpload } from '../../core/file.ts';
import { normaliseTrackingCode, trackingCode } from '../../core/number.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notNow, type Said } from '../../core/refusal.ts';
import { hashToken, openText, sealText } from '../../core/secret.ts';
import { UploadList } from '../documents/index.ts';
import { askAudience } from './register.server.ts';

const kind = 'audience';
export const draftHours = 12;
const valueAtMost = 20_000;
const Kept = z.object({ sha256: z.string(), name: z.string(), size: z.number(), mediaType: z.string() });
const Draft = z.object({ code: z.string(), values: z.record(z.string(), z.string()), files: z.array(Kept) });
export type Draft = z.infer<typeof Draft>;
type Stored = Omit<Draft, 'code'>;

const seal = (stored: Stored): string => JSON.stringify(sealText(JSON.stringify(stored)).toString('base64'));
const unseal = (data: unknown): Stored => JSON.parse(openText(Buffer.from(data as string, 'base64'))) as Stored;
const rowOf = ({ db, office, now }: Pick<Context, 'db' | 'office' | 'now'>, code: string) =>
  db.selectFrom('draft').select('data').where('office_id', '=', office.id).where('token_hash', '=', hashToken(code)).where('kind', '=', kind).where('expires_at', '>', now);

export const findAudienceDraft = operation({
  id: 'audience_draft.find', kind: 'query', allow: ['public'], asOffice: true,
  summary: 'The unfinished request for an audience of this browser, or none.',
  input: z.object({ code: z.string().max(200) }), output: z.object({ draft: Draft.nullable() }),
  async run(context, input) {
    const code = normaliseTrackingCode(input.code);
    const row = code ? await rowOf(context, code).executeTakeFirst() : undefined;
    return { draft: row ? { code: code!, ...unseal(row.data) } : null };
  },
});

export const saveAudienceDraft = operation({
  id: 'audience_draft.save', kind: 'command', allow: ['public'], asOffice: true,
  summary: 'Keeps what was typed so far of a request for an audience, and its papers, for half a day.',
  input: z.object({ code: z.string().max(60).default(''), values: z.record(z.string().max(40), z.string().max(valueAtMost)), files: UploadList, drop: z.array(z.string()).default([]) }),
  output: z.object({ draft: Draft, refused: z.object({ key: z.string(), args: z.record(z.string(), z.union([z.string(), z.number()])).optional() }).nullable() }),
  async run(context, input) {
    const { db, office, now, kernel } = context;
    const known = normaliseTrackingCode(input.code);
    const row = known ? await rowOf(context, known).forUpdate().executeTakeFirst() : undefined;
    const code = known && row ? known : trackingCode();
    const earlier: Stored = row ? unseal(row.data) : { values: {}, files: [] };
    const stored: Stored = { values: { ...earlier.values, ...input.values }, files: earlier.files.filter((file) => !input.drop.includes(file.sha256)) };
    let refused: Said | null = null;
    for (const upload of input.files) {
      const file = await sniffUpload(upload);
      if ('key' in file) refused ??= file;
      else if (stored.files.length >= filesAtMost) refused ??= { key: 'field.files_many', args: { max: filesAtMost } };
      else {
        const sha256 = await kernel.files.put(office.id, file.bytes);
        if (!stored.files.some((one) => one.sha256 === sha256)) stored.files.push({ sha256, name: file.name, size: file.bytes.length, mediaType: file.mediaType });
      }
    }
    const values = { data: seal(stored), updated_at: now, expires_at: new Date(now.getTime() + draftHours * 3_600_000) };
    await db.insertInto('draft').values({ office_id: office.id, token_hash: hashToken(code), kind, ...values }).onConflict((conflict) => conflict.columns(['office_id', 'token_hash']).doUpdateSet(values)).execute();
    context.record({ name: 'audience_draft.saved' });
    return { draft: { code, ...stored }, refused };
  },
});

/** What a draft says, as the input of the request. */
export const askedFrom = (values: Record<string, string>, locale: string): Record<string, unknown> => ({
  ...Object.fromEntries(['topic', 'purpose', 'wishedHostId', 'wishedOn', 'wished', 'people', 'companions', 'needs', 'name', 'email', 'phone', 'address', 'town', 'contactBy'].filter((name) => values[name] !== undefined).map((name) => [name, values[name]])),
  // What fits no area is about none.
  ...(values['topic'] === 'other' ? { topic: '' } : {}), organisation: values['organisation'] ?? '', locale: values['locale'] || locale,
});

export const sendAudienceDraft = operation({
  id: 'audience_draft.send', kind: 'command', allow: ['public'], asOffice: true,
  summary: 'Sends the finished request for an audience with its papers; the draft is gone with it.',
  input: z.object({ code: z.string().max(60) }), output: askAudience.output,
  async run(context, input) {
    const { db, office, kernel, caller } = context;
    const code = normaliseTrackingCode(input.code);
    const row = code ? await rowOf(context, code).forUpdate().executeTakeFirst() : undefined;
    if (!row) throw notNow('error.audience_gone');
    const { values, files } = unseal(row.data);
    const uploads = await Promise.all(files.map(async (file) => ({ name: file.name, bytes: await kernel.files.get(office.id, file.sha256) })));
    const parsed = askAudience.input.safeParse({ ...askedFrom(values, caller.locale), files: uploads });
    if (!parsed.success) throw notNow('error.draft_incomplete');
    const sent = await askAudience.run(context, parsed.data);
    await db.deleteFrom('draft').where('office_id', '=', office.id).where('token_hash', '=', hashToken(code!)).execute();
    return sent;
  },
});

export const forgetAudienceDrafts = operation({
  id: 'audience_draft.forget', kind: 'command', allow: [],
  summary: 'Removes unfinished requests for an audience whose time is over, with papers that lie nowhere else.',
  input: z.object({}), output: z.object({ forgotten: z.number() }),
  async run(context) {
    const { db, office, now, kernel } = context;
    const drafts = await db.selectFrom('draft').select(['data', 'kind', 'expires_at']).where('office_id', '=', office.id).where('kind', 'in', [kind, 'petition']).execute();
    const filesOf = (over: boolean): Set<string> => new Set(drafts.filter((row) => (row.kind === kind && row.expires_at < now) === over).flatMap((row) => unseal(row.data).files.map((file) => file.sha256)));
    const orphans = [...filesOf(true).difference(filesOf(false))];
    const gone = await db.deleteFrom('draft').where('office_id', '=', office.id).where('kind', '=', kind).where('expires_at', '<', now).executeTakeFirst();
    const used = orphans.length > 0 ? await db.selectFrom('file').select('sha256').where('office_id', '=', office.id).where('sha256', 'in', orphans).execute() : [];
    const unused = orphans.filter((hash) => !used.some((row) => row.sha256 === hash));
    context.afterCommit(() => void Promise.allSettled(unused.map((hash) => kernel.files.remove(office.id, hash))));
    context.record({ name: 'audience_draft.forgotten', data: { count: Number(gone.numDeletedRows) } });
    return { forgotten: Number(gone.numDeletedRows) };
  },
});
