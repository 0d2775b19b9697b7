import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import type { Caller } from '../../core/caller.ts';
import { dayIn } from '../../core/day.ts';
import type { Kernel } from '../../core/kernel.ts';
import { formatAt, formatDay, formatTime, getLocale } from '../../core/language.ts';
import { textIn, translator, type Translate } from '../../core/message.ts';
import type { Output } from '../../core/operation.ts';
import { measureAll, mergedTypes, mergeFiles, type MergePart } from '../../core/pdf-merge.ts';
import { renderPdf, type PackData } from '../../core/pdf.ts';
import { keepPrint, readPrint } from './pack-file.server.ts';
import { seatsOf, tableShapes, type TableShape } from './pack.ts';
import type { PackView } from './pack-view.server.ts';

type Print = Output<typeof readPrint>;
const initialsOf = (name: string): string => name.split(/\s+/).slice(0, 2).map((word) => word[0] ?? '').join('');
export const shapeOf = (data: Record<string, unknown>): TableShape => tableShapes.find((shape) => shape === data['shape']) ?? 'long';
/** Names of a seating, one a line. */
export const namesIn = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean).slice(0, 40);

/** When it is, in words: the day, and the hours unless it takes the whole day. */
export function whenOf(pack: Pick<PackView, 'startsAt' | 'endsAt' | 'isAllDay'>, { zone, locale }: { zone: string; locale: Caller['locale'] }): string {
  const on = formatDay(dayIn(zone, pack.startsAt), locale, 'weekday');
  return pack.isAllDay ? on : `${on}, ${formatTime(pack.startsAt, zone, locale)} – ${formatTime(pack.endsAt, zone, locale)}`;
}

function dataOf({ pack, photos }: Print, caller: Caller, t: Translate, now: Date, pages: readonly { number: string; title: string; page: string }[]): PackData {
  const { office, locale } = caller;
  const zone = office.jurisdiction.timeZone;
  const day = (at: Date): string => formatDay(dayIn(zone, at), locale, 'numeric');
  const due = (on: string | null): string => (on ? t('pack.due', { on: formatDay(on, locale, 'numeric') }) : '');
  const of = (kind: PackView['parts'][number]['kind']) => pack.parts.filter((part) => part.kind === kind);
  return {
    lang: locale, region: office.jurisdiction.country, title: pack.title, issuedAt: dayIn(zone, now), office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), accent: office.data.accent[0] },
    kind: t('pack.title'), when: whenOf(pack, { zone, locale }), place: pack.place, aim: pack.aim, summary: pack.summary,
    facts: [
      { label: t('pack.leader'), value: pack.leader }, { label: t('pack.case'), value: pack.reference }, { label: t('pack.participants'), value: pack.participants.map((one) => one.name).join(', ') },
      { label: t('pack.prepared_by'), value: pack.preparedBy }, { label: t('pack.printed'), value: formatAt(now, zone, locale) }, ...(pack.visibility === 'confidential' || pack.visibility === 'private' ? [{ label: t('pack.access'), value: t('pack.confidential') }] : []),
    ],
    points: of('point').map((part) => ({ title: part.title, text: part.text })), notes: of('note').map((part) => ({ title: part.title || t('pack.kind.note'), text: part.text })),
    people: of('person').map((part) => {
      const known = pack.people.find((one) => (part.partyId ? one.partyId === part.partyId : part.personId && one.personId === part.personId));
      const photo = part.partyId ? photos[part.partyId] : undefined;
      const lists = known ? [
        { title: t('pack.promises_to'), lines: known.promises.map((one) => [one.text, one.owner, due(one.dueOn)].filter(Boolean).join(' · ')) }, { title: t('pack.matters'), lines: known.matters.map((one) => `${one.reference} ${one.subject}${one.isClosed ? ` (${t('pack.closed')})` : ''}`) },
        { title: t('pack.met'), lines: known.meetings.map((one) => `${day(one.startsAt)} ${one.title}`) },
      ] : [];
      const name = part.title || known?.name || '';
      return { name, initials: initialsOf(name), role: known?.role ?? '', note: part.text, lists: lists.filter((list) => list.lines.length > 0), ...(photo ? { photo } : {}) };
    }),
    promises: of('promise').map((part) => ({ text: part.promise?.text ?? (part.title || part.text), sub: part.promise ? [part.promise.owner, due(part.promise.dueOn), part.text].filter(Boolean).join(' · ') : part.title ? part.text : '' })),
    programme: of('programme').map((part) => ({ title: part.title || t('pack.kind.programme'), text: part.text })),
    seating: of('seating').map((part) => ({ title: part.title || t('pack.kind.seating'), shape: shapeOf(part.data), seats: seatsOf(shapeOf(part.data), namesIn(part.text)) })),
    contributions: of('contribution').flatMap((part) => (part.contribution ? [{ title: part.contribution.askedName, sub: [part.title, part.contribution.repliedBy, part.contribution.repliedAt && day(part.contribution.repliedAt)].filter(Boolean).join(' · '), text: part.contribution.reply || t('pack.not_come') }] : [])),
    papers: [...pages], labels: { points: t('pack.kinds.point'), people: t('pack.kinds.person'), promises: t('pack.kinds.promise'), contributions: t('pack.kinds.contribution'), papers: t('pack.kinds.paper') },
  };
}

/** The pack as one PDF, as far as this caller may see it: its sheets, then its papers with bookmarks. What has no pages is a sheet that says so. Throws PdfError. */
export async function printPack(kernel: Kernel, caller: Caller, packId: string, now = new Date()): Promise<{ bytes: Uint8Array; name: string; version: number }> {
  const print = await kernel.run(readPrint, caller, { id: packId });
  const { pack } = print;
  const { office, locale } = caller;
  const t = translator(locale);
  const zone = office.jurisdiction.timeZone;
  const name = `${dayIn(zone, pack.startsAt)} ${t('pack.title')}.pdf`;
  const papers = pack.parts.filter((part) => part.document);
  const sheets = (pages: { number: string; title: string; page: string }[]) => renderPdf('pack', dataOf(print, caller, t, now, pages));
  if (papers.length === 0) return { bytes: await sheets([]), name, version: pack.version };
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kabinet-pack-'));
  try {
    const paper = { lang: locale, region: office.jurisdiction.country, issuedAt: dayIn(zone, now), office: { name: textIn(office.data.name, locale), accent: office.data.accent[0] } };
    let made = 0;
    const put = async (bytes: Uint8Array, mediaType = 'application/pdf'): Promise<{ path: string; mediaType: string }> => {
      const place = path.join(folder, String(++made));
      await writeFile(place, bytes);
      return { path: place, mediaType };
    };
    const instead = async (title: string, note: string) => put(await renderPdf('bundle-sheet', { ...paper, title, facts: [], note }));
    const parts: MergePart[] = [];
    for (const part of papers) {
      const file = print.papers.find((one) => one.partId === part.id);
      const shown = file?.bytes && mergedTypes.has(file.mediaType) ? await put(file.bytes, file.mediaType) : await instead(part.title, t(file?.bytes ? 'pack.paper.other' : 'pack.paper.missing'));
      parts.push({ ...shown, title: part.title });
    }
    const counts = await measureAll(parts);
    for (const [index, count] of counts.entries()) if (typeof count !== 'number') parts[index] = { ...(await instead(parts[index]!.title, t('pack.paper.other'))), title: parts[index]!.title };
    const lengths = counts.map((count) => (typeof count === 'number' ? count : 1));
    // On which page a paper stands is known when the sheets before it are set.
    let front: { bytes: Uint8Array; pages: number } = { bytes: new Uint8Array(), pages: 1 };
    for (let guess = 1, tries = 0; tries < 3; tries++) {
      let page = guess + 1;
      const bytes = await sheets(parts.map((part, index) => {
        const row = { number: String(index + 1), title: part.title, page: String(page) };
        page += lengths[index]!;
        return row;
      }));
      front = { bytes, pages: (await PDFDocument.load(bytes, { updateMetadata: false })).getPageCount() };
      if (front.pages === guess) break;
      guess = front.pages;
    }
    const total = front.pages + lengths.reduce((sum, one) => sum + one, 0);
    const stamps = await put(await renderPdf('bundle-stamps', { ...paper, title: pack.title, lines: Array.from({ length: total }, (_, index) => `${pack.title.slice(0, 60)} · ${index + 1}/${total}`) }));
    const out = path.join(folder, 'pack.pdf');
    await mergeFiles({ parts: [{ ...(await put(front.bytes)), title: t('pack.title') }, ...parts], stamps: stamps.path, title: pack.title, lang: getLocale(locale).html, out });
    return { bytes: new Uint8Array(await readFile(out)), name, version: pack.version };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes the PDF of a pack with everything in it and keeps it, for who sees everything. */
export async function makePrint(kernel: Kernel, caller: Caller, packId: string): Promise<Uint8Array> {
  const { bytes, version } = await printPack(kernel, caller, packId);
  await kernel.run(keepPrint, kernel.system(caller.office), { id: packId, version, bytes });
  return bytes;
}
