import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { PDFDocument } from '@cantoo/pdf-lib';
import PostalMime from 'postal-mime';
import { dayIn } from '../../core/day.ts';
import type { Kernel } from '../../core/kernel.ts';
import { formatAt, formatBytes, formatDay, getLocale, type LocaleId } from '../../core/language.ts';
import { log } from '../../core/log.ts';
import { textIn, type Translate } from '../../core/message.ts';
import type { Office } from '../../core/office.ts';
import { measureAll, mergedTypes, mergeFiles, type MergePart } from '../../core/pdf-merge.ts';
import { PdfError, renderPdf, type BundleData, type PdfFact } from '../../core/pdf.ts';
import { notNow } from '../../core/refusal.ts';
import type { Content, ContentFile } from './case-content.server.ts';

const bytesAtMost = 300 * 1024 * 1024;
const pagesAtMost = 3000;
const lettersAtMost = 200_000;

export type Exporting = { kernel: Kernel; office: Office; locale: LocaleId; t: Translate; now: Date };
type Piece = { number: string; title: string; on: string; sub: boolean; facts: PdfFact[]; text?: string; file?: ContentFile };

const unitOf = ({ office, locale }: Exporting, unitId: string | null): string => textIn(office.data.units.find((one) => one.id === unitId)?.name, locale);
export const caseFacts = (exporting: Exporting, content: Content): PdfFact[] => {
  const { t, office, locale } = exporting;
  const day = (at: Date | null): string => (at ? formatDay(dayIn(office.jurisdiction.timeZone, at), locale) : '');
  return [
    { label: t('export.subject'), value: content.subject }, { label: t('export.party'), value: content.party }, { label: t('export.unit'), value: unitOf(exporting, content.unitId) }, { label: t('export.handler'), value: content.handler },
    { label: t('export.class'), value: content.classCode }, { label: t('export.opened'), value: day(content.openedAt) }, { label: t('export.closed'), value: day(content.closedAt) },
    { label: t('export.linked'), value: content.links.map((link) => `${link.reference} (${link.subject})`).join('; ') }, { label: t('export.made'), value: formatAt(exporting.now, office.jurisdiction.timeZone, locale) },
  ];
};

/** A question and its reply, as a paper of its own. */
export function wordsPiece({ t, office, locale }: Pick<Exporting, 't' | 'office' | 'locale'>, one: Content['words'][number]): { title: string; facts: PdfFact[]; text: string } {
  const day = (at: Date): string => formatDay(dayIn(office.jurisdiction.timeZone, at), locale);
  return {
    title: [t(`export.words.${one.kind}`), one.who].filter(Boolean).join(' · '), text: [one.question, one.reply && `${t('export.words.reply')}:\n${one.reply}`].filter(Boolean).join('\n\n'),
    facts: [{ label: t('export.words.asked'), value: day(one.at) }, { label: t('export.words.replied'), value: one.repliedAt ? day(one.repliedAt) : '' }],
  };
}

/** The papers of a case in the order of the book, each followed by its files; then what hangs on no paper. */
function piecesOf(exporting: Exporting, content: Content): Piece[] {
  const { t, office, locale } = exporting;
  const day = (at: Date): string => formatDay(dayIn(office.jurisdiction.timeZone, at), locale);
  const fileFacts = (file: ContentFile): PdfFact[] => [{ label: t('export.file'), value: file.fileName }, { label: t('export.size'), value: formatBytes(file.size, locale) }, { label: t('export.date'), value: day(file.at) }, { label: 'SHA-256', value: file.sha256 }];
  const pieces: Omit<Piece, 'number'>[] = [];
  for (const entry of content.entries) {
    const title = [entry.reference, entry.subject, entry.annulledAt ? `(${t('export.annulled')})` : ''].filter(Boolean).join(' · ');
    pieces.push({
      title, on: day(entry.at), sub: false, text: entry.text,
      facts: [{ label: t('export.date'), value: day(entry.at) }, { label: t('export.direction'), value: `${t(`entry.direction.${entry.direction}`)}, ${t(`channel.${entry.channel}`)}` }, { label: t('export.party'), value: entry.party }, { label: t('export.their_number'), value: entry.senderReference }],
    });
    for (const file of entry.files) pieces.push({ title: file.title || file.fileName, on: day(file.at), sub: true, facts: fileFacts(file), file });
  }
  for (const one of content.words) pieces.push({ ...wordsPiece(exporting, one), on: day(one.at), sub: false });
  for (const file of content.files) pieces.push({ title: file.title || file.fileName, on: day(file.at), sub: false, facts: fileFacts(file), file });
  return pieces.map((piece, index) => ({ ...piece, number: String(index + 1) }));
}

/** The words of a text or of a message, as they are to be typeset. */
async function wordsOf(file: ContentFile, bytes: Uint8Array): Promise<string> {
  if (!/\.eml$/i.test(file.fileName)) return new TextDecoder().decode(bytes).slice(0, lettersAtMost);
  const mail = await PostalMime.parse(bytes);
  const from = [mail.from?.name, mail.from?.address].filter(Boolean).join(', ');
  const words = mail.text ?? (mail.html ?? '').replace(/<(style|script)[\s\S]*?<\/\1>/gi, '').replace(/<(br|\/p|\/div|\/tr)[^>]*>/gi, '\n').replace(/<[^>]*>/g, '');
  return [from, mail.date, mail.subject].filter(Boolean).join('\n').concat('\n\n', words).slice(0, lettersAtMost);
}

/**
 * The case as one PDF in a new folder of its own: front, list of contents, every paper in order, stamped `reference · n/N`. What has no pages
 * is a sheet that says so. Refuses (409) what is too large; the caller removes the folder.
 */
export async function makeBundle(exporting: Exporting, content: Content): Promise<{ folder: string; file: string; pages: number }> {
  const { kernel, office, locale, t, now } = exporting;
  const size = [...content.files, ...content.entries.flatMap((entry) => entry.files)].filter((file) => mergedTypes.has(file.mediaType)).reduce((sum, file) => sum + file.size, 0);
  if (size > bytesAtMost) throw notNow('error.bundle_large', { size: formatBytes(size, locale), max: formatBytes(bytesAtMost, locale) });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kabinet-bundle-'));
  try {
    const paper = { lang: locale, region: office.jurisdiction.country, title: content.reference, issuedAt: dayIn(office.jurisdiction.timeZone, now), office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), accent: office.data.accent[0] } };
    let made = 0;
    const put = async (bytes: Uint8Array): Promise<string> => {
      const place = path.join(folder, String(++made));
      await writeFile(place, bytes);
      return place;
    };
    const sheet = async (piece: Piece, more: { text?: string; note?: string }): Promise<string> => put(await renderPdf('bundle-sheet', { ...paper, title: piece.title, facts: piece.facts, ...more }));
    // What is said in the place of a file; null where the file itself follows.
    const stands: { piece: Piece; part: { path: string; mediaType: string } }[] = [];
    for (const piece of piecesOf(exporting, content)) {
      const { file } = piece;
      if (!file) {
        stands.push({ piece, part: { path: await sheet(piece, piece.text ? { text: piece.text } : {}), mediaType: 'application/pdf' } });
        continue;
      }
      const bytes = file.destroyedAt ? null : await kernel.files.get(office.id, file.sha256).catch(() => null);
      if (bytes && mergedTypes.has(file.mediaType)) stands.push({ piece, part: { path: await put(bytes), mediaType: file.mediaType } });
      else {
        const text = bytes && file.mediaType === 'text/plain' ? await wordsOf(file, bytes).catch(() => '') : '';
        const note = file.destroyedAt ? t('export.note.destroyed') : bytes ? t('export.note.other') : t('export.note.missing');
        stands.push({ piece, part: { path: await sheet(piece, text ? { text } : { note }), mediaType: 'application/pdf' } });
      }
    }
    const counts = await measureAll(stands.map((one) => one.part));
    for (const [index, count] of counts.entries()) {
      if (typeof count === 'number') continue;
      const one = stands[index]!;
      await rm(one.part.path, { force: true });
      one.part = { path: await sheet(one.piece, { note: t(`export.note.${count}`) }), mediaType: 'application/pdf' };
    }
    const lengths = (await measureAll(stands.map((one) => one.part), counts)).map(Number);
    const inner = lengths.reduce((sum, one) => sum + one, 0);
    if (inner > pagesAtMost) throw notNow('error.bundle_pages', { pages: inner, max: pagesAtMost });
    // The list of contents says on which page a paper stands, and how long it is itself is known when it is set.
    let front = { path: '', pages: 1 };
    for (let guess = 1, tries = 0; tries < 4; tries++) {
      let page = guess + 1;
      const rows: BundleData['rows'] = stands.map(({ piece }, index) => {
        const row = { number: piece.number, date: piece.on, title: piece.title, page: String(page), sub: piece.sub };
        page += lengths[index]!;
        return row;
      });
      const set = await renderPdf('bundle', {
        ...paper, subject: content.subject, facts: caseFacts(exporting, content).slice(1), rows,
        labels: { kind: t('export.bundle.kind'), contents: t('export.contents'), number: t('export.number'), date: t('export.date'), paper: t('export.paper'), at: t('export.page') },
      });
      front = { path: await put(set), pages: (await PDFDocument.load(set, { updateMetadata: false })).getPageCount() };
      if (front.pages === guess) break;
      guess = front.pages;
    }
    const total = front.pages + inner;
    const stamps = await put(await renderPdf('bundle-stamps', { ...paper, lines: Array.from({ length: total }, (_, index) => `${content.reference} · ${index + 1}/${total}`) }));
    const parts: MergePart[] = [{ path: front.path, mediaType: 'application/pdf', title: t('export.contents') }, ...stands.map(({ piece, part }) => ({ ...part, title: `${piece.number}. ${piece.title}` }))];
    const file = path.join(folder, 'bundle.pdf');
    return { folder, file, pages: await mergeFiles({ parts, stamps, title: `${content.reference} ${content.subject}`, lang: getLocale(locale).html, out: file }) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (!(error instanceof PdfError)) throw error;
    log.warn({ office: office.slug, case: content.id, reason: error.reason, err: error.message }, 'no bundle could be made of a case');
    throw notNow('error.bundle_failed');
  }
}

/** The bundle as a stream; its folder goes when it was read or the reader went away. */
export async function streamBundle(bundle: { folder: string; file: string }): Promise<{ size: number; stream: ReadableStream }> {
  const { size } = await stat(bundle.file);
  const source = createReadStream(bundle.file);
  source.once('close', () => void rm(bundle.folder, { recursive: true, force: true }));
  return { size, stream: Readable.toWeb(source) as ReadableStream };
}
