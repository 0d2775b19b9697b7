import { unzipSync } from 'fflate';
import { expect, test } from '../../../test/office.ts';
import { convened, opened, seen } from '../../../test/sitting.ts';
import { addDemonstration } from '../correspondence/certificate.server.ts';
import { addGuest, markAttendance, moveAttendance } from './attendance.server.ts';
import { readVerification, verifyConclusions } from './conclusion-settle.server.ts';
import { changeConclusion, dropConclusion, recordConclusion } from './conclusion.server.ts';
import { addRemark, adoptMinutes, settleRemark } from './minutes-adopt.server.ts';
import { issueMinutes, readMinutes, writeMinutes } from './minutes.server.ts';
import { adjournSitting, closeSitting, notePoint, openPoint, openSitting, settlePoint, takeUpPoint } from './sitting.server.ts';
import { readStamp } from './sitting-read.server.ts';

const day = 86_400_000;
const first = new Date('2026-03-02T09:00:00Z');
const second = new Date(first.getTime() + 7 * day);

test('without a quorum there is no sitting: it is adjourned with an official note in its case', async ({ office }) => {
  const held = await convened(office, {}, first);
  const { keeper } = held;
  const view = await seen(office, held);
  await office.run(markAttendance, keeper, { id: held.id, marks: view.attendance.slice(0, 2).map((one) => ({ id: one.id, state: 'present' as const })) }, { now: first });
  expect((await office.refused(office.run(openSitting, keeper, { id: held.id }, { now: first }), 409)).said).toEqual({ key: 'error.no_quorum', args: { present: 2, needed: 3 } });
  await office.run(adjournSitting, keeper, { id: held.id, note: 'Нема кворума.' }, { now: first });
  const notes = await office.within((db) => db.selectFrom('entry').select('body').where('case_id', '=', held.caseId).where('sub', '=', 2).execute());
  expect(notes).toEqual([{ body: 'Нема кворума.' }]);
  await office.run(markAttendance, keeper, { id: held.id, marks: [{ id: view.attendance[2]!.id, state: 'remote', came: '9:05' }] }, { now: first });
  await office.run(openSitting, keeper, { id: held.id }, { now: first });
  await office.refused(office.run(openSitting, keeper, { id: held.id }, { now: first }), 409);
  // Who leaves and comes back; a guest has no vote.
  await office.run(moveAttendance, keeper, { id: view.attendance[2]!.id, as: 'left' }, { now: first });
  expect((await seen(office, held)).quorum).toMatchObject({ present: 2, isMet: false });
  await office.run(moveAttendance, keeper, { id: view.attendance[2]!.id, as: 'came' }, { now: first });
  await office.run(addGuest, keeper, { id: held.id, name: 'Гост' }, { now: first });
  expect((await seen(office, held)).quorum).toMatchObject({ present: 3, entitled: 5 });
});

test('only who keeps the sitting leads it; whoever is not called does not see a confidential one', async ({ office }) => {
  const held = await opened(office);
  const clerk = { ...(await office.as('clerk')), roles: new Set(['clerk'] as const) };
  const isCalled = held.view.attendance.some((one) => one.personId === clerk.personId);
  await office.refused(office.run(closeSitting, clerk, { id: held.id }), isCalled ? 403 : 404);
  const other = await office.another('skopje');
  await other.refused(other.run(openPoint, await other.as('chief'), { id: held.itemId }), 404);
});

test('two keepers never overwrite each other’s notes', async ({ office }) => {
  const { keeper, itemId, id } = await opened(office);
  expect(await office.run(notePoint, keeper, { id: itemId, notes: 'Прво.', version: 0 })).toMatchObject({ version: 1 });
  const refusal = await office.refused(office.run(notePoint, keeper, { id: itemId, notes: 'Друго.', version: 0 }), 409);
  expect(refusal.current).toMatchObject({ notes: 'Прво.', version: 1 });
  expect(await office.run(notePoint, keeper, { id: itemId, notes: 'Прво и друго.', version: 1 })).toMatchObject({ version: 2 });
  const before = (await office.run(readStamp, keeper, { id })).stamp;
  await office.run(takeUpPoint, keeper, { id, title: 'Хитно питање', after: itemId });
  expect((await office.run(readStamp, keeper, { id })).stamp).not.toBe(before);
});

test('a conclusion is at once an obligation of each who carries it out; worded anew it is given anew', async ({ office }) => {
  const { keeper, itemId, view } = await opened(office, {}, first);
  const people = view.attendance.map((one) => `person:${one.personId}`);
  const unit = `unit:${office.office.data.units[0]!.id}`;
  expect(Object.keys((await office.refused(office.run(recordConclusion, keeper, { id: itemId, text: 'x', dueOn: '2026-03-10' }, { now: first }), 422)).fields)).toEqual(['owners']);
  expect(Object.keys((await office.refused(office.run(recordConclusion, keeper, { id: itemId, text: 'x', owners: people[0]!, dueOn: '2026-03-01' }, { now: first }), 422)).fields)).toEqual(['dueOn']);
  const made = await office.run(recordConclusion, keeper, { id: itemId, text: 'Припремити извјештај.', owners: [people[1]!, unit, ''], helpers: people[2]!, dueOn: '2026-03-10' }, { now: first });
  expect(made).toMatchObject({ position: 1, obligations: { length: 2 } });
  const rows = await office.within((db) => db.selectFrom('obligation').select(['owner_id', 'unit_id', 'source', 'state', 'committee_id']).where('source_id', '=', made.id).orderBy('at').execute());
  expect(rows).toMatchObject([{ source: 'conclusion', state: 'open' }, { owner_id: null, unit_id: office.office.data.units[0]!.id }]);
  await office.run(changeConclusion, keeper, { id: made.id, text: 'Припремити кратак извјештај.', owners: people[3]!, dueOn: '2026-03-12' }, { now: first });
  const after = await office.within((db) => db.selectFrom('obligation').select(['state', 'text']).where('source_id', '=', made.id).orderBy('state').execute());
  expect(after.map((one) => one.state)).toEqual(['dropped', 'dropped', 'open']);
  const next = await office.run(recordConclusion, keeper, { id: itemId, text: 'Друго.' }, { now: first });
  expect(next.position).toBe(2);
  await office.run(dropConclusion, keeper, { id: next.id }, { now: first });
  expect((await office.run(recordConclusion, keeper, { id: itemId, text: 'Треће.' }, { now: first })).position).toBe(3);
});

const textOf = (docx: Uint8Array): string => new TextDecoder().decode(unzipSync(docx)['word/document.xml']).replace(/<[^>]+>/g, ' ');

test('from the sitting to adopted minutes: issued, remarked on, verified and adopted at the next sitting under seal', async ({ office }) => {
  const held = await opened(office, { points: [{ title: 'Извјештај о водоводу', proposed: 'Прихвата се.' }, { title: 'Тајна набавка', confidential: true }, { title: 'Разно' }], outside: 1 }, first);
  const { keeper, view } = held;
  const at = (when: Date) => ({ now: when });
  await office.run(notePoint, keeper, { id: held.itemId, notes: 'Дуга {расправа} <b>о цијевима</b>.', version: 0 }, at(first));
  const owner = view.attendance[1]!.personId!;
  const made = await office.run(recordConclusion, keeper, { id: held.itemId, text: 'Замијенити цијеви.', owners: `person:${owner}`, dueOn: '2026-03-06' }, at(first));
  const kept = await office.run(recordConclusion, keeper, { id: held.itemId, text: 'Обавијестити грађане.', owners: `person:${owner}`, dueOn: '2026-03-20' }, at(first));
  expect((await office.refused(office.run(closeSitting, keeper, { id: held.id }, at(first)), 409)).said.args).toEqual({ count: 3 });
  expect(await office.run(settlePoint, keeper, { id: held.itemId, as: 'done', goOn: true }, at(first))).toMatchObject({ nextId: view.items[1]!.id });
  await office.run(notePoint, keeper, { id: view.items[1]!.id, notes: 'Шаптали су.', version: 0 }, at(first));
  await office.run(recordConclusion, keeper, { id: view.items[1]!.id, text: 'Набавити тајно.', owners: `person:${owner}` }, at(first));
  await office.run(settlePoint, keeper, { id: view.items[1]!.id, as: 'done', goOn: true }, at(first));
  await office.run(settlePoint, keeper, { id: view.items[2]!.id, as: 'deferred', reason: 'Нема извјестиоца' }, at(first));
  await office.run(closeSitting, keeper, { id: held.id }, at(new Date(first.getTime() + 3_600_000)));
  await office.settle();
  expect(office.mails.filter((one) => one.text.includes('Набавити')).length).toBe(0);
  expect(office.mails.some((one) => one.text.includes('Замијенити цијеви') || one.text.includes('Zamijeniti cijevi'))).toBe(true);

  const draft = await office.run(readMinutes, keeper, { id: held.id });
  await office.run(writeMinutes, keeper, { id: held.id, revision: draft.revision, opening: draft.usual.opening, closing: draft.usual.closing, texts: [{ id: held.itemId, text: 'Расправа о цијевима, исправљена.' }, { id: view.items[1]!.id, text: 'Не смије овдје.' }] }, at(first));
  expect((await office.refused(office.run(writeMinutes, keeper, { id: held.id, revision: draft.revision, texts: [] }, at(first)), 409)).current).toMatchObject({ revision: 1 });
  const issued = await office.run(issueMinutes, keeper, { id: held.id }, at(first));
  const read = await office.run(readMinutes, keeper, { id: held.id });
  expect(read).toMatchObject({ state: 'issued', versions: [{ version: 1, state: 'issued' }] });
  const stored = await office.within(async (db) => {
    const minutes = await db.selectFrom('minutes').selectAll().where('id', '=', issued.minutesId).executeTakeFirstOrThrow();
    const docx = await db.selectFrom('document').select(['sha256']).where('id', '=', minutes.docx_id).executeTakeFirstOrThrow();
    const annexes = await db.selectFrom('agenda_item').select(['annex_id', 'case_id']).where('meeting_id', '=', held.id).where('annex_id', 'is not', null).execute();
    return { minutes, docx: await office.kernel.files.get(office.office.id, docx.sha256), annexes };
  });
  const words = textOf(stored.docx);
  expect(words).toContain('Замијенити цијеви.');
  expect(words).toContain('Расправа о цијевима, исправљена.');
  // Nothing of a confidential point is in the common minutes: not in the paper, not in what is kept of it.
  for (const secret of ['Тајна набавка', 'Шаптали', 'Набавити', 'Не смије']) expect(words + JSON.stringify(stored.minutes.content)).not.toContain(secret);
  expect(stored.annexes).toHaveLength(1);
  expect(stored.annexes[0]!.case_id).not.toBe(held.caseId);

  // A member's remark, taken; then the next sitting.
  const member = { ...keeper, roles: new Set(['clerk'] as const), personId: owner, marks: [owner], name: view.attendance[1]!.name };
  const remark = await office.run(addRemark, member, { id: issued.minutesId, text: 'Недостаје износ.' }, at(first));
  await office.refused(office.run(settleRemark, member, { id: remark.id, as: 'taken' }, at(first)), 403);
  const next = await opened(office, { committeeId: held.committeeId, number: 2, points: [{ kind: 'verification', title: 'Верификација' }, { kind: 'minutes', title: 'Записник' }] }, second);
  const open = await office.run(readVerification, keeper, { id: next.id }, at(second));
  expect(open.conclusions.map((one) => one.text)).toEqual(['Замијенити цијеви.', 'Обавијестити грађане.', 'Набавити тајно.']);
  await office.run(verifyConclusions, keeper, { id: next.id, marks: [{ id: made.id, as: 'done' }, { id: kept.id, as: 'partly', note: 'Половина.', dueOn: '2026-04-01' }, { id: open.conclusions[2]!.id, as: 'open', note: 'Шапат.' }] }, at(second));
  const obligations = await office.within((db) => db.selectFrom('obligation').select(['state', 'due_on']).where('source_id', 'in', [made.id, kept.id]).orderBy('state').execute());
  expect(obligations).toMatchObject([{ state: 'done' }, { state: 'open', due_on: '2026-04-01' }]);
  expect(Object.keys((await office.refused(office.run(verifyConclusions, keeper, { id: next.id, marks: [{ id: kept.id, as: 'done', dueOn: '2026-05-01' }] }, at(second)), 422)).fields)).toEqual(['marks.0.dueOn']);
  expect((await office.refused(office.run(adoptMinutes, keeper, { id: held.id, inId: next.id }, at(second)), 409)).said.key).toBe('error.remarks_open');
  await office.run(settleRemark, keeper, { id: remark.id, as: 'taken', answer: 'Додаје се.' }, at(second));
  await office.run(addDemonstration, office.system(), {}, at(second));
  const adopted = await office.run(adoptMinutes, keeper, { id: held.id, inId: next.id }, at(second));
  expect(adopted.sealedWith).toMatch(/^PAdES /);
  expect((await seen(office, held)).state).toBe('adopted');
  const final = await office.run(readMinutes, keeper, { id: held.id });
  expect(final.versions.map((one) => one.state)).toEqual(['adopted', 'replaced']);
  expect(final.can).toMatchObject({ write: false, remark: false });
  const entry = await office.within((db) => db.selectFrom('document as d').innerJoin('entry as e', (join) => join.onRef('e.office_id', '=', 'd.office_id').onRef('e.id', '=', 'd.entry_id')).select('e.reference').where('d.id', '=', adopted.documentId).executeTakeFirstOrThrow());
  expect(entry.reference).toBe(adopted.reference);
  await office.refused(office.run(adoptMinutes, keeper, { id: held.id, inId: next.id }, at(second)), 409);
  // What was only partly done comes again at the sitting after.
  for (const item of (await seen(office, next)).items) if (item.state !== 'done') await office.run(settlePoint, keeper, { id: item.id, as: 'dropped' }, at(second));
  await office.run(closeSitting, keeper, { id: next.id }, at(second));
  // Of a confidential conclusion the common minutes say that it was verified, and no word of it.
  await office.run(issueMinutes, keeper, { id: next.id }, at(second));
  const later = await office.within((db) => db.selectFrom('minutes').select('content').where('meeting_id', '=', next.id).executeTakeFirstOrThrow());
  expect(JSON.stringify(later.content)).toContain('Обавијестити грађане.');
  expect(JSON.stringify(later.content)).not.toMatch(/Набавити|Шапат/);
  const third = await opened(office, { committeeId: held.committeeId, number: 3, points: [{ kind: 'verification', title: 'Верификација' }] }, new Date(second.getTime() + 7 * day));
  expect((await office.run(readVerification, keeper, { id: third.id })).conclusions.map((one) => [one.text, one.verifiedAs])).toEqual([['Обавијестити грађане.', 'partly'], ['Набавити тајно.', 'open']]);
});
