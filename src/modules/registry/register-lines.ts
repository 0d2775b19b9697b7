import { dayIn } from '../../core/day.ts';
import { findBook, getReferenceRule, type BookRule, type Labelled } from '../../core/jurisdiction.ts';
import { formatDay, type LocaleId } from '../../core/language.ts';
import { textIn, type Translate } from '../../core/message.ts';
import type { Office } from '../../core/office.ts';
import type { RegisterRow } from './register.server.ts';

type Reader = { office: Office; locale: LocaleId; t: Translate };
/** The columns of a book on paper: its own, or those of the register. */
export const columnsOf = ({ jurisdiction }: Office, book: string): readonly Labelled[] => findBook(jurisdiction, book)?.columns ?? jurisdiction.register.columns;
export const bookOfOffice = ({ jurisdiction }: Office, id: string): BookRule => findBook(jurisdiction, id) ?? jurisdiction.books[0]!;

const joined = (...parts: (string | null | undefined | false)[]): string => parts.filter(Boolean).join(', ');

/** The words of a line under each column of the register, as the bound book would have them. */
export function lineCells({ office, locale, t }: Reader, row: RegisterRow, columns: readonly Labelled[], line: number): string[] {
  const zone = office.jurisdiction.timeZone;
  const on = (at: Date | null): string => (at ? formatDay(dayIn(zone, at), locale, 'numeric') : '');
  const unit = textIn(office.data.units.find((one) => one.id === row.unitId)?.name, locale);
  const party = joined(row.party, row.partyPlace);
  const hasAddressee = columns.some((column) => column.key === 'recipient');
  // Where a reply takes the number of what it answers, both stand in one line of the bound book.
  const answers = row.sub === 1 && row.answeredAt !== null && getReferenceRule(office.jurisdiction, dayIn(zone, row.at)).replyTakesSameNumber;
  const ofOwn = row.direction === 'out' || row.direction === 'internal';
  const settled = (): string => {
    if (row.state !== 'entered') return '';
    if (row.sub > 1) return row.direction === 'out' && row.dispatchedAt ? t('register.sent_on', { day: on(row.dispatchedAt) }) : '';
    return joined(row.answeredAt && t('register.answered_on', { day: on(row.answeredAt) }), row.closedAt && `${office.jurisdiction.retention.closingMark} ${on(row.closedAt)}`);
  };
  const remarks = (): string => joined(
    row.state === 'annulled' && t('register.annulled_line', { day: on(row.annulledAt), by: row.annulledBy || '–', reason: row.annulReason }), row.state === 'reserved' && t('register.reserved_line', { purpose: row.reservedFor }),
    row.state === 'hidden' && t('register.hidden'), row.connectedTo && t('register.connected', { references: row.connectedTo }), row.enclosures > 0 && !columns.some((column) => column.key === 'attachments') && t('register.enclosures', { count: row.enclosures }), row.valueNoted,
  );
  const cells: Record<string, () => string> = {
    line: () => String(line), seq: () => (row.sub === 1 || !columns.some((column) => column.key === 'sub') ? String(row.number) : ''), sub: () => (row.state === 'hidden' ? '' : String(row.sub)), number: () => row.reference, receivedOn: () => (row.receivedOn ? formatDay(row.receivedOn, locale, 'numeric') : ''),
    subject: () => row.subject || (row.state === 'reserved' || row.reservedFor ? t('register.reserved_line', { purpose: row.reservedFor }) : row.state === 'hidden' ? t('register.hidden') : ''),
    sender: () => (ofOwn && hasAddressee ? unit || textIn(office.data.cabinet, locale) : row.direction === 'out' ? (party && t('register.to', { party })) : row.direction === 'internal' ? party || unit : party),
    recipient: () => (row.direction === 'out' ? party : answers ? row.answeredTo : ''), senderNumber: () => joined(row.senderReference, row.senderDatedOn && formatDay(row.senderDatedOn, locale, 'numeric')), unit: () => unit,
    sheets: () => (row.pages === null ? '' : String(row.pages)), attachments: () => (row.enclosures > 0 ? String(row.enclosures) : ''), sentOn: () => (row.direction === 'out' ? on(row.dispatchedAt) : answers ? on(row.answeredAt) : ''),
    disposal: settled, connectedTo: () => row.connectedTo, fileCode: () => row.classCode, remarks,
  };
  const values = columns.map((column) => cells[column.key]?.() ?? '');
  // A book without a column for remarks says where it says how a matter ended why a line is struck through.
  const at = plainColumn(columns);
  if (row.state === 'annulled' && columns[at]?.key !== 'remarks') values[at] = joined(columns[at]?.key === 'subject' && values[at], remarks());
  return values;
}

/** The column that says why a line is struck through, and is not struck itself. */
export function plainColumn(columns: readonly Labelled[]): number {
  const found = ['remarks', 'disposal', 'subject'].map((key) => columns.findIndex((column) => column.key === key)).find((index) => index >= 0);
  return found ?? 0;
}

const widthOf: Record<string, number> = { subject: 2.8, sender: 2.2, recipient: 1.7, unit: 1.8, senderNumber: 1.5, disposal: 1.6, remarks: 1.8, number: 1.6, connectedTo: 1.4, fileCode: 1.3, receivedOn: 1.4, sentOn: 1.4, sub: 1, sheets: 0.7, attachments: 0.9, line: 0.8, seq: 1.4 };
/** The share of a page that a column takes. */
export const columnWidth = (key: string): number => widthOf[key] ?? 1;
