import { registerPaper } from '../../src/modules/registry/paper.server.ts';
import { putAway } from '../../src/modules/registry/case.server.ts';
import type { Examples, Extend } from '../world.ts';

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office) => {
  const chief = await office.as('chief');
  const paper = await office.run(registerPaper, chief, { subject: 'Допис о водоводу', text: 'Молимо мишљење.', name: 'Водовод', town: 'Примјер' });
  const closed = await office.run(registerPaper, chief, { subject: 'Позив на скуп', text: 'Позивамо вас.' });
  await office.run(putAway, chief, { id: closed.id });
  return { paperId: paper.id, closedPaperId: closed.id };
};

export const examples: Examples = {
  'case.register': (w) => ({ subject: 'Допис', text: 'Текст', partyId: w.partyId }), 'case.add_paper': (w) => ({ id: w.paperId, text: 'Допуна', partyId: w.partyId }), 'case.get': (w) => ({ id: w.paperId }), 'case.close': (w) => ({ id: w.paperId }),
  'case.reopen': (w) => ({ id: w.closedPaperId, reason: 'Стигла допуна.' }), 'case.restrict': (w) => ({ id: w.paperId, access: 'office', personId: w.personId }), 'case.change': (w) => ({ id: w.paperId, subject: 'Исправљен предмет', partyId: w.partyId }),
};
