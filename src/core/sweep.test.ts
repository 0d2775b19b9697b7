import { expect, test } from '../../test/office.ts';
import { submitted } from '../../test/petition.ts';
import { runSchedule, zonesOf } from './job.ts';
import { sql } from './database.ts';
import { enter } from './operation.ts';
import { hasUnsealed, listHeads } from './seal.ts';

test('an office is waited for while its log has no seal or its mail has not gone, and no longer', async ({ office }) => {
  const { kernel } = office;
  const isWaiting = async (): Promise<boolean> => (await kernel.offices.waiting()).some((one) => one.id === office.office.id);
  await submitted(office);
  expect(await isWaiting()).toBe(true);
  expect(await hasUnsealed(kernel.db, office.office)).toBe(true);
  await office.settle();
  expect(await isWaiting()).toBe(false);
  expect(await hasUnsealed(kernel.db, office.office)).toBe(false);
  expect((await listHeads(kernel.db)).get(office.office.id)?.position).toBeGreaterThan(0);
});

test('what a schedule cannot do for one office it does for the others, and says so at its end', async ({ office }) => {
  const [first, second] = [{ ...office.office, id: -1 }, office.office];
  const done: number[] = [];
  const schedule = {
    name: 'test', cron: '* * * * *', due: async () => [first, second],
    run: async (_: unknown, { id }: { id: number }) => {
      if (id === -1) throw new Error('away');
      done.push(id);
    },
  };
  await expect(runSchedule(office.kernel, schedule, new Date())).rejects.toThrow('away');
  expect(done).toEqual([second.id]);
});

test('an hour is one of each office’s own clock', async ({ office }) => {
  expect([zonesOf({ cron: '* * * * *' }), zonesOf({ cron: '40 * * * *' })]).toEqual([['UTC'], ['UTC']]);
  expect(zonesOf({ cron: '0 9 * * *' }).toSorted()).toEqual(['Europe/Bucharest', 'Europe/Podgorica', 'Europe/Sarajevo', 'Europe/Skopje']);
  const done: string[] = [];
  const schedule = { name: 'test', cron: '0 9 * * *', due: async () => [office.office], run: async () => void done.push('run') };
  const own = office.office.jurisdiction.timeZone;
  for (const zone of zonesOf(schedule)) if (zone !== own) await runSchedule(office.kernel, schedule, new Date(), zone);
  expect(done).toEqual([]);
  await runSchedule(office.kernel, schedule, new Date(), own);
  expect(done).toEqual(['run']);
});

test('the newest that hold a word are found whatever lies between them and today, and none of another office', async ({ office }) => {
  const { kernel } = office;
  const days = [0, 0, 1, 3, 4, 31, 32, 100, 130, 364, 400, 1000, 3000, 9000];
  const found = await kernel.db.transaction().execute(async (db) => {
    await enter(db, kernel.system(office.office), 'all');
    for (const [index, ago] of days.entries())
      await sql`insert into search_entry (office_id, id, noun, title, folded, vector, at)
        values (${office.office.id}, uuidv7(), 'party', ${String(index)}, ${`lampa ${index}`}, to_tsvector('simple', ${index % 3 === 2 ? 'lampa svetiljka' : 'lampa'}), now() - ${ago}::int * interval '1 day')`.execute(db);
    const most = async (query: string, newest: number): Promise<string[]> =>
      (await sql<{ title: string }>`select e.title from search_matches(to_tsquery('simple', ${query}), ${newest}) m join search_entry e on e.office_id = ${office.office.id} and e.id = m.id order by e.at desc, e.title::int`.execute(db)).rows.map((row) => row.title);
    const all = days.map((_, index) => String(index));
    for (const newest of [2, 3, 5, 6, 9, 11, 14, 200]) expect(await most('lampa', newest)).toEqual(all.slice(0, newest));
    expect(await most('svetiljka', 200)).toEqual(['2', '5', '8', '11']);
    expect((await sql`select id from search_similar('lampi', 200)`.execute(db)).rows).toHaveLength(14);
    await sql`select set_config('kabinet.office', '2147483000', true)`.execute(db);
    return (await sql`select id from search_matches(to_tsquery('simple', 'lampa'), 200)`.execute(db)).rows;
  });
  expect(found).toEqual([]);
});
