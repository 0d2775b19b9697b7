import { z } from 'zod';
import { sightOf, type Allow, type Caller } from '../../core/caller.ts';
import { dayIn, instantIn } from '../../core/day.ts';
import { choice, day, id, optionalId, optionalLine, optionalText, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { getCaseFile, involve, type CaseFile } from '../registry/index.ts';
import { findHolder, purposes, type DeliveryState, type Purpose } from './delivery.ts';
import { getReceiver, oneReceiver, receivers, type Receiver } from './receiver.server.ts';

/** Who gives papers to others, and who leads. */
export const givers: readonly Allow[] = ['registrar', 'chief', 'mayor', 'deputy', 'head', 'clerk', 'adviser'];
export const leaders: readonly Allow[] = ['mayor', 'deputy', 'chief', 'head'];
export const hasRole = (caller: Caller, ...roles: readonly string[]): boolean => caller.kind === 'system' || roles.some((role) => caller.roles.has(role as 'chief'));
/** Whether something for this receiver is the caller's to take: own, of a unit of theirs, or of whom they stand in for. */
export const isFor = (caller: Caller, to: Receiver): boolean => [to.unitId, to.personId].some((mark) => mark !== null && caller.marks.includes(mark));

const Done = z.object({ id: z.string() });
const Many = z.object({ done: z.number() });
export const manyIds = () => z.union([id().transform((one) => [one]), z.array(id()).min(1).max(500)]);

export type NewDelivery = { caseId: string; entryId?: string | null; purpose: Purpose; isCopy?: boolean; to: Receiver; note?: string };
type Row = {
  id: string; case_id: string; entry_id: string | null; purpose: string; is_copy: boolean; to_unit: string | null; to_person: string | null; state: string; given_by: string | null; given_at: Date;
  received_by: string | null; settled_at: Date | null;
};
const columns = ['id', 'case_id', 'entry_id', 'purpose', 'is_copy', 'to_unit', 'to_person', 'state', 'given_by', 'given_at', 'received_by', 'settled_at'] as const;
export const receiverOf = (row: Pick<Row, 'to_unit' | 'to_person'>): Receiver => ({ unitId: row.to_unit, personId: row.to_person });

/** The deliveries of a case, oldest first; locked when something is about to be done to one. */
export const deliveriesOf = ({ db, office }: Pick<Context, 'db' | 'office'>, caseId: string): Promise<Row[]> =>
  db.selectFrom('delivery').select(columns).where('office_id', '=', office.id).where('case_id', '=', caseId).orderBy('given_at').orderBy('id').execute();
const asHeld = (row: Row) => ({ ...row, isCopy: row.is_copy, state: row.state as DeliveryState, givenAt: row.given_at });

/** Writes a line of the delivery book and lets its receiver see the case; a new original ends what the old one still waited for. */
export async function addDelivery(context: Context, delivery: NewDelivery): Promise<string> {
  const { db, office, now, caller } = context;
  const { caseId, entryId = null, isCopy = false, to } = delivery;
  if (!isCopy) {
    const older = db.updateTable('delivery').where('office_id', '=', office.id).where('case_id', '=', caseId).where('is_copy', '=', false).where((eb) => (entryId ? eb('entry_id', '=', entryId) : eb('entry_id', 'is', null))).where('settled_at', 'is', null);
    await older.set({ state: 'withdrawn', settled_at: now }).where('state', '=', 'sent').execute();
    await older.set({ settled_at: now }).where('state', 'in', ['received', 'returned']).execute();
  }
  const deliveryId = context.newId();
  await db.insertInto('delivery').values({
    office_id: office.id, id: deliveryId, case_id: caseId, entry_id: entryId, purpose: delivery.purpose, is_copy: isCopy, to_unit: to.unitId, to_person: to.personId, note: delivery.note ?? '', given_by: caller.personId, given_at: now,
  }).execute();
  await involve(context, caseId, [to.unitId, to.personId]);
  return deliveryId;
}

/** The same for an assignment: once, also when the paper is on its way there already or lies there. */
export async function deliverForWork(context: Context, caseId: string, to: Receiver): Promise<void> {
  const held = findHolder((await deliveriesOf(context, caseId)).filter((one) => one.entry_id === null).map(asHeld));
  if (held && held.purpose === 'work' && held.to_unit === to.unitId && held.to_person === to.personId) return;
  await addDelivery(context, { caseId, purpose: 'work', to });
}

/** The case, locked, for something to be given; refuses what is only reserved, annulled, or put away. */
export async function beginGiving(context: Context, caseId: string, isOpen = true): Promise<CaseFile> {
  const file = await getCaseFile(context, caseId, true);
  if (file.kind === 'reserved') throw notFound();
  if (file.annulledAt) throw notNow('error.case_annulled', { reference: file.reference });
  if (file.isDisposed) throw notNow('error.case_disposed');
  if (isOpen && file.closedAt) throw notNow('error.case_closed');
  return file;
}

/** Whose the original is to give on: the registry's and the leaders', and whoever holds it. Confidential papers go by who leads or works on them. */
async function mayGive(context: Context, file: CaseFile, original: boolean): Promise<boolean> {
  const { caller } = context;
  const holds = (to: Receiver): boolean => isFor(caller, to);
  const works = holds({ unitId: file.access === 'confidential' ? null : file.unitId, personId: file.handledBy });
  if (caller.kind === 'system' || sightOf(caller) === 'all' || works) return true;
  if (file.access === 'confidential') return hasRole(caller, 'deputy');
  if (!original || hasRole(caller, 'registrar', 'deputy')) return true;
  const held = findHolder((await deliveriesOf(context, file.id)).map(asHeld));
  return held ? holds(receiverOf(held)) : file.unitId === null && file.handledBy === null && hasRole(caller, 'head');
}

/** A petition that goes for work is assigned: the registry's and the leaders' to do, a head's within the own units. */
function mayAssign({ caller }: Context, file: CaseFile, to: Receiver): boolean {
  if (file.kind !== 'petition' || hasRole(caller, 'registrar', 'mayor', 'deputy', 'chief')) return true;
  return hasRole(caller, 'head') && to.unitId !== null && caller.marks.includes(to.unitId);
}

/** The paper's case moves with the original that goes for work; a petition is assigned by its own module, which hears of it. */
export async function takeOver(context: Context, file: CaseFile, to: Receiver): Promise<void> {
  if (file.kind !== 'paper') return;
  await context.db.updateTable('case_file').set({ unit_id: to.unitId, handled_by: to.personId }).where('office_id', '=', context.office.id).where('id', '=', file.id).execute();
}

const entryOf = async ({ db, office }: Context, caseId: string, entryId: string | null): Promise<string | null> => {
  if (!entryId) return null;
  const entry = await db.selectFrom('entry').select('id').where('office_id', '=', office.id).where('id', '=', entryId).where('case_id', '=', caseId).where('annulled_at', 'is', null).executeTakeFirst();
  if (!entry) throw wrong({ entryId: { key: 'field.choose' } });
  return entry.id;
};

export const giveDelivery = operation({
  id: 'delivery.give', kind: 'command', rest: 'POST /cases/{id}/deliveries', allow: givers,
  summary: 'Gives the original of a case or of one paper to a unit or person, and copies to others; each is a line of the delivery book.',
  input: z.object({ id: id(), entryId: optionalId(), purpose: choice(purposes).default('work'), original: oneReceiver().default(''), copies: receivers(), note: optionalText(1000) }),
  output: z.object({ id: z.string(), deliveries: z.array(z.string()) }),
  async run(context, input) {
    const file = await beginGiving(context, input.id, input.original !== '' && input.purpose === 'work');
    if (!input.original && input.copies.length === 0) throw wrong({ original: { key: 'field.required' } });
    const entryId = await entryOf(context, file.id, input.entryId);
    const to = input.original ? await getReceiver(context, input.original, 'original', file.access) : null;
    const copies: Receiver[] = [];
    for (const named of input.copies.filter((one) => one !== input.original)) copies.push(await getReceiver(context, named, 'copies', file.access));
    if (!(await mayGive(context, file, to !== null)) || (to && input.purpose === 'work' && !mayAssign(context, file, to))) throw notAllowed();
    const deliveries: string[] = [];
    if (to) {
      deliveries.push(await addDelivery(context, { caseId: file.id, entryId, purpose: input.purpose, to, note: input.note }));
      if (input.purpose === 'work' && !entryId) await takeOver(context, file, to);
      context.record({ name: 'delivery.given', nounId: deliveries[0]!, caseId: file.id, data: { unit: to.unitId, to: to.personId, purpose: input.purpose, ...(entryId ? { entryId } : {}) } });
    }
    for (const copy of copies) deliveries.push(await addDelivery(context, { caseId: file.id, entryId, purpose: input.purpose === 'work' ? 'information' : input.purpose, isCopy: true, to: copy, note: input.note }));
    if (copies.length > 0) context.record({ name: 'delivery.copied', nounId: deliveries.at(-1)!, caseId: file.id, data: { count: copies.length, units: copies.map((one) => one.unitId) } });
    return { id: file.id, deliveries };
  },
});

/** The deliveries with these ids, locked; 404 when one of them is not the caller's to know. */
export async function getDeliveries({ db, office }: Context, ids: readonly string[]): Promise<Row[]> {
  const rows = await db.selectFrom('delivery').select(columns).where('office_id', '=', office.id).where('id', 'in', [...new Set(ids)]).orderBy('id').forUpdate().execute();
  if (rows.length !== new Set(ids).size) throw notFound();
  return rows;
}

export const receiveDeliveries = operation({
  id: 'delivery.receive', kind: 'command', rest: 'POST /deliveries/receive', allow: ['staff'],
  summary: 'Acknowledges papers in the system: by the receiver, anybody of the unit, or who stands in for an absent one.',
  input: z.object({ ids: manyIds() }),
  output: Many,
  async run(context, input) {
    const { caller } = context;
    const rows = await getDeliveries(context, input.ids);
    if (caller.kind === 'person' && rows.some((row) => !isFor(caller, receiverOf(row)))) throw notAllowed();
    const open = rows.filter((row) => row.state === 'sent');
    if (open.length === 0) throw notNow('error.delivery_settled');
    for (const row of open) await receive(context, row, { by: caller.personId, way: 'system', at: context.now });
    return { done: open.length };
  },
});

type Receipt = { by: string | null; way: 'system' | 'signature'; at: Date };
async function receive(context: Context, row: Row, { by, way, at }: Receipt): Promise<void> {
  await context.db.updateTable('delivery').set({ state: 'received', received_by: by, received_for: row.to_person && row.to_person !== by ? row.to_person : null, received_at: at, way })
    .where('office_id', '=', context.office.id).where('id', '=', row.id).execute();
  context.record({ name: way === 'system' ? 'delivery.received' : 'delivery.signed_off', nounId: row.id, caseId: row.case_id, data: { unit: row.to_unit } });
}

/** Who works on a case has its papers in hand: what is on its way to the caller is received. */
export async function receiveByWorking(context: Context, caseId: string): Promise<void> {
  const { caller, now } = context;
  const mine = (await deliveriesOf(context, caseId)).filter((row) => row.state === 'sent' && row.purpose === 'work' && isFor(caller, receiverOf(row)));
  for (const row of mine) await receive(context, row, { by: caller.personId, way: 'system', at: now });
}

export const signOffDeliveries = operation({
  id: 'delivery.sign_off', kind: 'command', rest: 'POST /deliveries/sign-off', allow: ['registrar', 'chief'],
  summary: 'Marks papers as received by signature in the printed delivery book: who signed, and on which day.',
  input: z.object({ ids: manyIds(), signedBy: optionalId(), on: z.union([z.literal(''), day()]).default('') }),
  output: Many,
  async run(context, input) {
    const { db, office, now, today } = context;
    const zone = office.jurisdiction.timeZone;
    const on = input.on || today;
    if (on > today) throw wrong({ on: { key: 'field.day_future' } });
    const signer = input.signedBy ? await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('id', '=', input.signedBy).executeTakeFirst() : null;
    if (input.signedBy && !signer) throw wrong({ signedBy: { key: 'field.choose' } });
    const open = (await getDeliveries(context, input.ids)).filter((row) => row.state === 'sent');
    if (open.length === 0) throw notNow('error.delivery_settled');
    if (open.some((row) => dayIn(zone, row.given_at) > on)) throw wrong({ on: { key: 'field.day_before_given' } });
    if (!signer && open.some((row) => row.to_person === null)) throw wrong({ signedBy: { key: 'field.signer' } });
    // The book has a day and no hour: not before the paper was given, not after now.
    for (const row of open) await receive(context, row, { by: signer?.id ?? row.to_person, way: 'signature', at: on === today ? now : new Date(Math.max(row.given_at.getTime(), instantIn(zone, on, '15:00').getTime())) });
    return { done: open.length };
  },
});

export const returnDelivery = operation({
  id: 'delivery.return', kind: 'command', rest: 'POST /deliveries/{id}/return', allow: ['staff'],
  summary: 'Sends a paper back to the registry with the reason why it is not for this receiver.',
  input: z.object({ id: id(), reason: text(1000) }),
  output: Done,
  async run(context, input) {
    const { db, office, caller, now } = context;
    const [row] = await getDeliveries(context, [input.id]);
    if (caller.kind === 'person' && !isFor(caller, receiverOf(row!))) throw notAllowed();
    if (!['sent', 'received'].includes(row!.state)) throw notNow('error.delivery_settled');
    // An original that went on to somebody else is no longer there to be returned.
    const held = row!.is_copy ? row : findHolder((await deliveriesOf(context, row!.case_id)).filter((one) => one.entry_id === row!.entry_id).map(asHeld));
    if (held?.id !== row!.id) throw notNow('error.delivery_settled');
    await db.updateTable('delivery').set({ state: 'returned', returned_by: caller.personId, returned_at: now, return_reason: input.reason, settled_at: row!.is_copy ? now : null }).where('office_id', '=', office.id).where('id', '=', row!.id).execute();
    if (!row!.is_copy && row!.purpose === 'work' && row!.entry_id === null) {
      const file = await getCaseFile(context, row!.case_id, true);
      if (!file.closedAt) await takeOver(context, file, { unitId: null, personId: null });
    }
    context.record({ name: 'delivery.returned', nounId: row!.id, caseId: row!.case_id, data: { unit: row!.to_unit } });
    return { id: row!.id };
  },
});

export const rerouteDelivery = operation({
  id: 'delivery.reroute', kind: 'command', rest: 'POST /deliveries/{id}/reroute', allow: givers,
  summary: 'Sends the original on to another unit or person with a reason; what was stays in the book.',
  input: z.object({ id: id(), original: oneReceiver(), reason: text(1000) }),
  output: Done,
  async run(context, input) {
    const [row] = await getDeliveries(context, [input.id]);
    const file = await beginGiving(context, row!.case_id);
    const same = (await deliveriesOf(context, file.id)).filter((one) => one.entry_id === row!.entry_id);
    const newest = same.filter((one) => !one.is_copy && one.state !== 'withdrawn').at(-1);
    if (row!.is_copy || newest?.id !== row!.id) throw notNow('error.delivery_settled');
    if (!(await mayGive(context, file, true))) throw notAllowed();
    const to = await getReceiver(context, input.original, 'original', file.access);
    if (to.unitId === row!.to_unit && to.personId === row!.to_person && row!.state !== 'returned') throw wrong({ original: { key: 'field.receiver_same' } });
    const purpose = row!.purpose as Purpose;
    if (purpose === 'work' && !mayAssign(context, file, to)) throw notAllowed();
    const deliveryId = await addDelivery(context, { caseId: file.id, entryId: row!.entry_id, purpose, to, note: input.reason });
    if (purpose === 'work' && !row!.entry_id) await takeOver(context, file, to);
    context.record({ name: 'delivery.rerouted', nounId: deliveryId, caseId: file.id, data: { unit: to.unitId, to: to.personId, purpose, before: { unit: row!.to_unit, to: row!.to_person } } });
    return { id: deliveryId };
  },
});

const settle = (context: Context, deliveryId: string) => context.db.updateTable('delivery').set({ settled_at: context.now }).where('office_id', '=', context.office.id).where('id', '=', deliveryId).execute();

export const withdrawDelivery = operation({
  id: 'delivery.withdraw', kind: 'command', rest: 'POST /deliveries/{id}/withdraw', allow: givers,
  summary: 'Takes back a paper that nobody has received yet.',
  input: z.object({ id: id(), reason: optionalLine(300) }),
  output: Done,
  async run(context, input) {
    const { db, office, caller, now } = context;
    const [row] = await getDeliveries(context, [input.id]);
    if (caller.kind === 'person' && row!.given_by !== caller.personId && !hasRole(caller, 'registrar', 'chief')) throw notAllowed();
    if (row!.state !== 'sent') throw notNow('error.delivery_settled');
    await db.updateTable('delivery').set({ state: 'withdrawn', return_reason: input.reason, settled_at: now }).where('office_id', '=', office.id).where('id', '=', row!.id).execute();
    const file = await getCaseFile(context, row!.case_id, true);
    if (!row!.is_copy && row!.purpose === 'work' && row!.entry_id === null && !file.closedAt) await takeOver(context, file, { unitId: null, personId: null });
    context.record({ name: 'delivery.withdrawn', nounId: row!.id, caseId: row!.case_id, data: { unit: row!.to_unit } });
    return { id: row!.id };
  },
});

export const withdrawAnnulled = operation({
  id: 'delivery.withdraw_annulled', kind: 'command', allow: [],
  summary: 'A paper or a whole number was annulled: who has not received it yet does not receive it.',
  input: z.object({ id: id(), entryId: optionalId() }),
  output: Many,
  async run(context, input) {
    const { db, office, now } = context;
    const file = await getCaseFile(context, input.id, true);
    const entry = input.entryId ? await db.selectFrom('entry').select('annulled_at').where('office_id', '=', office.id).where('id', '=', input.entryId).where('case_id', '=', file.id).executeTakeFirst() : null;
    if (entry === undefined) throw notFound();
    const rows = (await deliveriesOf(context, file.id)).filter((row) => row.state === 'sent' && (!input.entryId || row.entry_id === input.entryId));
    if (!(entry ?? { annulled_at: file.annulledAt }).annulled_at || rows.length === 0) throw notNow();
    for (const row of rows) {
      await db.updateTable('delivery').set({ state: 'withdrawn', settled_at: now }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
      context.record({ name: 'delivery.withdrawn', nounId: row.id, caseId: file.id, data: { unit: row.to_unit } });
    }
    return { done: rows.length };
  },
});

/** What waited for a resolution or a signature waits no longer; whoever settles it has received it. */
export async function settleFor(context: Context, caseId: string, chosen: string | null): Promise<void> {
  const { caller, now } = context;
  const rows = (await deliveriesOf(context, caseId)).filter((row) => ['resolution', 'signature'].includes(row.purpose) && row.settled_at === null && ['sent', 'received'].includes(row.state) && (row.id === chosen || (row.purpose === 'resolution' && isFor(caller, receiverOf(row)))));
  for (const row of rows) {
    if (row.state === 'sent') await receive(context, row, { by: caller.personId, way: 'system', at: now });
    await settle(context, row.id);
  }
}

export const settleDelivery = operation({
  id: 'delivery.settle', kind: 'command', rest: 'POST /deliveries/{id}/settle', allow: leaders,
  summary: 'Says that a paper was seen or signed, and that it needs no further resolution.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const [row] = await getDeliveries(context, [input.id]);
    if (context.caller.kind === 'person' && !isFor(context.caller, receiverOf(row!))) throw notAllowed();
    if (!['resolution', 'signature'].includes(row!.purpose) || row!.settled_at || !['sent', 'received'].includes(row!.state)) throw notNow('error.delivery_settled');
    await settleFor(context, row!.case_id, row!.id);
    context.record({ name: 'delivery.settled', nounId: row!.id, caseId: row!.case_id, data: { unit: row!.to_unit, purpose: row!.purpose } });
    return { id: row!.id };
  },
});
