import { z } from 'zod';
import { dayIn } from '../../core/day.ts';
import { formatDay } from '../../core/language.ts';
import { choice, id, text } from '../../core/input.ts';
import { nextState } from '../../core/lifecycle.ts';
import { textIn, translator } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import type { LetterData } from '../../core/pdf.ts';
import { renderPaper } from '../../core/sign.ts';
import { addDispatch } from '../dispatch/index.ts';
import { addDocument } from '../documents/index.ts';
import { addPaper, getCaseFile } from '../registry/index.ts';
import { audienceNumber, lifecycle, organisers } from './audience.ts';
import { beginAct, changeAudience, findAudience, type Audience } from './audience.server.ts';
import { notify } from './notice.server.ts';
import { localeOf } from './visit.server.ts';

const channelOf = { email: 'email', post: 'post', pickup: 'counter' } as const;

/** The answer as a letter of the office, signed by who received. */
async function letterOf(context: Context, audience: Audience, words: string, number: string): Promise<LetterData> {
  const { db, office, today } = context;
  const locale = localeOf(context, audience);
  const t = translator(locale);
  const host = audience.hostId ? await db.selectFrom('person').select(['name', 'title']).where('office_id', '=', office.id).where('id', '=', audience.hostId).executeTakeFirst() : undefined;
  const subject = t('public.audience.answer.subject', { number: audienceNumber(audience) });
  const on = audience.startedAt ?? audience.arrivedAt ?? audience.at;
  return {
    lang: locale, region: office.jurisdiction.country, title: subject, issuedAt: today, number, date: formatDay(today, locale, 'numeric'), place: office.data.place,
    office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), address: office.data.address, phone: office.data.phone, email: office.data.email, ...(office.data.web ? { web: office.data.web } : {}), accent: office.data.accent[0] },
    addressee: [audience.name, ...audience.address.split(/,\s*/).filter(Boolean), audience.town].filter(Boolean).slice(0, 5), facts: [], subject,
    sections: [{ text: t('public.audience.answer.opening', { on: formatDay(dayIn(office.jurisdiction.timeZone, on), locale, 'long') }) }, { text: words }], bold: true,
    signatory: { name: host?.name ?? '', ...(host ? { title: textIn(host.title as Record<string, string>, locale) } : {}), seal: '' },
    labels: { number: t('public.paper.number'), date: t('public.paper.date'), enclosures: t('public.paper.enclosures'), deliveries: t('public.paper.deliveries'), page: t('public.paper.page', { page: '{page}', pages: '{pages}' }) },
  };
}

export const answerAudience = operation({
  id: 'audience.answer', kind: 'command', rest: 'POST /audiences/{id}/answer', allow: organisers,
  summary: 'The written answer to what was spoken of: a paper of the case under its own number, printed, sealed and sent by the way chosen.',
  input: z.object({ id: id(), text: text(8000), way: choice(['email', 'post', 'pickup']) }), output: z.object({ id: z.string(), reference: z.string(), entryId: z.string() }),
  async run(context, input) {
    const { audience, state } = await beginAct(context, input.id, 'answer');
    if (input.way === 'email' && !audience.email) throw wrong({ way: { key: 'field.email_for_reply' } });
    if (input.way === 'post' && !audience.address) throw wrong({ way: { key: 'field.address_for_reply' } });
    const locale = localeOf(context, audience);
    const t = translator(locale);
    const file = await getCaseFile(context, audience.caseId, true);
    if (file.closedAt) throw notNow('error.case_closed');
    const said = { number: audienceNumber(audience), office: textIn(context.office.data.name, locale), cabinet: textIn(context.office.data.cabinet, locale), phone: context.office.data.phone };
    const subject = t('public.audience.answer.subject', said);
    const entered = await addPaper(context, audience.caseId, { direction: 'out', channel: channelOf[input.way], subject, body: input.text, partyId: audience.partyId });
    const { bytes } = await renderPaper(context, { data: await letterOf(context, audience, input.text, entered.reference) }, locale, t('public.letter.electronic'));
    const name = `${entered.reference.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.pdf`;
    const documentId = await addDocument(context, { caseId: entered.caseId, entryId: entered.id, kind: 'letter', title: subject, file: { name, bytes, mediaType: 'application/pdf' }, isOpen: true });
    const kept = await context.db.selectFrom('document').select(['file_name', 'sha256']).where('office_id', '=', context.office.id).where('id', '=', documentId).executeTakeFirstOrThrow();
    await addDispatch(context, {
      caseId: entered.caseId, entryId: entered.id, documentId, partyId: audience.partyId, addressee: audience.name, address: [audience.address, audience.town].filter(Boolean).join(', '), email: audience.email, way: input.way,
      mail: input.way === 'email' ? { subject, body: t('public.audience.answer.mail', said), locale, attachments: [{ name: kept.file_name, sha256: kept.sha256 }] } : null,
    });
    await changeAudience(context, audience.id).set({ state, answer: input.text, answered_at: context.now, answer_entry_id: entered.id }).execute();
    context.record({ name: 'audience.answered', nounId: audience.id, caseId: audience.caseId, data: { entry: entered.reference } });
    return { id: audience.id, reference: entered.reference, entryId: entered.id };
  },
});

export const noteAnswer = operation({
  id: 'audience.note_answer', kind: 'command', allow: [],
  summary: 'A letter of the case went out: the audience is answered by it.',
  input: z.object({ caseId: id(), reference: z.string().max(100) }), output: z.object({ told: z.boolean() }),
  async run(context, input) {
    const { db, office } = context;
    const audience = await findAudience(context, { caseId: input.caseId });
    if (!audience) throw notFound();
    const entry = await db.selectFrom('entry').select('id').where('office_id', '=', office.id).where('case_id', '=', audience.caseId).where('reference', '=', input.reference).orderBy('sub', 'desc').limit(1).executeTakeFirst();
    const state = nextState(lifecycle, audience.state, 'answer');
    await changeAudience(context, audience.id).set({ state, answered_at: context.now, answer_entry_id: entry?.id ?? null }).execute();
    const told = await notify(context, audience, 'answered');
    context.record({ name: 'audience.answered', nounId: audience.id, caseId: audience.caseId, data: { entry: input.reference } });
    return { told };
  },
});
