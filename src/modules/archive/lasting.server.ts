import { z } from 'zod';
import { dayIn } from '../../core/day.ts';
import { id } from '../../core/input.ts';
import { formatBytes, formatDay } from '../../core/language.ts';
import { log } from '../../core/log.ts';
import { textIn, translator } from '../../core/message.ts';
import { countPages, drawPage } from '../../core/ocr.ts';
import { operation, type Context } from '../../core/operation.ts';
import { PdfError, renderPdf, type CarrierData } from '../../core/pdf.ts';
import { notFound } from '../../core/refusal.ts';

const pagesAtMost = 40;
const lettersAtMost = 400_000;
const pictures: Record<string, string> = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/gif': 'gif', 'image/webp': 'webp' };

/** Whether a PDF says of itself that it is PDF/A, as those that the office makes do. It is not validated here. */
export const isPdfA = (bytes: Uint8Array): boolean => /pdfaid:part(>|=["'])[1-4]/.test(Buffer.from(bytes).toString('latin1'));

/** The pages of an uploaded PDF as pictures; nothing where it is too long or cannot be read. */
async function drawPages(bytes: Uint8Array): Promise<NonNullable<CarrierData['pages']>> {
  const count = await countPages(bytes);
  if (count > pagesAtMost) return [];
  const drawn: NonNullable<CarrierData['pages']> = [];
  for (let page = 1; page <= count; page++) drawn.push({ bytes: await drawPage(bytes, page), ending: 'png' });
  return drawn;
}

type Kept = { id: string; title: string; file_name: string; sha256: string; media_type: string; size: number; at: Date };

/** The document in PDF/A-3: a first page that says what it is, its pages or its text, the original attached. The same document gives the same bytes. */
async function makeCarrier({ office }: Pick<Context, 'office'>, reference: string, document: Kept, bytes: Uint8Array): Promise<Uint8Array> {
  const { locale } = office;
  const t = translator(locale);
  const on = dayIn(office.jurisdiction.timeZone, document.at);
  const ending = pictures[document.media_type];
  const pages = ending ? [{ bytes, ending }] : document.media_type === 'application/pdf' ? await drawPages(bytes).catch(() => []) : [];
  const text = document.media_type === 'text/plain' ? new TextDecoder().decode(bytes).slice(0, lettersAtMost) : '';
  return renderPdf('archive-carrier', {
    lang: locale, region: office.jurisdiction.country, title: document.title || document.file_name, issuedAt: on, office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), accent: office.data.accent[0] },
    note: t('archive.carrier.note'), ...(text ? { text } : {}), ...(pages.length > 0 ? { pages } : {}),
    facts: [
      { label: t('archive.reference'), value: reference }, { label: t('archive.carrier.file'), value: document.file_name }, { label: t('archive.carrier.type'), value: document.media_type }, { label: t('archive.carrier.size'), value: formatBytes(document.size, locale) },
      { label: t('archive.carrier.at'), value: formatDay(on, locale) }, { label: 'SHA-256', value: document.sha256 },
    ],
    attachment: { bytes, name: document.file_name, mediaType: document.media_type, description: t('archive.carrier.original') },
    labels: { page: t('archive.page', { page: '{page}', pages: '{pages}' }), text: t('archive.carrier.text'), sheet: t('archive.carrier.sheet') },
  });
}

export const preserveCase = operation({
  id: 'archive.preserve', kind: 'command', allow: [],
  summary: 'Gives each document of a case that was put away a form that lasts: PDF/A as it is, or PDF/A-3 with the original in it; where neither can be, says so.',
  input: z.object({ id: id() }),
  output: z.object({ pdfa: z.number(), carrier: z.number(), original: z.number() }),
  async run(context, input) {
    const { db, office, kernel } = context;
    const file = await db.selectFrom('case_file').select(['id', 'reference']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!file) throw notFound();
    const documents = await db.selectFrom('document').select(['id', 'title', 'file_name', 'sha256', 'media_type', 'size', 'at']).where('office_id', '=', office.id).where('case_id', '=', file.id).where('lasting_form', 'is', null).where('destroyed_at', 'is', null).orderBy('at').orderBy('id').execute();
    const made = { pdfa: 0, carrier: 0, original: 0 };
    const note = (documentId: string, form: keyof typeof made, carrier: { sha256: string; size: number } | null = null) => {
      made[form]++;
      return db.updateTable('document').set({ lasting_form: form, lasting_sha256: carrier?.sha256 ?? null, lasting_size: carrier?.size ?? null }).where('office_id', '=', office.id).where('id', '=', documentId).execute();
    };
    for (const document of documents) {
      const bytes = await kernel.files.get(office.id, document.sha256).catch(() => null);
      if (bytes && document.media_type === 'application/pdf' && isPdfA(bytes)) {
        await note(document.id, 'pdfa');
        continue;
      }
      const carrier = bytes && (await makeCarrier(context, file.reference, document, bytes).catch((error: unknown) => {
        if (!(error instanceof PdfError)) throw error;
        log.warn({ office: office.slug, document: document.id, reason: error.reason }, 'no form that lasts could be made of a document');
        return null;
      }));
      if (!carrier) {
        await note(document.id, 'original');
        continue;
      }
      const sha256 = await kernel.files.put(office.id, carrier);
      await db.insertInto('file').values({ office_id: office.id, sha256, size: carrier.length, media_type: 'application/pdf' }).onConflict((conflict) => conflict.doNothing()).execute();
      await note(document.id, 'carrier', { sha256, size: carrier.length });
    }
    context.record({ name: 'archive.preserved', nounId: file.id, caseId: file.id, data: made });
    return made;
  },
});

export const getLasting = operation({
  id: 'archive.document', kind: 'query', rest: 'GET /documents/{id}/lasting', allow: ['staff'],
  summary: 'A document of an archived case in the form that lasts, its content in base64.',
  input: z.object({ id: id() }),
  output: z.object({ fileName: z.string(), mediaType: z.string(), content: z.string() }),
  async run({ db, office, kernel }, input) {
    const row = await db.selectFrom('document').select(['file_name', 'sha256', 'lasting_sha256', 'lasting_form']).where('office_id', '=', office.id).where('id', '=', input.id).where('destroyed_at', 'is', null).where('lasting_form', 'in', ['pdfa', 'carrier']).executeTakeFirst();
    if (!row) throw notFound();
    const bytes = await kernel.files.get(office.id, row.lasting_sha256 ?? row.sha256);
    return { fileName: row.lasting_form === 'carrier' ? `${row.file_name.replace(/\.[^.]*$/, '')}.pdf` : row.file_name, mediaType: 'application/pdf', content: Buffer.from(bytes).toString('base64') };
  },
});
