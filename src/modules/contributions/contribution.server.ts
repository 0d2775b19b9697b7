import { z } from 'zod';
import { officeAddress } from '../../core/address.ts';
import { addDays } from '../../core/day.ts';
import { isId } from '../../core/id.ts';
import { check, day, id, optionalLine, text } from '../../core/input.ts';
import { formatDay } from '../../core/language.ts';
import { queueMail } from '../../core/mail.ts';
import { textIn, translator } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { hashToken, newToken, openText, sealText } from '../../core/secret.ts';
import { addDocument, takeUploads, UploadList } from '../documents/index.ts';
import { enterPaper, involve } from '../registry/index.ts';

export type Ask = { caseId: string; reference: string; subject: string; unitId: string | null; bodyId: string | null; question: string; dueOn: string };

/** Asks a unit, or an outside body by a link of its own, for what it knows; answers with the contribution's id. */
export async function askContribution(context: Context, ask: Ask): Promise<string> {
  const { db, office, now, today, caller } = context;
  if (ask.dueOn < today) throw wrong({ dueOn: { key: 'field.day_past' } });
  if (ask.dueOn > addDays(today, 366)) throw wrong({ dueOn: { key: 'field.day_far' } });
  const contributionId = context.newId();
  const base = { office_id: office.id, id: contributionId, case_id: ask.caseId, question: ask.question, due_on: ask.dueOn, asked_by: caller.personId, asked_at: now };
  if (ask.unitId) {
    const unit = office.data.units.find((one) => one.id === ask.unitId);
    if (!unit) throw wrong({ of: { key: 'field.choose' } });
    await db.insertInto('contribution').values({ ...base, unit_id: unit.id, asked_name: textIn(unit.name, office.locale) }).execute();
    await involve(context, ask.caseId, [unit.id]);
    return contributionId;
  }
  const body = isId(ask.bodyId) ? await db.selectFrom('party').select(['id', 'name', 'email']).where('office_id', '=', office.id).where('id', '=', ask.bodyId).where('kind', '=', 'body').executeTakeFirst() : null;
  if (!body) throw wrong({ of: { key: 'field.choose' } });
  const token = newToken();
  await db.insertInto('contribution').values({ ...base, party_id: body.id, asked_name: body.name, email: body.email, token_hash: hashToken(token), token_sealed: sealText(token) }).execute();
  await enterPaper(context, { caseId: ask.caseId, direction: 'out', channel: body.email ? 'email' : 'post', subject: ask.subject, body: ask.question, partyId: body.id, dispatched: true });
  if (body.email) await mailAsk(context, { to: body.email, token, question: ask.question, dueOn: ask.dueOn, reference: ask.reference, subject: ask.subject, caseId: ask.caseId }, 'ask');
  return contributionId;
}

type Letter = { to: string; token: string; question: string; dueOn: string; reference: string; subject: string; caseId: string };
async function mailAsk(context: Context, letter: Letter, kind: 'ask' | 'remind' | 'returned'): Promise<void> {
  const { office } = context;
  const t = translator(office.locale);
  const said = {
    reference: letter.reference, subject: letter.subject, question: letter.question, dueOn: formatDay(letter.dueOn, office.locale, 'long'), office: textIn(office.data.name, office.locale),
    cabinet: textIn(office.data.cabinet, office.locale), phone: office.data.phone, link: `${officeAddress(context.kernel.config, office)}/contribute/${letter.token}`,
  };
  await queueMail(context.db, office.id, context.now, { to: letter.to, caseId: letter.caseId, locale: office.locale, subject: t(`public.contribution.mail.${kind}.subject`, said), body: t(`public.contribution.mail.${kind}.body`, said) });
}

export const Contribution = z.object({
  id: z.string(), caseId: z.string(), askedName: z.string(), unitId: z.string().nullable(), isOutside: z.boolean(), question: z.string(), dueOn: z.string(), state: z.enum(['asked', 'given', 'returned', 'dropped']),
  reply: z.string(), repliedBy: z.string(), askedAt: z.date(), repliedAt: z.date().nullable(),
});
type Row = { id: string; case_id: string; asked_name: string; unit_id: string | null; party_id: string | null; question: string; due_on: string; state: string; reply: string; replied_by: string; asked_at: Date; replied_at: Date | null };
const from = (row: Row): z.infer<typeof Contribution> => ({
  id: row.id, caseId: row.case_id, askedName: row.asked_name, unitId: row.unit_id, isOutside: row.party_id !== null, question: row.question, dueOn: row.due_on, state: row.state as 'asked', reply: row.reply,
  repliedBy: row.replied_by, askedAt: row.asked_at, repliedAt: row.replied_at,
});

export async function listContributions({ db, office }: Pick<Context, 'db' | 'office'>, caseId: string): Promise<z.infer<typeof Contribution>[]> {
  const rows = await db.selectFrom('contribution').selectAll().where('office_id', '=', office.id).where('case_id', '=', caseId).orderBy('asked_at').execute();
  return rows.map(from);
}

/** What was asked for on a settled case is owed no more: no reminder follows, and the link says so. */
export async function dropContributions({ db, office }: Pick<Context, 'db' | 'office'>, caseId: string): Promise<void> {
  await db.updateTable('contribution').set({ state: 'dropped' }).where('office_id', '=', office.id).where('case_id', '=', caseId).where('state', 'in', ['asked', 'returned']).execute();
}

/** The contribution that a link opens, for the gate's caller; null when the link is unknown. */
export const findLink = operation({
  id: 'contribution.open_link', kind: 'query', allow: ['public'], asOffice: true,
  summary: 'The contribution that a link was given for.',
  input: z.object({ token: z.string().max(100) }),
  output: z.object({ id: z.string().nullable() }),
  async run({ db, office }, input) {
    const row = await db.selectFrom('contribution').select('id').where('office_id', '=', office.id).where('token_hash', '=', hashToken(input.token)).executeTakeFirst();
    return { id: row?.id ?? null };
  },
});

export const getContribution = operation({
  id: 'contribution.get', kind: 'query', rest: 'GET /contributions/{id}', allow: ['staff', 'contributor'],
  summary: 'What was asked, and what was returned.',
  input: z.object({ id: id() }),
  output: Contribution,
  async run({ db, office }, input) {
    const row = await db.selectFrom('contribution').selectAll().where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    return from(row);
  },
});

export const giveContribution = operation({
  id: 'contribution.give', kind: 'command', rest: 'POST /contributions/{id}/give', allow: ['staff', 'contributor'], asOffice: (caller) => caller.kind === 'contributor',
  summary: 'The unit or the outside body returns what it was asked for, with papers.',
  input: z.object({ id: id(), reply: text(20_000), name: optionalLine(200), files: UploadList }),
  output: z.object({ id: z.string(), caseId: z.string() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    if (caller.kind === 'contributor' && caller.linkId !== input.id) throw notFound();
    if (caller.kind === 'contributor' && !input.name) throw wrong({ name: { key: 'field.required' } });
    const row = await db.selectFrom('contribution').selectAll().where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!row) throw notFound();
    // Staff answer for their own unit, or enter what a body sent on paper.
    if (caller.kind === 'person' && !(row.unit_id ? caller.marks.includes(row.unit_id) || caller.roles.has('chief') : ['chief', 'registrar', 'clerk', 'adviser', 'head'].some((role) => caller.roles.has(role as 'chief')))) throw notFound();
    if (row.state === 'given' || row.state === 'dropped') throw notNow('error.contribution_given');
    const files = await takeUploads(input.files);
    const entry = await enterPaper(context, { caseId: row.case_id, direction: row.unit_id ? 'internal' : 'in', channel: caller.kind === 'contributor' ? 'link' : 'internal', subject: row.question.slice(0, 200), body: input.reply, partyId: row.party_id, enclosures: files.length });
    for (const file of files) await addDocument(context, { caseId: row.case_id, entryId: entry.id, kind: 'contribution', file });
    await db.updateTable('contribution').set({ state: 'given', reply: input.reply, replied_by: input.name || caller.name, replied_at: now }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    context.record({ name: 'contribution.given', nounId: row.id, caseId: row.case_id });
    return { id: row.id, caseId: row.case_id };
  },
});

export const returnContribution = operation({
  id: 'contribution.return', kind: 'command', rest: 'POST /contributions/{id}/return', allow: ['chief', 'head', 'adviser', 'clerk'],
  summary: 'Sends a contribution back with what is missing and a new day.',
  input: z.object({ id: id(), comment: text(4000), dueOn: day() }),
  output: z.object({ id: z.string(), caseId: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const row = await db.selectFrom('contribution').selectAll().where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!row) throw notFound();
    if (row.state !== 'given') throw notNow();
    if (input.dueOn < context.today) throw wrong({ dueOn: { key: 'field.day_past' } });
    const question = `${row.question}\n\n${input.comment}`;
    await db.updateTable('contribution').set({ state: 'returned', question, due_on: input.dueOn }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    if (row.email && row.token_sealed) {
      const file = await db.selectFrom('case_file').select(['reference', 'subject']).where('office_id', '=', office.id).where('id', '=', row.case_id).executeTakeFirstOrThrow();
      await mailAsk(context, { to: row.email, token: openText(row.token_sealed), question, dueOn: input.dueOn, reference: file.reference, subject: file.subject, caseId: row.case_id }, 'returned');
    }
    context.record({ name: 'contribution.returned', nounId: row.id, caseId: row.case_id });
    return { id: row.id, caseId: row.case_id };
  },
});

export const owedContributions = operation({
  id: 'contribution.owed', kind: 'query', rest: 'GET /contributions/owed', allow: ['staff'],
  summary: 'What was asked for and has not come, the earliest due first; `mine`: what my units owe.',
  input: z.object({ mine: check() }),
  output: z.object({ contributions: z.array(Contribution.extend({ reference: z.string(), subject: z.string() })) }),
  async run({ db, office, caller }, input) {
    let query = db.selectFrom('contribution as k').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'k.office_id').onRef('c.id', '=', 'k.case_id'))
      .selectAll('k').select(['c.reference', 'c.subject']).where('k.office_id', '=', office.id).where('k.state', 'in', ['asked', 'returned']);
    if (input.mine) query = query.where('k.unit_id', 'in', caller.marks.length > 0 ? [...caller.marks] : ['']);
    const rows = await query.orderBy('k.due_on').limit(200).execute();
    return { contributions: rows.map((row) => ({ ...from(row), reference: row.reference, subject: row.subject })) };
  },
});

export const remindContributors = operation({
  id: 'contribution.remind', kind: 'command', allow: [], summary: 'Reminds outside bodies whose day has come or passed, at most once in three days.',
  input: z.object({}), output: z.object({ reminded: z.number() }),
  async run(context) {
    const { db, office, today } = context;
    const rows = await db.selectFrom('contribution as k').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'k.office_id').onRef('c.id', '=', 'k.case_id'))
      .selectAll('k').select(['c.reference', 'c.subject']).where('k.office_id', '=', office.id).where('k.state', 'in', ['asked', 'returned']).where('k.due_on', '<=', today).where('k.email', 'is not', null)
      .where((eb) => eb.or([eb('k.reminded_on', 'is', null), eb('k.reminded_on', '<=', addDays(today, -3))])).limit(500).execute();
    for (const row of rows) {
      await mailAsk(context, { to: row.email!, token: openText(row.token_sealed!), question: row.question, dueOn: row.due_on, reference: row.reference, subject: row.subject, caseId: row.case_id }, 'remind');
      await db.updateTable('contribution').set({ reminded_on: today }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
      context.record({ name: 'contribution.reminded', nounId: row.id, caseId: row.case_id });
    }
    if (rows.length === 0) context.record({ name: 'contribution.checked' });
    return { reminded: rows.length };
  },
});
