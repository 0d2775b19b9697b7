import { askMany } from '../../src/modules/contributions/ask.server.ts';
import { registerPaper } from '../../src/modules/registry/paper.server.ts';
import type { Examples, Extend } from '../world.ts';

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, w) => {
  const chief = await office.as('chief');
  const paper = await office.run(registerPaper, chief, { subject: 'Материјал', direction: 'internal', files: [{ name: 'plan.txt', bytes: new Uint8Array(Buffer.from('план')) }] });
  const document = await office.within((db) => db.selectFrom('document').select('id').where('office_id', '=', office.office.id).where('case_id', '=', paper.id).executeTakeFirstOrThrow());
  const asked = await office.run(askMany, chief, { caseId: paper.id, title: 'Стање радова', question: 'Шта је урађено?', dueOn: w.dueOn, of: [`unit:${w.unitId}`, `body:${w.bodyId}`], documentIds: [document.id] });
  return { askId: asked.askId, askedCaseId: asked.caseId, askedPaperId: document.id, askedOfUnitId: asked.contributionIds[0]!, askedOfBodyId: asked.contributionIds[1]! };
};

export const examples: Examples = {
  'contribution.ask': (w) => ({ caseId: w['askedCaseId'], title: 'Стање радова', question: 'Шта је урађено?', dueOn: w.dueOn, of: [`body:${w.bodyId}`], documentIds: [w['askedPaperId']] }),
  'contribution.read_paper': (w) => ({ id: w['askedOfBodyId'], documentId: w['askedPaperId'] }), 'contribution.decline': (w) => ({ id: w['askedOfBodyId'], reason: 'Нисмо надлежни.', name: 'Марко' }), 'contribution.drop': (w) => ({ id: w['askedOfUnitId'] }),
  'contribution.ask_more': (w) => ({ id: w['askedOfBodyId'], until: '2099-01-01', reason: 'Увиђај.' }), 'contribution.decide_more': (w) => ({ id: w['askedOfBodyId'], dueOn: '2099-01-01' }), 'contribution.list': () => ({}), 'contribution.of_case': (w) => ({ caseId: w['askedCaseId'] }),
  'contribution.get_ask': (w) => ({ id: w['askId'] }), 'contribution.overview': () => ({}), 'contribution.count': () => ({}), 'contribution.settle': (w) => ({ caseId: w['askedCaseId'] }),
};
