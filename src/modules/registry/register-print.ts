import { setImmediate } from 'node:timers/promises';
import { PDFDocument } from '@cantoo/pdf-lib';
import { renderPdf, type RegisterData } from '../../core/pdf.ts';

// A year of some ten thousand lines takes longer than one document may: it is set in parts that follow on one another.
const linesAtOnce = 600;

/** The book as one PDF; a long one is set in parts, its pages then numbered without their total (`pageOnly` is that label). */
export async function printRegister(data: RegisterData, pageOnly: string): Promise<Uint8Array> {
  if (data.rows.length <= linesAtOnce) return renderPdf('register', data);
  const book = await PDFDocument.create();
  for (let lines = 0; lines < data.rows.length; lines += linesAtOnce) {
    const isLast = lines + linesAtOnce >= data.rows.length;
    const { closing = [], ...rest } = data;
    const part = await renderPdf('register', {
      ...rest, rows: data.rows.slice(lines, lines + linesAtOnce), before: { lines, pages: book.getPageCount() }, labels: { ...data.labels, page: pageOnly }, ...(isLast ? { closing } : {}),
    });
    const read = await PDFDocument.load(part);
    for (const page of await book.copyPages(read, read.getPageIndices())) book.addPage(page);
    // Other requests come between the parts.
    await setImmediate();
  }
  book.setTitle(data.title, { showInWindowTitleBar: true });
  book.setLanguage(data.lang);
  return book.save();
}
