import { fold } from '../../core/fold.ts';
import { getLocale, latinFromCyrillic, type LocaleId, type LocalText } from '../../core/language.ts';

/** What a template may ask for in {braces}, by any of its names; sr and cnr in either script. */
export const templateFields = {
  number: { en: 'number', sr: 'број', mk: 'број', ro: 'număr' },
  day: { en: 'day', sr: 'датум', mk: 'датум', ro: 'data' },
  subject: { en: 'subject', sr: 'предмет', mk: 'предмет', ro: 'obiect' },
  addressee: { en: 'addressee', sr: 'прималац', mk: 'примач', ro: 'destinatar' },
  address: { en: 'address', sr: 'адреса', mk: 'адреса', ro: 'adresa' },
  case_number: { en: 'case_number', sr: 'број_предмета', mk: 'број_на_предмет', ro: 'număr_dosar' },
  case_subject: { en: 'case_subject', sr: 'назив_предмета', mk: 'назив_на_предмет', ro: 'obiect_dosar' },
  case_day: { en: 'case_day', sr: 'датум_предмета', mk: 'датум_на_предмет', ro: 'data_dosar' },
  their_number: { en: 'their_number', sr: 'ваш_број', mk: 'ваш_број', ro: 'numărul_dvs' },
  sender: { en: 'sender', sr: 'странка', mk: 'странка', ro: 'petent' },
  office: { en: 'office', sr: 'орган', mk: 'орган', ro: 'instituția' },
  cabinet: { en: 'cabinet', sr: 'кабинет', mk: 'кабинет', ro: 'cabinet' },
  place: { en: 'place', sr: 'мјесто', mk: 'место', ro: 'localitatea' },
  phone: { en: 'phone', sr: 'телефон', mk: 'телефон', ro: 'telefon' },
  email: { en: 'email', sr: 'е_пошта', mk: 'е_пошта', ro: 'e_mail' },
  signer: { en: 'signer', sr: 'потписник', mk: 'потписник', ro: 'semnatar' },
  signer_title: { en: 'signer_title', sr: 'функција', mk: 'функција', ro: 'funcția' },
  clerk: { en: 'clerk', sr: 'обрађивач', mk: 'изработил', ro: 'întocmit' },
  body: { en: 'body', sr: 'текст', mk: 'текст', ro: 'text' },
} as const satisfies Record<string, LocalText>;
export type TemplateField = keyof typeof templateFields;
export type FieldValues = Record<TemplateField, string>;

const keyOf = (name: string): string => fold(name.replaceAll('_', ' ').trim()).replaceAll(/\s+/g, '_');
const byName = new Map((Object.entries(templateFields) as [TemplateField, LocalText][]).flatMap(([field, names]) => Object.values(names).map((name) => [keyOf(name), field] as const)));

/** The field that a name in braces means; undefined for an unknown one. */
export const findField = (name: string): TemplateField | undefined => byName.get(keyOf(name));

/** The name of a field as the reader of this locale writes it. */
export function fieldName(field: TemplateField, locale: LocaleId): string {
  const { source, script } = getLocale(locale);
  const names: LocalText = templateFields[field];
  const name = names[source] ?? (source === 'cnr' ? names.sr : undefined) ?? field;
  return script === 'Latn' ? latinFromCyrillic(name) : name;
}

const braces = /\{([^{}\n]{1,60})\}/g;
/** The names in the braces of a text, each once. */
export const namesIn = (text: string): string[] => [...new Set([...text.matchAll(braces)].map(([, name]) => name!.trim()))];

/** The text with its fields filled, in one pass: what a value says is text, also when there are braces in it. Unknown names stay. */
export const fillText = (text: string, values: FieldValues): string => text.replace(braces, (whole, name: string) => {
  const field = findField(name);
  return field ? values[field] : whole;
});

const settledFields: readonly TemplateField[] = ['case_number', 'case_subject', 'case_day', 'their_number', 'sender', 'office', 'cabinet', 'place', 'phone', 'email'];
/** The text with those fields filled that do not change until the signature; the others, and what has no value, keep their braces. */
export const fillSettled = (text: string, values: FieldValues): string => text.replace(braces, (whole, name: string) => {
  const field = findField(name);
  // A value with braces of its own would be read as a field later.
  return field && settledFields.includes(field) && values[field] !== '' && !/[{}]/.test(values[field]) ? values[field] : whole;
});

/** The text with each field under its name in the reader's locale. */
export const localNames = (text: string, locale: LocaleId): string => text.replace(braces, (whole, name: string) => {
  const field = findField(name);
  return field ? `{${fieldName(field, locale)}}` : whole;
});
