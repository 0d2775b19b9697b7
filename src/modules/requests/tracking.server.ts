import { z } from 'zod';
import QRCode from 'qrcode';
import { officeAddress } from '../../core/address.ts';
import { clockLabel, explain } from '../../core/clock.ts';
import { id, optionalLine } from '../../core/input.ts';
import { formatDay, isLocaleId, type LocaleId } from '../../core/language.ts';
import type { MailAttachment } from '../../core/mail.ts';
import { textIn, translator } from '../../core/message.ts';
import { normaliseTrackingCode } from '../../core/number.ts';
import { operation, type Context } from '../../core/operation.ts';
import { wrong } from '../../core/refusal.ts';
import { hashToken, openText } from '../../core/secret.ts';
import { DocumentRow, listDocuments } from '../documents/index.ts';
import { clockFrom, officeCalendar } from '../registry/index.ts';
import { findAnswer } from './answer.server.ts';
import { receiptData } from './paper.ts';
import { states } from './petition.ts';
import { getPetitionRow, type Petition } from './petition.server.ts';
import { actsIn } from '../../core/lifecycle.ts';
import { lifecycle } from './petition.ts';
import { dayIn } from '../../core/day.ts';

export const findByCode = operation({
  id: 'petition.find_by_code', kind: 'query', rest: 'GET /tracking/{code}', allow: ['public', 'petitioner'], asOffice: true,
  summary: 'The petition of a tracking code, typed in any case, with or without dashes, in either script.',
  input: z.object({ code: z.string().max(200) }),
  output: z.object({ id: z.string() }),
  async run({ db, office }, input) {
    const code = normaliseTrackingCode(input.code);
    if (!code) throw wrong({ code: { key: 'field.code_shape' } });
    const row = await db.selectFrom('petition').select('id').where('office_id', '=', office.id).where('tracking_hash', '=', hashToken(code)).executeTakeFirst();
    if (!row) throw wrong({ code: { key: 'field.code_unknown' } });
    return row;
  },
});

export const ClockView = z.object({
  state: z.enum(['ok', 'soon', 'late', 'paused', 'none']), label: z.string(), legalOn: z.string(), targetOn: z.string(), startedOn: z.string(), percent: z.number(), sentence: z.string(), stopped: z.boolean(),
  holds: z.array(z.tuple([z.number(), z.number()])), daysLeft: z.number(), basis: z.string(),
});

/** The clock of a case for a reader: state, words, how far it went, and the sentence that explains it. */
export async function clockView({ db, office, today }: Pick<Context, 'db' | 'office' | 'today'>, caseId: string, locale: LocaleId): Promise<z.infer<typeof ClockView> | null> {
  const [row, calendar] = await Promise.all([db.selectFrom('clock').selectAll().where('office_id', '=', office.id).where('case_id', '=', caseId).executeTakeFirst(), officeCalendar(db, office)]);
  if (!row) return null;
  const clock = clockFrom(row, calendar, today);
  const t = translator(locale);
  const short = (on: string): string => formatDay(on, locale, 'short');
  const span = Math.max(1, (Date.parse(clock.legalOn) - Date.parse(row.started_on)) / 86_400_000);
  const at = (on: string): number => Math.min(100, Math.max(0, ((Date.parse(on) - Date.parse(row.started_on)) / 86_400_000 / span) * 100));
  const stopped = row.stopped_on !== null;
  const pauses = row.pauses as { from: string; until: string | null }[];
  return {
    state: stopped ? 'none' : clock.state, label: stopped ? t('clock.stopped') : clockLabel(clock, t, short), legalOn: clock.legalOn, targetOn: clock.targetOn, startedOn: row.started_on, stopped,
    percent: at(row.stopped_on ?? today), sentence: explain(clock, t, short), holds: pauses.map((pause) => [at(pause.from), at(pause.until ?? today)] as [number, number]), daysLeft: clock.daysLeft,
    basis: textIn((row.rule as { basis?: Record<string, string> }).basis, locale),
  };
}

const Step = z.object({ key: z.string(), on: z.date().nullable(), state: z.enum(['done', 'now', 'todo']), detail: z.string() });

export const trackPetition = operation({
  id: 'petition.track', kind: 'query', rest: 'GET /tracking', allow: ['petitioner'],
  summary: 'What the petitioner may know: state in plain words, who handles it, the clock explained, papers, what is expected of them.',
  input: z.object({}),
  output: z.object({
    id: z.string(), reference: z.string(), subject: z.string(), kind: z.string(), state: z.enum(states), text: z.string(), place: z.string(), registeredAt: z.date(), channel: z.string(), unit: z.string(), handler: z.string(),
    clock: ClockView.nullable(), steps: z.array(Step), documents: z.array(DocumentRow), completion: z.object({ question: z.string(), dueOn: z.string() }).nullable(), forwardedTo: z.string(), disposition: z.string(),
    answer: z.object({ facts: z.string(), basis: z.string(), decision: z.string(), remedy: z.string(), sentAt: z.date() }).nullable(), satisfaction: z.string().nullable(), acts: z.array(z.string()), waitingFor: z.string().nullable(),
  }),
  async run(context) {
    const { db, office, caller } = context;
    const petition = await getPetitionRow(context, caller.caseId!);
    const [events, documents, completion, answer, clock, asked] = [
      await db.selectFrom('event').select(['name', 'at']).where('office_id', '=', office.id).where('case_id', '=', petition.id).orderBy('at').execute(),
      await listDocuments(context, petition.id),
      await db.selectFrom('completion').select(['question', 'due_on']).where('office_id', '=', office.id).where('case_id', '=', petition.id).where('state', '=', 'asked').executeTakeFirst(),
      await findAnswer(context, petition.id),
      await clockView(context, petition.id, caller.locale),
      await db.selectFrom('contribution').select('asked_name').where('office_id', '=', office.id).where('case_id', '=', petition.id).where('state', 'in', ['asked', 'returned']).orderBy('asked_at').limit(1).executeTakeFirst(),
    ];
    const unit = office.data.units.find((one) => one.id === petition.unitId);
    const handler = petition.handledBy ? await db.selectFrom('person').select('name').where('office_id', '=', office.id).where('id', '=', petition.handledBy).executeTakeFirst() : undefined;
    const bodyName = petition.forwardedTo ? await forwardName(context, petition.id) : '';
    const dispositionText = petition.disposition ? textIn(office.jurisdiction.dispositions.find((one) => one.key === petition.disposition)?.title, caller.locale) : '';
    return {
      id: petition.id, reference: petition.reference, subject: petition.subject, kind: petition.kind, state: petition.state, text: petition.body, place: petition.place, registeredAt: petition.registeredAt, channel: petition.channel,
      unit: unit ? textIn(unit.name, caller.locale) : '', handler: handler?.name ?? '', clock, steps: stepsOf(petition, events, asked?.asked_name ?? ''), documents,
      completion: completion ? { question: completion.question, dueOn: completion.due_on } : null, forwardedTo: bodyName, disposition: dispositionText,
      answer: answer?.state === 'sent' && answer.sentAt ? { facts: answer.facts, basis: answer.basis, decision: answer.decision, remedy: answer.remedy, sentAt: answer.sentAt } : null,
      satisfaction: petition.satisfaction, acts: actsIn(lifecycle, petition.state).filter((act) => ['withdraw', 'add', 'complete', 'rate'].includes(act)), waitingFor: asked?.asked_name ?? null,
    };
  },
});

// The petitioner may read the name of the body the matter went to, though not the directory.
async function forwardName({ office, db }: Context, caseId: string): Promise<string> {
  const event = await db.selectFrom('event').select('data').where('office_id', '=', office.id).where('case_id', '=', caseId).where('name', '=', 'petition.forwarded').orderBy('at', 'desc').limit(1).executeTakeFirst();
  return (event?.data as { bodyName?: string } | undefined)?.bodyName ?? '';
}

type Ev = { name: string; at: Date };
/** The way of the petition in the five steps a citizen understands. */
function stepsOf(petition: Petition, events: Ev[], waitingFor: string): z.infer<typeof Step>[] {
  const last = (...names: string[]): Date | null => events.findLast((event) => names.includes(event.name))?.at ?? null;
  const steps: z.infer<typeof Step>[] = [{ key: 'received', on: petition.registeredAt, state: 'done', detail: '' }];
  const assigned = last('petition.assigned');
  const settled = { forwarded: 'petition.forwarded', dismissed: 'petition.dismissed', withdrawn: 'petition.withdrawn' } as const;
  const now = (key: string, on: Date | null, detail = ''): void => void steps.push({ key, on, state: 'now', detail });
  const todo = (...keys: string[]): void => keys.forEach((key) => steps.push({ key, on: null, state: 'todo', detail: '' }));
  const done = (key: string, on: Date | null): void => void steps.push({ key, on, state: 'done', detail: '' });
  // Ad acta is the office's own act: the petitioner reads how the matter ended.
  const ended = petition.answeredAt ? 'answered' : petition.forwardedTo ? 'forwarded' : petition.disposition ? 'dismissed' : 'withdrawn';
  const state = petition.state === 'closed' ? ended : petition.state;
  if (state in settled) {
    if (assigned) done('assigned', assigned);
    now(state, last(settled[state as keyof typeof settled]));
    return steps;
  }
  if (state === 'registered') {
    now('waiting_assignment', null);
    todo('working', 'answering');
    return steps;
  }
  done('assigned', assigned);
  if (petition.reopened > 0 && state !== 'answered') done('reopened', last('petition.reopened'));
  if (state === 'awaiting_completion') {
    now('awaiting_completion', last('petition.completion_asked'));
    todo('working', 'answering');
  } else if (state === 'assigned' || state === 'drafting') {
    if (waitingFor) now('waiting_contribution', last('contribution.asked'), waitingFor);
    else now('working', last('petition.assigned', 'answer.drafted', 'petition.completed'));
    todo('answering');
  } else if (state === 'awaiting_approval' || state === 'approved') {
    done('working', last('answer.submitted'));
    now('answering', last('answer.submitted', 'answer.approved'));
  } else {
    done('working', last('answer.submitted'));
    now('answered', petition.answeredAt ?? last('petition.answered'));
  }
  return steps;
}

const ReceiptOut = z.object({ reference: z.string(), data: z.unknown() });

async function receiptOf(context: Context, petitionId: string, locale: LocaleId): Promise<z.infer<typeof ReceiptOut>> {
  const { db, office, kernel } = context;
  const petition = await getPetitionRow(context, petitionId);
  const t = translator(locale);
  const code = openText(petition.trackingSealed);
  const clock = await clockView({ ...context, today: dayIn(office.jurisdiction.timeZone, petition.registeredAt) }, petition.id, locale);
  const party = petition.partyId ? await db.selectFrom('party').select(['name', 'address', 'place']).where('office_id', '=', office.id).where('id', '=', petition.partyId).executeTakeFirst() : undefined;
  const documents = (await listDocuments(context, petition.id)).filter((one) => ['received', 'scan', 'message'].includes(one.kind));
  const unit = office.data.units.find((one) => one.id === petition.unitId) ?? office.data.units.find((one) => one.cabinet);
  const link = `${officeAddress(kernel.config, office)}/track`;
  return {
    reference: petition.reference,
    data: receiptData({
      office, locale, t, reference: petition.reference, code, subject: petition.subject, text: petition.body, registeredAt: petition.registeredAt, channel: petition.channel, handledBy: unit ? textIn(unit.name, locale) : '',
      answerBy: clock?.legalOn ?? context.today, explanation: clock?.sentence ?? '', sender: party ? [party.name, party.address ?? '', party.place ?? ''].filter(Boolean) : [t('receipt.anonymous')],
      files: documents.map((one) => ({ name: one.fileName, size: one.size })), link, qr: await QRCode.toString(`${link}?code=${code}`, { type: 'svg', margin: 0 }),
    }),
  };
}

export const readReceipt = operation({
  id: 'petition.read_receipt', kind: 'query', allow: ['petitioner'],
  summary: 'The receipt of the petition, as data of its paper.',
  input: z.object({}), output: ReceiptOut,
  run: (context) => receiptOf(context, context.caller.caseId!, context.caller.locale),
});

export const printReceipt = operation({
  id: 'petition.print_receipt', kind: 'command', allow: ['registrar', 'citizens', 'chief'],
  summary: 'Prints the receipt, with the tracking code, for the petitioner at the counter.',
  input: z.object({ id: id(), locale: optionalLine(20) }), output: ReceiptOut,
  async run(context, input) {
    const petition = await getPetitionRow(context, input.id);
    const locale = isLocaleId(input.locale) ? input.locale : isLocaleId(petition.locale) ? petition.locale : context.office.locale;
    context.record({ name: 'petition.receipt_printed', nounId: petition.id, caseId: petition.id });
    return receiptOf(context, input.id, locale);
  },
});

/** The receipt as an attachment, printed when the letter goes. */
export async function receiptMail(context: Context, petitionId: string, locale: LocaleId): Promise<MailAttachment> {
  const receipt = await receiptOf(context, petitionId, locale);
  return { name: `${receipt.reference.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.pdf`, template: 'receipt', data: receipt.data };
}
