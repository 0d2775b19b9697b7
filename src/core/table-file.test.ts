import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import readXlsx from 'read-excel-file/node';
import { expect, test } from 'vitest';
import { csvOf, csvTable, harmless, readToEnd, rowsAtMost, xlsxTable, type TableFile } from './table-file.ts';

const table: TableFile = {
  name: 'списак', title: 'Списак: 1/2', columns: [{ title: 'Број' }, { title: 'Дан' }, { title: 'Сат', time: true }, { title: 'Износ' }],
  rows: [['05-1/26', '2026-03-05', new Date('2026-03-05T23:30:00Z'), -12.5], ['=1+1', null, null, null]],
};

test('what a spreadsheet would compute is text', () => {
  for (const text of ['=1+1', '+382 20 1', '-2', '@SUM(A1)', '\tx', '\rx', ' =1', '＝1', '\n=1']) expect(harmless(text)).toBe(`'${text}`);
  for (const text of ['05-1/26', 'а=б', '', '—', '1-2']) expect(harmless(text)).toBe(text);
});

test('whatever stands in a cell is read back from CSV, but for the sign that disarms it', () => {
  fc.assert(fc.property(fc.array(fc.array(fc.string(), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 }), (rows) => {
    const read = parse(csvOf([['a', 'b', 'c'], ...rows]), { delimiter: ';', bom: true, record_delimiter: '\r\n' }) as string[][];
    expect(read.slice(1)).toEqual(rows.map((row) => row.map(harmless)));
    for (const cell of read.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
  }));
});

test('CSV has its mark, semicolons, days as Excel reads them, and the office\'s own midnight', () => {
  expect(csvTable(table, 'Europe/Podgorica')).toBe("\uFEFFБрој;Дан;Сат;Износ\r\n05-1/26;05.03.2026;06.03.2026 00:30;-12,5\r\n'=1+1;;;\r\n");
  expect(csvTable({ ...table, isCut: true }, 'Europe/Podgorica', 'још').endsWith('још\r\n')).toBe(true);
});

test('a workbook keeps days and numbers as such, and a formula as text', async () => {
  const [sheet] = await readXlsx(Buffer.from(await xlsxTable(table, 'Europe/Podgorica')));
  expect(sheet!.sheet).toBe('Списак  1 2');
  // Excel counts parts of a day: what is read back is a millisecond off.
  const read = sheet!.data.map((row) => row.map((cell) => (cell instanceof Date ? new Date(Math.round(cell.getTime() / 1000) * 1000) : cell)));
  expect(read).toEqual([['Број', 'Дан', 'Сат', 'Износ'], ['05-1/26', new Date('2026-03-05T00:00:00Z'), new Date('2026-03-06T00:30:00Z'), -12.5], ['=1+1', null, null, null]]);
});

test('a list is read to its end, or to the most that a file holds', async () => {
  const pages = (count: number) => async (after: string) => ({ rows: Array.from({ length: 500 }, (_, index) => Number(after || 0) * 500 + index), next: Number(after || 0) + 1 < count ? String(Number(after || 0) + 1) : null });
  expect(await readToEnd(pages(3))).toMatchObject({ isCut: false, rows: { length: 1500 } });
  expect(await readToEnd(pages(11))).toMatchObject({ isCut: true, rows: { length: rowsAtMost } });
});
