import { expect, test, type TestOffice } from '../../../test/office.ts';
import { assigned } from '../../../test/petition.ts';
import type { Caller } from '../../core/caller.ts';
import { plainDocx, readDocxText } from '../../core/docx.ts';
import { renderPdf } from '../../core/pdf.ts';
import { followMail, listOfCase } from '../dispatch/dispatch.server.ts';
import { getDocument } from '../documents/document.server.ts';
import { setSubstitute } from '../people/substitute.server.ts';
import { readRegister } from '../registry/register.server.ts';
import { addCertificate, addDemonstration, endingCertificate, listCertificates, retireCertificate } from './certificate.server.ts';
import { approveLetter, refuseLetter } from './chain.server.ts';
import { templateFields } from './field.ts';
import { previewLetter, readDocx, readLetterFile, takeFile } from './letter-file.server.ts';
import { getLetter, countLetters, lettersOfCase, listLetters } from './letter-list.server.ts';
import { followDispatch } from './letter-jobs.ts';
import { changeLetter, recallLetter, submitLetter, writeLetter } from './letter.server.ts';
import { addTemplate, addUsual, listTemplates } from './template.server.ts';

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
  await office.run(setSubstitute, told.mayor, { substituteId: deputy.personId!, fromOn: office.today(), untilOn: office.today() });
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

test('what a field says is text: braces, markup and commands of a template are printed as they were typed', async ({ office }) => {
  const told = await assigned(office, { subject: 'Молба {прималац} #let x = 1 <b>& "' });
  const chief = told.chief;
  const refusal = await office.refused(office.run(addTemplate, chief, { name: 'Образац', locale: 'cnr-Cyrl', body: 'Поштовани {прималац}, {непознато}' }), 422);
  expect(refusal.fields).toMatchObject({ body: { key: 'field.template_unknown' } });
  const { id: templateId, fields } = await office.run(addTemplate, chief, { name: 'Образац', locale: 'cnr-Cyrl', body: 'Поштовани {прималац}, у предмету {naziv_predmeta} и {case_subject}, телефон {телефон}' });
  expect([...fields].sort()).toEqual(['addressee', 'case_subject', 'phone']);
  const letter = { caseId: told.id, templateId, subject: 'Допис', body: 'Поштовани {прималац}, у предмету {назив_предмета}, телефон {телефон}, {нешто}', recipients: [by('post', '{број} *x* $y$ #z')], signerId: chief.personId!, locale: 'cnr-Cyrl' };
  const { id } = await office.run(writeLetter, told.clerk, letter);
  const shown = await office.run(getLetter, told.clerk, { id });
  // What is settled is filled at once, what comes from outside with braces of its own only in the print.
  expect(shown.body).toBe(`Поштовани {прималац}, у предмету {назив_предмета}, телефон ${office.office.data.phone}, {нешто}`);
  expect(shown.text).toBe(`Поштовани {број} *x* $y$ #z, у предмету Молба {прималац} #let x = 1 <b>& ", телефон ${office.office.data.phone}, {нешто}`);
  const { data } = await office.run(previewLetter, told.clerk, { id });
  expect(data).toMatchObject({ draft: 'НАЦРТ', addressee: ['{број} *x* $y$ #z', 'Липова 4', 'Примјер'] });
  expect(Buffer.from(await renderPdf('letter', data as never)).subarray(0, 5).toString()).toBe('%PDF-');
  const docx = await office.run(readDocx, told.clerk, { id });
  expect(readDocxText(new Uint8Array(Buffer.from(docx.content, 'base64')), 'a.docx')).toContain('Молба {прималац} #let x = 1 <b>& "');
});

test('a letter goes to a word processor and its words come back; the file is kept', async ({ office }) => {
  const told = await assigned(office);
  const { id } = await office.run(writeLetter, told.clerk, { ...words, caseId: told.id });
  const bytes = plainDocx(['Поштовани,', 'нови текст.']);
  const taken = await office.run(takeFile, told.clerk, { id, version: 1, file: { name: 'dopis.docx', bytes } });
  expect(await office.run(getLetter, told.clerk, { id })).toMatchObject({ body: 'Поштовани,\n\nнови текст.', version: taken.version, fileName: 'dopis.docx' });
  expect((await office.run(readLetterFile, told.clerk, { id })).content).toBe(Buffer.from(bytes).toString('base64'));
  await office.refused(office.run(takeFile, told.clerk, { id, version: 1, file: { name: 'dopis.docx', bytes } }), 409);
  for (const file of [{ name: 'a.txt', bytes: new Uint8Array(Buffer.from('x')) }, { name: 'prazno.docx', bytes: plainDocx([]) }])
    expect(Object.keys((await office.refused(office.run(takeFile, told.clerk, { id, version: taken.version, file }), 422)).fields), file.name).toEqual(['file']);
  const pdf = await renderPdf('letter', (await office.run(previewLetter, told.clerk, { id })).data as never);
  await office.run(takeFile, told.clerk, { id, version: taken.version, file: { name: 'dopis.pdf', bytes: new Uint8Array(pdf) }, pdf: 'words' });
  expect((await office.run(getLetter, told.clerk, { id })).body).toContain('нови текст.');
});

test('a new office has the usual templates in its language; a certificate is kept without being shown, and retired with its key', async ({ office }) => {
  const [chief, clerk] = [await office.as('chief'), await office.as('clerk')];
  const { templates } = await office.run(listTemplates, clerk, {});
  expect(templates.length).toBeGreaterThan(4);
  expect(templates.every((one) => one.fields.every((field) => field in templateFields))).toBe(true);
  expect((await office.run(addUsual, chief, {})).added).toBe(0);
  const { id } = await office.run(addDemonstration, office.system(), {});
  const listed = await office.run(listCertificates, chief, {});
  expect(listed.certificates).toMatchObject([{ id, state: 'in_use' }]);
  expect(JSON.stringify(listed)).not.toMatch(/key|PRIVATE/i);
  await office.run(retireCertificate, chief, { id });
  expect((await office.run(listCertificates, chief, {})).certificates).toMatchObject([{ state: 'retired' }]);
  expect(await office.within(async (db) => (await db.selectFrom('certificate').select('sealed_key').where('office_id', '=', office.office.id).executeTakeFirstOrThrow()).sealed_key.length)).toBe(0);
  await office.refused(office.run(addCertificate, chief, { file: { name: 'a.p12', bytes: new Uint8Array(300) }, password: 'x' }), 422);
});

test('the day says to who keeps the certificates that the one in use expires within 30 days or has expired, unless another takes its place', async ({ office }) => {
  const [chief, it] = [await office.as('chief'), await office.as('it')];
  const ending = async (who: Caller, now?: Date) => (await office.run(endingCertificate, who, {}, now ? { now } : {})).certificate;
  expect(await ending(it)).toBeNull();
  await office.run(addDemonstration, office.system(), {});
  expect(await ending(chief)).toBeNull();
  const until = (await office.run(listCertificates, chief, {})).certificates[0]!.validUntil.getTime();
  const day = 86_400_000;
  expect(await ending(chief, new Date(until - 31 * day))).toBeNull();
  expect(await ending(it, new Date(until - 29 * day))).toMatchObject({ isExpired: false });
  expect(await ending(chief, new Date(until + day))).toMatchObject({ isExpired: true });
  await office.refused(office.run(endingCertificate, await office.as('clerk'), {}), 403);
});
