import { z } from 'zod';
import { choice, day, id, optionalId, optionalText, say, seenVersion, text } from '../../core/input.ts';
import { isId } from '../../core/id.ts';
import { formatTime, isLocaleId } from '../../core/language.ts';
import { textIn, translator } from '../../core/message.ts';
import { nextState } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notNow, wrong } from '../../core/refusal.ts';
import { indexSearch } from '../../core/search.ts';
import { putPackParts, type PutPart } from '../briefing/index.ts';
import { addDocument, takeUploads, UploadList } from '../documents/index.ts';
import { receiveByWorking } from '../distribution/index.ts';
import { addObligation } from '../obligations/index.ts';
import { involve } from '../registry/index.ts';
import { lifecycle, organisers, outcomes } from './audience.ts';
import { beginAct, changeAudience, checkVersion, getAudience, mayNote, type Audience } from './audience.server.ts';
import { audiencesOf, dayOfToday, getDay } from './day.server.ts';

const Done = z.object({ id: z.string(), state: z.string(), version: z.number() });
const textAtMost = 20_000;

export const noteAudience = operation({
  id: 'audience.note', kind: 'command', rest: 'POST /audiences/{id}/note', allow: ['staff'],
  summary: 'The department writes beforehand what is known of the matter and what can be promised; papers go with it. The note is in the pack of who receives.',
  input: z.object({ id: id(), note: text(textAtMost), version: seenVersion().nullish(), files: UploadList }), output: Done,
  async run(context, input) {
    const audience = await getAudience(context, input.id);
    if (!mayNote(context, audience)) throw notAllowed();
    nextState(lifecycle, audience.state, 'note');
    checkVersion(audience, input.version);
    for (const file of await takeUploads(input.files)) await addDocument(context, { caseId: audience.caseId, kind: 'added', file });
    await receiveByWorking(context, audience.caseId);
    await changeAudience(context, audience.id).set({ note: input.note, note_by: context.caller.personId, note_at: context.now }).execute();
    context.record({ name: 'audience.noted', nounId: audience.id, caseId: audience.caseId, data: { day: audience.dayId } });
    return { id: audience.id, state: audience.state, version: audience.version + 1 };
  },
});

export const gatherPack = operation({
  id: 'audience.gather', kind: 'command', allow: [],
  summary: 'Puts those who come on a day, with purpose, note and papers, into the pack of who receives.',
  input: z.object({ dayId: id() }), output: z.object({ parts: z.number() }),
  async run(context, input) {
    const { db, office } = context;
    const found = await getDay(context, input.dayId);
    context.record({ name: 'audience.checked' });
    if (!found.engagementId || found.state === 'cancelled' || found.onDay < context.today) return { parts: 0 };
    const t = translator(office.locale);
    const parts: PutPart[] = [];
    const meant = await audiencesOf(context, found.id);
    const open = meant.filter((one) => one.access !== 'confidential').map((one) => one.caseId);
    const papers = open.length > 0 ? await db.selectFrom('document').select(['id', 'title', 'case_id']).where('office_id', '=', office.id).where('case_id', 'in', open).where('destroyed_at', 'is', null).orderBy('at').execute() : [];
    for (const one of meant) {
      const time = one.startsAt ? formatTime(one.startsAt, office.jurisdiction.timeZone, office.locale) : '';
      const isOpen = one.access !== 'confidential';
      const topic = textIn(office.data.areas.find((area) => area.id === one.topic)?.name, office.locale);
      const words = isOpen ? [one.purpose, one.note && `${t('audience.note')}: ${one.note}`].filter(Boolean).join('\n\n') : t('audience.pack.confidential');
      parts.push({ key: one.id, kind: one.partyId && isOpen ? 'person' : 'note', title: [time, isOpen ? one.name : t('audience.confidential'), isOpen ? topic : ''].filter(Boolean).join(' · '), text: words, partyId: isOpen ? one.partyId : null });
      parts.push(...papers.filter((paper) => paper.case_id === one.caseId).slice(0, 6).map((paper) => ({ key: paper.id, kind: 'paper' as const, title: paper.title, documentId: paper.id })));
    }
    await putPackParts(context, found.engagementId, 'audience', parts, [found.hostId]);
    return { parts: parts.length };
  },
});

export const arriveAudience = operation({
  id: 'audience.arrive', kind: 'command', rest: 'POST /audiences/{id}/arrive', allow: organisers,
  summary: 'Whoever asked has come: at the time given, or unannounced on a reception day and taken in between.',
  input: z.object({ id: id(), dayId: optionalId() }), output: Done,
  async run(context, input) {
    const { audience, state } = await beginAct(context, input.id, 'arrive');
    const isHere = audience.onDay === context.today;
    const dayId = isHere && !input.dayId ? audience.dayId : await dayOfToday(context, input.dayId);
    if (!dayId) throw input.dayId ? wrong({ dayId: { key: 'field.choose' } }) : notNow('error.audience_no_day');
    const found = await getDay(context, dayId);
    const keeps = isHere && audience.dayId === dayId;
    await changeAudience(context, audience.id).set({ state, arrived_at: context.now, day_id: dayId, host_id: found.hostId, ...(keeps ? {} : { slot_id: null }) }).execute();
    await involve(context, audience.caseId, [found.hostId]);
    if (!keeps && audience.slotId && audience.startsAt && audience.startsAt > context.now) context.record({ name: 'audience.time_freed', nounId: audience.id, caseId: audience.caseId, data: { slot: audience.slotId } });
    context.record({ name: 'audience.arrived', nounId: audience.id, caseId: audience.caseId, data: { day: dayId } });
    return { id: audience.id, state, version: audience.version + 1 };
  },
});

export const beginAudience = operation({
  id: 'audience.begin', kind: 'command', rest: 'POST /audiences/{id}/begin', allow: organisers,
  summary: 'The talk begins.',
  input: z.object({ id: id() }), output: Done,
  async run(context, input) {
    const { audience, state } = await beginAct(context, input.id, 'begin');
    await changeAudience(context, audience.id).set({ state, started_at: context.now }).execute();
    context.record({ name: 'audience.begun', nounId: audience.id, caseId: audience.caseId });
    return { id: audience.id, state, version: audience.version + 1 };
  },
});

const PromiseInput = z.object({ text: text(2000), to: z.string().min(1, say('field.choose_receiver')).max(80), dueOn: z.union([z.literal(''), day()]).default('') });
/** What was promised, as an obligation of a unit or a person; whoever has it sees the case. */
async function promise(context: Context, audience: Audience, one: z.output<typeof PromiseInput>, field: string): Promise<string> {
  const { db, office, today } = context;
  const [kind, key = ''] = one.to.split(/:(.*)/s);
  const unit = kind === 'unit' ? office.data.units.find((each) => each.id === key) : undefined;
  const person = kind === 'person' && isId(key) ? await db.selectFrom('person').select(['id', 'unit_id']).where('office_id', '=', office.id).where('id', '=', key).where('is_active', '=', true).executeTakeFirst() : undefined;
  if (!unit && !person) throw wrong({ [`${field}to`]: { key: 'field.choose' } });
  if (unit && audience.access === 'confidential') throw wrong({ [`${field}to`]: { key: 'field.person_only' } });
  if (one.dueOn && one.dueOn < today) throw wrong({ [`${field}dueOn`]: { key: 'field.day_past' } });
  await involve(context, audience.caseId, [unit?.id ?? person?.id ?? null]);
  return addObligation(context, {
    caseId: audience.caseId, source: 'audience', text: one.text, ownerId: person?.id ?? null, unitId: unit?.id ?? person?.unit_id ?? null, dueOn: one.dueOn || null, sourceNoun: 'audience', sourceId: audience.id,
    access: audience.access === 'confidential' ? 'confidential' : 'office', ...(audience.hostId && context.caller.personId !== audience.hostId ? { givenBy: audience.hostId } : {}),
  });
}
const index = (context: Context, audience: Audience, talk: string): Promise<void> =>
  indexSearch(context, { id: audience.id, noun: 'audience', caseId: audience.caseId, title: audience.subject, detail: audience.name, text: [audience.name, audience.note, talk].filter(Boolean).join(' ') });

export const endAudience = operation({
  id: 'audience.end', kind: 'command', rest: 'POST /audiences/{id}/end', allow: organisers,
  summary: 'The talk is over: its note, the outcome, what was promised to whom by when, and until when a written answer is owed.',
  input: z.object({
    id: id(), talk: text(textAtMost), outcome: choice(outcomes), promises: z.array(PromiseInput).max(10).default([]), replyDueOn: z.union([z.literal(''), day()]).default(''), version: seenVersion().nullish(),
  }),
  output: Done.extend({ obligations: z.array(z.string()) }),
  async run(context, input) {
    const { audience, state } = await beginAct(context, input.id, 'end');
    checkVersion(audience, input.version);
    if (input.replyDueOn && input.replyDueOn < context.today) throw wrong({ replyDueOn: { key: 'field.day_past' } });
    if (input.outcome === 'promised' && input.promises.length === 0) throw wrong({ 'promises.0.text': { key: 'field.required' } });
    const obligations: string[] = [];
    for (const [at, one] of input.promises.entries()) obligations.push(await promise(context, audience, one, `promises.${at}.`));
    await changeAudience(context, audience.id).set({ state, talk: input.talk, outcome: input.outcome, started_at: audience.startedAt ?? audience.arrivedAt ?? context.now, ended_at: context.now, reply_due_on: input.replyDueOn || null }).execute();
    await index(context, audience, input.talk);
    context.record({ name: 'audience.held', nounId: audience.id, caseId: audience.caseId, data: { outcome: input.outcome, count: obligations.length, ...(input.replyDueOn ? { dueOn: input.replyDueOn } : {}) } });
    return { id: audience.id, state, version: audience.version + 1, obligations };
  },
});

export const correctTalk = operation({
  id: 'audience.correct', kind: 'command', rest: 'POST /audiences/{id}/talk', allow: organisers,
  summary: 'Corrects the note of the talk, its outcome, or the day of the answer.',
  input: z.object({ id: id(), talk: text(textAtMost), outcome: choice(outcomes), replyDueOn: z.union([z.literal(''), day()]).default(''), version: seenVersion().nullish() }), output: Done,
  async run(context, input) {
    const { audience, state } = await beginAct(context, input.id, 'correct');
    checkVersion(audience, input.version);
    await changeAudience(context, audience.id).set({ talk: input.talk, outcome: input.outcome, reply_due_on: input.replyDueOn || null }).execute();
    await index(context, audience, input.talk);
    context.record({ name: 'audience.corrected', nounId: audience.id, caseId: audience.caseId });
    return { id: audience.id, state, version: audience.version + 1 };
  },
});

export const promiseMore = operation({
  id: 'audience.promise', kind: 'command', rest: 'POST /audiences/{id}/promises', allow: organisers,
  summary: 'Adds something that was promised in the talk: an obligation of a unit or a person.',
  input: PromiseInput.extend({ id: id() }), output: z.object({ id: z.string(), obligationId: z.string() }),
  async run(context, input) {
    const { audience } = await beginAct(context, input.id, 'promise');
    const obligationId = await promise(context, audience, input, '');
    context.record({ name: 'audience.promised', nounId: audience.id, caseId: audience.caseId, data: input.dueOn ? { dueOn: input.dueOn } : {} });
    return { id: audience.id, obligationId };
  },
});

export const missAudience = operation({
  id: 'audience.miss', kind: 'command', rest: 'POST /audiences/{id}/miss', allow: organisers,
  summary: 'Whoever had a time did not come.',
  input: z.object({ id: id(), reason: optionalText(500) }), output: Done,
  async run(context, input) {
    const { audience, state } = await beginAct(context, input.id, 'miss');
    if (!audience.onDay || audience.onDay > context.today) throw notNow();
    await changeAudience(context, audience.id).set({ state, reason: input.reason }).execute();
    context.record({ name: 'audience.missed', nounId: audience.id, caseId: audience.caseId });
    return { id: audience.id, state, version: audience.version + 1 };
  },
});

/** The locale in which somebody is written to. */
export const localeOf = (context: Context, audience: Audience) => (isLocaleId(audience.locale) ? audience.locale : context.office.locale);
