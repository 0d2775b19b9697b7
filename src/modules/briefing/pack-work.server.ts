import { z } from 'zod';
import { officeAddress } from '../../core/address.ts';
import { sightOf } from '../../core/caller.ts';
import { check, choice, id, optionalId, optionalLine, optionalMoment, optionalText, seenVersion } from '../../core/input.ts';
import { formatAt } from '../../core/language.ts';
import { nextState } from '../../core/lifecycle.ts';
import { textIn, translator } from '../../core/message.ts';
import { queueMail } from '../../core/mail.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { calendarRights } from '../calendar/index.ts';
import { hasParty } from '../directory/index.ts';
import { packLifecycle, partKinds, preparers, tableShapes } from './pack.ts';
import { guardKept, openPack, packKeyOf, touchPack } from './pack.server.ts';
import { getHead, type PackHead } from './pack-view.server.ts';

const Done = z.object({ id: z.string() });

/** The pack, locked, for an act on it. */
async function begin(context: Context, packId: string): Promise<PackHead> {
  return getHead(context, packId, true);
}

export const makePack = operation({
  id: 'pack.open', kind: 'command', rest: 'POST /packs', allow: [...preparers],
  summary: 'Begins the pack of an engagement, with those from outside who take part; who keeps the calendar, takes part or works for all of the cabinet may.',
  input: z.object({ engagementId: id(), at: optionalMoment() }),
  output: Done,
  async run(context, input) {
    const { db, office, caller, now } = context;
    const key = await packKeyOf(context, input.engagementId, input.at);
    const participants = await db.selectFrom('participant').select(['id', 'name', 'person_id', 'party_id']).where('office_id', '=', office.id).where('engagement_id', '=', input.engagementId).orderBy('id').execute();
    const keeps = (await calendarRights(context, [key.calendarId])).get(key.calendarId)!.writes;
    const works = ['mayor', 'deputy', 'chief', 'adviser', 'protocol'].some((role) => caller.roles.has(role as 'chief'));
    if (caller.kind === 'person' && !keeps && !works && !participants.some((one) => one.person_id && caller.marks.includes(one.person_id))) throw notAllowed();
    const pack = await openPack(context, input.engagementId, input.at, caller.personId && sightOf(caller) !== 'all' ? [caller.personId] : []);
    const guests = pack.isNew ? participants.filter((one) => one.party_id) : [];
    if (guests.length > 0) await db.insertInto('pack_part').values(guests.map((one, index) => ({ office_id: office.id, id: context.newId(), pack_id: pack.id, kind: 'person', position: index + 1, title: one.name, party_id: one.party_id, added_by: caller.personId, at: now }))).execute();
    context.record({ name: 'pack.opened', nounId: pack.id, caseId: key.caseId });
    return { id: pack.id };
  },
});

export const changePack = operation({
  id: 'pack.change', kind: 'command', rest: 'POST /packs/{id}', allow: [...preparers],
  summary: 'Writes what is to be reached and the summary, and whether a phone may keep the pack.',
  input: z.object({ id: id(), version: seenVersion(), aim: optionalLine(400), summary: optionalText(10_000), isKept: check() }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const pack = await begin(context, input.id);
    if (pack.version !== input.version && (pack.aim !== input.aim || pack.summary !== input.summary)) throw notNow('pack.changed_meanwhile', {}, { aim: pack.aim, summary: pack.summary, version: pack.version });
    await db.updateTable('pack').set({ aim: input.aim, summary: input.summary, is_kept: input.isKept }).where('office_id', '=', office.id).where('id', '=', pack.id).execute();
    await touchPack(context, pack.id);
    context.record({ name: 'pack.changed', nounId: pack.id });
    return { id: pack.id };
  },
});

const partFields = {
  title: optionalLine(300), text: optionalText(10_000), partyId: optionalId(), personId: optionalId(), documentId: optionalId(), obligationId: optionalId(), contributionId: optionalId(), shape: choice(['', ...tableShapes]).default(''),
};
type PartFields = z.output<z.ZodObject<typeof partFields>>;

/** Refuses at its field what this caller cannot put in: nothing of another office, no paper they may not read themselves. */
async function checkPart(context: Context, kind: (typeof partKinds)[number], input: PartFields): Promise<void> {
  const { db, office } = context;
  const seen = async (table: 'document' | 'obligation' | 'contribution' | 'person', one: string | null): Promise<boolean> => one === null || (await db.selectFrom(table).select('id').where('office_id', '=', office.id).where('id', '=', one).executeTakeFirst()) !== undefined;
  if (!(await seen('document', input.documentId))) throw wrong({ documentId: { key: 'field.choose' } });
  if (!(await seen('obligation', input.obligationId))) throw wrong({ obligationId: { key: 'field.choose' } });
  if (!(await seen('contribution', input.contributionId))) throw wrong({ contributionId: { key: 'field.choose' } });
  if (!(await seen('person', input.personId))) throw wrong({ personId: { key: 'field.choose' } });
  if (input.partyId && !(await hasParty(context, input.partyId))) throw wrong({ partyId: { key: 'field.choose' } });
  if (kind === 'paper' && !input.documentId) throw wrong({ documentId: { key: 'field.choose' } });
  if (kind === 'person' && !input.partyId && !input.personId && !input.title) throw wrong({ title: { key: 'field.required' } });
  if ((kind === 'point' || kind === 'note' || kind === 'programme' || kind === 'seating') && !input.text && !input.title) throw wrong({ text: { key: 'field.required' } });
  if (kind === 'promise' && !input.obligationId && !input.text && !input.title) throw wrong({ text: { key: 'field.required' } });
}

export const addPart = operation({
  id: 'pack.add_part', kind: 'command', rest: 'POST /packs/{id}/parts', allow: [...preparers],
  summary: 'Puts a talking point, a note, a person, a paper, a promise, the seating or the programme into a pack.',
  input: z.object({ id: id(), kind: choice(partKinds), ...partFields }),
  output: Done.extend({ partId: z.string() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    const pack = await begin(context, input.id);
    await checkPart(context, input.kind, input);
    const last = (await db.selectFrom('pack_part').select((eb) => eb.fn.max('position').as('most')).where('office_id', '=', office.id).where('pack_id', '=', pack.id).executeTakeFirst())?.most ?? 0;
    const partId = context.newId();
    const person = input.kind === 'person' && !input.title ? await nameOf(context, input) : '';
    await db.insertInto('pack_part').values({
      office_id: office.id, id: partId, pack_id: pack.id, kind: input.kind, position: last + 1, title: input.title || person, text: input.text, party_id: input.partyId, person_id: input.personId, document_id: input.documentId, obligation_id: input.obligationId, contribution_id: input.contributionId,
      data: JSON.stringify(input.shape ? { shape: input.shape } : {}), added_by: caller.personId, at: now,
    }).execute();
    await guardKept(context, pack.id, { documentIds: [input.documentId ?? ''].filter(Boolean), contributionIds: [input.contributionId ?? ''].filter(Boolean), obligationIds: [input.obligationId ?? ''].filter(Boolean) });
    await touchPack(context, pack.id);
    context.record({ name: 'pack.part_added', nounId: pack.id, data: { kind: input.kind } });
    return { id: pack.id, partId };
  },
});
async function nameOf({ db, office }: Context, input: PartFields): Promise<string> {
  const table = input.partyId ? 'party' : 'person';
  const one = input.partyId ?? input.personId;
  return one ? ((await db.selectFrom(table).select('name').where('office_id', '=', office.id).where('id', '=', one).executeTakeFirst())?.name ?? '') : '';
}

async function beginPart(context: Context, partId: string) {
  const { db, office } = context;
  const part = await db.selectFrom('pack_part').selectAll().where('office_id', '=', office.id).where('id', '=', partId).executeTakeFirst();
  if (!part) throw notFound();
  return { part, pack: await begin(context, part.pack_id) };
}
const partRow = ({ db, office }: Context, partId: string) => db.updateTable('pack_part').where('office_id', '=', office.id).where('id', '=', partId);

export const changePart = operation({
  id: 'pack.change_part', kind: 'command', rest: 'POST /packs/parts/{id}', allow: [...preparers],
  summary: 'Changes the words of a part; one that a sitting or an audience put in is changed there.',
  input: z.object({ id: id(), title: optionalLine(300), text: optionalText(10_000), shape: choice(['', ...tableShapes]).default('') }),
  output: Done,
  async run(context, input) {
    const { part, pack } = await beginPart(context, input.id);
    if (part.origin !== 'hand') throw notNow('error.pack_part_elsewhere');
    if (!input.title && !input.text && !part.document_id && !part.contribution_id && !part.obligation_id) throw wrong({ text: { key: 'field.required' } });
    await partRow(context, part.id).set({ title: input.title, text: input.text, ...(input.shape ? { data: JSON.stringify({ shape: input.shape }) } : {}) }).execute();
    await touchPack(context, pack.id);
    context.record({ name: 'pack.part_changed', nounId: pack.id });
    return { id: pack.id };
  },
});

export const movePart = operation({
  id: 'pack.move_part', kind: 'command', rest: 'POST /packs/parts/{id}/move', allow: [...preparers],
  summary: 'Moves a part up or down among those of its kind.',
  input: z.object({ id: id(), to: choice(['up', 'down']) }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const { part, pack } = await beginPart(context, input.id);
    const rows = await db.selectFrom('pack_part').select('id').where('office_id', '=', office.id).where('pack_id', '=', pack.id).where('kind', '=', part.kind).orderBy('position').orderBy('id').execute();
    const ids = rows.map((row) => row.id);
    const place = ids.indexOf(part.id);
    const other = place + (input.to === 'up' ? -1 : 1);
    if (other >= 0 && other < ids.length) [ids[place], ids[other]] = [ids[other]!, ids[place]!];
    for (const [index, partId] of ids.entries()) await partRow(context, partId).set({ position: index + 1 }).execute();
    await touchPack(context, pack.id);
    context.record({ name: 'pack.part_moved', nounId: pack.id });
    return { id: pack.id };
  },
});

export const dropPart = operation({
  id: 'pack.drop_part', kind: 'command', rest: 'POST /packs/parts/{id}/drop', allow: [...preparers],
  summary: 'Takes a part out of a pack.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { part, pack } = await beginPart(context, input.id);
    await context.db.deleteFrom('pack_part').where('office_id', '=', context.office.id).where('id', '=', part.id).execute();
    await touchPack(context, pack.id);
    context.record({ name: 'pack.part_dropped', nounId: pack.id, data: { kind: part.kind } });
    return { id: pack.id };
  },
});

export const gatherPack = operation({
  id: 'pack.gather', kind: 'command', rest: 'POST /packs/{id}/gather', allow: [...preparers],
  summary: 'Takes what came of what was asked for the engagement into the pack.',
  input: z.object({ id: id() }),
  output: Done.extend({ taken: z.number() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    const pack = await begin(context, input.id);
    const came = await db.selectFrom('contribution').select(['id', 'title']).where('office_id', '=', office.id).where('engagement_id', '=', pack.engagement_id).where('state', '=', 'given').orderBy('replied_at').limit(100).execute();
    const inside = new Set((await db.selectFrom('pack_part').select('contribution_id').where('office_id', '=', office.id).where('pack_id', '=', pack.id).execute()).map((row) => row.contribution_id));
    const fresh = came.filter((one) => !inside.has(one.id));
    // Nothing of a reply stands in the pack itself: who may not see the case does not see it here.
    if (fresh.length > 0) await db.insertInto('pack_part').values(fresh.map((one, index) => ({ office_id: office.id, id: context.newId(), pack_id: pack.id, kind: 'contribution', position: inside.size + index + 1, contribution_id: one.id, added_by: caller.personId, at: now }))).execute();
    await guardKept(context, pack.id, { contributionIds: fresh.map((one) => one.id) });
    if (fresh.length > 0) await touchPack(context, pack.id);
    context.record({ name: 'pack.gathered', nounId: pack.id, data: { taken: fresh.length } });
    return { id: pack.id, taken: fresh.length };
  },
});

export const sharePack = operation({
  id: 'pack.share', kind: 'command', rest: 'POST /packs/{id}/share', allow: [...preparers],
  summary: 'Lets one more of the staff see and prepare the pack; they must be able to see the engagement.',
  input: z.object({ id: id(), personId: id() }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const pack = await begin(context, input.id);
    const person = await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('id', '=', input.personId).where('is_active', '=', true).executeTakeFirst();
    if (!person) throw wrong({ personId: { key: 'field.choose' } });
    await db.updateTable('pack').set({ involved: [...new Set([...pack.involved, person.id])] }).where('office_id', '=', office.id).where('id', '=', pack.id).execute();
    context.record({ name: 'pack.shared', nounId: pack.id });
    return { id: pack.id };
  },
});

const step = (act: 'make_ready' | 'reopen', summary: string) => operation({
  id: `pack.${act}`, kind: 'command', rest: `POST /packs/{id}/${act}`, allow: [...preparers], summary,
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { db, office, now, caller } = context;
    const pack = await begin(context, input.id);
    const state = nextState(packLifecycle, pack.state, act);
    await db.updateTable('pack').set({ state, ready_at: state === 'ready' ? now : null, ready_by: state === 'ready' ? caller.personId : null }).where('office_id', '=', office.id).where('id', '=', pack.id).execute();
    if (state === 'ready') await tellLeader(context, pack);
    context.record({ name: state === 'ready' ? 'pack.ready' : 'pack.reopened', nounId: pack.id, caseId: pack.case_id });
    return { id: pack.id };
  },
});
export const makeReady = step('make_ready', 'The pack is ready: it is told to whose engagement it is, and its PDF is made.');
export const reopenPack = step('reopen', 'The pack is worked on again.');

/** A letter with the hour alone: what the engagement is stands behind the sign-in. */
async function tellLeader({ db, office, now, kernel, caller }: Context, pack: PackHead): Promise<void> {
  if (!pack.leader_id || pack.leader_id === caller.personId || pack.starts_at < now) return;
  const leader = await db.selectFrom('person').select(['email', 'locale']).where('office_id', '=', office.id).where('id', '=', pack.leader_id).executeTakeFirst();
  if (!leader) return;
  const locale = leader.locale as typeof office.locale;
  const t = translator(locale);
  const said = { at: formatAt(pack.starts_at, office.jurisdiction.timeZone, locale), link: `${officeAddress(kernel.config, office)}/desk/packs/${pack.id}`, cabinet: textIn(office.data.cabinet, locale) };
  await queueMail(db, office.id, now, { to: leader.email, locale, subject: t('pack.mail.ready.subject', said), body: t('pack.mail.ready.body', said) });
}
