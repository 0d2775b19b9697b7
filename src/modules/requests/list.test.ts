import fc from 'fast-check';
import { describe } from 'vitest';
import { expect, test } from '../../../test/office.ts';
import { answered, assigned, parts, submitted } from '../../../test/petition.ts';
import { listParties } from '../directory/party.server.ts';
import { draftAnswer, submitAnswer } from './answer.server.ts';
import { askCompletion } from './completion.server.ts';
import { countPetitions, dashboard, dropView, listPetitions, listViews, saveView, type ListView } from './list.server.ts';
import { searchAll } from './search.server.ts';
import { restrictPetition } from './work.server.ts';

const monday = new Date('2026-03-02T08:00:00Z');
const later = (days: number): Date => new Date(monday.getTime() + days * 86_400_000);

describe('search', () => {
  test('finds in either script, with or without diacritics, beginnings of words, and numbers', async ({ office }) => {
    const chief = await office.as('chief');
    const cyrillic = await submitted(office, { subject: 'Шахт у Његошевој', text: 'Поклопац шахта се љуља.', name: 'Љиљана Џаковић', email: 'ljiljana@primjer.example', phone: '' });
    const latin = await submitted(office, { subject: 'Žičara na Đurđevom', text: 'Uže škripi.', name: 'Ђорђе Шћепановић', email: 'djordje@primjer.example', phone: '' });
    const find = async (query: string) => (await office.run(searchAll, chief, { query })).hits.filter((hit) => hit.noun === 'petition').map((hit) => hit.id);
    for (const query of ['Његошевој', 'njegosevoj', 'NJEGOŠ', 'ŠAHT', 'saht', 'љуља', 'Lj ljulja', 'ljiljana', 'Џаковић', 'dzakovic', cyrillic.reference]) expect(await find(query), query).toEqual([cyrillic.id]);
    for (const query of ['жичара', 'zicara', 'djurdjevom', 'Ђурђев', 'уже шкрипи', 'Šćepanović', 'scepanovic']) expect(await find(query), query).toEqual([latin.id]);
    const near = await office.run(searchAll, chief, { query: 'žičarra' });
    expect(near).toMatchObject({ near: true, hits: [{ id: latin.id }] });
    expect((await office.run(searchAll, chief, { query: '' })).hits).toEqual([]);
    expect((await office.run(listParties, chief, { query: 'ljiljana dzakovic' })).parties).toMatchObject([{ name: 'Љиљана Џаковић' }]);
    expect((await office.run(listPetitions, chief, { view: 'all', query: 'šaht' })).cases.map((one) => one.id)).toEqual([cyrillic.id]);
  });

  test('whatever is typed is a question, never an error', async ({ office }) => {
    const chief = await office.as('chief');
    await submitted(office);
    const odd = ["'", '"', ':*', '&|!()', '\\', '%', '_', "o'brien", 'a:*b', '<->', '\u0000', '\uD83D', '👩‍👩‍👧', '١٢٣', 'x'.repeat(200), "'; drop table petition; --", '01-031/26-1', '—', 'a  b', 'NEAR/2', '$1', '${1}'];
    const { cases } = await office.run(listPetitions, chief, { view: 'all' });
    for (const query of odd) {
      await office.run(searchAll, chief, { query });
      await office.run(listPetitions, chief, { view: 'all', query });
      await office.run(listParties, chief, { query });
    }
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (query) => {
      await office.run(searchAll, chief, { query });
      await office.run(listPetitions, chief, { view: 'all', query });
    }), { numRuns: 25 });
    expect(cases).toHaveLength(1);
  });
});

describe('lists', () => {
  test('views show what they say, and are counted as shown', async ({ office }) => {
    const inbox = await submitted(office, {}, later(20));
    const late = await assigned(office, {}, monday);
    const waiting = await assigned(office, {}, later(20));
    await office.run(askCompletion, waiting.clerk, { id: waiting.id, question: 'Који?' }, { now: later(20) });
    const approval = await assigned(office, {}, later(20));
    const deputy = await office.as('deputy');
    await office.run(draftAnswer, approval.clerk, { id: approval.id, ...parts }, { now: later(21) });
    await office.run(submitAnswer, approval.clerk, { id: approval.id, version: 1, ...parts, approverId: deputy.personId! }, { now: later(21) });
    const settled = await assigned(office, {}, later(20));
    await answered(office, settled, later(21));
    const at = { now: later(40) };
    const list = async (view: ListView, caller = late.chief) => (await office.run(listPetitions, caller, { view }, at)).cases.map((one) => one.id).sort();
    const sorted = (...told: { id: string }[]) => told.map((one) => one.id).sort();
    expect(await list('inbox')).toEqual(sorted(inbox));
    expect(await list('open')).toEqual(sorted(inbox, late, waiting, approval));
    expect(await list('late')).toEqual(sorted(late));
    expect(await list('waiting')).toEqual(sorted(waiting));
    expect(await list('settled')).toEqual(sorted(settled));
    expect(await list('all')).toEqual(sorted(inbox, late, waiting, approval, settled));
    expect(await list('mine', late.clerk)).toEqual(sorted(late, waiting, approval));
    expect(await list('approval', deputy)).toEqual(sorted(approval));
    expect(await list('approval', late.chief)).toEqual([]);
    for (const caller of [late.chief, late.clerk, deputy]) {
      const counts = await office.run(countPetitions, caller, {}, at);
      for (const view of ['open', 'inbox', 'mine', 'approval', 'late', 'soon', 'waiting', 'unit'] as const) expect(counts[view], view).toBe((await list(view, caller)).length);
    }
    const sums = await office.run(dashboard, late.chief, {}, at);
    expect(sums.totals).toMatchObject({ arrived: 5, answered: 1, open: 4, late: 1, medianDays: 1 });
    expect(sums.byClock.late + sums.byClock.ok + sums.byClock.soon + sums.byClock.paused).toBe(4);
    expect((await office.run(dashboard, await office.only('protocol'), {}, at)).totals.arrived).toBeLessThan(5);
  });

  test('pages by cursor, each case once; a cursor that is none is refused', async ({ office }) => {
    for (let index = 0; index < 45; index++) await submitted(office, { subject: `Писмо ${index}`, text: `Текст ${index}` }, new Date(monday.getTime() + Math.floor(index / 3) * 1000));
    const chief = await office.as('chief');
    for (const sort of ['newest', 'due'] as const) {
      const first = await office.run(listPetitions, chief, { view: 'open', sort });
      expect(first.cases).toHaveLength(40);
      const second = await office.run(listPetitions, chief, { view: 'open', sort, after: first.next! });
      expect(second.next).toBeNull();
      expect(new Set([...first.cases, ...second.cases].map((one) => one.id)).size).toBe(45);
    }
    for (const after of ['x', 'x|y', '2026-01-01|x', '2026-02-30|0198a0a0-0000-7000-8000-000000000000', '2026-01-01 25:00:00+00|0198a0a0-0000-7000-8000-000000000000', "2026-01-01|'"]) await office.refused(office.run(listPetitions, chief, { after }), 422);
  });

  test('views are kept for whoever kept them', async ({ office }) => {
    const [one, two] = [await office.as('clerk'), await office.as('chief')];
    const { id } = await office.run(saveView, one, { name: 'Мој ред', query: 'view=mine&sort=due' });
    expect((await office.run(listViews, one, {})).views).toEqual([{ id, name: 'Мој ред', query: 'view=mine&sort=due' }]);
    expect((await office.run(listViews, two, {})).views).toEqual([]);
    await office.refused(office.run(dropView, two, { id }), 404);
    for (const query of ['<script>', '\u0000', 'a\nb', 'x'.repeat(1001)]) await office.refused(office.run(saveView, one, { name: 'x', query }), 422);
    await office.run(dropView, one, { id });
    await office.refused(office.run(dropView, one, { id }), 404);
  });

  test('a confidential case is in no list, count or search of who is not named', async ({ office }) => {
    const told = await assigned(office);
    const [registrar, protocol] = [await office.as('registrar'), await office.only('protocol')];
    const before = await office.run(countPetitions, registrar, {});
    await office.run(restrictPetition, told.chief, { id: told.id, access: 'confidential' });
    expect((await office.run(countPetitions, registrar, {})).open).toBe(before.open - 1);
    for (const caller of [registrar, protocol]) {
      expect((await office.run(listPetitions, caller, { view: 'all' })).cases).toEqual([]);
      expect((await office.run(searchAll, caller, { query: 'расвјета' })).hits).toEqual([]);
      expect((await office.run(searchAll, caller, { query: told.reference })).hits).toEqual([]);
      expect((await office.run(dashboard, caller, {})).totals.arrived).toBe(0);
    }
    expect((await office.run(listPetitions, told.clerk, { view: 'mine' })).cases).toMatchObject([{ id: told.id, access: 'confidential' }]);
  });
});
