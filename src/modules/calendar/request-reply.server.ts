import { z } from 'zod';
import { dayIn, instantIn } from '../../core/day.ts';
import { check, choice, day, id, line, optionalLine, optionalText, say } from '../../core/input.ts';
import { formatAt, formatDay } from '../../core/language.ts';
import { textIn, translator } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import type { Allow } from '../../core/caller.ts';
import { renderSealed } from '../../core/sign.ts';
import { notNow, wrong } from '../../core/refusal.ts';
import { addDispatch } from '../dispatch/index.ts';
import { addDocument } from '../documents/index.ts';
import { addPaper } from '../registry/index.ts';
import { leaderCalendars } from './calendar.server.ts';
import { listConflicts } from './conflict.server.ts';
import { addEngagement } from './engagement-write.server.ts';
import { usual } from './engagement.ts';
import { fillReply, replyWays, usualReply, type ReplyValues, type ReplyWay, type RequestAct } from './request.ts';
import { beginRequest, RequestDone, settleRequest, type Asked } from './request.server.ts';

/** Who may decide at all; for which calendar is asked of the calendar. */
const deciders: readonly Allow[] = ['mayor', 'deputy', 'chief', 'clerk', 'protocol', 'registrar', 'adviser', 'head', 'citizens'];
const time = () => z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, say('field.time'));
const reply = { way: choice(replyWays).default('none'), letter: optionalText(10_000) };
const fixed = { startsOn: day(), startsTime: time(), endsTime: z.union([z.literal(''), time()]).default(''), place: optionalLine(200), resourceId: z.union([z.literal(''), id()]).default(''), visibility: choice(['public', 'internal', 'confidential']).default('internal'), nevertheless: check() };
type Fixed = z.output<z.ZodObject<typeof fixed>>;

/** Enters the meeting into a calendar; what is in the way is told once, and entered nevertheless when it is wanted so. */
async function engage(context: Context, asked: Asked, input: Fixed, calendarId: string): Promise<{ id: string; startsAt: Date }> {
  const { db, office, now } = context;
  const zone = office.jurisdiction.timeZone;
  const startsAt = instantIn(zone, input.startsOn, input.startsTime);
  const endsAt = input.endsTime ? instantIn(zone, input.startsOn, input.endsTime) : new Date(startsAt.getTime() + usual.meeting.minutes * 60_000);
  if (endsAt <= startsAt) throw wrong({ endsTime: { key: 'field.time_order' } });
  if (startsAt < now) throw wrong({ startsOn: { key: 'field.day_past' } });
  const conflicts = input.nevertheless ? [] : (await listConflicts(context, { calendarIds: [calendarId], resourceIds: [], startsAt, endsAt })).filter((one) => !one.isTentative);
  if (conflicts.length > 0) throw notNow('error.request_conflict', { title: conflicts[0]!.title ?? context.t('calendar.taken'), when: formatAt(conflicts[0]!.startsAt, zone, context.caller.locale) }, { conflicts });
  const party = asked.party_id ? await db.selectFrom('party').select(['name', 'email']).where('office_id', '=', office.id).where('id', '=', asked.party_id).executeTakeFirst() : undefined;
  const engagementId = await addEngagement(context, {
    calendarId, kind: 'meeting', title: [party?.name, asked.purpose].filter(Boolean).join(': ').slice(0, 300), place: input.place, startsAt, endsAt, visibility: input.visibility, caseId: asked.case_id, source: 'request', resourceIds: input.resourceId ? [input.resourceId] : [],
    participants: party ? [{ partyId: asked.party_id, name: party.name, email: party.email }] : [],
  });
  return { id: engagementId, startsAt };
}

type Decision = { act: Exclude<RequestAct, 'withdraw'>; way: ReplyWay; letter: string; host: string; startsAt?: Date; place?: string; reason?: string };
/** The answer as a letter of the case with its number and seal, by e-mail at once or for the post; null where it was told. */
async function answer(context: Context, asked: Asked, decision: Decision): Promise<string | null> {
  const { db, office, caller, today } = context;
  if (decision.way === 'none') return null;
  const locale = office.locale;
  const t = translator(locale);
  const party = asked.party_id ? await db.selectFrom('party').select(['name', 'address', 'place', 'email']).where('office_id', '=', office.id).where('id', '=', asked.party_id).executeTakeFirst() : undefined;
  if (!party) throw wrong({ way: { key: 'field.reply_nobody' } });
  if (decision.way === 'email' && !party.email) throw wrong({ way: { key: 'field.reply_no_email' } });
  if (decision.way === 'post' && !party.address) throw wrong({ way: { key: 'field.reply_no_address' } });
  const file = await db.selectFrom('case_file').select('reference').where('office_id', '=', office.id).where('id', '=', asked.case_id).executeTakeFirstOrThrow();
  const values: ReplyValues = {
    purpose: asked.purpose, reference: file.reference, when: decision.startsAt ? formatAt(decision.startsAt, office.jurisdiction.timeZone, locale, 'weekday') : '', place: decision.place || `${textIn(office.data.name, locale)}, ${office.data.address}`, host: decision.host, reason: decision.reason ?? '', phone: office.data.phone,
  };
  const words = usualReply(decision.act, locale);
  const [subject, body] = [fillReply(words.subject, values), fillReply(decision.letter || words.body, values)];
  const entry = await addPaper(context, asked.case_id, { direction: 'out', channel: decision.way === 'email' ? 'email' : 'post', subject, body, partyId: asked.party_id, dispatched: decision.way === 'email' });
  const signer = caller.personId ? await db.selectFrom('person').select(['name', 'title']).where('office_id', '=', office.id).where('id', '=', caller.personId).executeTakeFirst() : undefined;
  const { bytes } = await renderSealed(context, {
    lang: locale, region: office.jurisdiction.country, title: subject, issuedAt: today, number: entry.reference, date: formatDay(today, locale, 'numeric'), place: office.data.place,
    office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), address: office.data.address, phone: office.data.phone, email: office.data.email, ...(office.data.web ? { web: office.data.web } : {}), accent: office.data.accent[0] },
    addressee: [party.name, party.address, party.place].filter((one): one is string => Boolean(one)), subject, sections: [{ text: body }], signatory: { name: signer?.name ?? '', ...(signer ? { title: textIn(signer.title as Record<string, string>, locale) } : {}) },
    labels: { number: t('public.paper.number'), date: t('public.paper.date'), enclosures: t('public.paper.enclosures'), deliveries: t('public.paper.deliveries'), page: t('public.paper.page', { page: '{page}', pages: '{pages}' }) },
  }, locale);
  const name = `${entry.reference.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.pdf`;
  const documentId = await addDocument(context, { caseId: asked.case_id, entryId: entry.id, kind: 'letter', title: subject, file: { name, bytes, mediaType: 'application/pdf' } });
  const { sha256 } = await db.selectFrom('document').select('sha256').where('office_id', '=', office.id).where('id', '=', documentId).executeTakeFirstOrThrow();
  await addDispatch(context, {
    caseId: asked.case_id, entryId: entry.id, documentId, partyId: asked.party_id, addressee: party.name, address: [party.address, party.place].filter(Boolean).join(', '), email: decision.way === 'email' ? party.email! : '', way: decision.way,
    ...(decision.way === 'email' ? { mail: { subject, body, locale, attachments: [{ name, sha256 }] } } : {}),
  });
  return entry.id;
}

/** By whom the visitor is received, as letters say it. */
const hostOf = (name: string, title: Record<string, string>, context: Context): string => [name, textIn(title, context.office.locale)].filter(Boolean).join(', ');

export const acceptRequest = operation({
  id: 'meeting_request.accept', kind: 'command', rest: 'POST /meeting-requests/{id}/accept', allow: deciders,
  summary: 'Accepts a request: the meeting stands in the calendar that was asked for, and the confirmation goes out through the register (its words may hold {time}, {place} and the like).',
  input: z.object({ id: id(), ...fixed, ...reply }),
  output: RequestDone,
  async run(context, input) {
    const asked = await beginRequest(context, input.id, 'accept');
    const engagement = await engage(context, asked, input, asked.calendar_id);
    const entryId = await answer(context, asked, { act: 'accept', ...input, host: hostOf(asked.owner, asked.owner_title, context), startsAt: engagement.startsAt });
    context.record({ name: 'meeting_request.accepted', nounId: asked.id, caseId: asked.case_id, data: { on: dayIn(context.office.jurisdiction.timeZone, engagement.startsAt) } });
    return settleRequest(context, asked, { engagement_id: engagement.id, reply_entry_id: entryId });
  },
});

export const delegateRequest = operation({
  id: 'meeting_request.delegate', kind: 'command', rest: 'POST /meeting-requests/{id}/delegate', allow: deciders,
  summary: 'Gives a request to a deputy: the meeting stands in the deputy’s calendar, and the letter says who receives.',
  input: z.object({ id: id(), to: id(), ...fixed, ...reply }),
  output: RequestDone,
  async run(context, input) {
    const asked = await beginRequest(context, input.id, 'delegate');
    const deputy = (await leaderCalendars(context)).find((one) => one.personId === input.to);
    if (!deputy || deputy.id === asked.calendar_id) throw wrong({ to: { key: 'field.choose' } });
    const { title } = await context.db.selectFrom('person').select('title').where('office_id', '=', context.office.id).where('id', '=', deputy.personId).executeTakeFirstOrThrow();
    const engagement = await engage(context, asked, input, deputy.id);
    const entryId = await answer(context, asked, { act: 'delegate', ...input, host: hostOf(deputy.name, title as Record<string, string>, context), startsAt: engagement.startsAt });
    context.record({ name: 'meeting_request.delegated', nounId: asked.id, caseId: asked.case_id, data: { to: deputy.personId, on: dayIn(context.office.jurisdiction.timeZone, engagement.startsAt) } });
    return settleRequest(context, asked, { engagement_id: engagement.id, reply_entry_id: entryId, delegated_to: deputy.personId });
  },
});

export const declineRequest = operation({
  id: 'meeting_request.decline', kind: 'command', rest: 'POST /meeting-requests/{id}/decline', allow: deciders,
  summary: 'Declines a request with a reason, and tells whoever asked by letter; a case that was opened for it is put away.',
  input: z.object({ id: id(), reason: line(500), ...reply }),
  output: RequestDone,
  async run(context, input) {
    const asked = await beginRequest(context, input.id, 'decline');
    const entryId = await answer(context, asked, { act: 'decline', ...input, host: hostOf(asked.owner, asked.owner_title, context) });
    context.record({ name: 'meeting_request.declined', nounId: asked.id, caseId: asked.case_id });
    return settleRequest(context, asked, { reason: input.reason, reply_entry_id: entryId });
  },
});
