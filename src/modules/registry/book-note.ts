import type { BookRule } from '../../core/jurisdiction.ts';
import { formatDay } from '../../core/language.ts';
import { textIn, translator } from '../../core/message.ts';
import type { Office } from '../../core/office.ts';
import { renderPdf } from '../../core/pdf.ts';
import { inScript } from '../offices/index.ts';
import type { Carried, ClosingNote } from './book-closing.server.ts';

/** The rows of the note, as label and value, in the language of `t`. */
export const noteFacts = (t: (key: string) => string, note: Pick<ClosingNote, 'first' | 'last' | 'cases' | 'annulled' | 'reservedUnused' | 'papers' | 'incoming' | 'outgoing' | 'internal' | 'annulledPapers' | 'carried'>): [string, string][] => [
  [t('book.note.first'), note.first === null ? '–' : String(note.first)], [t('book.note.last'), String(note.last)], [t('book.note.cases'), String(note.cases)],
  [t('book.note.annulled'), String(note.annulled)], [t('book.note.reserved'), String(note.reservedUnused)], [t('book.note.papers'), String(note.papers)],
  [t('book.note.incoming'), String(note.incoming)], [t('book.note.outgoing'), String(note.outgoing)], [t('book.note.internal'), String(note.internal)],
  [t('book.note.annulled_papers'), String(note.annulledPapers)], [t('book.note.carried'), String(note.carried)],
];

/** The official note of a closing as the paper that is signed, in the language of the office. */
export function printNote(office: Office, rule: BookRule, note: ClosingNote, carried: readonly Carried[]): Promise<Uint8Array> {
  const { locale } = office;
  const t = translator(locale);
  const unit = (id: string | null): string => textIn(office.data.units.find((one) => one.id === id)?.name, locale);
  const name = textIn(rule.name, locale);
  const title = t('book.note.title');
  return renderPdf('note', {
    lang: locale, region: office.jurisdiction.country, title, issuedAt: note.closedOn,
    office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), phone: office.data.phone, email: office.data.email, accent: office.data.accent[0]! },
    subtitle: t('book.note.of', { book: name, year: String(note.year) }),
    text: [t('book.note.text', { book: name, year: String(note.year), day: formatDay(note.closedOn, locale, 'numeric'), last: String(note.last) }), note.reason && t('book.note.reason', { reason: note.reason }), note.remarks].filter(Boolean).join('\n\n'),
    facts: noteFacts(t, note).map(([label, value]) => ({ label, value })),
    list: {
      title: t('book.note.list', { count: carried.length }), columns: [{ title: t('desk.column.number'), width: 2 }, { title: t('register.date'), width: 1.5 }, { title: t('petition.subject'), width: 4 }, { title: t('petition.unit'), width: 2.4 }],
      rows: carried.map((one) => [one.reference, formatDay(one.openedOn, locale, 'numeric'), one.subject || t('register.hidden'), unit(one.unitId)]),
    },
    place: t('book.note.place', { place: inScript(office.data.place, locale), day: formatDay(note.closedOn, locale, 'long') }),
    signatories: [{ label: t('book.note.closed_by'), name: note.closedBy, title: textIn(note.title, locale) }, { label: t('book.note.head'), name: '', title: '' }],
    labels: { page: t('public.paper.page', { page: '{page}', pages: '{pages}' }), seal: t('book.note.seal') },
  });
}
