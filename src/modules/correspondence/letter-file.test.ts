import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { assigned } from '../../../test/petition.ts';
import { plainDocx } from '../../core/docx.ts';
import { renderPdf, type ClosingData } from '../../core/pdf.ts';
import { getDocument } from '../documents/document.server.ts';
import { addDemonstration } from './certificate.server.ts';
import { approveLetter } from './chain.server.ts';
import { dropFile, previewLetter, readLetterFile, takeFile } from './letter-file.server.ts';
import { getLetter } from './letter-list.server.ts';
import { changeLetter, submitLetter, writeLetter } from './letter.server.ts';

async function pdf(pages: number, words: string): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (let index = 0; index < pages; index++) {
    const page = document.addPage([595, 842]);
    if (words) page.drawText(words, { x: 80, y: 700, size: 14, font });
  }
  document.addJavaScript('a', 'app.alert(1)');
  return { name: 'dopis.pdf', bytes: new Uint8Array(await document.save()) };
}

async function written(office: TestOffice) {
  const told = await assigned(office);
  const letter = { caseId: told.id, subject: 'Записник', body: 'Текст.', recipients: [{ name: 'Одбор', address: 'Липова 4', way: 'post' as const }], signerId: told.chief.personId! };
  const { id } = await office.run(writeLetter, told.clerk, letter);
  return { ...told, letter, letterId: id };
}

test('a PDF is the letter as it is: its pages go out sealed with the closing page of the office behind them', async ({ office }) => {
  await office.run(addDemonstration, office.system(), {});
  const told = await written(office);
  const file = await pdf(2, 'The agreed wording');
  const taken = await office.run(takeFile, told.clerk, { id: told.letterId, version: 1, file });
  expect(taken).toMatchObject({ version: 2, pages: 2 });
  // What the form of the letter says of its text does not replace what was read from the PDF.
  const { version } = await office.run(submitLetter, told.clerk, { ...told.letter, body: '', id: told.letterId, version: 2 });
  expect(await office.run(getLetter, told.chief, { id: told.letterId })).toMatchObject({ ownPages: 2, body: 'The agreed wording\n\nThe agreed wording', fileName: 'dopis.pdf' });
  const preview = await office.run(previewLetter, told.chief, { id: told.letterId });
  expect(Buffer.from(preview.own!).equals(Buffer.from(file.bytes))).toBe(true);
  expect((await PDFDocument.load(await renderPdf('closing', preview.data as ClosingData), { updateMetadata: false })).getPageCount()).toBe(2);
  const sealed = await office.run(approveLetter, told.chief, { id: told.letterId, version });
  const shown = await office.run(getLetter, told.clerk, { id: told.letterId });
  expect(shown.sealedWith).toMatch(/^PAdES B-B/);
  const bytes = new Uint8Array(Buffer.from((await office.run(getDocument, told.clerk, { id: shown.documentId! })).content, 'base64'));
  const text = Buffer.from(bytes).toString('latin1');
  expect(text).toContain('/SubFilter /ETSI.CAdES.detached');
  expect(text).not.toContain('JavaScript');
  const { extractText, getDocumentProxy } = await import('unpdf');
  const read = await extractText(await getDocumentProxy(bytes), { mergePages: false });
  expect(read.totalPages).toBe(3);
  expect(read.text[1]).toContain('The agreed wording');
  expect(read.text[2]!.replaceAll(/\s/g, '')).toContain(sealed.reference!.replaceAll(/\s/g, ''));
});

test('a scan without words may be the letter; its words alone may not, and the writer may go over to the words', async ({ office }) => {
  const told = await written(office);
  const refusal = await office.refused(office.run(takeFile, told.clerk, { id: told.letterId, version: 1, file: await pdf(1, ''), pdf: 'words' }), 422);
  expect(refusal.fields).toMatchObject({ file: { key: 'field.no_words' } });
  expect(await office.run(takeFile, told.clerk, { id: told.letterId, version: 1, file: await pdf(1, '') })).toMatchObject({ version: 2, pages: 1 });
  const again = await office.run(takeFile, told.clerk, { id: told.letterId, version: 2, file: await pdf(1, 'Two words') });
  const dropped = await office.run(dropFile, told.clerk, { id: told.letterId, version: again.version });
  expect(await office.run(getLetter, told.clerk, { id: told.letterId })).toMatchObject({ ownPages: 0, body: 'Two words', fileName: 'dopis.pdf' });
  await office.refused(office.run(dropFile, told.clerk, { id: told.letterId, version: dropped.version }), 409);
  const changed = await office.run(changeLetter, told.clerk, { ...told.letter, body: '', id: told.letterId, version: dropped.version });
  // The words are the letter again: without them there is none.
  expect(Object.keys((await office.refused(office.run(submitLetter, told.clerk, { ...told.letter, body: '', id: told.letterId, version: changed.version }), 422)).fields)).toEqual(['body']);
});

test('what cannot be the letter is said at the file, and changes nothing', async ({ office }) => {
  const told = await written(office);
  const text = (content: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(content));
  for (const [file, key] of [
    [{ name: 'a.pdf', bytes: text('%PDF-1.7\nnothing') }, 'field.pdf_broken'], [{ name: 'a.txt', bytes: text('x') }, 'field.letter_file'], [{ name: 'a.docx', bytes: plainDocx([]) }, 'field.no_words'],
  ] as const) expect((await office.refused(office.run(takeFile, told.clerk, { id: told.letterId, version: 1, file }), 422)).fields, key).toMatchObject({ file: { key } });
  expect(await office.run(getLetter, told.clerk, { id: told.letterId })).toMatchObject({ version: 1, fileName: '', body: 'Текст.' });
  // A DOCX gives its words, whatever was chosen for a PDF.
  expect(await office.run(takeFile, told.clerk, { id: told.letterId, version: 1, file: { name: 'a.docx', bytes: plainDocx(['Ријечи.']) }, pdf: 'pages' })).toMatchObject({ pages: 0 });
  expect((await office.run(readLetterFile, told.clerk, { id: told.letterId })).fileName).toBe('a.docx');
});
