import { putInArchive } from '../../src/modules/archive/archive.server.ts';
import { makeBox } from '../../src/modules/archive/box.server.ts';
import { carryOutDisposal } from '../../src/modules/archive/destruction.server.ts';
import { consentDisposal, proposeDisposal, submitDisposal } from '../../src/modules/archive/disposal.server.ts';
import { lendFromArchive } from '../../src/modules/archive/lending.server.ts';
import { closed } from '../archive.ts';
import type { Examples, Extend } from '../world.ts';

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, w) => {
  const registrar = await office.as('registrar');
  const classes = office.office.data.classes;
  const permanent = classes.find((one) => one.retention === 'permanent')!.code;
  const short = classes.find((one) => one.retention !== 'permanent' && Number(one.retention) <= 5)!.code;
  const make = async (classCode: string) => closed(office, { classCode, text: `Допис ${office.office.id} ${Math.random()}` });
  const [archivedId, pastId, listedId, submittedId, handedId, lentId, waitingId, gone] = [await make(permanent), await make(short), await make(short), await make(short), await make(permanent), await make(permanent), await make(short), await make(short)];
  await office.run(putInArchive, registrar, { ids: [archivedId, pastId, listedId, submittedId, handedId, lentId, gone] });
  const box = await office.run(makeBox, registrar, {});
  const lending = await office.run(lendFromArchive, registrar, { id: lentId, readerId: w['personId']!, purpose: 'Увид', dueOn: w['dueOn']! });
  const commission = [w['personId']!, w['deputyId']!, registrar.personId!];
  const propose = (kind: 'destroy' | 'hand_over', id: string) => office.run(proposeDisposal, registrar, { kind, ids: [id], commission });
  const [proposed, submitted, handed, erased] = [await propose('destroy', listedId), await propose('destroy', submittedId), await propose('hand_over', handedId), await propose('destroy', gone)];
  for (const one of [submitted, handed, erased]) await office.run(submitDisposal, registrar, { id: one.id });
  await office.run(consentDisposal, registrar, { id: handed.id, reference: '7/26', on: '2026-01-15', files: [{ name: 'saglasnost.txt', bytes: new Uint8Array(Buffer.from('Сагласни смо.')) }] });
  await office.run(consentDisposal, registrar, { id: erased.id, reference: '6/26', on: '2026-01-15' });
  await office.run(carryOutDisposal, await office.as('mayor'), { id: erased.id, confirmation: '6/26' });
  const lasting = await office.within((db) => db.updateTable('document').set({ lasting_form: 'pdfa' }).where('office_id', '=', office.office.id).where('case_id', '=', archivedId).returning('id').executeTakeFirstOrThrow());
  return { archivedId, pastId, closedId: waitingId, boxId: box.id, lendingId: lending.id, proposedId: proposed.id, submittedId: submitted.id, handedId: handed.id, registrarId: registrar.personId!, erasedId: erased.id, lastingId: lasting.id };
};

export const examples: Examples = {
  'archive.plan': () => ({}), 'archive.waiting': () => ({}), 'archive.put': (w) => ({ ids: w['closedId'], boxId: w['boxId'] }), 'archive.list': () => ({}), 'archive.of_case': (w) => ({ id: w['archivedId'] }), 'archive.count': () => ({}),
  'archive.move': (w) => ({ ids: w['archivedId'], boxId: w['boxId'] }), 'archive.lend': (w) => ({ id: w['archivedId'], readerId: w['personId'], purpose: 'Увид', dueOn: w['dueOn'] }), 'archive.take_back': (w) => ({ id: w['lendingId'] }), 'archive.lendings': () => ({}),
  'archive.slip': (w) => ({ id: w['lendingId'] }), 'archive.preserve': (w) => ({ id: w['archivedId'] }), 'archive.document': (w) => ({ id: w['lastingId'] }),
  'box.list': () => ({}), 'box.get': (w) => ({ id: w['boxId'] }), 'box.make': () => ({ label: 'Преписка' }), 'box.change': (w) => ({ id: w['boxId'], place: 'Подрум' }),
  'disposal.candidates': () => ({ kind: 'destroy' }), 'disposal.propose': (w) => ({ kind: 'destroy', ids: w['pastId'], commission: [w['personId'], w['deputyId'], w['registrarId']] }), 'disposal.submit': (w) => ({ id: w['proposedId'] }),
  'disposal.consent': (w) => ({ id: w['submittedId'], reference: '8/26', on: '2026-01-15' }), 'disposal.refuse': (w) => ({ id: w['submittedId'], reason: 'Није потпуно.' }), 'disposal.list': () => ({}), 'disposal.get': (w) => ({ id: w['proposedId'] }),
  'disposal.consent_paper': (w) => ({ id: w['handedId'] }), 'disposal.carry_out': (w) => ({ id: w['handedId'], confirmation: '7/26' }), 'disposal.erase': (w) => ({ id: w['erasedId'] }), 'disposal.package': (w) => ({ id: w['handedId'] }),
};
