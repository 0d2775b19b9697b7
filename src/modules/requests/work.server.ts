import { z } from 'zod';
import { choice, day, id, optionalId, optionalLine, optionalText, say, seenVersion, text } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { deliverForWork } from '../distribution/index.ts';
import { addDispatch } from '../dispatch/index.ts';
import { addDocument, takeUploads, UploadList } from '../documents/index.ts';
import { addObligation, endObligations } from '../obligations/index.ts';
import { closeCase, enterPaper, extendClock, involve, restartClock } from '../registry/index.ts';
import { endCompletions } from './completion.server.ts';
import { notify } from './notice.server.ts';
import { dismissals, states } from './petition.ts';
import { begin, grantsExtension, leaders, move, sameVersion, workers } from './petition.server.ts';
import type { Context } from '../../core/operation.ts';

const Done = z.object({ id: z.string(), state: z.enum(states) });
const reason = text(2000);

export const assignPetition = operation({
  id: 'petition.assign', kind: 'command', rest: 'POST /petitions/{id}/assign', allow: leaders,
  summary: 'Gives the case to a unit, and to a person if named, with the resolution of whoever leads; the resolution becomes an obligation.',
  input: z.object({ id: id(), version: seenVersion().nullish(), unitId: optionalLine(60), personId: optionalId(), resolution: optionalText(2000), dueOn: z.union([z.literal(''), day()]).default('') }),
  output: Done,
  async run(context, input) {
    const { db, office, caller, today } = context;
    const petition = await begin(context, input.id, 'assign');
    sameVersion(petition, input.version);
    const person = input.personId
      ? await db.selectFrom('person').select(['id', 'unit_id']).where('office_id', '=', office.id).where('id', '=', input.personId).where('is_active', '=', true).executeTakeFirst()
      : null;
    if (input.personId && !person) throw wrong({ personId: { key: 'field.choose' } });
    const unitId = input.unitId || person?.unit_id || null;
    if (!unitId || !office.data.units.some((unit) => unit.id === unitId)) throw wrong({ unitId: { key: 'field.choose_unit' } });
    // A head gives work within the own units; across the office it is the chief's or the mayor's to give.
    const acrossOffice = ['mayor', 'deputy', 'chief'].some((role) => caller.roles.has(role as 'chief'));
    if (caller.kind === 'person' && !acrossOffice && !caller.marks.includes(unitId)) throw notAllowed();
    if (input.dueOn && input.dueOn < today) throw wrong({ dueOn: { key: 'field.day_past' } });
    await db.updateTable('case_file').set({ unit_id: unitId, handled_by: person?.id ?? null }).where('office_id', '=', office.id).where('id', '=', petition.id).execute();
    await involve(context, petition.id, [unitId, person?.id ?? null, caller.personId]);
    await deliverForWork(context, petition.id, { unitId, personId: person?.id ?? null });
    if (input.resolution) await addObligation(context, { caseId: petition.id, source: 'resolution', text: input.resolution, ownerId: person?.id ?? null, unitId, dueOn: input.dueOn || null });
    const state = await move(context, petition, 'assign');
    context.record({ name: 'petition.assigned', nounId: petition.id, caseId: petition.id, data: { unit: unitId, to: person?.id ?? null, hasResolution: input.resolution !== '' } });
    return { id: petition.id, state };
  },
});

export const extendPetition = operation({
  id: 'petition.extend', kind: 'command', rest: 'POST /petitions/{id}/extend', allow: ['chief', 'mayor', 'deputy', 'head', 'adviser', 'clerk'],
  summary: 'Extends the statutory time within the rule’s cap, with a reason that the petitioner is told.',
  input: z.object({ id: id(), days: z.coerce.number(say('field.number')).int().min(1, say('field.number')).max(365, say('field.number')), reason }),
  output: Done,
  async run(context, input) {
    const petition = await begin(context, input.id, 'extend');
    if (!grantsExtension(context, petition)) throw notAllowed();
    const legalOn = await extendClock(context, petition.id, input.days, input.reason);
    const state = await move(context, petition, 'extend');
    await notify(context, petition, 'extended', { reason: input.reason, legalOn });
    context.record({ name: 'petition.extended', nounId: petition.id, caseId: petition.id, data: { days: input.days, legalOn } });
    return { id: petition.id, state };
  },
});

export const forwardPetition = operation({
  id: 'petition.forward', kind: 'command', rest: 'POST /petitions/{id}/forward', allow: [...leaders, 'adviser', 'clerk'],
  summary: 'Sends the matter to the body that is competent, under an outgoing number, and tells the petitioner.',
  input: z.object({ id: id(), bodyId: id(), reason }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const petition = await begin(context, input.id, 'forward');
    const body = await db.selectFrom('party').select(['id', 'name', 'email', 'address', 'place']).where('office_id', '=', office.id).where('id', '=', input.bodyId).where('kind', '=', 'body').executeTakeFirst();
    if (!body) throw wrong({ bodyId: { key: 'field.choose' } });
    const entry = await enterPaper(context, { caseId: petition.id, direction: 'out', channel: body.email ? 'email' : 'post', subject: petition.subject, body: input.reason, partyId: body.id, dispatched: Boolean(body.email) });
    const mailId = await notify(context, petition, 'forward_body', { reason: input.reason, body: body.name, entry: entry.reference }, { to: body.email, entryId: entry.id });
    await addDispatch(context, { caseId: petition.id, entryId: entry.id, partyId: body.id, addressee: body.name, address: [body.address, body.place].filter(Boolean).join(', '), email: body.email ?? '', way: mailId ? 'email' : 'post', mailId });
    await notify(context, petition, 'forwarded', { reason: input.reason, body: body.name }, { entryId: entry.id });
    const state = await move(context, petition, 'forward', { forwarded_to: body.id });
    await endObligations(context, petition.id);
    context.record({ name: 'petition.forwarded', nounId: petition.id, caseId: petition.id, data: { body: body.id, bodyName: body.name, entry: entry.reference } });
    return { id: petition.id, state };
  },
});

export const dismissPetition = operation({
  id: 'petition.dismiss', kind: 'command', rest: 'POST /petitions/{id}/dismiss', allow: leaders,
  summary: 'Closes the matter without an answer of its own by a disposition that the law knows: anonymous, repeated, connected to another.',
  input: z.object({ id: id(), disposition: optionalLine(60), otherReference: optionalLine(80), reason }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const petition = await begin(context, input.id, 'dismiss');
    const disposition = dismissals.find((one) => one === input.disposition);
    if (!disposition) throw wrong({ disposition: { key: 'field.choose' } });
    if (disposition === 'closed-anonymous' && !petition.isAnonymous) throw wrong({ disposition: { key: 'field.not_anonymous' } });
    if (disposition !== 'closed-anonymous') {
      const other = await db.selectFrom('case_file').select('id').where('office_id', '=', office.id).where('reference', '=', input.otherReference).where('id', '<>', petition.id).executeTakeFirst();
      if (!other) throw wrong({ otherReference: { key: 'field.reference_unknown' } });
      await db.insertInto('case_link').values({ office_id: office.id, case_id: petition.id, other_id: other.id, kind: disposition === 'closed-repeated' ? 'duplicate' : 'connected', at: context.now, by_person: context.caller.personId })
        .onConflict((conflict) => conflict.doNothing()).execute();
    }
    const state = await move(context, petition, 'dismiss', { disposition });
    await endObligations(context, petition.id, 'dropped');
    await notify(context, petition, 'dismissed', { reason: input.reason });
    context.record({ name: 'petition.dismissed', nounId: petition.id, caseId: petition.id, data: { disposition } });
    return { id: petition.id, state };
  },
});

export const withdrawPetition = operation({
  id: 'petition.withdraw', kind: 'command', rest: 'POST /petitions/{id}/withdraw', allow: ['petitioner', ...leaders, 'clerk', 'adviser', 'registrar'],
  summary: 'The petitioner gives the matter up; staff record it when it was said in writing.',
  input: z.object({ id: id(), reason: optionalText(2000) }),
  output: Done,
  async run(context, input) {
    const petition = await begin(context, input.id, 'withdraw');
    if (context.caller.kind === 'person' && !input.reason) throw wrong({ reason: { key: 'field.required' } });
    const state = await move(context, petition, 'withdraw');
    await enterPaper(context, { caseId: petition.id, direction: 'in', channel: context.caller.kind === 'petitioner' ? 'web' : 'letter', subject: petition.subject, body: input.reason, partyId: petition.partyId });
    await endObligations(context, petition.id, 'dropped');
    await endCompletions(context, petition.id);
    context.record({ name: 'petition.withdrawn', nounId: petition.id, caseId: petition.id });
    return { id: petition.id, state };
  },
});

export const addToPetition = operation({
  id: 'petition.add', kind: 'command', rest: 'POST /petitions/{id}/add', allow: ['petitioner', 'registrar', ...workers],
  summary: 'Adds a paper to the case: from the petitioner under a sub-number, or a document of the office’s own.',
  input: z.object({ id: id(), text: optionalText(20_000), files: UploadList }),
  output: Done,
  async run(context, input) {
    const petition = await begin(context, input.id, 'add');
    const files = await takeUploads(input.files);
    if (!input.text && files.length === 0) throw wrong({ text: { key: 'field.text_or_file' } });
    const byPetitioner = context.caller.kind === 'petitioner';
    const entry = await enterPaper(context, { caseId: petition.id, direction: byPetitioner ? 'in' : 'internal', channel: byPetitioner ? 'web' : 'internal', subject: petition.subject, body: input.text, partyId: byPetitioner ? petition.partyId : null, enclosures: files.length });
    for (const file of files) await addDocument(context, { caseId: petition.id, entryId: entry.id, kind: byPetitioner ? 'received' : 'added', file, isOpen: byPetitioner });
    const state = await move(context, petition, 'add');
    context.record({ name: byPetitioner ? 'petition.supplemented' : 'petition.document_added', nounId: petition.id, caseId: petition.id, data: { files: files.length } });
    return { id: petition.id, state };
  },
});

export const ratePetition = operation({
  id: 'petition.rate', kind: 'command', rest: 'POST /petitions/{id}/rate', allow: ['petitioner'],
  summary: 'The petitioner says whether the answer was satisfactory; dissatisfied with a reason reopens the case once for each answer.',
  input: z.object({ id: id(), satisfaction: choice(['satisfied', 'dissatisfied']), reason: optionalText(5000) }),
  output: Done,
  async run(context, input) {
    const petition = await begin(context, input.id, 'rate');
    if (input.satisfaction === 'satisfied') {
      const state = await move(context, petition, 'rate', { satisfaction: 'satisfied' });
      context.record({ name: 'petition.rated', nounId: petition.id, caseId: petition.id, data: { satisfaction: 'satisfied' } });
      return { id: petition.id, state };
    }
    if (!input.reason) throw wrong({ reason: { key: 'field.required' } });
    return reopen(context, petition.id, input.reason, true);
  },
});

export const reopenPetition = operation({
  id: 'petition.reopen', kind: 'command', rest: 'POST /petitions/{id}/reopen', allow: leaders,
  summary: 'Opens a settled matter again, with a reason; its clock starts anew.',
  input: z.object({ id: id(), reason }),
  output: Done,
  run: (context, input) => reopen(context, input.id, input.reason, false),
});

const reopeningsAtMost = 3;
async function reopen(context: Context, petitionId: string, why: string, dissatisfied: boolean): Promise<z.input<typeof Done>> {
  const petition = await begin(context, petitionId, 'reopen');
  if (dissatisfied && petition.reopened >= reopeningsAtMost) throw notNow('error.reopened_enough');
  await enterPaper(context, { caseId: petition.id, direction: dissatisfied ? 'in' : 'internal', channel: dissatisfied ? 'web' : 'internal', subject: petition.subject, body: why, partyId: dissatisfied ? petition.partyId : null });
  await restartClock(context, petition.id, 'petition.reply');
  const state = await move(context, petition, 'reopen', { reopened: petition.reopened + 1, satisfaction: dissatisfied ? 'dissatisfied' : petition.satisfaction as 'satisfied' | null, answered_at: null, settled_at: null });
  context.record({ name: 'petition.reopened', nounId: petition.id, caseId: petition.id, data: { dissatisfied } });
  return { id: petition.id, state };
}

export const closePetition = operation({
  id: 'petition.close', kind: 'command', rest: 'POST /petitions/{id}/close', allow: ['registrar', 'chief', 'clerk', 'adviser', 'head'],
  summary: 'Puts the settled case ad acta (a/a).',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const petition = await begin(context, input.id, 'close');
    const state = await move(context, petition, 'close');
    await closeCase(context, petition.id);
    context.record({ name: 'petition.closed', nounId: petition.id, caseId: petition.id });
    return { id: petition.id, state };
  },
});

export const linkPetition = operation({
  id: 'petition.link', kind: 'command', rest: 'POST /petitions/{id}/link', allow: ['registrar', ...leaders, ...workers],
  summary: 'Connects the case with another: a duplicate, one that belongs to it, or one that continues it.',
  input: z.object({ id: id(), otherReference: optionalLine(80), otherId: optionalId(), kind: choice(['duplicate', 'connected', 'continues']).default('connected') }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const petition = await begin(context, input.id, 'link');
    const other = await db.selectFrom('case_file').select('id').where('office_id', '=', office.id).where('id', '<>', petition.id)
      .where((eb) => (input.otherId ? eb('id', '=', input.otherId) : eb('reference', '=', input.otherReference))).executeTakeFirst();
    if (!other) throw wrong({ otherReference: { key: 'field.reference_unknown' } });
    await db.insertInto('case_link').values({ office_id: office.id, case_id: petition.id, other_id: other.id, kind: input.kind, at: context.now, by_person: context.caller.personId })
      .onConflict((conflict) => conflict.doNothing()).execute();
    context.record({ name: 'petition.linked', nounId: petition.id, caseId: petition.id, data: { kind: input.kind } });
    return { id: petition.id, state: petition.state };
  },
});

export const restrictPetition = operation({
  id: 'petition.restrict', kind: 'command', rest: 'POST /petitions/{id}/restrict', allow: ['mayor', 'chief'],
  summary: 'Makes the case confidential, seen by the named persons only, or opens it to the office again.',
  input: z.object({ id: id(), access: choice(['office', 'confidential']), personId: optionalId() }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const petition = await begin(context, input.id, 'restrict');
    if (input.personId) {
      const person = await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('id', '=', input.personId).executeTakeFirst();
      if (!person) throw notFound();
      await involve(context, petition.id, [person.id]);
    }
    if (input.access === 'confidential') await db.updateTable('publication').set({ withdrawn_at: context.now }).where('office_id', '=', office.id).where('case_id', '=', petition.id).where('withdrawn_at', 'is', null).execute();
    await db.updateTable('case_file').set({ access: input.access }).where('office_id', '=', office.id).where('id', '=', petition.id).execute();
    context.record({ name: input.access === 'confidential' ? 'petition.restricted' : 'petition.opened_up', nounId: petition.id, caseId: petition.id });
    return { id: petition.id, state: petition.state };
  },
});
