import { endClearance, grantClearance } from '../../src/modules/classified/clearance.server.ts';
import { registerClassified } from '../../src/modules/classified/classified.server.ts';
import { openClassified } from '../../src/modules/classified/view.server.ts';
import { nameReader } from '../../src/modules/classified/reader.server.ts';
import type { Examples, Extend } from '../world.ts';

const png = new Uint8Array(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
const words = { level: 'restricted' as const, subject: 'Тајно', receivedOn: '2026-03-02' };

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, world) => {
  const [mayor, chief, other] = [await office.as('mayor'), await office.as('chief'), await office.as('registrar')];
  const untilOn = new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10);
  for (const personId of [chief.personId!, other.personId!]) await office.run(grantClearance, mayor, { personId, level: 'secret', untilOn });
  await office.run(grantClearance, chief, { personId: world.personId, level: 'restricted', untilOn });
  const papers: string[] = [];
  for (let count = 0; count < 4; count++) papers.push((await office.run(registerClassified, chief, { ...words, files: count === 0 ? [{ name: 'a.png', bytes: png }] : [] })).id);
  const { documents } = await office.run(openClassified, chief, { id: papers[0]! });
  await office.run(nameReader, chief, { id: papers[0]!, personId: other.personId!, need: 'Рад' });
  // A paper whose only reader is cleared no more.
  await office.run(grantClearance, chief, { personId: mayor.personId!, level: 'secret', untilOn });
  const orphan = await office.run(registerClassified, mayor, words);
  await office.run(endClearance, chief, { personId: mayor.personId! });
  return { orphanedId: orphan.id, classifiedId: papers[0]!, regradedId: papers[1]!, declassifiedId: papers[2]!, putAwayId: papers[3]!, classifiedDocumentId: documents[0]!.id, clearedId: world.personId, readerId: other.personId!, clearanceUntil: untilOn };
};

export const examples: Examples = {
  'clearance.own': () => ({}), 'clearance.list': () => ({}), 'clearance.grant': (w) => ({ personId: w.personId, level: 'restricted', untilOn: w.clearanceUntil }), 'clearance.end': (w) => ({ personId: w.clearedId }),
  'classified.register': (w) => ({ ...words, readers: w.readerId, need: 'Рад' }), 'classified.read_book': () => ({}), 'classified.open': (w) => ({ id: w.classifiedId }), 'classified.open_document': (w) => ({ id: w.classifiedDocumentId }),
  'classified.add': (w) => ({ id: w.classifiedId, files: [{ name: 'b.png', bytes: png }] }), 'classified.name_reader': (w) => ({ id: w.classifiedId, personId: w.readerId, need: 'Рад' }),
  'classified.orphaned': () => ({}), 'classified.entrust': (w) => ({ id: w.orphanedId, personId: w.readerId, need: 'Рад' }),
  'classified.end_reader': (w) => ({ id: w.classifiedId, personId: w.readerId }), 'classified.regrade': (w) => ({ id: w.regradedId, level: 'secret', basis: 'Рјешење' }), 'classified.declassify': (w) => ({ id: w.declassifiedId, basis: 'Рјешење' }), 'classified.close': (w) => ({ id: w.putAwayId }),
};
