import { z } from 'zod';
import { extractText, getDocumentProxy } from 'unpdf';
import { docxType, plainDocx, readDocxText } from '../../core/docx.ts';
import { sniffUpload } from '../../core/file.ts';
import { choice, id, seenVersion } from '../../core/input.ts';
import { translator } from '../../core/message.ts';
import { operation } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong, type Said } from '../../core/refusal.ts';
import { checkPages } from '../../core/seal-pages.ts';
import { UploadInput } from '../documents/index.ts';
import type { Recipient } from './letter.ts';
import { ownPages, writers } from './letter.ts';
import { begin, change, isWriter } from './letter.server.ts';
import { closingData, fieldValues, letterData } from './paper.ts';
import { localeOf, printed } from './letter-print.server.ts';
import { fillTemplate } from './template.server.ts';

const columns = ['id', 'case_id', 'subject', 'body', 'locale', 'recipients', 'enclosures', 'written_by', 'signer_id', 'template_id', 'entry_id', 'state', 'file_as', 'file_pages', 'file_sha256'] as const;

export const previewLetter = operation({
  id: 'letter.preview', kind: 'query', allow: ['staff'],
  summary: 'The letter as it would be printed now, marked as a draft in its language; `own` is the PDF that is the letter, and the data then that of its closing page.',
  input: z.object({ id: id() }),
  output: z.object({ data: z.unknown(), name: z.string(), own: z.instanceof(Uint8Array).nullable() }),
  async run(context, input) {
    const { db, office, kernel } = context;
    const row = await db.selectFrom('letter').select(columns).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    const t = translator(localeOf(row, office));
    const letter = await printed(context, { ...row, recipients: row.recipients as Recipient[] }, '…');
    if (ownPages(row)) return { data: closingData(letter, row.file_pages, t('public.letter.draft')), name: row.subject, own: new Uint8Array(await kernel.files.get(office.id, row.file_sha256!)) };
    return { data: letterData(letter, t('public.letter.draft')), name: row.subject, own: null };
  },
});

export const readDocx = operation({
  id: 'letter.read_docx', kind: 'query', rest: 'GET /letters/{id}/docx', allow: ['staff'],
  summary: 'The letter as a DOCX to work on: the template of the office filled, or plain paragraphs.',
  input: z.object({ id: id() }),
  output: z.object({ fileName: z.string(), mediaType: z.string(), content: z.string() }),
  async run(context, input) {
    const { db, office, kernel } = context;
    const row = await db.selectFrom('letter').select(columns).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    const template = row.template_id ? await db.selectFrom('letter_template').select('sha256').where('office_id', '=', office.id).where('id', '=', row.template_id).executeTakeFirst() : undefined;
    const reference = row.entry_id ? (await db.selectFrom('entry').select('reference').where('office_id', '=', office.id).where('id', '=', row.entry_id).executeTakeFirst())?.reference : undefined;
    const letter = await printed(context, { ...row, recipients: row.recipients as Recipient[] }, reference ?? '…');
    const values = fieldValues(letter);
    const bytes = template?.sha256 ? await fillTemplate(await kernel.files.get(office.id, template.sha256), values)
      : plainDocx([values.office, values.cabinet, `${values.number}, ${values.day}`, [values.addressee, values.address].filter(Boolean).join('\n'), letterData(letter).subject, ...values.body.split(/\n{2,}/), [values.signer_title, values.signer].filter(Boolean).join('\n')]);
    return { fileName: `${row.subject.slice(0, 80)}.docx`, mediaType: docxType, content: Buffer.from(bytes).toString('base64') };
  },
});

const pagesAtMost = 50;
const bodyAtMost = 40_000;
/** The words of a PDF, a paragraph a page break or empty line. */
async function readPdfText(bytes: Uint8Array): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)), { mergePages: false });
  return text.slice(0, pagesAtMost).map((page) => page.trim()).filter(Boolean).join('\n\n');
}

export const takeFile = operation({
  id: 'letter.take_file', kind: 'command', rest: 'POST /letters/{id}/file', allow: writers,
  summary: 'Takes a PDF as the letter itself, its pages as they are, or the words of a PDF or DOCX as its text; the file is kept.',
  input: z.object({ id: id(), version: seenVersion(), file: UploadInput, pdf: choice(['pages', 'words']).default('pages') }),
  output: z.object({ id: z.string(), version: z.number(), pages: z.number() }),
  async run(context, input) {
    const { db, office, kernel } = context;
    const row = await begin(context, input.id, 'change', input.version);
    if (!isWriter(context, row.written_by) && !row.involved.some((one) => context.caller.marks.includes(one))) throw notAllowed();
    const found = await sniffUpload(input.file);
    if ('key' in found) throw wrong({ file: found });
    const isPdf = found.mediaType === 'application/pdf';
    const staysPdf = isPdf && input.pdf === 'pages';
    const checked = isPdf ? await checkPages(found.bytes, found.name) : 0;
    // A signature or a form is no hindrance where only the words are wanted; what cannot be opened safely is not read at all.
    if (typeof checked !== 'number' && (staysPdf || !['field.pdf_signed', 'field.pdf_form'].includes(checked.key))) throw wrong({ file: checked });
    const pages = staysPdf && typeof checked === 'number' ? checked : 0;
    const body: string | Said = found.mediaType === docxType ? readDocxText(found.bytes, found.name) : isPdf ? await readPdfText(found.bytes).catch(() => '') : { key: 'field.letter_file', args: { name: found.name } };
    if (typeof body !== 'string') throw wrong({ file: body });
    // A scan has pages without words.
    if (!staysPdf && body.trim() === '') throw wrong({ file: { key: 'field.no_words', args: { name: found.name } } });
    if (!staysPdf && body.length > bodyAtMost) throw wrong({ file: { key: 'field.too_long', args: { max: bodyAtMost } } });
    const sha256 = await kernel.files.put(office.id, found.bytes);
    await db.insertInto('file').values({ office_id: office.id, sha256, size: found.bytes.length, media_type: found.mediaType }).onConflict((conflict) => conflict.doNothing()).execute();
    await change(context, row.id, {
      body: body.normalize('NFC').replaceAll('\u0000', '').slice(0, bodyAtMost).toWellFormed(), file_sha256: sha256, file_name: found.name, file_as: staysPdf ? 'pages' : 'words', file_pages: pages, version: row.version + 1,
    });
    context.record({ name: staysPdf ? 'letter.pages_taken' : 'letter.file_taken', nounId: row.id, caseId: row.case_id, data: { sha256 } });
    return { id: row.id, version: row.version + 1, pages };
  },
});

export const dropFile = operation({
  id: 'letter.drop_file', kind: 'command', rest: 'POST /letters/{id}/file/drop', allow: writers,
  summary: 'The PDF is the letter no more: the words that were read from it are the text again, to be worked on.',
  input: z.object({ id: id(), version: seenVersion() }),
  output: z.object({ id: z.string(), version: z.number() }),
  async run(context, input) {
    const row = await begin(context, input.id, 'change', input.version);
    if (!isWriter(context, row.written_by) && !row.involved.some((one) => context.caller.marks.includes(one))) throw notAllowed();
    if (!ownPages(row)) throw notNow();
    await change(context, row.id, { file_as: 'words', file_pages: 0, version: row.version + 1 });
    context.record({ name: 'letter.file_dropped', nounId: row.id, caseId: row.case_id });
    return { id: row.id, version: row.version + 1 };
  },
});

export const readLetterFile = operation({
  id: 'letter.read_file', kind: 'query', rest: 'GET /letters/{id}/file', allow: ['staff'],
  summary: 'The file that is the letter, or from which its text was taken, in base64.',
  input: z.object({ id: id() }),
  output: z.object({ fileName: z.string(), mediaType: z.string(), content: z.string() }),
  async run({ db, office, kernel }, input) {
    const row = await db.selectFrom('letter as l').innerJoin('file as f', (join) => join.onRef('f.office_id', '=', 'l.office_id').onRef('f.sha256', '=', 'l.file_sha256')).select(['l.file_name', 'l.file_sha256', 'f.media_type']).where('l.office_id', '=', office.id).where('l.id', '=', input.id).executeTakeFirst();
    if (!row?.file_sha256) throw notFound();
    return { fileName: row.file_name, mediaType: row.media_type, content: Buffer.from(await kernel.files.get(office.id, row.file_sha256)).toString('base64') };
  },
});
