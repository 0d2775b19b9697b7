import type { Caller } from '../../core/caller.ts';
import { addDays } from '../../core/day.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { registerPaper } from '../registry/paper.server.ts';
import { restrictCase } from '../registry/case.server.ts';
import { giveObligation } from './obligation-give.server.ts';
import { acceptObligations, dropObligation, moveDue, refuseDue, reopenObligation, sendBack } from './obligation-lead.server.ts';
import { countObligations, findObligations } from './obligation-list.server.ts';
import { getObligation } from './obligation-view.server.ts';
import { addStep, askDue, doStep, dropStep, finishObligation, getEvidence, nameHelp, passObligation, reportProgress } from './obligation-work.server.ts';

const now = new Date('2026-03-02T08:00:00Z');
const at = (day: string): { now: Date } => ({ now: new Date(`${day}T09:00:00Z`) });
const file = (name: string, words: string) => ({ name, bytes: new Uint8Array(Buffer.from(words)) });

async function cast(office: TestOffice) {
  const [mayor, chief, deputy, head, clerk, other, registrar] = [await office.as('andrija-vukmirovic'), await office.as('vesko-radulovic'), await office.as('jelena-popivoda'), await office.as('djordjije-pejovic'), await office.as('tamara-zvicer'), await office.as('maja-lipovina'), await office.as('dragica-borilovic')];
  const give = async (by: Caller, more: object = {}) => (await office.run(giveObligation, by, { text: 'Припремити преглед трошкова.', to: clerk.personId!, dueOn: '2026-03-12', ...more }, { now })).id;
  const see = (who: Caller, id: string) => office.run(getObligation, who, { id }, { now });
  return { mayor, chief, deputy, head, clerk, other, registrar, give, see };
}

test('an order is done only when the giver accepts: reported, sent back, reported again, accepted', async ({ office }) => {
  const { mayor, chief, clerk, other, give, see } = await cast(office);
  const id = await give(mayor);
  expect(await see(clerk, id)).toMatchObject({ state: 'open', source: 'order', giver: { name: mayor.name }, owner: { name: clerk.name }, unitId: 'finansije', dueOn: '2026-03-12', percent: 0, acts: expect.arrayContaining(['finish', 'ask_due', 'add_step']) });
  expect((await see(clerk, id)).acts).not.toContain('accept');
  await office.refused(see(other, id), 404);
  await office.run(reportProgress, clerk, { id, report: 'Половина је готова.', percent: 50, files: [file('pregled.txt', 'половина')] }, at('2026-03-05'));
  expect(await see(mayor, id)).toMatchObject({ percent: 50, story: [{ kind: 'progress', by: clerk.name, percent: 50 }], evidence: [{ name: 'pregled.txt' }] });
  expect((await office.refused(office.run(reportProgress, clerk, { id, report: 'x', percent: 101 }), 422)).fields['percent']).toBeDefined();
  await office.refused(office.run(acceptObligations, mayor, { ids: id }), 409);
  expect(await office.run(finishObligation, clerk, { id, report: 'Преглед је урађен.' }, at('2026-03-10'))).toEqual({ id, state: 'reported' });
  await office.refused(office.run(acceptObligations, clerk, { ids: id }), 403);
  await office.refused(office.run(sendBack, clerk, { id, reason: 'Не.' }), 403);
  expect((await office.run(countObligations, mayor, {}, at('2026-03-10'))).accept).toBe(1);
  await office.run(sendBack, mayor, { id, reason: 'Недостаје фебруар.' }, at('2026-03-11'));
  expect(await see(clerk, id)).toMatchObject({ state: 'open', returnedReason: 'Недостаје фебруар.' });
  await office.run(finishObligation, clerk, { id, report: 'Додат је фебруар.' }, at('2026-03-12'));
  // The chief answers for the mayor; it shows who did.
  await office.run(acceptObligations, chief, { ids: [id] }, at('2026-03-13'));
  const shown = await see(mayor, id);
  expect(shown).toMatchObject({ state: 'done', doneOn: '2026-03-12', percent: 100 });
  expect(shown.story.map((line) => [line.kind, line.by])).toEqual([['accepted', chief.name], ['done', clerk.name], ['returned', mayor.name], ['done', clerk.name], ['progress', clerk.name]]);
  await office.refused(office.run(finishObligation, clerk, { id, report: 'Опет.' }), 409);
  await office.run(reopenObligation, mayor, { id, reason: 'Бројеви нису тачни.', dueOn: '2026-03-20' }, at('2026-03-16'));
  expect(await see(clerk, id)).toMatchObject({ state: 'open', dueOn: '2026-03-20', firstDueOn: '2026-03-12' });
  await office.run(dropObligation, mayor, { id, reason: 'Није више потребно.' }, at('2026-03-17'));
  await office.refused(office.run(finishObligation, clerk, { id, report: 'x' }), 409);
  expect((await office.events()).filter((event) => event.nounId === id).map((event) => event.name.slice(11))).toEqual(['given', 'progressed', 'finished', 'sent_back', 'finished', 'accepted', 'reopened', 'dropped']);
});

test('who gave it and does it needs nobody else; several are accepted at once or none', async ({ office }) => {
  const { mayor, chief, clerk, give } = await cast(office);
  const own = await give(chief, { to: chief.personId! });
  expect((await office.run(finishObligation, chief, { id: own, report: 'Урађено.' })).state).toBe('done');
  const [one, two, three] = [await give(mayor), await give(mayor), await give(mayor)];
  for (const id of [one, two]) await office.run(finishObligation, clerk, { id, report: 'Урађено.' });
  await office.refused(office.run(acceptObligations, mayor, { ids: [one, two, three] }), 409);
  const waiting = (await office.run(findObligations, mayor, { view: 'accept' })).obligations;
  expect(waiting.map((row) => [row.id, row.can.accept])).toEqual(expect.arrayContaining([[one, true], [two, true]]));
  expect(await office.run(acceptObligations, mayor, { ids: [one, two] })).toEqual({ done: 2 });
  // Whoever owns it does not accept it for the giver, whatever the role.
  const given = await give(mayor, { to: chief.personId! });
  await office.run(finishObligation, chief, { id: given, report: 'Урађено.' });
  await office.refused(office.run(acceptObligations, chief, { ids: given }), 403);
});

test('a later day is asked for with a reason, and the first day stays', async ({ office }) => {
  const { mayor, clerk, give, see } = await cast(office);
  const id = await give(mayor);
  const ask = (input: object) => office.run(askDue, clerk, { id, dueOn: '2026-03-20', reason: 'Чека се банка.', ...input }, { now });
  expect((await office.refused(ask({ dueOn: '2026-03-10' }), 422)).fields['dueOn']?.key).toBe('field.day_later');
  expect(Object.keys((await office.refused(ask({ reason: '' }), 422)).fields)).toEqual(['reason']);
  await ask({});
  await office.refused(ask({ dueOn: '2026-03-25' }), 409);
  expect(await see(mayor, id)).toMatchObject({ dueOn: '2026-03-12', askedDueOn: '2026-03-20', acts: expect.arrayContaining(['refuse_due', 'move_due']) });
  await office.refused(office.run(moveDue, clerk, { id, dueOn: '2026-03-20' }, { now }), 403);
  await office.run(refuseDue, mayor, { id, reason: 'Рок је довољан.' }, { now });
  await office.refused(office.run(refuseDue, mayor, { id, reason: 'Опет.' }, { now }), 409);
  await ask({});
  expect((await office.refused(office.run(moveDue, mayor, { id, dueOn: '2026-03-01' }, { now }), 422)).fields['dueOn']?.key).toBe('field.day_past');
  await office.run(moveDue, mayor, { id, dueOn: '2026-03-18' }, { now });
  expect(await see(clerk, id)).toMatchObject({ dueOn: '2026-03-18', firstDueOn: '2026-03-12', askedDueOn: null });
  expect((await office.run(findObligations, mayor, { view: 'all', outcome: 'moved' }, { now })).obligations.map((row) => row.id)).toEqual([id]);
});

test('it is passed within the unit; the giver gives it to anybody; the former owner still sees it', async ({ office }) => {
  const { mayor, head, clerk, other, give, see } = await cast(office);
  const id = await give(mayor);
  await office.refused(office.run(passObligation, other, { id, personId: other.personId! }), 404);
  expect((await office.refused(office.run(passObligation, clerk, { id, personId: other.personId! }), 422)).fields['personId']?.key).toBe('field.same_unit');
  await office.run(passObligation, clerk, { id, personId: head.personId!, reason: 'Боловање' }, { now });
  expect(await see(clerk, id)).toMatchObject({ owner: { name: head.name }, story: [{ kind: 'passed', text: `${clerk.name} → ${head.name}\nБоловање` }] });
  await office.run(passObligation, mayor, { id, personId: other.personId! }, { now });
  expect(await see(other, id)).toMatchObject({ unitId: 'urbanizam' });
  // One that is the unit's is taken by whoever is of it.
  const unit = await give(mayor, { to: 'finansije' });
  expect((await office.run(findObligations, clerk, { view: 'unit' }, { now })).obligations.map((row) => row.id)).toEqual([unit]);
  await office.run(passObligation, clerk, { id: unit, personId: clerk.personId! }, { now });
  expect((await office.run(findObligations, clerk, { view: 'mine' }, { now })).obligations.map((row) => row.id)).toEqual([unit]);
});

test('who helps sees it and reports; steps say how far it is', async ({ office }) => {
  const { mayor, clerk, other, give, see } = await cast(office);
  const id = await give(mayor);
  await office.run(nameHelp, clerk, { id, helpers: other.personId! }, { now });
  expect((await office.run(findObligations, other, { view: 'helping' }, { now })).obligations.map((row) => row.id)).toEqual([id]);
  const add = (text: string, more: object = {}) => office.run(addStep, clerk, { id, text, ...more }, { now });
  const steps = [await add('Прикупити'), await add('Сабрати', { ownerId: other.personId!, dueOn: '2026-03-06' }), await add('Написати')];
  expect((await office.refused(office.run(addStep, clerk, { id, text: 'Касно', dueOn: '2026-04-01' }, { now }), 422)).fields['dueOn']?.key).toBe('field.day_order');
  await office.run(doStep, other, { id, stepId: steps[1]!.stepId }, { now });
  expect(await see(clerk, id)).toMatchObject({ percent: 33, steps: [{ text: 'Прикупити', doneAt: null }, { text: 'Сабрати', owner: other.name, doneBy: other.name }, {}] });
  await office.run(reportProgress, clerk, { id, report: 'Иде.', percent: 90 }, { now });
  expect((await see(clerk, id)).percent).toBe(33);
  await office.run(dropStep, clerk, { id, stepId: steps[0]!.stepId }, { now });
  expect((await see(clerk, id)).percent).toBe(50);
  await office.run(doStep, other, { id, stepId: steps[1]!.stepId }, { now });
  expect((await see(clerk, id)).percent).toBe(0);
});

test('a head gives within the own units, a clerk to nobody; a day that is over is none', async ({ office }) => {
  const { head, clerk, other, give, mayor } = await cast(office);
  const id = await give(head, { to: 'finansije' });
  expect((await office.run(findObligations, clerk, { view: 'unit' }, { now })).obligations.map((row) => row.id)).toEqual([id]);
  await office.refused(give(head, { to: 'urbanizam' }), 403);
  await office.refused(give(head, { helpers: [other.personId!] }), 403);
  await office.refused(give(clerk), 403);
  const wrong = async (more: object) => Object.entries((await office.refused(give(mayor, more), 422)).fields).map(([name, said]) => `${name} ${said.key}`);
  expect(await wrong({ dueOn: '2026-03-01' })).toEqual(['dueOn field.day_past']);
  expect(await wrong({ to: '' })).toEqual(['to field.choose_receiver']);
  expect(await wrong({ to: 'nema' })).toEqual(['to field.choose']);
  expect(await wrong({ text: ' ' })).toEqual(['text field.required']);
  expect(await wrong({ dueOn: '', rule: 'month' })).toEqual(['dueOn field.required']);
  expect(await wrong({ to: 'finansije', confidential: '1' })).toEqual(['to field.person_only']);
});

test('a confidential order is seen by whom it concerns and who leads, its files too; everybody else finds nothing', async ({ office }) => {
  const { mayor, chief, deputy, head, clerk, other, registrar, give, see } = await cast(office);
  const { id: caseId } = await office.run(registerPaper, registrar, { subject: 'Допис' }, { now });
  for (const more of [{ caseId: '' }, { caseId }]) {
    const id = await give(mayor, { confidential: '1', text: 'Тајна провјера уговора.', helpers: other.personId!, ...more });
    await office.run(reportProgress, clerk, { id, report: 'Провјерено.', files: [file('dokaz.txt', `доказ ${more.caseId}`)] }, { now });
    const evidenceId = (await see(mayor, id)).evidence[0]!.id;
    for (const who of [mayor, chief, clerk, other]) expect((await office.run(getEvidence, who, { id, evidenceId })).fileName).toBe('dokaz.txt');
    for (const who of [deputy, head, registrar]) {
      await office.refused(see(who, id), 404);
      await office.refused(office.run(getEvidence, who, { id, evidenceId }), 404);
      await office.refused(office.run(finishObligation, who, { id, report: 'x' }), 404);
      expect(JSON.stringify(await office.run(findObligations, who, { view: 'all', query: 'провјера' }, { now }))).not.toContain(id);
    }
    // Its owner does not hand it on; the giver does.
    await office.refused(office.run(passObligation, clerk, { id, personId: head.personId! }, { now }), 403);
    await office.refused(office.run(nameHelp, clerk, { id, helpers: head.personId! }, { now }), 403);
    await office.run(passObligation, mayor, { id, personId: deputy.personId! }, { now });
    await see(deputy, id);
  }
  expect(JSON.stringify((await office.events()).filter((event) => event.name.startsWith('obligation.')))).not.toMatch(/Тајна|Провјерено/);
});

test('what is told on a confidential case goes to persons, who then see the case’s part that is theirs', async ({ office }) => {
  const { mayor, head, clerk, registrar, give, see } = await cast(office);
  const { id: caseId } = await office.run(registerPaper, registrar, { subject: 'Допис' }, { now });
  await office.run(restrictCase, mayor, { id: caseId, access: 'confidential' });
  expect((await office.refused(give(mayor, { caseId, to: 'finansije' }), 422)).fields['to']?.key).toBe('field.person_only');
  const id = await give(mayor, { caseId });
  expect((await see(clerk, id)).file).toMatchObject({ id: caseId });
  await office.refused(see(head, id), 404);
});

test('what was told on a case follows it when it becomes confidential, and when it is open again', async ({ office }) => {
  const { mayor, head, clerk, other, registrar, give, see } = await cast(office);
  const { id: caseId } = await office.run(registerPaper, registrar, { subject: 'Допис' }, { now });
  const [mine, unit] = [await give(mayor, { caseId }), await give(mayor, { caseId, to: 'finansije' })];
  const member = { ...other, unitId: 'finansije', marks: [other.personId!, 'finansije'] };
  for (const id of [mine, unit]) await see(member, id);
  await office.run(restrictCase, mayor, { id: caseId, access: 'confidential' });
  await office.settle();
  for (const id of [mine, unit]) await office.refused(see(member, id), 404);
  expect([(await see(clerk, mine)).owner?.name, (await see(head, unit)).unitId]).toEqual([clerk.name, 'finansije']);
  await office.run(restrictCase, mayor, { id: caseId, access: 'office' });
  await office.settle();
  for (const id of [mine, unit]) await see(member, id);
});

test('what comes again is given again when it is done, once, on the day of its rule', async ({ office }) => {
  const { mayor, clerk, give, see } = await cast(office);
  const id = await give(mayor, { rule: 'month', dueOn: '2026-03-31' });
  await office.run(finishObligation, clerk, { id, report: 'Урађено.' }, at('2026-03-30'));
  await office.run(acceptObligations, mayor, { ids: id }, at('2026-03-31'));
  const { nextId } = await see(mayor, id);
  expect(await see(clerk, nextId!)).toMatchObject({ state: 'open', dueOn: '2026-04-30', rule: 'month', followsId: id, owner: { name: clerk.name }, giver: { name: mayor.name } });
  await office.run(reopenObligation, mayor, { id, reason: 'Није.' }, at('2026-04-01'));
  await office.run(finishObligation, mayor, { id, report: 'Ипак јесте.' }, at('2026-04-01'));
  expect((await office.run(findObligations, clerk, { view: 'all' })).obligations).toHaveLength(2);
});

test('words find it in either script; a list goes on where the last page ended', async ({ office }) => {
  const { mayor, clerk, give } = await cast(office);
  const ids: string[] = [];
  for (let n = 0; n < 7; n++) ids.push(await give(mayor, { text: `Задатак ${n}`, dueOn: n === 6 ? '' : addDays('2026-03-10', n % 3) }));
  await give(mayor, { text: 'Уредити трг' });
  expect((await office.run(findObligations, mayor, { view: 'given', query: 'uredit' }, { now })).obligations.map((row) => row.text)).toEqual(['Уредити трг']);
  for (const view of ['mine', 'all'] as const) {
    const seen: string[] = [];
    for (let after = ''; ;) {
      const part = await office.run(findObligations, clerk, { view, after, limit: 3 }, { now });
      seen.push(...part.obligations.map((row) => row.id));
      if (!part.next) break;
      after = part.next;
    }
    expect(new Set(seen).size).toBe(8);
    expect(seen).toEqual(expect.arrayContaining(ids));
  }
  expect((await office.run(countObligations, clerk, {}, { now: new Date('2026-03-11T08:00:00Z') }))).toMatchObject({ mine: 8, late: 2, until: '2026-03-15' });
});
