import { addPaperToCase, registerPaper } from '../../src/modules/registry/paper.server.ts';
import { putAway } from '../../src/modules/registry/case.server.ts';
import { reserveNumbers } from '../../src/modules/registry/book.server.ts';
import type { Examples, Extend } from '../world.ts';

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office) => {
  const chief = await office.as('chief');
  const paper = await office.run(registerPaper, chief, { subject: 'Допис о водоводу', text: 'Молимо мишљење.', name: 'Водовод', town: 'Примјер' });
  const closed = await office.run(registerPaper, chief, { subject: 'Позив на скуп', text: 'Позивамо вас.' });
  await office.run(putAway, chief, { id: closed.id });
  const { numbers } = await office.run(reserveNumbers, chief, { book: 'main', count: 2, purpose: 'Рјешења' });
  const mistake = await office.run(registerPaper, chief, { subject: 'Двапут заведено', text: 'Грешка.' });
  const added = await office.run(addPaperToCase, chief, { id: paper.id, text: 'Још једном', direction: 'internal' });
  return { paperId: paper.id, reservedId: numbers[0]!.id, mistakeId: mistake.id, entryId: added.entryId, closedPaperId: closed.id };
};

export const examples: Examples = {
  'book.list': () => ({}), 'book.open': () => ({ book: 'main', year: new Date().getUTCFullYear() + 1 }), 'book.reserve': (w) => ({ book: 'main', count: 1, purpose: 'Рјешења', unitId: w.unitId }), 'book.release': (w) => ({ ids: w.reservedId, reason: 'Није потребан.' }), 'book.list_reserved': () => ({}),
  'book.preview': () => ({ book: 'main', year: new Date().getUTCFullYear() }), 'book.close': () => ({ book: 'main', year: new Date().getUTCFullYear() }), 'book.get_note': () => ({ book: 'main', year: 2020 }),
  'petition.annul': (w) => ({ id: w.otherId }), 'entry.annul': (w) => ({ id: w.entryId, reason: 'Двапут заведено.' }), 'case.annul': (w) => ({ id: w.mistakeId, reason: 'Двапут заведено.' }),
  'case.register': (w) => ({ subject: 'Допис', text: 'Текст', partyId: w.partyId }), 'case.add_paper': (w) => ({ id: w.paperId, text: 'Допуна', partyId: w.partyId }), 'case.get': (w) => ({ id: w.paperId }), 'case.list': (w) => ({ unitId: w.unitId }), 'case.count': () => ({}), 'label.print': (w) => ({ ids: w.paperId }), 'case.close': (w) => ({ id: w.paperId }),
  'petition.adopt': (w) => ({ id: w.paperId }), 'case.reopen': (w) => ({ id: w.closedPaperId, reason: 'Стигла допуна.' }), 'case.restrict': (w) => ({ id: w.paperId, access: 'office', personId: w.personId }), 'case.change': (w) => ({ id: w.paperId, subject: 'Исправљен предмет', partyId: w.partyId }),
};
