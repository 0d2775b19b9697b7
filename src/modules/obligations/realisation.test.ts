import fc from 'fast-check';
import { deskClient } from '../../../test/client.ts';
import { expect, test } from '../../../test/office.ts';
import { addDays, dayIn } from '../../core/day.ts';
import { outcomeOf, outcomes, type ObligationState } from './obligation.ts';
import { findObligations } from './obligation-list.server.ts';
import { groups, readRealisation } from './realisation.server.ts';

const today = '2026-06-15';
const now = new Date(`${today}T10:00:00Z`);

test('the figures of the report are those of the list they link to, and of counting anew', async ({ office }) => {
  const mayor = await office.as('andrija-vukmirovic');
  const zone = office.office.jurisdiction.timeZone;
  const people = await office.within((db) => db.selectFrom('person').select(['id', 'unit_id']).where('office_id', '=', office.office.id).orderBy('key').limit(4).execute());
  const at = (day: string, hour: number): Date => new Date(`${day}T${String(hour).padStart(2, '0')}:30:00Z`);
  const one = fc.record({ given: fc.integer({ min: 0, max: 120 }), hour: fc.integer({ min: 0, max: 23 }), due: fc.option(fc.integer({ min: 0, max: 60 })), moved: fc.boolean(), took: fc.integer({ min: 0, max: 80 }), state: fc.constantFrom<ObligationState>('open', 'reported', 'done', 'dropped'), person: fc.integer({ min: 0, max: 3 }), source: fc.constantFrom('order', 'conclusion', 'audience'), isUnit: fc.boolean() });
  const drawn = fc.sample(one, { numRuns: 80, seed: 11 });
  const rows = drawn.map((draw) => {
    const givenAt = at(addDays('2026-02-10', draw.given), draw.hour);
    const givenOn = dayIn(zone, givenAt);
    const dueOn = draw.due === null ? null : addDays(givenOn, draw.due);
    const doneAt = at(addDays(givenOn, draw.took), 23);
    return { draw, givenAt, givenOn, dueOn, firstDueOn: dueOn && draw.moved ? addDays(dueOn, -2) : dueOn, doneAt, person: people[draw.person]! };
  });
  await office.within(async (db) => {
    for (const row of rows) await db.insertInto('obligation').values({
      office_id: office.office.id, id: crypto.randomUUID(), case_id: null, source: row.draw.source, text: 'x', owner_id: row.draw.isUnit ? null : row.person.id, unit_id: row.person.unit_id, given_by: people[(row.draw.person + 1) % 4]!.id, due_on: row.dueOn, first_due_on: row.firstDueOn, state: row.draw.state, at: row.givenAt,
      reported_at: row.draw.state === 'reported' || row.draw.state === 'done' ? row.doneAt : null, ended_at: row.draw.state === 'done' || row.draw.state === 'dropped' ? row.doneAt : null,
    }).execute();
  });
  const [from, until] = ['2026-03-01', '2026-05-20'];
  const inPeriod = rows.filter((row) => row.givenOn >= from && row.givenOn <= until);
  expect(inPeriod.length).toBeGreaterThan(20);
  const fieldOf = { in_time: 'inTime', done_late: 'doneLate', waiting: 'waiting', open: 'open', late: 'late', dropped: 'dropped' } as const;
  const recount = (some: typeof rows) => {
    const done = some.filter((row) => row.draw.state === 'done');
    const figures = Object.fromEntries(outcomes.map((name) => [fieldOf[name], some.filter((row) => outcomeOf({ state: row.draw.state, dueOn: row.dueOn, doneOn: dayIn(zone, row.doneAt) }, today) === name).length]));
    const average = done.length === 0 ? null : done.reduce((sum, row) => sum + (Date.parse(dayIn(zone, row.doneAt)) - Date.parse(row.givenOn)) / 86_400_000, 0) / done.length;
    return { given: some.length, ...figures, moved: some.filter((row) => row.firstDueOn !== row.dueOn).length, averageDays: average === null ? null : expect.closeTo(average, 6) };
  };
  const keyOf = { committee: () => '', unit: (row: (typeof rows)[number]) => row.person.unit_id ?? '', owner: (row: (typeof rows)[number]) => (row.draw.isUnit ? '' : row.person.id), giver: (row: (typeof rows)[number]) => people[(row.draw.person + 1) % 4]!.id, source: (row: (typeof rows)[number]) => row.draw.source };
  const filterOf = { committee: 'committeeId', unit: 'unitId', owner: 'ownerId', giver: 'givenBy', source: 'source' };
  for (const by of groups) {
    const report = await office.run(readRealisation, mayor, { by, from, until }, { now });
    expect(report.total).toEqual(recount(inPeriod));
    const expected = Map.groupBy(inPeriod, keyOf[by]);
    expect(new Map(report.groups.map((group) => [group.key, Object.fromEntries(Object.entries(group).filter(([field]) => field !== 'key' && field !== 'name'))]))).toEqual(new Map([...expected].map(([key, some]) => [key, recount(some)])));
    for (const group of report.groups.filter((each) => each.key !== '')) for (const outcome of outcomes) {
      const listed = await office.run(findObligations, mayor, { view: 'all', from, until, [filterOf[by]]: group.key, outcome, limit: 500 }, { now });
      expect([by, group.key, outcome, listed.obligations.length]).toEqual([by, group.key, outcome, group[fieldOf[outcome]]]);
    }
  }
  const { months, total } = await office.run(readRealisation, mayor, { from, until }, { now });
  expect(months.map((month) => month.month)).toEqual(['2026-03', '2026-04', '2026-05']);
  expect(months.reduce((sum, month) => sum + month.given, 0)).toBe(total.given);
  expect(Object.keys((await office.refused(office.run(readRealisation, mayor, { from: until, until: from }), 422)).fields)).toEqual(['until']);
});

test('who sees less is told of less; the report is a page, a table and a paper', async ({ office }) => {
  const [mayor, clerk] = [await office.as('andrija-vukmirovic'), await office.as('tamara-zvicer')];
  await office.within(async (db) => {
    for (const [text, involved] of [['a', [clerk.personId!]], ['b', []]] as const) await db.insertInto('obligation').values({ office_id: office.office.id, id: crypto.randomUUID(), case_id: null, source: 'order', text, unit_id: 'finansije', given_by: mayor.personId, due_on: today, first_due_on: today, involved: [...involved], at: new Date() }).execute();
  });
  expect((await office.run(readRealisation, mayor, {})).total.given).toBe(2);
  expect((await office.run(readRealisation, clerk, {})).total.given).toBe(1);
  const client = await deskClient(office, 'andrija-vukmirovic');
  const page = await client.get('/desk/obligations/report?by=unit');
  expect([page.status, /<rect /.test(page.html)]).toEqual([200, true]);
  for (const [as, begins] of [['csv', '\uFEFF'], ['xlsx', 'PK'], ['pdf', '%PDF']] as const) {
    const file = await client.get(`/desk/obligations/report?by=unit&as=${as}`);
    expect([file.status, file.html.startsWith(begins) || as === 'csv']).toEqual([200, true]);
  }
  expect((await client.get('/desk/obligations/report?from=nema')).status).toBe(200);
});
