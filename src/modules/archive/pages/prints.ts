import { dayIn } from '../../../core/day.ts';
import { formatAt } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { renderPdf } from '../../../core/pdf.ts';
import { notNow } from '../../../core/refusal.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { rowsAtMost } from '../../../core/table-file.ts';
import { zipStream } from '../../../core/zip.ts';
import { findArchived, listArchive, type ItemRow } from '../archive.server.ts';
import { getConsent, getDisposal } from '../disposal.server.ts';
import { getLasting } from '../lasting.server.ts';
import { makePackage } from '../package.server.ts';
import { askedBook } from './book-page.tsx';
import { boxWords, className, day, paperOf, period, yearsOfLine } from './words.tsx';

const pdf = (name: string, content: Uint8Array): Response => serveFile({ fileName: `${name.replaceAll(/[\\/]/g, '-')}.pdf`, mediaType: 'application/pdf', content });
const printed = (page: PageContext): string => page.t('table.printed', { at: formatAt(page.now, page.office.jurisdiction.timeZone, page.locale) });

async function readAll(page: PageContext): Promise<ItemRow[]> {
  const rows: ItemRow[] = [];
  let part = await page.run(listArchive, { ...askedBook(page), order: 'up', limit: 1000 });
  for (rows.push(...part.items); part.next !== null && rows.length < rowsAtMost; rows.push(...part.items)) part = await page.run(listArchive, { ...askedBook(page), order: 'up', after: part.next, limit: 1000 });
  return rows;
}

const stateWords = (page: PageContext, row: ItemRow): string => [row.state === 'kept' ? '' : page.t(`archive.state.${row.state}`), row.disposal && row.state !== 'kept' ? page.t('archive.on_list', { number: String(row.disposal.number) }) : '', row.note].filter(Boolean).join('; ');

/** The archive book as it is bound. */
const book = definePage({
  path: '/desk/archive.pdf', audience: 'desk',
  async get(page) {
    const { t, office } = page;
    const rows = await readAll(page);
    const asked = askedBook(page);
    const { labels, ...paper } = paperOf(page, t('archive.book'));
    return pdf(t('archive.book'), await renderPdf('register', {
      ...paper, book: t('archive.book'), year: asked.year ? String(asked.year) : '', printed: printed(page),
      columns: [{ title: t('archive.number'), width: 0.5 }, { title: t('archive.archived_on'), width: 0.9 }, { title: t('archive.made_in'), width: 0.8 }, { title: t('archive.class'), width: 0.8 }, { title: t('archive.content'), width: 3 }, { title: t('archive.reference'), width: 1.4 }, { title: t('archive.sheets'), width: 0.6 }, { title: t('archive.retention'), width: 0.9 }, { title: t('archive.place'), width: 1.2 }, { title: t('archive.note'), width: 1.3 }],
      rows: rows.map((row) => ({
        cells: [String(row.number), day(page, dayIn(office.jurisdiction.timeZone, row.archivedAt)), yearsOfLine(row), row.classCode, row.subject, row.reference, row.sheets === null ? '' : String(row.sheets), period(page, row.retentionYears), boxWords(page, row), stateWords(page, row)], struck: row.state === 'destroyed',
      })),
      labels: { ...labels, onPage: t('archive.on_page'), carried: t('archive.carried'), toHere: t('archive.to_here') },
    }));
  },
});

/** What was made in a year in one class, as it is handed to the archive's keeping. */
const inventory = definePage({
  path: '/desk/archive/inventory.pdf', audience: 'desk',
  async get(page) {
    const { t } = page;
    const asked = askedBook(page);
    const rows = await readAll(page);
    const years = rows[0]?.retentionYears;
    return pdf(`${t('archive.inventory')} ${asked.classCode} ${asked.year ?? ''}`, await renderPdf('archive', {
      ...paperOf(page, t('archive.inventory')), orientation: 'landscape', printed: printed(page),
      facts: [{ label: t('archive.class'), value: `${asked.classCode} ${className(page, asked.classCode)}`.trim() }, { label: t('archive.closed_in'), value: asked.year ? String(asked.year) : '' }, { label: t('archive.retention'), value: years === undefined ? '' : period(page, years) }, { label: t('disposal.count'), value: String(rows.length) }],
      columns: [{ title: t('archive.number'), width: 0.5 }, { title: t('archive.reference'), width: 1.4 }, { title: t('archive.content'), width: 4 }, { title: t('archive.made_in'), width: 1 }, { title: t('archive.sheets'), width: 0.7 }, { title: t('archive.place'), width: 1.5 }, { title: t('archive.note'), width: 1.4 }],
      rows: rows.map((row) => [String(row.number), row.reference, row.subject, `${day(page, row.openedOn)} – ${day(page, row.closedOn)}`, row.sheets === null ? '' : String(row.sheets), boxWords(page, row), stateWords(page, row)]),
      signatures: [{ title: t('archive.signed.made'), name: '' }, { title: t('archive.signed.taken'), name: '' }],
    }));
  },
});

/** The stamp of a case that was put away: mark, class sign, period. */
const stamp = definePage({
  path: '/desk/cases/:id/archive-stamp.pdf', audience: 'desk',
  async get(page) {
    const { t } = page;
    const { file, item } = await page.run(findArchived, { id: page.params['id']! });
    if (!item) throw notNow('error.archive.not_there', { reference: file.reference });
    return pdf(`${t('archive.stamp')} ${file.reference}`, await renderPdf('archive', {
      ...paperOf(page, t('archive.stamp')),
      facts: [{ label: t('archive.reference'), value: file.reference }, { label: t('archive.plan.mark'), value: page.office.jurisdiction.retention.closingMark }, { label: t('archive.class'), value: item.classCode }, { label: t('archive.retention'), value: period(page, item.retentionYears) }, { label: t('archive.keep_until'), value: day(page, item.keepUntil) || t('archive.permanent') }, { label: t('archive.number'), value: String(item.number) }, { label: t('archive.box'), value: boxWords(page, item) }],
      signatures: [{ title: t('archive.signed.made'), name: '' }],
    }));
  },
});

const list = definePage({
  path: '/desk/archive/disposals/:id/list.pdf', audience: 'desk',
  async get(page) {
    const { t, office, locale } = page;
    const row = await page.run(getDisposal, { id: page.params['id']! });
    const title = t(`disposal.paper.${row.kind}`, { number: String(row.number) });
    return pdf(title, await renderPdf('archive', {
      ...paperOf(page, title), orientation: 'landscape', intro: t(`disposal.paper.${row.kind}.intro`), printed: printed(page),
      facts: [{ label: t('archive.plan.basis'), value: textIn(office.jurisdiction.retention.basis, locale) }, { label: t('disposal.count'), value: String(row.count) }, { label: t('disposal.consent'), value: row.consentReference ? `${row.consentReference}, ${day(page, row.consentOn)}` : '' }],
      columns: [{ title: t('archive.number'), width: 0.5 }, { title: t('archive.class'), width: 0.8 }, { title: t('archive.content'), width: 4 }, { title: t('archive.reference'), width: 1.4 }, { title: t('archive.made_in'), width: 0.8 }, { title: t('archive.sheets'), width: 0.6 }, { title: t('archive.retention'), width: 0.9 }, { title: t('archive.place'), width: 1.3 }],
      rows: row.items.map((item) => [String(item.number), item.classCode, item.subject, item.reference, yearsOfLine(item), item.sheets === null ? '' : String(item.sheets), period(page, item.retentionYears), boxWords(page, item)]),
      signatures: row.commission.map((name, index) => ({ title: t(index === 0 ? 'disposal.commission.head' : 'disposal.commission.member'), name })),
    }));
  },
});

const zip = definePage({
  path: '/desk/archive/disposals/:id/package.zip', audience: 'desk',
  async get(page) {
    const { fileName, entries, metsSha256 } = await page.run(makePackage, { id: page.params['id']! });
    return new Response(zipStream(entries), { headers: { 'content-type': 'application/zip', 'content-disposition': `attachment; filename="${fileName}"`, 'x-content-type-options': 'nosniff', 'cache-control': 'private, no-store', 'x-mets-sha256': metsSha256 } });
  },
});

const consent = definePage({ path: '/desk/archive/disposals/:id/consent-paper', audience: 'desk', get: async (page) => serveFile(await page.run(getConsent, { id: page.params['id']! })) });
const lasting = definePage({ path: '/desk/archive/documents/:id', audience: 'desk', get: async (page) => serveFile(await page.run(getLasting, { id: page.params['id']! })) });

export const printPages: readonly Page[] = [book, inventory, stamp, list, zip, consent, lasting];
