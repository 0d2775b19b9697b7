import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';
import { expect, test, type OfficeFile } from '../../../test/office.ts';
import { answered, assigned, letter, parts, submitted } from '../../../test/petition.ts';
import { addDays } from '../../core/day.ts';
import { getDocument } from '../documents/document.server.ts';
import { listParties } from '../directory/party.server.ts';
import { giveContribution } from '../contributions/contribution.server.ts';
import { readRegister } from '../registry/register.server.ts';
import { approveAnswer, dispatchAnswer, draftAnswer, returnAnswer, submitAnswer } from './answer.server.ts';
import { getPetition } from './case.server.ts';
import { askCompletion, askForContribution, completePetition } from './completion.server.ts';
import { lifecycle } from './petition.ts';
import { findByCode, trackPetition } from './tracking.server.ts';
import { assignPetition, closePetition, dismissPetition, extendPetition, forwardPetition, linkPetition, ratePetition, reopenPetition, withdrawPetition } from './work.server.ts';

const monday = new Date('2026-03-02T08:00:00Z');
const later = (days: number): Date => new Date(monday.getTime() + days * 86_400_000);

const offices: { file: OfficeFile; reference: RegExp; answer: RegExp }[] = [
  { file: 'cetinje', reference: /^01-[\d.]+\/26-1$/, answer: /^01-[\d.]+\/26-1\/\d+$/ },
  { file: 'banja-luka', reference: /^12-[\p{L}\d.]+-1\/26$/u, answer: /^12-[\p{L}\d.]+-1-\d+\/26$/u },
  { file: 'skopje', reference: /^[\d.]+-1$/, answer: /^[\d.]+-1\/\d+$/ },
  { file: 'opstina', reference: /^[\d.]+-1$/, answer: /^[\d.]+-1\/\d+$/ },
  { file: 'medias', reference: /^1\/02\.03\.2026$/, answer: /^1\/02\.03\.2026$/ },
];

describe.each(offices)('the way of a letter in $file', ({ file, reference, answer }) => {
  test.override({ officeFile: file });

  test('from the counter to the archive, with everything that may happen between', async ({ office }) => {
    const area = office.office.data.areas[0]!;
    const sent = await submitted(office, { area: area.id }, monday);
    expect(sent.reference).toMatch(reference);
    expect(sent.code).toMatch(/^\w{3}-\w{3}-\w{3}$/);
    const [chief, mayor, clerk, registrar] = [await office.as('chief'), await office.as('mayor'), await office.as('clerk'), await office.as('registrar')];
    const { id } = sent;
    const stateNow = async () => (await office.run(getPetition, chief, { id }, { now: later(1) })).state;
    expect(await stateNow()).toBe('registered');

    await office.run(assignPetition, chief, { id, personId: clerk.personId!, resolution: 'Провјерити и одговорити.', dueOn: '2026-03-13' }, { now: later(1) });
    const unit = office.office.data.units.find((one) => one.id !== clerk.unitId)!;
    const body = (await office.run(listParties, clerk, { kind: 'body' })).parties[0]!;
    const asked = await office.run(askForContribution, clerk, { id, of: `unit:${unit.id}`, question: 'Шта је планирано?', dueOn: '2026-03-10' }, { now: later(1) });
    const outside = await office.run(askForContribution, clerk, { id, of: `body:${body.id}`, question: 'Када стижу мајстори?', dueOn: '2026-03-10' }, { now: later(1) });
    await office.run(giveContribution, chief, { id: asked.contributionId, reply: 'Планирано је за март.' }, { now: later(2) });
    await office.run(giveContribution, office.contributor(outside.contributionId), { id: outside.contributionId, reply: 'У сриједу.', name: 'Марко Марковић' }, { now: later(2) });

    const completion = await office.run(askCompletion, clerk, { id, question: 'Који стуб?' }, { now: later(3) });
    expect(completion.state).toBe('awaiting_completion');
    await office.refused(office.run(draftAnswer, clerk, { id, ...parts }, { now: later(3) }), 409);
    await office.run(completePetition, office.petitioner(id), { id, reply: 'Други од капије.' }, { now: later(5) });

    const drafted = await office.run(draftAnswer, clerk, { id, facts: parts.facts }, { now: later(6) });
    expect(drafted).toMatchObject({ state: 'drafting', version: 1 });
    const incomplete = await office.refused(office.run(submitAnswer, clerk, { id, version: 1, facts: parts.facts, decision: '  ' }, { now: later(6) }), 422);
    expect(Object.keys(incomplete.fields).sort()).toEqual(['basis', 'decision', 'remedy']);
    let { version } = await office.run(submitAnswer, clerk, { id, version: 1, ...parts, approverId: mayor.personId! }, { now: later(6) });
    version = (await office.run(returnAnswer, mayor, { id, comment: 'Додати рок.' }, { now: later(7) })).version;
    expect((await office.run(getPetition, clerk, { id }, { now: later(7) })).answer).toMatchObject({ state: 'draft', comment: 'Додати рок.', version });
    await office.run(submitAnswer, clerk, { id, version, ...parts, approverId: mayor.personId! }, { now: later(7) });
    await office.refused(office.run(dispatchAnswer, registrar, { id }, { now: later(7) }), 409);
    await office.run(approveAnswer, mayor, { id }, { now: later(8) });
    const out = await office.run(dispatchAnswer, registrar, { id }, { now: later(8) });
    expect(out).toMatchObject({ state: 'answered', mailed: true });
    expect(out.entry).toMatch(answer);
    expect(out.entry === sent.reference).toBe(office.office.jurisdiction.references[0]!.replyTakesSameNumber);

    const document = await office.run(getDocument, office.petitioner(id), { id: out.documentId });
    expect(document.mediaType).toBe('application/pdf');
    const pdf = Buffer.from(document.content, 'base64');
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdfText(pdf) ?? out.entry).toContain(out.entry);
    const mails = await office.within((db) => db.selectFrom('mail').selectAll().where('office_id', '=', office.office.id).where('recipient', '=', letter.email).orderBy('queued_at').execute());
    const last = mails.at(-1)!;
    expect(last.attachments).toMatchObject([{ name: expect.stringMatching(/\.pdf$/), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(last.body).toContain(sent.reference);

    const tracked = await office.run(trackPetition, office.petitioner((await office.run(findByCode, office.public(), { code: sent.code.toLowerCase().replaceAll('-', ' ') })).id), {}, { now: later(9) });
    expect(tracked).toMatchObject({ state: 'answered', reference: sent.reference, answer: parts });
    expect(tracked.steps.every((step) => step.state !== 'todo')).toBe(true);

    const again = await office.run(ratePetition, office.petitioner(id), { id, satisfaction: 'dissatisfied', reason: 'И даље је мрак.' }, { now: later(10) });
    expect(again.state).toBe('assigned');
    await office.refused(office.run(ratePetition, office.petitioner(id), { id, satisfaction: 'satisfied' }, { now: later(10) }), 409);
    const second = await answered(office, { id, chief, clerk, registrar }, later(12));
    if (office.office.jurisdiction.references[0]!.subNumbers) expect(second.entry).not.toBe(out.entry);
    expect(second.documentId).not.toBe(out.documentId);
    await office.run(ratePetition, office.petitioner(id), { id, satisfaction: 'satisfied' }, { now: later(13) });
    await office.run(closePetition, registrar, { id }, { now: later(20) });
    const shown = await office.run(getPetition, chief, { id }, { now: later(20) });
    expect(shown).toMatchObject({ state: 'closed', satisfaction: 'satisfied', reopened: 1, acts: expect.arrayContaining(['restrict']) });
    await office.refused(office.run(reopenPetition, chief, { id, reason: 'x' }, { now: later(21) }), 409);
    expect(shown.entries.map((one) => one.sub)).toEqual(shown.entries.map((_, index) => index + 1));
    expect(shown.classCode).toBe(area.class);

    const names = (await office.events(id)).map((event) => event.name);
    expect(names).toEqual([
      'petition.registered', 'petition.assigned', 'delivery.received', 'contribution.asked', 'contribution.asked', 'contribution.given', 'case.paper_came', 'contribution.given', 'petition.completion_asked', 'case.paper_came', 'petition.completed', 'answer.drafted',
      'answer.drafted', 'answer.submitted', 'answer.returned', 'answer.drafted', 'answer.submitted', 'answer.approved', 'petition.answered', 'case.paper_came', 'petition.reopened',
      'answer.drafted', 'answer.drafted', 'answer.submitted', 'answer.approved', 'petition.answered', 'petition.rated', 'petition.closed',
    ]);
    // The log outlives the people in it: nothing in it says who wrote, or what.
    expect(JSON.stringify(await office.events(id))).not.toMatch(/Ђурђа|djurdja|Липова|мрак|Марко/i);
    const register = await office.run(readRegister, registrar, {}, { now: later(20) });
    expect(register.rows.map((row) => row.sub)).toEqual(shown.entries.map((one) => one.sub));
  });
});

test('a letter may be forwarded to who is competent, who and the citizen are told, and reopened', async ({ office }) => {
  const { id, chief, clerk } = await assigned(office, {}, monday);
  const body = (await office.run(listParties, chief, { kind: 'body' })).parties.find((one) => one.email)!;
  await office.refused(office.run(forwardPetition, clerk, { id, bodyId: (await office.run(listParties, chief, { kind: 'person' })).parties[0]!.id, reason: 'x' }, { now: monday }), 422);
  await office.run(forwardPetition, clerk, { id, bodyId: body.id, reason: 'Надлежан је водовод.' }, { now: later(1) });
  const shown = await office.run(getPetition, chief, { id }, { now: later(1) });
  expect(shown).toMatchObject({ state: 'forwarded', forwardedTo: body.name, clock: { stopped: true } });
  expect(await office.run(trackPetition, office.petitioner(id), {}, { now: later(1) })).toMatchObject({ state: 'forwarded', forwardedTo: body.name });
  const mails = await office.within((db) => db.selectFrom('mail').select(['recipient']).where('office_id', '=', office.office.id).execute());
  expect(mails.map((mail) => mail.recipient).sort()).toEqual([letter.email, body.email].sort());
  expect((await office.run(reopenPetition, chief, { id, reason: 'Вратили су предмет.' }, { now: later(4) })).state).toBe('assigned');
  expect((await office.run(getPetition, chief, { id }, { now: later(4) })).clock).toMatchObject({ stopped: false, startedOn: '2026-03-06' });
});

test('a letter may be dismissed only as the law knows', async ({ office }) => {
  const first = await assigned(office, {}, monday);
  const twin = await assigned(office, {}, monday);
  const { chief } = first;
  const refuse = async (more: object) => (await office.refused(office.run(dismissPetition, chief, { id: twin.id, reason: 'Исто писмо.', ...more }), 422)).fields;
  expect(Object.keys(await refuse({ disposition: 'boring' }))).toEqual(['disposition']);
  expect((await refuse({ disposition: 'closed-anonymous' }))['disposition']?.key).toBe('field.not_anonymous');
  expect(Object.keys(await refuse({ disposition: 'closed-repeated', otherReference: twin.reference }))).toEqual(['otherReference']);
  expect(Object.keys(await refuse({ disposition: 'closed-repeated', otherReference: 'x' }))).toEqual(['otherReference']);
  expect((await office.run(dismissPetition, chief, { id: twin.id, disposition: 'closed-repeated', otherReference: first.reference, reason: 'Исто писмо.' })).state).toBe('dismissed');
  expect((await office.run(getPetition, chief, { id: twin.id })).links).toMatchObject([{ id: first.id, kind: 'duplicate' }]);
  expect((await office.run(getPetition, chief, { id: first.id })).links).toMatchObject([{ id: twin.id, kind: 'duplicate' }]);
  const nameless = await submitted(office, { name: '', email: '', phone: '', address: '', replyBy: 'pickup' });
  expect((await office.run(dismissPetition, chief, { id: nameless.id, disposition: 'closed-anonymous', reason: 'Без потписа.' })).state).toBe('dismissed');
});

test('a citizen may withdraw while it is open, also while asked for a completion; nobody waits then', async ({ office }) => {
  const { id, clerk, chief } = await assigned(office, {}, monday);
  await office.run(askCompletion, clerk, { id, question: 'Који стуб?' }, { now: later(1) });
  await office.run(withdrawPetition, office.petitioner(id), { id }, { now: later(2) });
  const tracked = await office.run(trackPetition, office.petitioner(id), {}, { now: later(2) });
  expect(tracked).toMatchObject({ state: 'withdrawn', completion: null, acts: [] });
  expect(await office.run(getPetition, chief, { id }, { now: later(2) })).toMatchObject({ clock: { stopped: true }, completions: [{ state: 'lapsed' }] });
  await office.refused(office.run(withdrawPetition, office.petitioner(id), { id }), 409);
  const other = await assigned(office);
  await office.refused(office.run(withdrawPetition, office.petitioner(id), { id: other.id }), 404);
  expect(Object.keys((await office.refused(office.run(withdrawPetition, clerk, { id: other.id }), 422)).fields)).toEqual(['reason']);
});

test('dissatisfied reopens at most three times', async ({ office }) => {
  const told = await assigned(office);
  for (let round = 0; round < 3; round++) {
    await answered(office, told);
    await office.run(ratePetition, office.petitioner(told.id), { id: told.id, satisfaction: 'dissatisfied', reason: 'Није.' });
  }
  await answered(office, told);
  expect((await office.refused(office.run(ratePetition, office.petitioner(told.id), { id: told.id, satisfaction: 'dissatisfied', reason: 'Није.' }), 409)).said.key).toBe('error.reopened_enough');
  expect(Object.keys((await office.refused(office.run(ratePetition, office.petitioner(told.id), { id: told.id, satisfaction: 'dissatisfied' }), 422)).fields)).toEqual(['reason']);
});

describe('terms', () => {
  test('where the law knows no extension there is none', async ({ office }) => {
    const { id, chief } = await assigned(office, {}, monday);
    expect((await office.refused(office.run(extendPetition, chief, { id, days: 5, reason: 'Увиђај.' }, { now: later(2) }), 422)).fields['days']?.key).toBe('clock.refusal.none');
  });

  describe('Romania', () => {
    test.override({ officeFile: 'medias' });
    test('fifteen days once, and no more', async ({ office }) => {
      const { id, chief } = await assigned(office, {}, monday);
      const extend = (days: number) => office.run(extendPetition, chief, { id, days, reason: 'Cercetare suplimentară.' }, { now: later(5) });
      const before = (await office.run(getPetition, chief, { id }, { now: later(5) })).clock!;
      expect((await office.refused(extend(16), 422)).fields['days']?.key).toBe('clock.refusal.days');
      await extend(15);
      const after = (await office.run(getPetition, chief, { id }, { now: later(5) })).clock!;
      expect(after.legalOn >= addDays(before.legalOn, 13)).toBe(true);
      expect((await office.refused(extend(1), 422)).fields['days']?.key).toBe('clock.refusal.times');
      const mails = await office.within((db) => db.selectFrom('mail').select('body').where('office_id', '=', office.office.id).execute());
      expect(mails.some((mail) => mail.body.includes('Cercetare suplimentară.'))).toBe(true);
    });
  });

  test('the clock stands still while the citizen is waited for', async ({ office }) => {
    const { id, clerk } = await assigned(office, {}, monday);
    const before = (await office.run(getPetition, clerk, { id }, { now: later(1) })).clock!.legalOn;
    await office.run(askCompletion, clerk, { id, question: 'Који стуб?', dueOn: '2026-03-20' }, { now: later(1) });
    expect((await office.run(getPetition, clerk, { id }, { now: later(3) })).clock).toMatchObject({ state: 'paused' });
    await office.run(completePetition, office.petitioner(id), { id, reply: 'Други.' }, { now: later(8) });
    expect((await office.run(getPetition, clerk, { id }, { now: later(8) })).clock!.legalOn >= addDays(before, 6)).toBe(true);
    expect((await office.refused(office.run(askCompletion, clerk, { id, question: 'Још?', dueOn: '2026-03-10' }, { now: later(8) }), 422)).fields['dueOn']?.key).toBe('field.day_past');
  });
});

test('two clerks who save at once: the second is told what the first wrote, and nothing is lost', async ({ office }) => {
  const { id, clerk, chief } = await assigned(office);
  await office.run(draftAnswer, clerk, { id, ...parts });
  const results = await Promise.allSettled([
    office.run(draftAnswer, clerk, { id, version: 1, ...parts, facts: 'Прва.' }), office.run(draftAnswer, chief, { id, version: 1, ...parts, facts: 'Друга.' }),
  ]);
  const failed = results.filter((one) => one.status === 'rejected');
  expect(failed).toHaveLength(1);
  const winner = results[0]!.status === 'fulfilled' ? 'Прва.' : 'Друга.';
  expect(failed[0]!.reason).toMatchObject({ status: 409, said: { key: 'error.changed_meanwhile' }, current: { facts: winner, version: 2 } });
  expect((await office.run(getPetition, chief, { id })).answer).toMatchObject({ facts: winner, version: 2 });
  const { version } = await office.run(getPetition, chief, { id });
  await office.refused(office.run(assignPetition, chief, { id, version: version - 1, unitId: clerk.unitId! }), 409);
});

test('who did not write the answer approves it: the approver named, or who leads', async ({ office }) => {
  const { id, clerk } = await assigned(office);
  const deputy = await office.as('deputy');
  const head = await office.only('head');
  expect((await office.refused(office.run(submitAnswer, clerk, { id, ...parts, approverId: (await office.as('registrar')).personId! }), 422)).fields['approverId']?.key).toBe('field.choose');
  await office.run(submitAnswer, clerk, { id, ...parts, approverId: deputy.personId! });
  await office.refused(office.run(approveAnswer, { ...head, personId: clerk.personId, marks: clerk.marks }, { id }), 403);
  await office.refused(office.run(approveAnswer, clerk, { id }), 403);
  expect((await office.run(getPetition, deputy, { id })).acts).toContain('approve');
  await office.run(approveAnswer, deputy, { id });
});

test('a head gives work within the own units only', async ({ office }) => {
  const { id } = await submitted(office);
  const chief = await office.as('chief');
  const head = await office.as('snezana-kaludjerovic');
  await office.refused(office.run(assignPetition, head, { id, unitId: head.unitId! }), 404);
  await office.run(assignPetition, chief, { id, unitId: head.unitId! });
  await office.refused(office.run(assignPetition, head, { id, unitId: 'finansije' }), 403);
  await office.run(assignPetition, head, { id, unitId: head.unitId! });
});

test('cases are connected by number or id, once, and never with themselves', async ({ office }) => {
  const one = await assigned(office);
  const two = await submitted(office);
  await office.run(linkPetition, one.chief, { id: one.id, otherReference: two.reference });
  await office.run(linkPetition, one.chief, { id: one.id, otherId: two.id });
  expect((await office.run(getPetition, one.chief, { id: one.id })).links).toHaveLength(1);
  await office.refused(office.run(linkPetition, one.chief, { id: one.id, otherId: one.id }), 422);
});

test('the table of the lifecycle: every state is reached, every state but the last is left, acts are offered as they run', () => {
  const reached = new Set<string>([lifecycle.initial]);
  for (let size = 0; size !== reached.size; ) {
    size = reached.size;
    for (const step of lifecycle.steps) if (step.to !== '=' && step.from.some((state) => reached.has(state))) reached.add(step.to);
  }
  const states = new Set(lifecycle.steps.flatMap((step) => [...step.from, ...(step.to === '=' ? [] : [step.to])]));
  expect([...states].filter((state) => !reached.has(state))).toEqual([]);
  const left = new Set(lifecycle.steps.filter((step) => step.to !== '=').flatMap((step) => step.from));
  expect([...states].filter((state) => !left.has(state))).toEqual(['closed']);
});

/** The words of a PDF, where the system has a tool that reads them. */
function pdfText(bytes: Buffer): string | null {
  const { error, stdout } = spawnSync('pdftotext', ['-', '-'], { input: bytes, encoding: 'utf8' });
  return error ? null : stdout;
}
