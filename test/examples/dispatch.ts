import { z } from 'zod';
import { operation } from '../../src/core/operation.ts';
import { addDispatch } from '../../src/modules/dispatch/addressee.server.ts';
import { failDispatch } from '../../src/modules/dispatch/dispatch.server.ts';
import { makePostList } from '../../src/modules/dispatch/post-list.server.ts';
import type { Examples, Extend } from '../world.ts';

const send = operation({
  id: 'probe.send', kind: 'command', allow: ['staff'], summary: 'A paper on its way.', input: z.object({ caseId: z.string(), way: z.enum(['post', 'registered']) }), output: z.object({ id: z.string() }),
  async run(context, input) {
    const id = await addDispatch(context, { caseId: input.caseId, addressee: 'Ана Анић', address: 'Липова 4', way: input.way });
    context.record({ name: 'probe.sent', nounId: id });
    return { id };
  },
});

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, world) => {
  const registrar = await office.as('registrar');
  const made = async (way: 'post' | 'registered') => (await office.run(send, registrar, { caseId: world.caseId, way })).id;
  const [dispatchId, listedId, failedId, postedId] = [await made('post'), await made('registered'), await made('post'), await made('post')];
  await office.run(failDispatch, registrar, { id: failedId, reason: 'Непознат' });
  const list = await office.run(makePostList, registrar, { way: 'registered', ids: [listedId] });
  return { dispatchId, postedId, listedId, failedId, listId: list.id };
};

export const examples: Examples = {
  'dispatch.list': () => ({}), 'dispatch.count': () => ({}), 'dispatch.of_case': (w) => ({ caseId: w.caseId }), 'dispatch.get': (w) => ({ id: w['dispatchId'] }),
  'dispatch.prepare': (w) => ({ id: w['dispatchId'], addressee: 'Ана Анић', weightG: 20 }), 'dispatch.deliver': (w) => ({ id: w['dispatchId'], deliveredOn: '2026-01-05', deliveredTo: 'Ана Анић' }), 'dispatch.fail': (w) => ({ id: w['listedId'], reason: 'Непознат' }),
  'dispatch.repeat': (w) => ({ id: w['failedId'], way: 'post', addressee: 'Ана Анић' }), 'dispatch.follow_mail': () => ({}), 'dispatch.has_mail': () => ({}),
  'post_list.make': (w) => ({ way: 'post', ids: w['postedId'] }), 'post_list.hand': (w) => ({ id: w['listId'] }), 'post_list.take_off': (w) => ({ id: w['listId'], dispatchId: w['listedId'] }), 'post_list.get': (w) => ({ id: w['listId'] }), 'post_list.list': () => ({}),
  'postage.read': () => ({}), 'postage.set_rate': () => ({ way: 'post', upToG: 20, amount: '1,20' }),
};
