import { expect, test, type TestOffice } from '../../test/office.ts';
import { newId } from './id.ts';
import { enter } from './operation.ts';
import { indexSearch, searchEntries } from './search.ts';

const put = async (office: TestOffice, title: string, text = '', more: { id?: string; at?: Date; caseId?: string; isNew?: boolean } = {}) => {
  const id = more.id ?? newId();
  await office.within((db) => indexSearch({ db, office: office.office, now: more.at ?? new Date() }, { noun: 'probe', title, text, ...more, id }));
  return id;
};
const find = (office: TestOffice, query: string, limit?: number) => office.within((db) => searchEntries({ db, office: office.office }, query, limit));

test('finds in both scripts, by beginnings, the title before the text, the newest first among equals', async ({ office }) => {
  const inText = await put(office, 'Предмет', 'О паркингу у улици');
  const older = await put(office, 'Паркинг', '', { at: new Date('2026-01-01') });
  const newer = await put(office, 'Parking', '', { at: new Date('2026-02-01') });
  expect((await find(office, 'паркинг')).hits.map((hit) => hit.id)).toEqual([newer, older, inText]);
  expect((await find(office, 'PARK')).hits).toHaveLength(3);
  expect((await find(office, 'улици паркингу')).hits.map((hit) => hit.id)).toEqual([inText]);
  expect((await find(office, 'parking', 1)).hits).toHaveLength(1);
  expect((await find(office, 'паркинк')).near).toBe(true);
  for (const query of ['', '   ', '...', 'xy', 'непостојеће']) expect((await find(office, query)).hits, query).toEqual([]);
});

test('the letters of every language here', async ({ office }) => {
  const pairs: [string, string[]][] = [
    ['Ђурђевић', ['Đurđević', 'djurdjevic', 'DJURDJEVIĆ', 'ђурђев']], ['Școala și țara', ['scoala', 'şcoala', 'ŞCOALA TARA', 'țar']], ['Ѓорѓи Ќосев', ['Gjorgji', 'ѓорѓи', 'kjosev']],
    ['Љубљана њива џеп', ['ljubljana', 'njiva', 'DŽEP']], ['Çamëria', ['camer', 'çamëria']],
  ];
  for (const [title, queries] of pairs) {
    const id = await put(office, title);
    for (const query of queries) expect((await find(office, query)).hits.map((hit) => hit.id), `${title}: ${query}`).toContain(id);
  }
});

test('an entry written anew is found by its new words alone', async ({ office }) => {
  const id = await put(office, 'Старо', 'једно');
  await put(office, 'Ново', 'друго', { id });
  expect((await find(office, 'старо')).hits).toEqual([]);
  expect((await find(office, 'једно')).hits).toEqual([]);
  expect((await find(office, 'друго')).hits).toMatchObject([{ id, title: 'Ново' }]);
});

test('the longest texts are kept', async ({ office }) => {
  const id = await put(office, 'Дуго', Array.from({ length: 30_000 }, (_, index) => `ријеч${index}`).join(' '));
  await put(office, 'х'.repeat(5000), `${'ш'.repeat(30_000)} ${'👍'.repeat(500)}`);
  expect((await find(office, 'ријеч17')).hits.map((hit) => hit.id)).toEqual([id]);
});

test('another office finds nothing, nor does the public', async ({ office }) => {
  await put(office, 'Тајна');
  const other = await office.another();
  expect((await find(other, 'тајна')).hits).toEqual([]);
  const seen = await office.kernel.db.transaction().execute(async (db) => {
    await enter(db, office.public(), 'none');
    return searchEntries({ db, office: office.office }, 'тајна');
  });
  expect(seen.hits).toEqual([]);
});
