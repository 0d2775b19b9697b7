import { z } from 'zod';
import { officeAddress } from '../../core/address.ts';
import { addDays, dayIn } from '../../core/day.ts';
import { filesAtMost, sniffUpload } from '../../core/file.ts';
import { optionalEmail } from '../../core/input.ts';
import { formatDay } from '../../core/language.ts';
import { queueMail } from '../../core/mail.ts';
import { textIn } from '../../core/message.ts';
import type { Schedule } from '../../core/module.ts';
import { normaliseTrackingCode, trackingCode } from '../../core/number.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notNow, wrong, type Said } from '../../core/refusal.ts';
import { hashToken, openText, sealText } from '../../core/secret.ts';
import { UploadList } from '../documents/index.ts';
import { submitPetition } from './intake.server.ts';

const kind = 'petition';
export const draftDays = 30;
// More than any field takes, so that what is too long is kept as well and can be shortened.
const valueAtMost = 200_000;

const Kept = z.object({ sha256: z.string(), name: z.string(), size: z.number(), mediaType: z.string() });
const Draft = z.object({
  code: z.string(),
  values: z.record(z.string(), z.string()),
  files: z.array(Kept),
  expiresOn: z.string(),
});
export type Draft = z.infer<typeof Draft>;
type Stored = { values: Record<string, string>; files: z.infer<typeof Kept>[] };

const seal = (stored: Stored): string => JSON.stringify(sealText(JSON.stringify(stored)).toString('base64'));
const unseal = (data: unknown): Stored => JSON.parse(openText(Buffer.from(data as string, 'base64'))) as Stored;

const rowOf = ({ db, office, now }: Pick<Context, 'db' | 'office' | 'now'>, code: string) =>
  db
    .selectFrom('draft')
    .select(['data', 'expires_at'])
    .where('office_id', '=', office.id)
    .where('token_hash', '=', hashToken(code))
    .where('kind', '=', kind)
    .where('expires_at', '>', now);

export const findDraft = operation({
  id: 'draft.find',
  kind: 'query',
  allow: ['public'],
  asOffice: true,
  summary: 'The unfinished letter of a code, or none.',
  input: z.object({ code: z.string().max(200) }),
  output: z.object({ draft: Draft.nullable() }),
  async run(context, input) {
    const code = normaliseTrackingCode(input.code);
    const row = code ? await rowOf(context, code).executeTakeFirst() : undefined;
    return {
      draft: row
        ? { code: code!, ...unseal(row.data), expiresOn: dayIn(context.office.jurisdiction.timeZone, row.expires_at) }
        : null,
    };
  },
});

export const saveDraft = operation({
  id: 'draft.save',
  kind: 'command',
  allow: ['public'],
  asOffice: true,
  summary:
    'Keeps what was typed so far, and files, for thirty days; without a code it begins a new one. Files that cannot be taken are named, the rest is kept.',
  input: z.object({
    code: z.string().max(60).default(''),
    values: z.record(z.string().max(40), z.string().max(valueAtMost)),
    files: UploadList,
    drop: z.array(z.string()).default([]),
  }),
  output: z.object({
    draft: Draft,
    refused: z.object({ key: z.string(), args: z.record(z.string(), z.union([z.string(), z.number()])).optional() }).nullable(),
  }),
  async run(context, input) {
    const { db, office, now, today } = context;
    const known = normaliseTrackingCode(input.code);
    const row = known ? await rowOf(context, known).forUpdate().executeTakeFirst() : undefined;
    const code = known && row ? known : trackingCode();
    const earlier: Stored = row ? unseal(row.data) : { values: {}, files: [] };
    const stored: Stored = {
      values: { ...earlier.values, ...input.values },
      files: earlier.files.filter((file) => !input.drop.includes(file.sha256)),
    };
    let refused: Said | null = null;
    for (const upload of input.files) {
      const file = await sniffUpload(upload);
      if ('key' in file) refused ??= file;
      else if (stored.files.length >= filesAtMost) refused ??= { key: 'field.files_many', args: { max: filesAtMost } };
      else {
        const sha256 = await context.kernel.files.put(office.id, file.bytes);
        if (!stored.files.some((one) => one.sha256 === sha256))
          stored.files.push({ sha256, name: file.name, size: file.bytes.length, mediaType: file.mediaType });
      }
    }
    const expiresOn = addDays(today, draftDays);
    const values = { data: seal(stored), updated_at: now, expires_at: new Date(now.getTime() + draftDays * 86_400_000) };
    await db
      .insertInto('draft')
      .values({ office_id: office.id, token_hash: hashToken(code), kind, ...values })
      .onConflict((conflict) => conflict.columns(['office_id', 'token_hash']).doUpdateSet(values))
      .execute();
    context.record({ name: 'draft.saved' });
    return { draft: { code, ...stored, expiresOn }, refused };
  },
});

export const mailDraft = operation({
  id: 'draft.mail',
  kind: 'command',
  allow: ['public'],
  asOffice: true,
  summary: 'Mails the code and the link of an unfinished letter to its writer.',
  input: z.object({ code: z.string().max(60), email: optionalEmail() }),
  output: z.object({ mailed: z.boolean() }),
  async run(context, input) {
    const { db, office, now, t, caller } = context;
    if (!input.email) throw wrong({ email: { key: 'field.required' } });
    const row = await rowOf(context, input.code).executeTakeFirst();
    if (!row) throw notNow('error.draft_gone');
    const said = {
      code: input.code,
      office: textIn(office.data.name, caller.locale),
      phone: office.data.phone,
      link: `${officeAddress(context.kernel.config, office)}/petition/resume?code=${input.code}`,
      until: formatDay(dayIn(office.jurisdiction.timeZone, row.expires_at), caller.locale, 'long'),
    };
    await queueMail(db, office.id, now, {
      to: input.email,
      locale: caller.locale,
      subject: t('public.mail.draft.subject', said),
      body: t('public.mail.draft.body', said),
    });
    context.record({ name: 'draft.mailed' });
    return { mailed: true };
  },
});

/** What a draft says, as the input of the intake. */
export function petitionFrom(values: Record<string, string>, locale: string): Record<string, unknown> {
  const isAnonymous = values['who'] === 'anonymous';
  const contact = (name: string): string => (isAnonymous ? '' : (values[name] ?? ''));
  return {
    kind: values['kind'],
    subject: values['subject'] ?? '',
    text: values['text'] ?? '',
    place: values['place'] ?? '',
    area: values['area'] ?? '',
    name: contact('name'),
    organisation: isAnonymous ? '' : (values['organisation'] ?? ''),
    email: contact('email'),
    phone: contact('phone'),
    address: contact('address'),
    town: contact('town'),
    replyBy: isAnonymous ? 'pickup' : values['replyBy'],
    locale: values['locale'] || locale,
    mayPublish: values['mayPublish'] ?? '',
  };
}

export const sendDraft = operation({
  id: 'draft.send',
  kind: 'command',
  allow: ['public'],
  asOffice: true,
  summary: 'Sends the finished letter with its files; the draft is gone with it. The code is the idempotency key as well.',
  input: z.object({ code: z.string().max(60) }),
  output: submitPetition.output,
  async run(context: Context, input) {
    const { db, office, kernel, caller } = context;
    const code = normaliseTrackingCode(input.code);
    const row = code ? await rowOf(context, code).forUpdate().executeTakeFirst() : undefined;
    if (!row) throw notNow('error.draft_gone');
    const { values, files } = unseal(row.data);
    const uploads = await Promise.all(
      files.map(async (file) => ({ name: file.name, bytes: await kernel.files.get(office.id, file.sha256) })),
    );
    const parsed = submitPetition.input.safeParse({ ...petitionFrom(values, caller.locale), files: uploads });
    if (!parsed.success) throw notNow('error.draft_incomplete');
    const sent = await submitPetition.run(context, parsed.data);
    await db.deleteFrom('draft').where('office_id', '=', office.id).where('token_hash', '=', hashToken(code!)).execute();
    return sent;
  },
});

export const forgetDrafts = operation({
  id: 'draft.forget',
  kind: 'command',
  allow: [],
  summary: 'Removes the drafts and held forms whose time is over.',
  input: z.object({}),
  output: z.object({ forgotten: z.number() }),
  async run(context) {
    const { db, office, now, kernel } = context;
    const drafts = await db.selectFrom('draft').select(['data', 'expires_at']).where('office_id', '=', office.id).where('kind', '=', kind).execute();
    const filesOf = (over: boolean): Set<string> =>
      new Set(drafts.filter((row) => row.expires_at < now === over).flatMap((row) => unseal(row.data).files.map((file) => file.sha256)));
    const gone = await db.deleteFrom('draft').where('office_id', '=', office.id).where('expires_at', '<', now).executeTakeFirst();
    // The same file may lie on a case or in a draft that is still open.
    const orphans = [...filesOf(true).difference(filesOf(false))];
    const used = orphans.length > 0 ? await db.selectFrom('document').select('sha256').where('office_id', '=', office.id).where('sha256', 'in', orphans).execute() : [];
    const unused = orphans.filter((hash) => !used.some((row) => row.sha256 === hash));
    context.afterCommit(() => void Promise.allSettled(unused.map((hash) => kernel.files.remove(office.id, hash))));
    context.record({ name: 'draft.forgotten', data: { count: Number(gone.numDeletedRows), files: unused.length } });
    return { forgotten: Number(gone.numDeletedRows) };
  },
});

export const forgetting: Schedule = {
  name: 'requests.forget_drafts',
  cron: '40 3 * * *',
  run: async (kernel, office, now) => void (await kernel.run(forgetDrafts, kernel.system(office), {}, { now })),
};
