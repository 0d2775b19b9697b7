import { expect, test, type TestOffice } from '../../../test/office.ts';
import { assigned } from '../../../test/petition.ts';
import type { Caller } from '../../core/caller.ts';
import { followMail, listOfCase } from '../dispatch/dispatch.server.ts';
import { getDocument } from '../documents/document.server.ts';
import { setSubstitute } from '../people/substitute.server.ts';
import { readRegister } from '../registry/register.server.ts';
import { addDemonstration } from './certificate.server.ts';
import { approveLetter, refuseLetter } from './chain.server.ts';
import { getLetter, countLetters, lettersOfCase, listLetters } from './letter-list.server.ts';
import { followDispatch } from './letter-jobs.ts';
import { changeLetter, recallLetter, submitLetter, writeLetter } from './letter.server.ts';

const by = (way: 'email' | 'post' | 'registered' | 'courier' | 'pickup', name: string, more: { email?: string; isCopy?: boolean } = {}) => ({ name, address: 'Липова 4, Примјер', way, ...more });
const words = { subject: 'Захтјев за изјашњење', body: 'Поштовани,\n\nмолимо да се изјасните.', recipients: [by('post', 'Јавно предузеће Примјер')] };

/** A letter on a case, sent along its chain. */
async function submitted(office: TestOffice, more: Record<string, unknown> = {}) {
  const told = await assigned(office);
  const mayor = await office.as('mayor');
  const letter = { ...words, caseId: told.id, signerId: mayor.personId!, visas: [told.chief.personId!], ...more };
  const { id } = await office.run(writeLetter, told.clerk, letter);
  const { version } = await office.run(submitLetter, told.clerk, { ...letter, id, version: 1 });
  return { ...told, mayor, letter, id, version, caseId: told.id };
}
const approve = (office: TestOffice, who: Caller, told: { id: string; version: number }) => office.run(approveLetter, who, { id: told.id, version: told.version });
const entriesOf = (office: TestOffice, caseId: string) => office.within(async (db) => (await db.selectFrom('entry').select(['direction', 'reference']).where('office_id', '=', office.office.id).where('case_id', '=', caseId).orderBy('sub').execute()));

test('along the chain a letter is approved in order, sealed under a number at the signature, and goes to each of its recipients', async ({ office }) => {
  await office.run(addDemonstration, office.system(), {});
  const told = await submitted(office, { recipients: [by('post', 'Јавно предузеће Примјер'), by('email', 'Ана Анић', { email: 'ana@primjer.example' }), by('registered', 'Одбор', { isCopy: true })] });
  expect((await entriesOf(office, told.caseId)).map((one) => one.direction)).toEqual(['in']);
  // Not before the visa, and not by anybody else.
  await office.refused(approve(office, told.mayor, told), 403);
  await office.refused(approve(office, told.clerk, told), 403);
  expect((await office.run(countLetters, told.chief, {})).approve).toMatchObject([{ id: told.id }]);
  expect((await office.run(countLetters, told.mayor, {})).approve).toEqual([]);
  expect(await approve(office, told.chief, told)).toMatchObject({ state: 'submitted', reference: null });
  const sealed = await approve(office, told.mayor, told);
  expect(sealed.state).toBe('sealed');
  expect((await entriesOf(office, told.caseId)).at(-1)).toEqual({ direction: 'out', reference: sealed.reference });
  const shown = await office.run(getLetter, told.clerk, { id: told.id });
  expect(shown).toMatchObject({ state: 'sealed', reference: sealed.reference, steps: [{ kind: 'visa', state: 'approved' }, { kind: 'sign', state: 'approved', doneBy: '' }], acts: [] });
  expect(shown.sealedWith).toMatch(/^PAdES B-B/);
  const pdf = Buffer.from((await office.run(getDocument, told.clerk, { id: shown.documentId! })).content, 'base64').toString('latin1');
  expect(pdf).toContain('/SubFilter /ETSI.CAdES.detached');
  const { dispatches } = await office.run(listOfCase, told.registrar, { caseId: told.caseId });
  expect(dispatches.map((one) => [one.addressee, one.way, one.state]).sort()).toEqual([['Ана Анић', 'email', 'waiting'], ['Јавно предузеће Примјер', 'post', 'waiting'], ['Одбор', 'registered', 'waiting']].sort());
  await office.settle();
  const mail = office.mails.find((one) => one.to === 'ana@primjer.example' && one.subject.includes(sealed.reference!));
  expect(mail?.text).toContain(sealed.reference!);
  expect((await office.run(followMail, office.system(), {})).followed).toBe(1);
  expect((await office.run(listOfCase, told.registrar, { caseId: told.caseId })).dispatches.find((one) => one.way === 'email')!.state).toBe('sent');
  expect((await office.run(followDispatch, office.system(), { caseId: told.caseId })).dispatched).toBe(0);
});

test('a refused letter takes no number; it is a draft again with the comment beside, and its chain begins anew', async ({ office }) => {
  const told = await submitted(office);
  await approve(office, told.chief, told);
  expect(Object.keys((await office.refused(office.run(refuseLetter, told.mayor, { id: told.id, version: told.version, comment: '' }), 422)).fields)).toEqual(['comment']);
  const back = await office.run(refuseLetter, told.mayor, { id: told.id, version: told.version, comment: 'Навести рок.' });
  expect(back.state).toBe('draft');
  expect((await entriesOf(office, told.caseId)).map((one) => one.direction)).toEqual(['in']);
  const shown = await office.run(getLetter, told.clerk, { id: told.id });
  expect(shown.steps.map((step) => [step.round, step.kind, step.state, step.comment])).toEqual([[1, 'visa', 'approved', ''], [1, 'sign', 'refused', 'Навести рок.'], [2, 'visa', 'waiting', ''], [2, 'sign', 'waiting', '']]);
  expect((await office.run(countLetters, told.clerk, {})).refused).toMatchObject([{ id: told.id, wasRefused: true }]);
  const again = await office.run(submitLetter, told.clerk, { ...told.letter, body: 'Рок је осам дана.', id: told.id, version: back.version });
  await approve(office, told.chief, { id: told.id, version: again.version });
  expect((await approve(office, told.mayor, { id: told.id, version: again.version })).reference).toBeTruthy();
});

test('two writers do not overwrite each other, and nobody signs what was changed after it was read', async ({ office }) => {
  const told = await submitted(office);
  await office.refused(office.run(changeLetter, told.clerk, { ...told.letter, id: told.id, version: told.version }), 409);
  const recalled = await office.run(recallLetter, told.clerk, { id: told.id });
  await office.run(changeLetter, told.chief, { ...told.letter, subject: 'Друго', id: told.id, version: recalled.version });
  const refusal = await office.refused(office.run(changeLetter, told.clerk, { ...told.letter, id: told.id, version: recalled.version }), 409);
  expect(refusal.current).toMatchObject({ subject: 'Друго', version: recalled.version + 1 });
  await office.run(submitLetter, told.clerk, { ...told.letter, id: told.id, version: recalled.version + 1 });
  await office.refused(approve(office, told.chief, told), 409);
});

test('a substitute signs for the absent, and the letter shows it', async ({ office }) => {
  const told = await submitted(office, { visas: [] });
  const deputy = await office.as('deputy');
  await office.refused(approve(office, deputy, told), 403);
  const today = new Date().toISOString().slice(0, 10);
  await office.run(setSubstitute, told.mayor, { substituteId: deputy.personId!, fromOn: today, untilOn: today });
  await approve(office, await office.as('deputy'), told);
  expect((await office.run(getLetter, told.clerk, { id: told.id })).steps).toMatchObject([{ personId: told.mayor.personId, doneBy: deputy.name, state: 'approved' }]);
});

test('what is missing is said at its field, also which recipient has no address', async ({ office }) => {
  const told = await assigned(office);
  const { id } = await office.run(writeLetter, told.clerk, { subject: 'Допис', caseId: told.id });
  const bare = { id, version: 1, subject: 'Допис' };
  expect(Object.keys((await office.refused(office.run(submitLetter, told.clerk, bare), 422)).fields).sort()).toEqual(['body', 'recipients.0.name', 'signerId']);
  const recipients = [{ name: 'Ана', way: 'email' as const }, { name: 'Перо', way: 'registered' as const }];
  expect((await office.refused(office.run(submitLetter, told.clerk, { ...bare, body: 'x', recipients }), 422)).fields).toMatchObject({ 'recipients.0.email': { key: 'field.recipient_email' }, 'recipients.1.address': { key: 'field.recipient_address' } });
  // A clerk does not sign, and what is not of this case is not enclosed.
  expect(Object.keys((await office.refused(office.run(changeLetter, told.clerk, { ...bare, signerId: told.clerk.personId!, enclosures: [told.id] }), 422)).fields).sort()).toEqual(['enclosures', 'signerId']);
});

test('a letter without a case opens one when it is sealed; until then only its own people see it', async ({ office }) => {
  const [clerk, chief] = [await office.as('clerk'), await office.as('chief')];
  const letter = { ...words, signerId: chief.personId! };
  const { id } = await office.run(writeLetter, clerk, letter);
  const stranger = { ...(await office.as('protocol')), marks: [] };
  await office.refused(office.run(getLetter, stranger, { id }), 404);
  expect((await office.run(listLetters, stranger, { view: 'all' })).letters).toEqual([]);
  const { version } = await office.run(submitLetter, clerk, { ...letter, id, version: 1 });
  const before = (await office.run(readRegister, chief, {})).last;
  const sealed = await approve(office, chief, { id, version });
  expect((await office.run(readRegister, chief, {})).last).toBe(before + 1);
  const shown = await office.run(getLetter, clerk, { id });
  expect(shown).toMatchObject({ reference: sealed.reference, caseReference: sealed.reference, sealedWith: '' });
  expect((await office.run(lettersOfCase, clerk, { caseId: shown.caseId! })).letters).toMatchObject([{ id, reference: sealed.reference }]);
});
