import { z } from 'zod';
import { describe } from 'vitest';
import { roles, type Role } from '../src/core/caller.ts';
import { operation, type Operation } from '../src/core/operation.ts';
import { Refusal } from '../src/core/refusal.ts';
import { modules } from '../src/modules.ts';
import { submitLetter, writeLetter } from '../src/modules/correspondence/letter.server.ts';
import { addDispatch } from '../src/modules/dispatch/addressee.server.ts';
import { failDispatch, repeatDispatch } from '../src/modules/dispatch/dispatch.server.ts';
import { putForward } from '../src/modules/distribution/bring-forward.server.ts';
import { giveDelivery } from '../src/modules/distribution/delivery.server.ts';
import { giveResolution } from '../src/modules/distribution/resolution.server.ts';

import { getPostList, handPostList, makePostList } from '../src/modules/dispatch/post-list.server.ts';
import { keepArrival } from '../src/modules/mailroom/arrival.server.ts';
import { judgeArrival } from '../src/modules/mailroom/judge.server.ts';
import { joinByHand } from '../src/modules/mailroom/register.server.ts';
import { annulCase, annulEntry } from '../src/modules/registry/book-annul.server.ts';
import { addPaperToCase, registerPaper } from '../src/modules/registry/paper.server.ts';
import { expect, test, type TestOffice } from './office.ts';
import { makeWorld, type World } from './world.ts';

const operations = modules.flatMap((module) => module.operations) as Operation[];

const send = operation({
  id: 'probe.send', kind: 'command', allow: ['staff'], summary: 'A paper on its way.', input: z.object({ caseId: z.string() }), output: z.object({ id: z.string() }),
  async run(context, input) {
    const id = await addDispatch(context, { caseId: input.caseId, addressee: 'Ана Анић', address: 'Липова 4', way: 'post' });
    context.record({ name: 'probe.sent', nounId: id });
    return { id };
  },
});

/** A paper with everything that may hang on one. */
async function makeMatter(office: TestOffice, world: World, subject: string) {
  const chief = await office.as('chief');
  const made = await office.run(registerPaper, chief, { subject, text: 'Текст.', name: 'Ана Анић', files: [{ name: 'a.txt', bytes: new Uint8Array(Buffer.from(subject)) }] });
  const { id } = made;
  const second = await office.run(addPaperToCase, chief, { id, text: 'Допуна', direction: 'internal' });
  const third = await office.run(addPaperToCase, chief, { id, text: 'Друга допуна', direction: 'internal' });
  const me = `person:${chief.personId}`;
  const onSecond = (await office.run(giveDelivery, chief, { id, entryId: second.entryId, original: me, purpose: 'signature' })).deliveries[0]!;
  const [copy, deputyCopy] = (await office.run(giveDelivery, chief, { id, copies: [me, `person:${world.deputyId}`], purpose: 'information' })).deliveries;
  const { obligations } = await office.run(giveResolution, chief, { id, text: 'Обавити.', to: [me], dueOn: world.dueOn });
  const original = await office.within((db) => db.selectFrom('delivery').select('id').where('office_id', '=', office.office.id).where('case_id', '=', id).where('is_copy', '=', false).where('entry_id', 'is', null).where('state', '=', 'sent').executeTakeFirstOrThrow());
  const letter = { caseId: id, subject: 'Допис', body: 'Текст.', recipients: [{ name: 'Ана Анић', address: 'Липова 4', way: 'post' as const }], signerId: chief.personId! };
  const draft = await office.run(writeLetter, chief, letter);
  const submitted = await office.run(writeLetter, chief, letter);
  await office.run(submitLetter, chief, { ...letter, id: submitted.id, version: 1 });
  const [dispatch, failed] = [await office.run(send, chief, { caseId: id }), await office.run(send, chief, { caseId: id })];
  await office.run(failDispatch, chief, { id: failed.id, reason: 'Непознат' });
  const forward = await office.run(putForward, chief, { id, dueOn: world.dueOn! });
  return { id, entryId: second.entryId, thirdId: third.entryId, onSecond, copy: copy!, deputyCopy: deputyCopy!, original: original.id, obligation: obligations[0]!, draft: draft.id, letter: submitted.id, dispatch: dispatch.id, failed: failed.id, forward: forward.id, me };
}
type Matter = Awaited<ReturnType<typeof makeMatter>>;

/** What one would still try on it. */
const tries: Record<string, (m: Matter, w: World) => Record<string, unknown>> = {
  'case.add_paper': (m) => ({ id: m.id, text: 'Допуна' }), 'case.change': (m) => ({ id: m.id, subject: 'Други предмет' }), 'case.close': (m) => ({ id: m.id }), 'case.reopen': (m) => ({ id: m.id, reason: 'Поново.' }), 'case.restrict': (m) => ({ id: m.id, access: 'confidential' }),
  'case.annul': (m) => ({ id: m.id, reason: 'Грешка.' }), 'entry.annul': (m) => ({ id: m.thirdId, reason: 'Грешка.' }), 'case.link': (m, w) => ({ id: m.id, otherId: w['freeCaseId'] }), 'case.merge': (m, w) => ({ id: m.id, otherId: w['freeCaseId'], reason: 'Исто.' }),
  'case.split': (m) => ({ id: m.id, entryIds: [m.entryId], subject: 'Издвојено' }), 'petition.adopt': (m) => ({ id: m.id }), 'delivery.give': (m, w) => ({ id: m.id, original: w['clerkReceiver'] }), 'delivery.receive': (m) => ({ ids: [m.original] }),
  'delivery.sign_off': (m) => ({ ids: [m.deputyCopy] }), 'delivery.return': (m) => ({ id: m.original, reason: 'Није наше.' }), 'delivery.reroute': (m, w) => ({ id: m.original, original: w['clerkReceiver'], reason: 'Надлежни.' }), 'delivery.withdraw': (m) => ({ id: m.original }),
  'delivery.settle': (m) => ({ id: m.onSecond }), 'resolution.give': (m, w) => ({ id: m.id, text: 'Обавити.', to: [w['clerkReceiver']], dueOn: w.dueOn }), 'bring_forward.put': (m, w) => ({ id: m.id, dueOn: w.dueOn }), 'bring_forward.take': (m) => ({ id: m.forward }),
  'obligation.finish': (m) => ({ id: m.obligation, report: 'Готово.' }), 'letter.write': (m, w) => ({ caseId: m.id, subject: 'Допис', signerId: w.deputyId }), 'letter.change': (m, w) => ({ id: m.draft, version: 1, subject: 'Други', signerId: w.deputyId }),
  'letter.submit': (m, w) => ({ id: m.draft, version: 1, subject: 'Допис', body: 'Текст.', recipients: [{ name: 'Ана', address: 'Липова 4', way: 'post' }], signerId: w.deputyId }), 'letter.approve': (m) => ({ id: m.letter, version: 2 }), 'letter.refuse': (m) => ({ id: m.letter, version: 2, comment: 'Не.' }),
  'letter.recall': (m) => ({ id: m.letter }), 'letter.withdraw': (m) => ({ id: m.draft }), 'dispatch.prepare': (m) => ({ id: m.dispatch, addressee: 'Ана', weightG: 20 }), 'dispatch.deliver': (m, w) => ({ id: m.dispatch, deliveredOn: w.today, deliveredTo: 'Ана' }),
  'dispatch.fail': (m) => ({ id: m.dispatch, reason: 'Непознат' }), 'dispatch.repeat': (m) => ({ id: m.failed, way: 'post', addressee: 'Ана' }), 'post_list.make': (m) => ({ way: 'post', ids: [m.dispatch] }), 'arrival.join': (m, w) => ({ id: w['thirdArrivalId'], caseId: m.id }),
  'archive.put': (m) => ({ ids: [m.id] }), 'archive.move': (m, w) => ({ ids: [m.id], boxId: w['boxId'] }), 'archive.lend': (m, w) => ({ id: m.id, readerId: w.personId, purpose: 'Увид', dueOn: w.dueOn }), 'archive.preserve': (m) => ({ id: m.id }),
  'disposal.propose': (m, w) => ({ kind: 'destroy', ids: [m.id], commission: [w.personId, w.deputyId, w['registrarId']] }), 'book.release': (m) => ({ ids: [m.id], reason: 'Не треба.' }),
  'petition.assign': (m, w) => ({ id: m.id, unitId: w.unitId, personId: w.personId }), 'petition.add': (m) => ({ id: m.id, text: 'Допуна.' }), 'petition.close': (m) => ({ id: m.id }), 'petition.restrict': (m) => ({ id: m.id, access: 'confidential' }), 'answer.draft': (m) => ({ id: m.id, facts: 'x' }),
};

class Undone extends Error {}
/** The operation as it runs, taken back at its end: each meets the same state. */
const takenBack = (op: Operation): Operation => ({
  ...op, isFresh: true,
  async run(context, input) {
    await op.run(context, input);
    throw new Undone();
  },
});

async function tryAll(office: TestOffice, world: World, matter: Matter, ids: readonly string[] = Object.keys(tries)): Promise<{ done: string[]; broken: string[]; statuses: Record<string, string> }> {
  const chief = { ...(await office.as('chief')), roles: new Set<Role>(roles) };
  const found = { done: [] as string[], broken: [] as string[], statuses: {} as Record<string, string> };
  for (const id of ids) {
    const op = operations.find((one) => one.id === id)!;
    const error = await office.run(takenBack(op), op.allow.length === 0 ? office.system() : chief, tries[id]!(matter, world)).then(() => null, (one: unknown) => one);
    if (error instanceof Undone) found.done.push(id);
    else if (!(error instanceof Refusal) || ![404, 409, 422, 403].includes(error.status)) found.broken.push(`${id}: ${String(error)}`);
    else found.statuses[id] = `${error.status} ${error.said.key} ${JSON.stringify(error.fields ?? {})}`;
  }
  return found;
}

// What happened to the paper itself is noted whatever became of its number: who took it, sent it back, took it out of the rokovnik, finished; a letter goes back or is given up.
const facts = ['archive.preserve', 'bring_forward.take', 'delivery.receive', 'delivery.return', 'delivery.settle', 'delivery.sign_off', 'delivery.withdraw', 'dispatch.deliver', 'dispatch.fail', 'letter.recall', 'letter.refuse', 'letter.withdraw', 'obligation.finish'];
const sending = ['dispatch.prepare', 'dispatch.repeat', 'post_list.make'];
const closed = [...sending, 'arrival.join', 'case.link', 'case.reopen', 'case.restrict', 'entry.annul'];
/** What may still be done, beside the facts. */
const still: Record<string, string[]> = {
  closed, merged: [...closed, 'case.add_paper', 'letter.approve', 'letter.change', 'letter.submit', 'letter.write'], annulled: [], archived: [...closed, 'archive.lend', 'archive.move'], lent: [...closed, 'archive.move'],
  'listed for disposal': [...closed.filter((one) => one !== 'case.reopen'), 'archive.move'], destroyed: ['case.restrict'], 'handed over': ['case.restrict'],
};

const now = () => new Date();
let archivedNumber = 9000;
const archived = (office: TestOffice, m: Pick<Matter, 'id'>, world: World, item: { state: string }) => office.within(async (db) => {
  await db.updateTable('case_file').set({ closed_at: new Date(Date.now() - 86_400_000) }).where('office_id', '=', office.office.id).where('id', '=', m.id).execute();
  const like = await db.selectFrom('archive_item').selectAll().where('office_id', '=', office.office.id).where('case_id', '=', world['archivedId']!).executeTakeFirstOrThrow();
  await db.insertInto('archive_item').values({ ...like, ...item, number: archivedNumber++, case_id: m.id }).execute();
});

describe('what is over stays as it is', { timeout: 60_000 }, () => {
  const states: Record<string, (office: TestOffice, matter: Matter, world: World) => Promise<unknown>> = {
    closed: (office, m) => office.within((db) => db.updateTable('case_file').set({ closed_at: now() }).where('office_id', '=', office.office.id).where('id', '=', m.id).execute()),
    annulled: (office, m) => office.within((db) => db.updateTable('case_file').set({ closed_at: now(), annulled_at: now(), annul_reason: 'Грешка.' }).where('office_id', '=', office.office.id).where('id', '=', m.id).execute()),
    merged: (office, m, world) => office.within((db) => db.updateTable('case_file').set({ closed_at: now(), merged_into: world['freeCaseId']! }).where('office_id', '=', office.office.id).where('id', '=', m.id).execute()),
  };
  states['archived'] = (office, m, world) => archived(office, m, world, { state: 'kept' });
  states['listed for disposal'] = (office, m, world) => archived(office, m, world, { state: 'listed' });
  states['destroyed'] = (office, m, world) => archived(office, m, world, { state: 'destroyed' });
  states['handed over'] = (office, m, world) => archived(office, m, world, { state: 'handed_over' });
  states['lent'] = async (office, m, world) => {
    await archived(office, m, world, { state: 'kept' });
    await office.within((db) => db.insertInto('lending').values({ office_id: office.office.id, id: m.forward, case_id: m.id, reader_id: world.personId, purpose: 'Увид', due_on: world.dueOn!, lent_at: now() }).execute());
  };
  for (const [state, make] of Object.entries(states)) test(state, async ({ office }) => {
    const world = await makeWorld(office);
    const matter = await makeMatter(office, world, 'Ствар');
    await make(office, matter, world);
    const found = await tryAll(office, world, matter);
    expect(found.broken).toEqual([]);
    expect(found.done.toSorted()).toEqual([...facts, ...still[state]!].toSorted());
    // Each refusal says why, and not merely that something is missing.
    expect(Object.entries(found.statuses).filter(([id, why]) => why.startsWith('403') || (why.startsWith('409') && why.includes('error.not_now') && !id.startsWith('petition.')))).toEqual([]);
  });

  test('a number that is only reserved', async ({ office }) => {
    const world = await makeWorld(office);
    const matter = await makeMatter(office, world, 'Ствар');
    const named = (id: string): unknown[] => [tries[id]!(matter, world)].flatMap((made) => [made['id'], made['caseId'], made['ids']].flat());
    const found = await tryAll(office, world, { ...matter, id: world['reservedId']! }, Object.keys(tries).filter((id) => named(id).includes(matter.id)));
    expect(found).toMatchObject({ broken: [], done: ['archive.preserve', 'book.release'] });
  });

  test('a number that was annulled is on its way to nobody, and what waits to be sent keeps it from being annulled', async ({ office }) => {
    const world = await makeWorld(office);
    const chief = await office.as('chief');
    const { id, entryId } = await makeMatter(office, world, 'Ствар');
    await office.run(giveDelivery, chief, { id, entryId, purpose: 'information', copies: [`person:${world.deputyId}`] });
    await office.run(annulEntry, chief, { id: entryId, reason: 'Двапут.' });
    await office.settle();
    const of = await office.within((db) => db.selectFrom('delivery').select(['state', 'entry_id']).where('office_id', '=', office.office.id).where('case_id', '=', id).execute());
    expect(of.filter((one) => one.entry_id === entryId).map((one) => one.state)).toEqual(['withdrawn', 'withdrawn']);
    expect(of.filter((one) => one.entry_id === null && one.state === 'sent').length).toBeGreaterThan(0);
    const sent = await office.run(registerPaper, chief, { direction: 'out', subject: 'Погрешно', text: 'Текст.' });
    const waiting = await office.run(send, chief, { caseId: sent.id });
    expect((await office.refused(office.run(annulCase, chief, { id: sent.id, reason: 'Грешка.' }), 409)).said.key).toBe('error.annul_waiting');
    await office.run(failDispatch, chief, { id: waiting.id, reason: 'Није послато' });
    await office.run(annulCase, chief, { id: sent.id, reason: 'Грешка.' });
    expect((await office.refused(office.run(repeatDispatch, chief, { id: waiting.id, way: 'post', addressee: 'Ана' }), 409)).said.key).toBe('error.case_annulled');
  });

  test('a message for a number that takes nothing more lies in the tray, and is not astray', async ({ office }) => {
    const world = await makeWorld(office);
    const [chief, email] = [await office.as('chief'), 'ana@nigdje.example'];
    for (const state of ['annulled', 'destroyed']) {
      const paper = await office.run(registerPaper, chief, { subject: 'Ствар', name: 'Ана Анић', email });
      if (state === 'annulled') await office.run(annulCase, chief, { id: paper.id, reason: 'Грешка.' });
      else await archived(office, { id: paper.id }, world, { state: 'destroyed' });
      const bytes = new Uint8Array(Buffer.from(`From: Ana <${email}>\r\nMessage-ID: <${state}@nigdje.example>\r\nSubject: ${paper.reference}\r\n\r\nDopuna.`));
      const { id } = await office.run(keepArrival, office.system(), { source: 'mailbox', mailboxId: null, key: state, name: 'message.eml', mediaType: 'message/rfc822', bytes, size: bytes.length });
      expect(await office.run(judgeArrival, office.system(), { id }), state).toEqual({ state: 'waiting' });
      await office.refused(office.run(joinByHand, chief, { id, caseId: paper.id }), 409);
    }
  });

  test('a list with the envelope of a confidential case is handed over whole, by who does not see the case too', async ({ office }) => {
    const [chief, registrar] = [await office.as('chief'), await office.as('registrar')];
    const [secret, plain] = [await office.run(registerPaper, chief, { direction: 'out', subject: 'Тајно', access: 'confidential' }), await office.run(registerPaper, chief, { direction: 'out', subject: 'Јавно' })];
    const ids = [(await office.run(send, chief, { caseId: secret.id })).id, (await office.run(send, chief, { caseId: plain.id })).id];
    const list = await office.run(makePostList, chief, { way: 'post', ids });
    expect((await office.run(getPostList, registrar, { id: list.id })).dispatches).toHaveLength(1);
    expect(await office.run(handPostList, registrar, { id: list.id })).toMatchObject({ pieces: 2 });
    const after = await office.within((db) => db.selectFrom('dispatch').select('state').where('office_id', '=', office.office.id).where('id', 'in', ids).execute());
    expect(after.map((one) => one.state)).toEqual(['sent', 'sent']);
  });
});
