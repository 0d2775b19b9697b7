import { askMany } from '../../src/modules/contributions/ask.server.ts';
import { setPhoto } from '../../src/modules/directory/party-photo.server.ts';
import { registerPaper } from '../../src/modules/registry/paper.server.ts';
import type { Examples, Extend } from '../world.ts';

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, w) => {
  const chief = await office.as('chief');
  const paper = await office.run(registerPaper, chief, { subject: 'Материјал', direction: 'internal', files: [{ name: 'plan.txt', bytes: new Uint8Array(Buffer.from('план')) }] });
  const document = await office.within((db) => db.selectFrom('document').select('id').where('office_id', '=', office.office.id).where('case_id', '=', paper.id).executeTakeFirstOrThrow());
  const asked = await office.run(askMany, chief, { caseId: paper.id, title: 'Стање радова', question: 'Шта је урађено?', dueOn: w.dueOn, of: [`unit:${w.unitId}`, `body:${w.bodyId}`], documentIds: [document.id] });
  await office.run(setPhoto, chief, { id: w.bodyId, photo: { name: 'slika.png', bytes: new Uint8Array(png) } });
  return { photographedId: w.bodyId, askId: asked.askId, askedCaseId: asked.caseId, askedPaperId: document.id, askedOfUnitId: asked.contributionIds[0]!, askedOfBodyId: asked.contributionIds[1]! };
};

export const examples: Examples = {
  'party.set_photo': (w) => ({ id: w.partyId, photo: { name: 'ana.png', bytes: new Uint8Array(png) } }), 'party.drop_photo': (w) => ({ id: w.partyId }), 'party.get_photo': (w) => ({ id: w['photographedId'] }),
  'contribution.ask': (w) => ({ caseId: w['askedCaseId'], title: 'Стање радова', question: 'Шта је урађено?', dueOn: w.dueOn, of: [`body:${w.bodyId}`], documentIds: [w['askedPaperId']] }),
  'contribution.read_paper': (w) => ({ id: w['askedOfBodyId'], documentId: w['askedPaperId'] }), 'contribution.decline': (w) => ({ id: w['askedOfBodyId'], reason: 'Нисмо надлежни.', name: 'Марко' }), 'contribution.drop': (w) => ({ id: w['askedOfUnitId'] }),
  'contribution.ask_more': (w) => ({ id: w['askedOfBodyId'], until: '2099-01-01', reason: 'Увиђај.' }), 'contribution.decide_more': (w) => ({ id: w['askedOfBodyId'], dueOn: '2099-01-01' }), 'contribution.list': () => ({}), 'contribution.of_case': (w) => ({ caseId: w['askedCaseId'] }),
  'contribution.get_ask': (w) => ({ id: w['askId'] }), 'contribution.overview': () => ({}), 'contribution.count': () => ({}), 'contribution.settle': (w) => ({ caseId: w['askedCaseId'] }),
};
