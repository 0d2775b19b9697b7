import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { dayIn } from '../../core/day.ts';
import type { Kernel } from '../../core/kernel.ts';
import { formatAt, formatBytes, getLocale } from '../../core/language.ts';
import { log } from '../../core/log.ts';
import { textIn, translator } from '../../core/message.ts';
import type { Listener } from '../../core/module.ts';
import type { Office } from '../../core/office.ts';
import type { PageContext } from '../../core/page.ts';
import { measureAll, mergedTypes, mergeFiles, type MergePart } from '../../core/pdf-merge.ts';
import { PdfError, renderPdf } from '../../core/pdf.ts';
import { notNow } from '../../core/refusal.ts';
import { serveFile } from '../../core/serve-file.ts';
import type { Point } from './agenda-item.server.ts';
import { invitationData } from './invitation.server.ts';
import { verificationColumns } from './minutes-print.ts';
import { keepPack, readPack, type Pack } from './pack.server.ts';

const bytesAtMost = 200 * 1024 * 1024;
type Sheet = { number: number; title: string; part: { path: string; mediaType: string } };

/** The pack as one PDF: front with the agenda, each point's sheet and its papers, a bookmark for each, every page stamped with its point. Refuses (409) what is too large or cannot be put together. */
export async function makePack(kernel: Kernel, office: Office, pack: Pack, now: Date): Promise<Uint8Array<ArrayBuffer>> {
  const locale = office.locale;
  const t = translator(locale);
  const papers = pack.points.flatMap((point) => point.papers);
  const size = papers.filter((one) => mergedTypes.has(one.mediaType)).reduce((sum, one) => sum + one.size, 0);
  if (size > bytesAtMost) throw notNow('error.pack_large', { size: formatBytes(size, locale), max: formatBytes(bytesAtMost, locale) });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kabinet-pack-'));
  try {
    let made = 0;
    const put = async (bytes: Uint8Array): Promise<string> => {
      const place = path.join(folder, String(++made));
      await writeFile(place, bytes);
      return place;
    };
    const today = dayIn(office.jurisdiction.timeZone, now);
    const base = { lang: locale, region: office.jurisdiction.country, issuedAt: today, office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), accent: office.data.accent[0] } };
    const front = invitationData({ office, today }, {
      meeting: { ...pack, id: pack.meetingId }, committee: { name: pack.committee, isConfidential: pack.isConfidential }, reference: pack.reference, places: pack.places, points: pack.points.map((one): Point => ({ ...one, kind: one.kind as 'point', state: '', caseId: '', proposalId: null, isConfidential: false, papers: one.papers.map((paper) => ({ ...paper, caseId: '', addedAt: now, replacedBy: null })) })),
      changes: null, urgency: '', members: [], signer: { name: '', title: '' },
    }, 'pack');
    const sheets: Sheet[] = [];
    const sheet = async (title: string, facts: { label: string; value: string }[], more: { text?: string; note?: string }): Promise<string> => put(await renderPdf('bundle-sheet', { ...base, title, facts, ...more }));
    for (const point of pack.points) {
      const title = `${point.number}. ${point.title}`;
      const text = [point.proposed && `${t('agenda.proposed')}:\n${point.proposed}`, point.reason && `${t('agenda_proposal.reason')}:\n${point.reason}`].filter(Boolean).join('\n\n');
      const facts = [{ label: t('agenda.rapporteur'), value: point.rapporteur }, { label: t('petition.unit'), value: textIn(office.data.units.find((unit) => unit.id === point.unitId)?.name, locale) }, { label: t('meeting.begins'), value: formatAt(point.beginsAt, office.jurisdiction.timeZone, locale) }, { label: t('agenda.papers'), value: point.papers.map((one) => one.title).join('; ') }];
      sheets.push({ number: point.number, title, part: { path: await sheet(title, facts, text ? { text } : {}), mediaType: 'application/pdf' } });
      if (point.verified.length > 0) sheets.push({ number: point.number, title: t('verification.title'), part: { path: await put(await renderPdf('table', { ...base, title: t('verification.title'), orientation: 'landscape', columns: verificationColumns(t), rows: point.verified, labels: { page: t('public.paper.page', { page: '{page}', pages: '{pages}' }) } })), mediaType: 'application/pdf' } });
      for (const paper of point.papers) {
        const bytes = await kernel.files.get(office.id, paper.sha256).catch(() => null);
        const about = [{ label: t('agenda.papers'), value: paper.fileName }];
        const place = bytes && mergedTypes.has(paper.mediaType) ? { path: await put(bytes), mediaType: paper.mediaType }
          : { path: await sheet(paper.title, about, bytes && paper.mediaType === 'text/plain' ? { text: new TextDecoder().decode(bytes).slice(0, 200_000) } : { note: t(bytes ? 'meeting.pack.note.other' : 'meeting.pack.note.missing') }), mediaType: 'application/pdf' };
        sheets.push({ number: point.number, title: paper.title, part: place });
      }
    }
    const first = { path: await put(await renderPdf('agenda', front)), mediaType: 'application/pdf' };
    const counts = await measureAll([first, ...sheets.map((one) => one.part)]);
    for (const [index, one] of sheets.entries()) {
      if (typeof counts[index + 1] === 'number') continue;
      one.part = { path: await sheet(one.title, [], { note: t(`meeting.pack.note.${counts[index + 1] as 'broken'}`) }), mediaType: 'application/pdf' };
    }
    const lengths = (await measureAll([first, ...sheets.map((one) => one.part)], counts)).map(Number);
    const lines = Array.from({ length: lengths[0]! }, () => pack.reference);
    const of = new Map<number, number>();
    for (const [index, one] of sheets.entries()) of.set(one.number, (of.get(one.number) ?? 0) + lengths[index + 1]!);
    const done = new Map<number, number>();
    for (const [index, one] of sheets.entries()) for (let page = 0; page < lengths[index + 1]!; page++) {
      done.set(one.number, (done.get(one.number) ?? 0) + 1);
      lines.push(t('meeting.pack.stamp', { number: one.number, page: done.get(one.number)!, pages: of.get(one.number)! }));
    }
    const stamps = await put(await renderPdf('bundle-stamps', { ...base, title: pack.reference, lines }));
    const parts: MergePart[] = [{ ...first, title: t('agenda.title') }, ...sheets.map((one) => ({ ...one.part, title: one.title }))];
    const out = path.join(folder, 'pack.pdf');
    await mergeFiles({ parts, stamps, title: front.subtitle, lang: getLocale(locale).html, out });
    return new Uint8Array(await readFile(out));
  } catch (error) {
    if (!(error instanceof PdfError)) throw error;
    log.warn({ office: office.slug, meeting: pack.meetingId, reason: error.reason, err: error.message }, 'no pack could be made of a sitting');
    throw notNow('error.pack_failed');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
const fileName = (office: Office, pack: Pack): string => `${translator(office.locale)('meeting.pack.file', { number: pack.number, version: pack.agendaVersion })}.pdf`;

export async function servePack(page: PageContext, pack: Pack): Promise<Response> {
  return serveFile({ fileName: fileName(page.office, pack), mediaType: 'application/pdf', content: await makePack(page.kernel, page.office, pack, page.now) });
}

/** After members were called: the pack without confidential points, unless it is made already or the sitting is over. */
const make: Listener = {
  name: 'meetings.pack', on: ['meeting.convened', 'meeting.reconvened'],
  async run(kernel, office, event) {
    if (!event.nounId) return;
    const now = new Date();
    const pack = await kernel.run(readPack, kernel.system(office), { id: event.nounId });
    if (pack.key === pack.keptKey || pack.endsAt < now || pack.state === 'cancelled') return;
    const bytes = await makePack(kernel, office, pack, now);
    await kernel.run(keepPack, kernel.system(office), { id: pack.meetingId, key: pack.key, name: fileName(office, pack), bytes });
  },
};
export const packListeners: readonly Listener[] = [make];
