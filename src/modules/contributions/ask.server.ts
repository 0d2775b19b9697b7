import { z } from 'zod';
import { officeAddress } from '../../core/address.ts';
import { addDays } from '../../core/day.ts';
import { isId } from '../../core/id.ts';
import { day, id, line, optionalId, text } from '../../core/input.ts';
import { formatDay } from '../../core/language.ts';
import { queueMail } from '../../core/mail.ts';
import { textIn, translator } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { hashToken, newToken, sealText } from '../../core/secret.ts';
import { enterPaper, getCaseFile, involve, openPaper } from '../registry/index.ts';
import { askers } from './contribution.ts';

export type Ask = {
  caseId: string; reference: string; subject: string; unitId: string | null; bodyId: string | null; question: string; dueOn: string;
  title?: string; engagementId?: string | null; /** One question to many has one id. */ askId?: string | null; /** Papers of the case that are handed along: an outside body sees these alone. */ documentIds?: readonly string[];
};

/** Asks a unit, or an outside body by a link of its own, for what it knows; answers with the contribution's id. */
export async function askContribution(context: Context, ask: Ask): Promise<string> {
  const { db, office, now, today, caller } = context;
  if (ask.dueOn < today) throw wrong({ dueOn: { key: 'field.day_past' } });
  if (ask.dueOn > addDays(today, 366)) throw wrong({ dueOn: { key: 'field.day_far' } });
  const contributionId = context.newId();
  const base = {
    office_id: office.id, id: contributionId, case_id: ask.caseId, title: ask.title ?? '', question: ask.question, due_on: ask.dueOn, first_due_on: ask.dueOn, asked_by: caller.personId, asked_at: now,
    engagement_id: ask.engagementId ?? null, ask_id: ask.askId ?? null,
  };
  const documentIds = [...new Set(ask.documentIds ?? [])];
  const handAlong = async (): Promise<void> => {
    if (documentIds.length > 0) await db.insertInto('contribution_paper').values(documentIds.map((documentId) => ({ office_id: office.id, contribution_id: contributionId, document_id: documentId }))).execute();
  };
  if (ask.unitId) {
    const unit = office.data.units.find((one) => one.id === ask.unitId);
    if (!unit) throw wrong({ of: { key: 'field.choose' } });
    await db.insertInto('contribution').values({ ...base, unit_id: unit.id, asked_name: textIn(unit.name, office.locale) }).execute();
    await handAlong();
    await involve(context, ask.caseId, [unit.id]);
    return contributionId;
  }
  const body = isId(ask.bodyId) ? await db.selectFrom('party').select(['id', 'name', 'email']).where('office_id', '=', office.id).where('id', '=', ask.bodyId).where('kind', '=', 'body').executeTakeFirst() : null;
  if (!body) throw wrong({ of: { key: 'field.choose' } });
  const token = newToken();
  await db.insertInto('contribution').values({ ...base, party_id: body.id, asked_name: body.name, email: body.email, token_hash: hashToken(token), token_sealed: sealText(token) }).execute();
  await handAlong();
  await enterPaper(context, { caseId: ask.caseId, direction: 'out', channel: body.email ? 'email' : 'post', subject: ask.title || ask.subject, body: ask.question, partyId: body.id, enclosures: documentIds.length, dispatched: true });
  if (body.email) await mailAsk(context, { to: body.email, token, question: ask.question, dueOn: ask.dueOn, reference: ask.reference, subject: ask.subject, caseId: ask.caseId }, 'ask');
  return contributionId;
}

export type AskLetter = { to: string; token: string; question: string; dueOn: string; reference: string; subject: string; caseId: string };
/** A letter with the link: the question, a reminder before or after its day, what is missing, or what became of a request for more time. */
export async function mailAsk(context: Context, letter: AskLetter, kind: 'ask' | 'soon' | 'remind' | 'returned' | 'more'): Promise<void> {
  const { office } = context;
  const t = translator(office.locale);
  const said = {
    reference: letter.reference, subject: letter.subject, question: letter.question, dueOn: formatDay(letter.dueOn, office.locale, 'long'), office: textIn(office.data.name, office.locale),
    cabinet: textIn(office.data.cabinet, office.locale), phone: office.data.phone, link: `${officeAddress(context.kernel.config, office)}/contribute/${letter.token}`,
  };
  await queueMail(context.db, office.id, context.now, { to: letter.to, caseId: letter.caseId, locale: office.locale, subject: t(`public.contribution.mail.${kind}.subject`, said), body: t(`public.contribution.mail.${kind}.body`, said) });
}

const addresseesAtMost = 60;

/** The case for which material is asked: the one given, that of the engagement, or a new internal one of its own. */
async function matterOf(context: Context, input: { caseId: string | null; engagementId: string | null; title: string; question: string }): Promise<{ id: string; reference: string; subject: string }> {
  const { db, office, caller } = context;
  let caseId = input.caseId;
  let access: 'office' | 'confidential' = 'office';
  if (input.engagementId) {
    const engagement = await db.selectFrom('engagement').select(['id', 'case_id', 'visibility']).where('office_id', '=', office.id).where('id', '=', input.engagementId).executeTakeFirst();
    if (!engagement) throw notFound();
    const asked = await db.selectFrom('contribution').select('case_id').where('office_id', '=', office.id).where('engagement_id', '=', engagement.id).limit(1).executeTakeFirst();
    caseId ??= engagement.case_id ?? asked?.case_id ?? null;
    if (engagement.visibility === 'confidential' || engagement.visibility === 'private') access = 'confidential';
  }
  if (!caseId) {
    const made = await openPaper(context, { direction: 'internal', channel: 'internal', subject: input.title, body: input.question, unitId: access === 'confidential' ? null : caller.unitId, handledBy: caller.personId, access });
    return { id: made.id, reference: made.reference, subject: input.title };
  }
  const file = await getCaseFile(context, caseId, true);
  if (file.kind === 'reserved') throw notFound();
  if (file.annulledAt) throw notNow('error.case_annulled', { reference: file.reference });
  if (file.closedAt) throw notNow('error.case_closed');
  return { id: file.id, reference: file.reference, subject: file.subject };
}

export const askMany = operation({
  id: 'contribution.ask', kind: 'command', rest: 'POST /contributions', allow: [...askers],
  summary: 'Asks several units and outside bodies one question with a day and papers handed along, for a case or for an engagement; without a case one is opened.',
  input: z.object({
    caseId: optionalId(), engagementId: optionalId(), title: line(200), question: text(4000), dueOn: day(),
    of: z.union([z.string().transform((one) => [one]), z.array(z.string())]).pipe(z.array(z.string().max(80)).max(addresseesAtMost)), documentIds: z.union([id().transform((one) => [one]), z.array(id()).max(50)]).default([]),
  }),
  output: z.object({ askId: z.string(), caseId: z.string(), reference: z.string(), contributionIds: z.array(z.string()) }),
  async run(context, input) {
    const { db, office } = context;
    const addressees = [...new Set(input.of.filter(Boolean))].map((one) => one.split(':'));
    if (addressees.length === 0 || addressees.some(([kind, which]) => !which || !['unit', 'body'].includes(kind!))) throw wrong({ of: { key: 'field.choose' } });
    if (input.documentIds.length > 0) {
      // Only papers of the case for which it is asked: nothing of another matter goes out with it.
      const known = input.caseId ? await db.selectFrom('document').select('id').where('office_id', '=', office.id).where('id', 'in', input.documentIds).where('case_id', '=', input.caseId).where('destroyed_at', 'is', null).execute() : [];
      if (known.length < new Set(input.documentIds).size) throw wrong({ documentIds: { key: 'field.choose' } });
    }
    const file = await matterOf(context, input);
    const askId = context.newId();
    const contributionIds: string[] = [];
    for (const [kind, which] of addressees) {
      const contributionId = await askContribution(context, {
        caseId: file.id, reference: file.reference, subject: file.subject, unitId: kind === 'unit' ? which! : null, bodyId: kind === 'body' ? which! : null,
        title: input.title, question: input.question, dueOn: input.dueOn, engagementId: input.engagementId, askId, documentIds: input.documentIds,
      });
      contributionIds.push(contributionId);
      context.record({ name: 'contribution.asked', nounId: contributionId, caseId: file.id });
    }
    return { askId, caseId: file.id, reference: file.reference, contributionIds };
  },
});
