import { dayIn, type Day } from '../../core/day.ts';
import { formatAt, formatBytes, formatDay, type LocaleId } from '../../core/language.ts';
import { textIn, type Translate } from '../../core/message.ts';
import type { Office } from '../../core/office.ts';
import type { LetterData, PdfOffice, ReceiptData } from '../../core/pdf.ts';

export const paperOffice = (office: Office, locale: LocaleId): PdfOffice => ({
  name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), address: office.data.address, phone: office.data.phone, email: office.data.email,
  ...(office.data.web ? { web: office.data.web } : {}), accent: office.data.accent[0],
});

type Parts = { facts: string; basis: string; decision: string; remedy: string };
type Letter = {
  office: Office; locale: LocaleId; t: Translate; entry: string; today: Day; petition: { subject: string; reference: string; registeredAt: Date }; answer: Parts;
  party: { name: string; address: string | null; place: string | null } | null; signer: { name: string; title: string } | null;
};

/** The reasoned answer as an outgoing letter. */
export function letterData({ office, locale, t, entry, today, petition, answer, party, signer }: Letter): LetterData {
  const zone = office.jurisdiction.timeZone;
  return {
    lang: locale, region: office.jurisdiction.country, title: t('public.answer.title', { reference: petition.reference }), issuedAt: today, office: paperOffice(office, locale), number: entry,
    date: formatDay(today, locale, 'numeric'), place: office.data.place, addressee: party ? [party.name, party.address, party.place].filter((line): line is string => Boolean(line)) : [],
    subject: petition.subject, salutation: t('public.answer.salutation'),
    sections: [
      { text: t('public.answer.opening', { reference: petition.reference, on: formatDay(dayIn(zone, petition.registeredAt), locale, 'long') }) },
      { heading: t('public.answer.facts'), text: answer.facts }, { heading: t('public.answer.basis'), text: answer.basis },
      { heading: t('public.answer.decision'), text: answer.decision }, { heading: t('public.answer.remedy'), text: answer.remedy },
    ],
    closing: t('public.answer.closing'), signatory: { name: signer?.name ?? '', ...(signer ? { title: signer.title } : {}) }, note: { text: t('public.answer.electronic') },
    labels: { number: t('public.paper.number'), date: t('public.paper.date'), enclosures: t('public.paper.enclosures'), deliveries: t('public.paper.deliveries'), page: t('public.paper.page', { page: '{page}', pages: '{pages}' }) },
  };
}

type Receipt = {
  office: Office; locale: LocaleId; t: Translate; reference: string; code: string; subject: string; text: string; registeredAt: Date; channel: string; handledBy: string; answerBy: Day;
  explanation: string; sender: string[]; files: { name: string; size: number }[]; link: string; qr?: string;
};

/** The receipt that a petitioner takes home. */
export function receiptData(receipt: Receipt): ReceiptData {
  const { office, locale, t } = receipt;
  return {
    lang: locale, region: office.jurisdiction.country, title: t('receipt.title'), issuedAt: receipt.registeredAt.toISOString().slice(0, 19) + 'Z', office: paperOffice(office, locale),
    number: receipt.reference, code: receipt.code, ...(receipt.qr ? { qr: receipt.qr } : {}), intro: t('receipt.intro'), subject: receipt.subject, sender: receipt.sender,
    received: formatAt(receipt.registeredAt, office.jurisdiction.timeZone, locale), channel: t(`public.channel.${receipt.channel}`), handledBy: receipt.handledBy,
    answerBy: formatDay(receipt.answerBy, locale, 'weekday'), explanation: receipt.explanation, attachments: receipt.files.map((file) => ({ name: file.name, size: formatBytes(file.size, locale) })),
    text: receipt.text, follow: { text: t('receipt.follow', { phone: office.data.phone }), url: receipt.link },
    labels: {
      title: t('receipt.title'), number: t('receipt.number'), code: t('receipt.code'), subject: t('receipt.subject'), sender: t('receipt.sender'), received: t('receipt.received'), channel: t('receipt.channel'),
      handledBy: t('receipt.handled_by'), answerBy: t('receipt.answer_by'), attachments: t('receipt.attachments'), noAttachments: t('receipt.no_attachments'), text: t('receipt.text'), follow: t('receipt.follow_title'),
      page: t('public.paper.page', { page: '{page}', pages: '{pages}' }),
    },
  };
}
