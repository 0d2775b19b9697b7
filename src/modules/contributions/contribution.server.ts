import { z } from 'zod';
import { addDays } from '../../core/day.ts';
import { day, id, optionalLine, text } from '../../core/input.ts';
import { nextState } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { hashToken, openText } from '../../core/secret.ts';
import { addDocument, takeUploads, UploadList } from '../documents/index.ts';
import { enterPaper } from '../registry/index.ts';
import { mailAsk } from './ask.server.ts';
import { askers, isOwed, lifecycle, states, type ContributionAct, type ContributionState } from './contribution.ts';

export const Contribution = z.object({
  id: z.string(), caseId: z.string(), askedName: z.string(), unitId: z.string().nullable(), isOutside: z.boolean(), title: z.string(), question: z.string(), dueOn: z.string(), state: z.enum(states),
  reply: z.string(), repliedBy: z.string(), askedAt: z.date(), repliedAt: z.date().nullable(),
});
export type ContributionRow = {
  id: string; case_id: string; asked_name: string; unit_id: string | null; party_id: string | null; title: string; question: string; due_on: string; state: string; reply: string; replied_by: string; asked_at: Date; replied_at: Date | null;
};
export const contributionFrom = (row: ContributionRow): z.infer<typeof Contribution> => ({
  id: row.id, caseId: row.case_id, askedName: row.asked_name, unitId: row.unit_id, isOutside: row.party_id !== null, title: row.title, question: row.question, dueOn: row.due_on, state: row.state as ContributionState, reply: row.reply,
  repliedBy: row.replied_by, askedAt: row.asked_at, repliedAt: row.replied_at,
});

export async function listContributions({ db, office }: Pick<Context, 'db' | 'office'>, caseId: string): Promise<z.infer<typeof Contribution>[]> {
  const rows = await db.selectFrom('contribution').selectAll().where('office_id', '=', office.id).where('case_id', '=', caseId).orderBy('asked_at').execute();
  return rows.map(contributionFrom);
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

type Whole = ContributionRow & { asked_by: string | null; email: string | null; token_sealed: Buffer | null; more_until: string | null; version: number };
const hasRole = ({ caller }: Pick<Context, 'caller'>, ...roles: readonly string[]): boolean => caller.kind === 'system' || roles.some((role) => caller.roles.has(role as 'chief'));
/** Staff answer for their own unit, or enter what a body sent on paper; a contributor answers the one question of the link. */
function mayGive(context: Pick<Context, 'caller'>, row: Pick<Whole, 'id' | 'unit_id'>): boolean {
  const { caller } = context;
  if (caller.kind === 'contributor') return caller.linkId === row.id;
  return row.unit_id ? caller.marks.includes(row.unit_id) || hasRole(context, 'chief') : hasRole(context, 'chief', 'registrar', 'clerk', 'adviser', 'head');
}
const mayJudge = (context: Pick<Context, 'caller'>, row: Pick<Whole, 'asked_by'>): boolean => hasRole(context, ...askers) && (hasRole(context, 'chief', 'head', 'mayor', 'deputy') || row.asked_by === null || context.caller.marks.includes(row.asked_by));

/** The contribution, locked for an act; refuses where the caller has no part in it or the act has passed. */
async function begin(context: Context, contributionId: string, act: ContributionAct | null): Promise<Whole & { next: ContributionState }> {
  const { db, office } = context;
  if (context.caller.kind === 'contributor' && context.caller.linkId !== contributionId) throw notFound();
  const row = await db.selectFrom('contribution').selectAll().where('office_id', '=', office.id).where('id', '=', contributionId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  if ((act === 'give' || act === 'decline') && !mayGive(context, row)) throw notFound();
  if ((act === 'give' || act === 'decline') && !isOwed(row.state)) throw notNow('error.contribution_given');
  return { ...row, next: act ? nextState(lifecycle, row.state as ContributionState, act) : (row.state as ContributionState) };
}
const change = ({ db, office }: Context, contributionId: string) => db.updateTable('contribution').where('office_id', '=', office.id).where('id', '=', contributionId);
async function letterOf({ db, office }: Context, row: Whole, more: { question: string; dueOn: string }) {
  const file = await db.selectFrom('case_file').select(['reference', 'subject']).where('office_id', '=', office.id).where('id', '=', row.case_id).executeTakeFirstOrThrow();
  return row.email && row.token_sealed ? { to: row.email, token: openText(row.token_sealed), reference: file.reference, subject: file.subject, caseId: row.case_id, ...more } : null;
}

const Version = z.object({ version: z.number(), reply: z.string(), repliedBy: z.string(), repliedAt: z.date(), returnedAt: z.date().nullable(), comment: z.string() });
export const getContribution = operation({
  id: 'contribution.get', kind: 'query', rest: 'GET /contributions/{id}', allow: ['staff', 'contributor'], asOffice: (caller) => caller.kind === 'contributor',
  summary: 'What was asked, what was handed along, and every version of what was returned.',
  input: z.object({ id: id() }),
  output: Contribution.extend({
    askId: z.string().nullable(), engagementId: z.string().nullable(), reference: z.string(), askedBy: z.string(), moreUntil: z.string().nullable(), moreReason: z.string(), declinedReason: z.string(), reminders: z.number(), remindedOn: z.string().nullable(),
    versions: z.array(Version), papers: z.array(z.object({ id: z.string(), title: z.string(), fileName: z.string(), size: z.number() })),
    can: z.object({ give: z.boolean(), askMore: z.boolean(), judge: z.boolean() }),
  }),
  async run(context, input) {
    const { db, office, caller } = context;
    if (caller.kind === 'contributor' && caller.linkId !== input.id) throw notFound();
    const row = await db.selectFrom('contribution').selectAll().where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    const versions = await db.selectFrom('contribution_version').selectAll().where('office_id', '=', office.id).where('contribution_id', '=', row.id).orderBy('version').execute();
    const papers = await db.selectFrom('contribution_paper as k').innerJoin('document as d', (join) => join.onRef('d.office_id', '=', 'k.office_id').onRef('d.id', '=', 'k.document_id'))
      .select(['d.id', 'd.title', 'd.file_name', 'd.size']).where('k.office_id', '=', office.id).where('k.contribution_id', '=', row.id).where('d.destroyed_at', 'is', null).orderBy('d.at').execute();
    const isLink = caller.kind === 'contributor';
    const file = isLink ? null : await db.selectFrom('case_file').select('reference').where('office_id', '=', office.id).where('id', '=', row.case_id).executeTakeFirst();
    const asker = !isLink && row.asked_by ? await db.selectFrom('person').select('name').where('office_id', '=', office.id).where('id', '=', row.asked_by).executeTakeFirst() : undefined;
    const open = isOwed(row.state);
    return {
      ...contributionFrom(row), askId: isLink ? null : row.ask_id, engagementId: isLink ? null : row.engagement_id, reference: file?.reference ?? '', askedBy: asker?.name ?? '', moreUntil: row.more_until, moreReason: row.more_reason, declinedReason: row.declined_reason,
      reminders: row.reminders, remindedOn: row.reminded_on, papers: papers.map((one) => ({ id: one.id, title: one.title, fileName: one.file_name, size: one.size })),
      versions: versions.map((one) => ({ version: one.version, reply: one.reply, repliedBy: one.replied_by, repliedAt: one.replied_at, returnedAt: one.returned_at, comment: one.returned_comment })),
      can: { give: open && mayGive(context, row), askMore: open && !row.more_until && mayGive(context, row), judge: caller.kind === 'person' && mayJudge(context, row) },
    };
  },
});

export const readPaper = operation({
  id: 'contribution.read_paper', kind: 'query', allow: ['staff', 'contributor'], asOffice: (caller) => caller.kind === 'contributor',
  summary: 'A paper that was handed along with the question, for whoever is asked.',
  input: z.object({ id: id(), documentId: id() }),
  output: z.object({ fileName: z.string(), mediaType: z.string(), content: z.string() }),
  async run({ db, office, caller, kernel }, input) {
    if (caller.kind === 'contributor' && caller.linkId !== input.id) throw notFound();
    const row = await db.selectFrom('contribution_paper as k').innerJoin('contribution as c', (join) => join.onRef('c.office_id', '=', 'k.office_id').onRef('c.id', '=', 'k.contribution_id')).innerJoin('document as d', (join) => join.onRef('d.office_id', '=', 'k.office_id').onRef('d.id', '=', 'k.document_id'))
      .select(['d.file_name', 'd.media_type', 'd.sha256', 'd.destroyed_at', 'c.state']).where('k.office_id', '=', office.id).where('k.contribution_id', '=', input.id).where('k.document_id', '=', input.documentId).executeTakeFirst();
    // A link whose question was withdrawn opens no paper any more.
    if (!row || (caller.kind === 'contributor' && row.state === 'dropped')) throw notFound();
    if (row.destroyed_at) throw notNow('error.document_destroyed');
    return { fileName: row.file_name, mediaType: row.media_type, content: Buffer.from(await kernel.files.get(office.id, row.sha256)).toString('base64') };
  },
});

const Done = z.object({ id: z.string(), caseId: z.string() });

export const giveContribution = operation({
  id: 'contribution.give', kind: 'command', rest: 'POST /contributions/{id}/give', allow: ['staff', 'contributor'], asOffice: (caller) => caller.kind === 'contributor',
  summary: 'The unit or the outside body returns what it was asked for, with papers; each return is kept as a version.',
  input: z.object({ id: id(), reply: text(20_000), name: optionalLine(200), files: UploadList }),
  output: Done,
  async run(context, input) {
    const { db, office, caller, now } = context;
    if (caller.kind === 'contributor' && caller.linkId === input.id && !input.name) throw wrong({ name: { key: 'field.required' } });
    const row = await begin(context, input.id, 'give');
    const files = await takeUploads(input.files);
    const entry = await enterPaper(context, { caseId: row.case_id, direction: row.unit_id ? 'internal' : 'in', channel: caller.kind === 'contributor' ? 'link' : 'internal', subject: row.title || row.question.slice(0, 200), body: input.reply, partyId: row.party_id, enclosures: files.length });
    for (const file of files) await addDocument(context, { caseId: row.case_id, entryId: entry.id, kind: 'contribution', file });
    const by = input.name || caller.name;
    // One of before versions were kept is the first.
    if (row.version === 0 && row.reply) await db.insertInto('contribution_version').values({ office_id: office.id, contribution_id: row.id, version: 1, reply: row.reply, replied_by: row.replied_by, replied_at: row.replied_at ?? row.asked_at, returned_at: now }).execute();
    const version = (row.version || (row.reply ? 1 : 0)) + 1;
    await db.insertInto('contribution_version').values({ office_id: office.id, contribution_id: row.id, version, reply: input.reply, replied_by: by, replied_at: now, entry_id: entry.id }).execute();
    await change(context, row.id).set({ state: row.next, reply: input.reply, replied_by: by, replied_at: now, version, more_until: null }).execute();
    context.record({ name: 'contribution.given', nounId: row.id, caseId: row.case_id });
    return { id: row.id, caseId: row.case_id };
  },
});

export const declineContribution = operation({
  id: 'contribution.decline', kind: 'command', rest: 'POST /contributions/{id}/decline', allow: ['staff', 'contributor'], asOffice: (caller) => caller.kind === 'contributor',
  summary: 'Who is asked says with a reason that there is nothing to give: not competent, not known.',
  input: z.object({ id: id(), reason: text(4000), name: optionalLine(200) }),
  output: Done,
  async run(context, input) {
    const { caller, now } = context;
    if (caller.kind === 'contributor' && caller.linkId === input.id && !input.name) throw wrong({ name: { key: 'field.required' } });
    const row = await begin(context, input.id, 'decline');
    await enterPaper(context, { caseId: row.case_id, direction: row.unit_id ? 'internal' : 'in', channel: caller.kind === 'contributor' ? 'link' : 'internal', subject: row.title || row.question.slice(0, 200), body: input.reason, partyId: row.party_id });
    await change(context, row.id).set({ state: row.next, declined_reason: input.reason, replied_by: input.name || caller.name, replied_at: now, more_until: null }).execute();
    context.record({ name: 'contribution.declined', nounId: row.id, caseId: row.case_id });
    return { id: row.id, caseId: row.case_id };
  },
});

export const returnContribution = operation({
  id: 'contribution.return', kind: 'command', rest: 'POST /contributions/{id}/return', allow: ['chief', 'head', 'adviser', 'clerk', 'mayor', 'deputy', 'protocol'],
  summary: 'Sends a contribution back with what is missing and a new day.',
  input: z.object({ id: id(), comment: text(4000), dueOn: day() }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    const row = await begin(context, input.id, 'return');
    if (input.dueOn < context.today) throw wrong({ dueOn: { key: 'field.day_past' } });
    const question = `${row.question}\n\n${input.comment}`;
    await db.updateTable('contribution_version').set({ returned_at: now, returned_comment: input.comment }).where('office_id', '=', office.id).where('contribution_id', '=', row.id).where('version', '=', row.version).execute();
    await change(context, row.id).set({ state: row.next, question, due_on: input.dueOn, reminded_on: null }).execute();
    const letter = await letterOf(context, row, { question, dueOn: input.dueOn });
    if (letter) await mailAsk(context, letter, 'returned');
    context.record({ name: 'contribution.returned', nounId: row.id, caseId: row.case_id });
    return { id: row.id, caseId: row.case_id };
  },
});

export const dropContribution = operation({
  id: 'contribution.drop', kind: 'command', rest: 'POST /contributions/{id}/drop', allow: [...askers],
  summary: 'What was asked for is needed no more: nobody is reminded, and the link says so.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const row = await begin(context, input.id, 'drop');
    if (!mayJudge(context, row)) throw notFound();
    await change(context, row.id).set({ state: row.next, more_until: null }).execute();
    context.record({ name: 'contribution.dropped', nounId: row.id, caseId: row.case_id });
    return { id: row.id, caseId: row.case_id };
  },
});

export const askMoreTime = operation({
  id: 'contribution.ask_more', kind: 'command', rest: 'POST /contributions/{id}/more', allow: ['staff', 'contributor'], asOffice: (caller) => caller.kind === 'contributor',
  summary: 'Who is asked asks for more time, with a day and a reason; who asked decides.',
  input: z.object({ id: id(), until: day(), reason: text(1000) }),
  output: Done,
  async run(context, input) {
    const row = await begin(context, input.id, null);
    if (!mayGive(context, row)) throw notFound();
    if (!isOwed(row.state) || row.more_until) throw notNow();
    if (input.until <= row.due_on || input.until < context.today) throw wrong({ until: { key: 'field.day_past' } });
    if (input.until > addDays(context.today, 366)) throw wrong({ until: { key: 'field.day_far' } });
    await change(context, row.id).set({ more_until: input.until, more_reason: input.reason }).execute();
    context.record({ name: 'contribution.more_asked', nounId: row.id, caseId: row.case_id, data: { until: input.until } });
    return { id: row.id, caseId: row.case_id };
  },
});

export const decideMoreTime = operation({
  id: 'contribution.decide_more', kind: 'command', rest: 'POST /contributions/{id}/more/decide', allow: [...askers],
  summary: 'Gives the time that was asked for, or another day, or keeps the day.',
  input: z.object({ id: id(), dueOn: day() }),
  output: Done,
  async run(context, input) {
    const row = await begin(context, input.id, null);
    if (!mayJudge(context, row)) throw notFound();
    if (!isOwed(row.state) || !row.more_until) throw notNow();
    if (input.dueOn < row.due_on) throw wrong({ dueOn: { key: 'field.day_past' } });
    await change(context, row.id).set({ due_on: input.dueOn, more_until: null, reminded_on: null }).execute();
    const letter = await letterOf(context, row, { question: row.question, dueOn: input.dueOn });
    if (letter) await mailAsk(context, letter, 'more');
    context.record({ name: input.dueOn > row.due_on ? 'contribution.more_given' : 'contribution.more_refused', nounId: row.id, caseId: row.case_id, data: { before: row.due_on, dueOn: input.dueOn } });
    return { id: row.id, caseId: row.case_id };
  },
});
