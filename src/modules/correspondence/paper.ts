import { formatDay, type LocaleId } from '../../core/language.ts';
import type { Day } from '../../core/day.ts';
import { textIn, translator } from '../../core/message.ts';
import type { Office } from '../../core/office.ts';
import type { ClosingData, LetterData, PdfOffice } from '../../core/pdf.ts';
import { fillText, type FieldValues } from './field.ts';
import type { Recipient } from './letter.ts';

export const headingOf = (office: Office, locale: LocaleId): PdfOffice => ({
  name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), address: office.data.address, phone: office.data.phone, email: office.data.email,
  ...(office.data.web ? { web: office.data.web } : {}), accent: office.data.accent[0],
});

export type Person = { name: string; title: Record<string, string> };
/** What is known of a letter when it is printed. */
export type Printed = {
  office: Office; locale: LocaleId; number: string; today: Day; subject: string; body: string; recipients: readonly Recipient[]; enclosures: readonly string[];
  file: { reference: string; subject: string; openedOn: Day; theirNumber: string; sender: string } | null; signer: Person | null; actsFor: Person | null; clerk: Person | null;
};

const linesAtMost = 4;
/** The window of the envelope: one addressee with the address, several by name, many by the list under the letter. */
function addresseeLines(main: readonly Recipient[], t: (key: string) => string): string[] {
  if (main.length === 1) return [main[0]!.name, ...main[0]!.address.split(/,\s*/).filter(Boolean)].slice(0, linesAtMost + 1);
  return main.length <= linesAtMost ? main.map((one) => one.name) : [t('public.letter.by_list')];
}

export function fieldValues(letter: Printed): FieldValues {
  const { office, locale, file } = letter;
  const main = letter.recipients.filter((one) => !one.isCopy);
  const person = (one: Person | null): string => one?.name ?? '';
  const values: FieldValues = {
    number: letter.number, day: formatDay(letter.today, locale, 'long'), subject: letter.subject, addressee: main.map((one) => one.name).join(', '), address: main.length === 1 ? main[0]!.address : '',
    case_number: file?.reference ?? letter.number, case_subject: file?.subject ?? letter.subject, case_day: formatDay(file?.openedOn ?? letter.today, locale, 'long'), their_number: file?.theirNumber ?? '', sender: file?.sender ?? '',
    office: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), place: office.data.place, phone: office.data.phone, email: office.data.email,
    signer: person(letter.signer), signer_title: letter.signer ? textIn(letter.signer.title, locale) : '', clerk: person(letter.clerk), body: '',
  };
  return { ...values, body: fillText(letter.body, values) };
}

/** The letter as the paper that goes out; `draft` marks what is not yet it. */
export function letterData(letter: Printed, draft?: string): LetterData {
  const { office, locale, signer, actsFor } = letter;
  const t = translator(locale);
  const main = letter.recipients.filter((one) => !one.isCopy);
  const values = fieldValues(letter);
  const subject = fillText(letter.subject, values);
  const all = [...main, ...letter.recipients.filter((one) => one.isCopy)];
  const ways = new Set(main.map((one) => one.way));
  return {
    lang: locale, region: office.jurisdiction.country, title: subject, issuedAt: letter.today, office: headingOf(office, locale), number: letter.number, date: formatDay(letter.today, locale, 'numeric'), place: office.data.place,
    addressee: addresseeLines(main, t), ...(ways.size === 1 && ways.has('registered') ? { delivery: t('public.letter.registered') } : {}),
    facts: letter.file?.theirNumber ? [{ label: t('public.letter.their_number'), value: letter.file.theirNumber }] : [],
    subject, sections: [{ text: values.body }], bold: true,
    signatory: {
      name: signer?.name ?? '', ...(signer ? { title: textIn(signer.title, locale) } : {}),
      ...(actsFor ? { onBehalf: t('public.letter.on_behalf', { title: textIn(actsFor.title, locale) }) } : {}), seal: '',
    },
    ...(letter.enclosures.length > 0 ? { enclosures: [...letter.enclosures] } : {}),
    ...(all.length > 1 ? { deliveries: [...all.map((one) => one.name), t('public.letter.to_file')] } : {}),
    ...(draft ? { draft } : {}),
    labels: { number: t('public.paper.number'), date: t('public.paper.date'), enclosures: t('public.paper.enclosures'), deliveries: t('public.paper.deliveries'), page: t('public.paper.page', { page: '{page}', pages: '{pages}' }) },
  };
}

/** The page behind a letter that is a PDF of `pages` pages. */
export function closingData(letter: Printed, pages: number, draft?: string): ClosingData {
  const t = translator(letter.locale);
  const { sections: _, labels, ...data } = letterData(letter, draft);
  return { ...data, before: pages, statement: t('public.letter.closing.statement', { pages }), labels: { ...labels, closing: t('public.letter.closing.title'), addressee: t('public.letter.closing.addressee') } };
}
