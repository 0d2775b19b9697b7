import { extractText, getDocumentProxy } from 'unpdf';
import { expect, test } from 'vitest';
import { renderPdf, type RegisterData } from '../../core/pdf.ts';
import { printRegister } from './register-print.ts';

const book = (lines: number): RegisterData => ({
  lang: 'ro', title: 'Registru 2026', issuedAt: '2026-12-31', office: { name: 'Primăria', accent: '#37474f' }, book: 'Registru', year: '2026', columns: [{ title: 'Nr.' }, { title: 'Conținut', width: 4 }],
  rows: Array.from({ length: lines }, (_, index) => ({ cells: [String(index + 1), `Act ${index + 1}`] })), closing: ['Registrul se închide.'], labels: { page: 'Pagina {page} din {pages}', onPage: 'Pe pagină', carried: 'Report', toHere: 'Total' },
});
const pagesOf = async (bytes: Uint8Array): Promise<string[]> => (await extractText(await getDocumentProxy(new Uint8Array(bytes)))).text;

test('a long book is printed in parts that go on counting lines and pages', async () => {
  const pages = await pagesOf(await printRegister(book(1300), 'Pagina {page}'));
  let lines = 0;
  pages.forEach((page, index) => {
    expect(page).toContain(`Pagina ${index + 1}`);
    const [, here, carried, total] = /Pe pagină (\d+) · Report (\d+) · Total (\d+)/.exec(page)!.map(Number);
    expect(carried).toBe(lines);
    expect(total).toBe((lines += here!));
  });
  expect(lines).toBe(1300);
  expect(pages.filter((page) => page.includes('Registrul se închide.'))).toHaveLength(1);
  expect(pages.at(-1)).toContain('Registrul se închide.');
}, 60_000);

test('a short one is one document, with its number of pages', async () => {
  const pages = await pagesOf(await printRegister(book(70), 'Pagina {page}'));
  expect(pages[0]).toContain(`Pagina 1 din ${pages.length}`);
  expect((await pagesOf(await renderPdf('register', book(0))))[0]).toContain('Registrul se închide.');
});
