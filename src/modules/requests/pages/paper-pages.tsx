import { dayIn } from '../../../core/day.ts';
import { isLocaleId } from '../../../core/language.ts';
import { textIn, translator } from '../../../core/message.ts';
import { definePage, first, type Page } from '../../../core/page.ts';
import { renderPdf } from '../../../core/pdf.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { draftAnswer } from '../answer.server.ts';
import { getPetition } from '../case.server.ts';
import { letterData } from '../paper.ts';
import { withdrawPublication } from '../publication.server.ts';
import { printReceipt } from '../tracking.server.ts';

const pdf = (name: string, bytes: Uint8Array): Response => serveFile({ fileName: `${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.pdf`, mediaType: 'application/pdf', content: bytes });

/** The answer as it would go out, numbered with what is known. */
const answerPreview = definePage({
  path: '/desk/petitions/:id/answer.pdf', audience: 'desk',
  async get(page) {
    const shown = await page.run(getPetition, { id: page.params['id']! });
    const { office } = page;
    const locale = isLocaleId(shown.locale) && office.publicLocales.includes(shown.locale) ? shown.locale : office.locale;
    const answer = shown.answer ?? { facts: '', basis: '', decision: '', remedy: '' };
    const signer = shown.approver;
    const bytes = await renderPdf('letter', letterData({
      office, locale, t: translator(locale), entry: `${shown.reference}/…`, today: dayIn(office.jurisdiction.timeZone, page.now), petition: shown, answer,
      party: shown.party, signer: signer ? { name: signer.name, title: textIn(signer.title, locale) } : null,
    }));
    return pdf(shown.reference, bytes);
  },
});

const receipt = definePage({
  path: '/desk/petitions/:id/receipt', audience: 'desk',
  async post(page) {
    const { reference, data } = await page.run(printReceipt, { id: page.params['id']! });
    return pdf(reference, await renderPdf('receipt', data as never));
  },
});

const autosave = definePage({
  path: '/desk/petitions/:id/autosave', audience: 'desk',
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const saved = await page.run(draftAnswer, { id: page.params['id']!, version: Number(read('version')) || 0, template: read('template'), facts: read('facts'), basis: read('basis'), decision: read('decision'), remedy: read('remedy') });
    return Response.json({ version: saved.version });
  },
});

const unpublish = definePage({
  path: '/desk/petitions/:id/unpublish', audience: 'desk',
  async post(page) {
    await page.run(withdrawPublication, { id: page.params['id']! });
    return page.redirect(`/desk/petitions/${page.params['id']}`, { key: 'desk.done.unpublished' });
  },
});

export const paperPages: readonly Page[] = [answerPreview, receipt, autosave, unpublish];
