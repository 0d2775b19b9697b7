import { z } from 'zod';
import { isAllowed } from '../../core/caller.ts';
import { computeClock } from '../../core/clock.ts';
import { listCaseParts } from '../../core/case-part.ts';
import { dayIn } from '../../core/day.ts';
import { id } from '../../core/input.ts';
import { findClockRule } from '../../core/jurisdiction.ts';
import { actsIn } from '../../core/lifecycle.ts';
import { operation, type Context, type Operation } from '../../core/operation.ts';
import { Contribution, listContributions } from '../contributions/index.ts';
import { DocumentRow, listDocuments } from '../documents/index.ts';
import { listObligations, ObligationRow } from '../obligations/index.ts';
import { officeCalendar } from '../registry/index.ts';
import { Answer, answerActs, findAnswer } from './answer.server.ts';
import { askCompletion, askForContribution, completePetition } from './completion.server.ts';
import { lifecycle, states, type Act } from './petition.ts';
import { getPetitionRow, mayExtend, type Petition } from './petition.server.ts';
import { publishPetition } from './publication.server.ts';
import { ClockView, clockView } from './tracking.server.ts';
import { addToPetition, assignPetition, closePetition, dismissPetition, extendPetition, forwardPetition, linkPetition, reopenPetition, restrictPetition, withdrawPetition } from './work.server.ts';
import type { ZodType } from 'zod';

/** The operation behind each act of the lifecycle that staff may take. */
export const operationOf: Partial<Record<Act, Operation<ZodType, ZodType>>> = {
  assign: assignPetition, extend: extendPetition, forward: forwardPetition, dismiss: dismissPetition, withdraw: withdrawPetition, add: addToPetition, link: linkPetition, close: closePetition, reopen: reopenPetition,
  restrict: restrictPetition, ask_completion: askCompletion, complete: completePetition, ask_contribution: askForContribution, publish: publishPetition, ...answerActs,
} as Partial<Record<Act, Operation<ZodType, ZodType>>>;

/** What this caller may do to the petition now: the lifecycle's offer, less what the role or the matter forbids. */
function actsFor(context: Context, petition: Petition): Act[] {
  const { caller } = context;
  return actsIn(lifecycle, petition.state).filter((act, index, all) => {
    const op = operationOf[act];
    if (!op || all.indexOf(act) !== index || !isAllowed(op.allow, caller)) return false;
    if ((act === 'approve' || act === 'return') && !caller.roles.has('mayor') && !caller.roles.has('chief')) return petition.approverId !== null && caller.marks.includes(petition.approverId);
    if (act === 'extend') return mayExtend(context, petition);
    if (act === 'publish') return context.office.data.publishes && petition.mayPublish && petition.access !== 'confidential';
    return true;
  });
}

/** The day by which a matter of another body must be sent on, where the law gives forwarding a term of its own. */
async function forwardDay(context: Context, petition: Petition): Promise<string | null> {
  const { db, office, today } = context;
  if (!actsIn(lifecycle, petition.state).includes('forward')) return null;
  const startedOn = dayIn(office.jurisdiction.timeZone, petition.registeredAt);
  const rule = findClockRule(office.jurisdiction, 'petition.forward', startedOn);
  if (!rule) return null;
  return computeClock(rule, { startedOn, pauses: [], extensions: [], today }, await officeCalendar(db, office)).legalOn;
}

const Person = z.object({ id: z.string(), name: z.string(), title: z.record(z.string(), z.string()) }).nullable();

export const getPetition = operation({
  id: 'petition.get', kind: 'query', rest: 'GET /petitions/{id}', allow: ['staff'],
  summary: 'A case whole: letter, sender, clock explained, answer, contributions, papers, obligations, history, and what the caller may do now.',
  input: z.object({ id: id() }),
  output: z.object({
    id: z.string(), reference: z.string(), kind: z.string(), state: z.enum(states), subject: z.string(), body: z.string(), place: z.string(), area: z.string().nullable(), channel: z.string(), replyBy: z.string(), locale: z.string(),
    registeredAt: z.date(), answeredAt: z.date().nullable(), access: z.string(), isAnonymous: z.boolean(), mayPublish: z.boolean(), unitId: z.string().nullable(), version: z.number(), reopened: z.number(), satisfaction: z.string().nullable(),
    disposition: z.string().nullable(), classCode: z.string(),
    party: z.object({ id: z.string(), name: z.string(), kind: z.string(), email: z.string().nullable(), phone: z.string().nullable(), address: z.string().nullable(), place: z.string().nullable(), cases: z.number() }).nullable(),
    handler: Person, approver: Person, forwardedTo: z.string().nullable(), clock: ClockView.nullable(), answer: Answer.nullable(), contributions: z.array(Contribution), documents: z.array(DocumentRow), obligations: z.array(ObligationRow),
    completions: z.array(z.object({ question: z.string(), dueOn: z.string(), state: z.string(), reply: z.string(), askedAt: z.date() })),
    entries: z.array(z.object({ id: z.string(), sub: z.number(), reference: z.string(), direction: z.string(), channel: z.string(), body: z.string(), at: z.date(), enclosures: z.number(), pages: z.number().nullable(), senderReference: z.string().nullable() })),
    links: z.array(z.object({ id: z.string(), reference: z.string(), subject: z.string(), kind: z.string() })),
    history: z.array(z.object({ name: z.string(), at: z.date(), by: z.string(), actor: z.string(), data: z.record(z.string(), z.unknown()) })), acts: z.array(z.string()), isPublished: z.boolean(), forwardBy: z.string().nullable(), parts: z.array(z.string()),
  }),
  async run(context, input) {
    const { db, office, caller } = context;
    const [petition, parts] = await Promise.all([getPetitionRow(context, input.id), listCaseParts(context, input.id)]);
    const has = <T>(part: string, read: () => Promise<T[]>): Promise<T[]> => (parts.includes(part) ? read() : Promise.resolve([]));
    const [party, people, entries, completions, links, history, published, forwarded, clock, answer, contributions, documents, obligations, forwardBy] = await Promise.all([
      petition.partyId ? db.selectFrom('party').select(['id', 'name', 'kind', 'email', 'phone', 'address', 'place'])
        .select((eb) => eb.selectFrom('case_file').whereRef('case_file.office_id', '=', 'party.office_id').whereRef('case_file.party_id', '=', 'party.id').select((count) => count.fn.countAll<number>().as('n')).as('cases'))
        .where('office_id', '=', office.id).where('id', '=', petition.partyId).executeTakeFirst() : undefined,
      petition.handledBy || petition.approverId ? db.selectFrom('person').select(['id', 'name', 'title']).where('office_id', '=', office.id).where((eb) => eb.or([eb('id', '=', petition.handledBy), eb('id', '=', petition.approverId)])).execute() : [],
      db.selectFrom('entry').select(['id', 'sub', 'reference', 'direction', 'channel', 'body', 'at', 'enclosures', 'pages', 'sender_reference']).where('office_id', '=', office.id).where('case_id', '=', petition.id).orderBy('sub').execute(),
      has('completion', () => db.selectFrom('completion').select(['question', 'due_on', 'state', 'reply', 'asked_at']).where('office_id', '=', office.id).where('case_id', '=', petition.id).orderBy('asked_at').execute()),
      db.selectFrom('case_link as l').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'l.office_id').on((eb) => eb.or([
        eb.and([eb('l.case_id', '=', petition.id), eb('c.id', '=', eb.ref('l.other_id'))]), eb.and([eb('l.other_id', '=', petition.id), eb('c.id', '=', eb.ref('l.case_id'))])])))
        .select(['c.id', 'c.reference', 'c.subject', 'l.kind']).where('l.office_id', '=', office.id).where((eb) => eb.or([eb('l.case_id', '=', petition.id), eb('l.other_id', '=', petition.id)])).orderBy('l.at').execute(),
      db.selectFrom('event as e').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'e.office_id').onRef('p.id', '=', 'e.person_id'))
        .select(['e.name', 'e.at', 'p.name as by', 'e.actor', 'e.data']).where('e.office_id', '=', office.id).where('e.case_id', '=', petition.id).orderBy('e.at', 'desc').orderBy('e.id', 'desc').limit(200).execute(),
      has('publication', () => db.selectFrom('publication').select('id').where('office_id', '=', office.id).where('case_id', '=', petition.id).where('withdrawn_at', 'is', null).execute()),
      petition.forwardedTo ? db.selectFrom('party').select('name').where('office_id', '=', office.id).where('id', '=', petition.forwardedTo).executeTakeFirst() : undefined,
      clockView(context, petition.id, caller.locale), parts.includes('answer') ? findAnswer(context, petition.id) : null, has('contribution', () => listContributions(context, petition.id)),
      has('document', () => listDocuments(context, petition.id)), has('obligation', () => listObligations(context, petition.id)), forwardDay(context, petition),
    ]);
    const person = (which: string | null): z.infer<typeof Person> => {
      const found = people.find((one) => one.id === which);
      return found ? { ...found, title: found.title as Record<string, string> } : null;
    };
    return {
      id: petition.id, reference: petition.reference, kind: petition.kind, state: petition.state, subject: petition.subject, body: petition.body, place: petition.place, area: petition.area, channel: petition.channel, replyBy: petition.replyBy,
      locale: petition.locale, registeredAt: petition.registeredAt, answeredAt: petition.answeredAt, access: petition.access, isAnonymous: petition.isAnonymous, mayPublish: petition.mayPublish, unitId: petition.unitId, version: petition.version,
      reopened: petition.reopened, satisfaction: petition.satisfaction, disposition: petition.disposition, classCode: petition.classCode, party: party ? { ...party, cases: party.cases ?? 0 } : null, handler: person(petition.handledBy),
      approver: person(petition.approverId), forwardedTo: forwarded?.name ?? null, clock, answer, contributions, documents, obligations,
      completions: completions.map((one) => ({ question: one.question, dueOn: one.due_on, state: one.state, reply: one.reply, askedAt: one.asked_at })),
      entries: entries.map(({ sender_reference, ...one }) => ({ ...one, senderReference: sender_reference })), links,
      history: history.map((one) => ({ name: one.name, at: one.at, by: one.by ?? '', actor: one.actor, data: one.data as Record<string, unknown> })), acts: actsFor(context, petition), isPublished: published.length > 0, forwardBy, parts,
    };
  },
});

