import { z } from 'zod';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { answered, assigned } from '../../../test/petition.ts';
import type { Caller } from '../../core/caller.ts';
import { operation } from '../../core/operation.ts';
import { readRegister } from '../registry/register.server.ts';
import { addDispatch, mailFailed } from './addressee.server.ts';
import { countDispatches, deliverDispatch, failDispatch, getDispatch, listDispatches, listOfCase, prepareDispatch, repeatDispatch } from './dispatch.server.ts';
import { handPostList, dropFromList, getPostList, makePostList } from './post-list.server.ts';
import { postageFor, ratesInForce, tariffOf } from './postage.ts';
import { readPostage, setRate } from './postage.server.ts';

const send = operation({
  id: 'probe.send', kind: 'command', allow: ['staff'], summary: 'A paper on its way.', input: z.object({ caseId: z.string(), way: z.enum(['post', 'registered', 'courier', 'email']), name: z.string() }), output: z.object({ id: z.string() }),
  async run(context, { caseId, way, name }) {
    const id = await addDispatch(context, { caseId, addressee: name, address: 'Липова 4, Примјер', email: 'ana@primjer.example', way, mail: { subject: 'x', body: 'y', locale: 'en' } });
    context.record({ name: 'probe.sent', nounId: id });
    return { id };
  },
});
const bounce = operation({
  id: 'probe.bounce', kind: 'command', allow: ['staff'], summary: 'A mail that came back.', input: z.object({ mailId: z.string() }), output: z.object({ changed: z.number() }),
  async run(context, { mailId }) {
    const rows = await mailFailed(context, mailId, '550 no such mailbox');
    context.record({ name: 'probe.bounced' });
    return { changed: rows.length };
  },
});
const put = async (office: TestOffice, by: Caller, caseId: string, way: 'post' | 'registered' | 'courier' | 'email', name = 'Ана Анић') => (await office.run(send, by, { caseId, way, name })).id;

test('an answer that goes by post waits for the post; weighed, listed and handed over it is dispatched, and delivered with its proof', async ({ office }) => {
  const told = await assigned(office, { replyBy: 'post' });
  const out = await answered(office, told);
  expect(out.mailed).toBe(false);
  const { dispatches: [row] } = await office.run(listDispatches, told.registrar, { way: 'post' });
  expect(row).toMatchObject({ caseId: told.id, reference: out.entry, addressee: 'Ђурђа Његовановић', address: 'Липова 4, Примјер', state: 'waiting', documentId: out.documentId });
  const entryOf = async () => (await office.run(readRegister, told.chief, {})).rows.find((one) => one.direction === 'out');
  expect((await entryOf())?.dispatchedAt).toBeNull();
  const { postageCents } = await office.run(prepareDispatch, told.registrar, { id: row!.id, addressee: row!.addressee, address: row!.address, weightG: '45', tracking: 'RE 1' });
  expect(postageCents).toBe(postageFor(tariffOf(office.office.jurisdiction.id), 'post', 45));
  const list = await office.run(makePostList, told.registrar, { way: 'post' });
  expect(list).toMatchObject({ number: 1, pieces: 1 });
  expect((await office.run(listDispatches, told.registrar, { way: 'post' })).dispatches).toEqual([]);
  await office.refused(office.run(prepareDispatch, told.registrar, { id: row!.id, way: 'registered', addressee: 'x' }), 409);
  await office.run(handPostList, told.registrar, { id: list.id });
  await office.refused(office.run(handPostList, told.registrar, { id: list.id }), 409);
  expect((await entryOf())?.dispatchedAt).toBeInstanceOf(Date);
  expect(Object.keys((await office.refused(office.run(deliverDispatch, told.registrar, { id: row!.id, deliveredOn: '2099-01-01', deliveredTo: 'Ана' }), 422)).fields)).toEqual(['deliveredOn']);
  await office.run(deliverDispatch, told.registrar, { id: row!.id, deliveredOn: office.today(), deliveredTo: 'Ђурђа', files: [{ name: 'dostavnica.txt', bytes: new Uint8Array(Buffer.from('примљено')) }] });
  const { dispatch, acts } = await office.run(getDispatch, told.registrar, { id: row!.id });
  expect(dispatch).toMatchObject({ state: 'delivered', deliveredTo: 'Ђурђа', tracking: 'RE 1' });
  expect(dispatch.proofId).not.toBeNull();
  expect(acts).toEqual([]);
  expect((await office.events(told.id)).map((event) => event.name).filter((name) => name.startsWith('dispatch.'))).toEqual(['dispatch.prepared', 'dispatch.handed', 'dispatch.delivered']);
});

test('what came back is shown until it is sent again; also a mail that bounced', async ({ office }) => {
  const { id, registrar, clerk } = await assigned(office);
  const dispatchId = await put(office, registrar, id, 'registered');
  await office.refused(office.run(failDispatch, clerk, { id: dispatchId, reason: 'x' }), 403);
  await office.run(failDispatch, registrar, { id: dispatchId, reason: 'Непознат на адреси' });
  expect(await office.run(countDispatches, registrar, {})).toMatchObject({ waiting: 0, failed: [{ id: dispatchId, reason: 'Непознат на адреси' }] });
  const mailed = await put(office, registrar, id, 'email', 'Одбор');
  const mailId = await office.within(async (db) => (await db.selectFrom('dispatch').select('mail_id').where('office_id', '=', office.office.id).where('id', '=', mailed).executeTakeFirstOrThrow()).mail_id!);
  expect((await office.run(bounce, registrar, { mailId })).changed).toBe(1);
  expect((await office.run(countDispatches, registrar, {})).failed.map((one) => one.id).sort()).toEqual([dispatchId, mailed].sort());
  const again = await office.run(repeatDispatch, registrar, { id: mailed, way: 'courier', addressee: 'Одбор', address: 'Трг 1' });
  expect((await office.run(getDispatch, registrar, { id: again.id })).dispatch).toMatchObject({ way: 'courier', state: 'waiting', address: 'Трг 1' });
  expect((await office.run(listOfCase, clerk, { caseId: id })).dispatches).toHaveLength(3);
});

test('lists are numbered through the year without a gap, also when two are closed at once; a piece is on one list', async ({ office }) => {
  const { id, registrar } = await assigned(office);
  const pieces = await Promise.all(['post', 'registered', 'courier'].map((way) => put(office, registrar, id, way as 'post')));
  const lists = await Promise.all(['post', 'registered', 'courier'].map((way) => office.run(makePostList, registrar, { way: way as 'post' })));
  expect(lists.map((one) => one.number).sort()).toEqual([1, 2, 3]);
  await office.refused(office.run(makePostList, registrar, { way: 'post' }), 409);
  await office.refused(office.run(makePostList, registrar, { way: 'post', ids: [pieces[0]!] }), 422);
  await office.run(dropFromList, registrar, { id: lists[0]!.id, dispatchId: pieces[0]! });
  expect((await office.run(getPostList, registrar, { id: lists[0]!.id })).dispatches).toEqual([]);
  expect((await office.run(makePostList, registrar, { way: 'post', ids: [pieces[0]!] })).number).toBe(4);
});

test('postage is by the tariff until the office sets its own; the book sums what was handed over, month by month', async ({ office }) => {
  const { id, registrar } = await assigned(office);
  for (const [amount, name] of [['1,20', 'А'], ['2.5', 'Б']] as const) await office.run(prepareDispatch, registrar, { id: await put(office, registrar, id, 'post', name), addressee: name, weightG: 20, amount });
  expect(Object.keys((await office.refused(office.run(prepareDispatch, registrar, { id: await put(office, registrar, id, 'post', 'В'), addressee: 'В', amount: 'много', weightG: '-3' }), 422)).fields).sort()).toEqual(['amount', 'weightG']);
  expect((await office.run(readPostage, registrar, {})).months).toEqual([]);
  const list = await office.run(makePostList, registrar, { way: 'post' });
  await office.run(handPostList, registrar, { id: list.id });
  const book = await office.run(readPostage, registrar, {});
  expect(book.months).toMatchObject([{ way: 'post', pieces: 3, cents: 370 }]);
  expect(book.tariffIsOwn).toBe(false);
  await office.run(setRate, registrar, { way: 'post', upToG: '20', amount: '0,99' });
  expect((await office.run(readPostage, registrar, {})).rates.find((rate) => rate.way === 'post' && rate.upToG === 20)).toEqual({ way: 'post', upToG: 20, cents: 99, isOwn: true });
  const next = await put(office, registrar, id, 'post', 'Г');
  expect((await office.run(prepareDispatch, registrar, { id: next, addressee: 'Г', weightG: 7 })).postageCents).toBe(99);
});

test('the first step that a weight fits is asked, nothing is guessed beyond the last', () => {
  const rates = ratesInForce([{ way: 'post', upToG: 20, cents: 50, isOwn: false }, { way: 'post', upToG: 100, cents: 90, isOwn: false }], [{ way: 'post', upToG: 50, cents: 60, isOwn: true }]);
  expect([1, 20, 21, 50, 51, 100, 101].map((weight) => postageFor(rates, 'post', weight))).toEqual([50, 50, 60, 60, 90, 90, null]);
  expect(postageFor(rates, 'registered', 5)).toBeNull();
});
