import { partsOf, wallClock, weekdayOf, type Day } from './day.ts';

/** The languages in which texts are written; the Latin of sr and cnr is made from their Cyrillic. */
export const languageSources = ['en', 'sr', 'cnr', 'mk', 'ro', 'sq'] as const;
export type LanguageSource = (typeof languageSources)[number];
/** A text in some of the languages; read it with localText. */
export type LocalText = Partial<Record<LanguageSource, string>>;

export type LocaleId = 'cnr-Latn' | 'cnr-Cyrl' | 'sr-Latn' | 'sr-Cyrl' | 'mk' | 'ro' | 'en' | 'sq';
export type Locale = {
  id: LocaleId;
  source: LanguageSource;
  script: 'Latn' | 'Cyrl';
  /** For the lang attribute. */
  html: string;
  /** For Intl, which knows no Montenegrin. */
  intl: string;
  /** The language's name in itself. */
  name: string;
};

export const locales: readonly Locale[] = [
  { id: 'cnr-Latn', source: 'cnr', script: 'Latn', html: 'cnr-Latn-ME', intl: 'sr-Latn-ME', name: 'Crnogorski (latinica)' },
  { id: 'cnr-Cyrl', source: 'cnr', script: 'Cyrl', html: 'cnr-Cyrl-ME', intl: 'sr-Cyrl-ME', name: 'Црногорски (ћирилица)' },
  { id: 'sr-Latn', source: 'sr', script: 'Latn', html: 'sr-Latn-BA', intl: 'sr-Latn-BA', name: 'Srpski (latinica)' },
  { id: 'sr-Cyrl', source: 'sr', script: 'Cyrl', html: 'sr-Cyrl-BA', intl: 'sr-Cyrl-BA', name: 'Српски (ћирилица)' },
  { id: 'mk', source: 'mk', script: 'Cyrl', html: 'mk', intl: 'mk', name: 'Македонски' },
  { id: 'ro', source: 'ro', script: 'Latn', html: 'ro', intl: 'ro', name: 'Română' },
  { id: 'en', source: 'en', script: 'Latn', html: 'en', intl: 'en-GB', name: 'English' },
  { id: 'sq', source: 'sq', script: 'Latn', html: 'sq-MK', intl: 'sq-MK', name: 'Shqip' },
];

const localesById = new Map<string, Locale>(locales.map((locale) => [locale.id, locale]));

/** The locale with this id; throws RangeError for an unknown one. */
export function getLocale(id: string): Locale {
  const found = localesById.get(id);
  if (!found) throw new RangeError(`unknown locale: ${id.slice(0, 20)}`);
  return found;
}

/** True when the id names one of the locales. */
export function isLocaleId(id: unknown): id is LocaleId {
  return typeof id === 'string' && localesById.has(id);
}

const fallbacks: Partial<Record<LanguageSource, LanguageSource[]>> = { cnr: ['sr'], sr: ['cnr'] };

/** The text in the locale's language and script; else its sister language, English, or any; '' when there is none. */
export function localText(text: LocalText, id: LocaleId): string {
  const { source, script } = getLocale(id);
  const order: LanguageSource[] = [source, ...(fallbacks[source] ?? []), 'en', ...languageSources];
  for (const key of order) {
    const found = text[key];
    if (found === undefined) continue;
    return script === 'Latn' && (key === 'sr' || key === 'cnr') ? latinFromCyrillic(found) : found;
  }
  return '';
}

const latinLetters: Record<string, string> = {
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', ђ: 'đ', е: 'e', ж: 'ž', з: 'z', и: 'i', ј: 'j', к: 'k', л: 'l', љ: 'lj', м: 'm', н: 'n', њ: 'nj',
  о: 'o', п: 'p', р: 'r', с: 's', т: 't', ћ: 'ć', у: 'u', ф: 'f', х: 'h', ц: 'c', ч: 'č', џ: 'dž', ш: 'š', ѓ: 'ǵ', ќ: 'ḱ', ѕ: 'dz',
};
const cyrillicLetters: Record<string, string> = { ś: 'с\u0301', ź: 'з\u0301', ǉ: 'љ', ǌ: 'њ', ǆ: 'џ' };
for (const [cyrillic, latin] of Object.entries(latinLetters)) if (!'ѓќѕ'.includes(cyrillic)) cyrillicLetters[latin] = cyrillic;

const isUpper = (char: string | undefined) => char !== undefined && char !== char.toLowerCase();
const isLower = (char: string | undefined) => char !== undefined && char !== char.toUpperCase();

/** Serbian or Montenegrin Cyrillic in Latin letters; all else stays. In words of capitals Љ becomes LJ, otherwise Lj. */
export function latinFromCyrillic(text: string): string {
  let out = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    const lower = char.toLowerCase();
    const latin = latinLetters[lower];
    if (latin === undefined) out += char;
    else if (char === lower) out += latin;
    else if (latin.length === 1) out += latin.toUpperCase();
    else {
      const capitals = isUpper(text[at + 1]) || (isUpper(text[at - 1]) && !isLower(text[at + 1]));
      out += capitals ? latin.toUpperCase() : latin[0]!.toUpperCase() + latin.slice(1);
    }
  }
  return out.normalize('NFC');
}

// Words in which n+j, l+j or d+ž are two letters: a foreign or a Serbian prefix meets the stem there.
const splitStems = [
  /^(?:re|de|samo|auto|iz)?(?:in(?=jekc|jekt|jicir)|kon(?=junk|jug|jekt)|an(?=jon)|tan(?=jug)|van(?=jezi))/i,
  /^(?:naj|ne|po|pre|iz)?(?:nad|od|pod|pred)(?=živ|žup|žnj|žet|ždr|žanr|žal|žvak|žur|žeg|žeć)/i,
];
const keptWords = new Set(
  (
    'PDF DOC DOCX XLS XLSX ODT ODS CSV JPG JPEG PNG TIFF MP3 MP4 ZIP HTML XML JSON URL USB SMS GPS GIS ISO IBAN BIC SWIFT QR ' +
    'MB GB TB KB kB EUR BAM MKD RON USD'
  ).split(' '),
);
const address = /@|:\/\/|^\p{P}*www\.|\.(?:me|ba|mk|ro|rs|eu|com|org|net|info|pdf|docx?|xlsx?|csv|jpe?g|png|zip)(?:\/|\p{P}{0,3}$)/iu;
const measure = /^(?:km|cm|mm|m|kg|g|l|ha|kWh?|k?m²|m³)\p{P}{0,3}$/u;

/** Serbian or Montenegrin Latin in Cyrillic letters, for display: addresses, placeholders, codes and foreign words stay as they are. */
export function cyrillicFromLatin(text: string): string {
  let afterFigure = false;
  return text
    .normalize('NFC')
    .split(/(\s+|\{[^{}]*\}|<[^<>]*>)/)
    .map((part) => {
      if (part === '' || /^[\s{<]/.test(part)) return part;
      const kept = address.test(part) || (afterFigure && measure.test(part));
      afterFigure = /\d$/.test(part);
      return kept ? part : cyrillicWords(part);
    })
    .join('');
}

function cyrillicWords(text: string): string {
  return text.replace(/[\p{L}\p{N}\p{M}]+(?:-[\p{L}\p{N}\p{M}]+)*/gu, (joined) => {
    // A code such as K7M-94R-2QX is one thing; „01-G“ or „crno-bijeli“ is not.
    if (/\p{L}\p{N}|\p{N}\p{L}/u.test(joined)) return joined;
    return joined.split('-').map((word) => (isForeign(word) ? word : cyrillicWord(word))).join('-');
  });
}

function isForeign(word: string): boolean {
  return keptWords.has(word) || /^[IVX]{2,}$/.test(word) || /[^\p{Script=Cyrillic}\p{N}\p{M}a-pr-vzčćđšžśźǉǌǆǈǋǅ]/iu.test(word);
}

function splitAt(word: string): number {
  for (const stem of splitStems) {
    const match = stem.exec(word);
    if (match) return match[0].length - 1;
  }
  return -1;
}

function cyrillicWord(word: string): string {
  const split = splitAt(word);
  let out = '';
  for (let at = 0; at < word.length; at++) {
    const char = word[at]!;
    const pair = word.slice(at, at + 2);
    const lowerPair = pair.toLowerCase();
    const joined = at !== split && (lowerPair === 'lj' || lowerPair === 'nj' || lowerPair === 'dž') && !(isLower(pair[0]) && isUpper(pair[1]));
    const lower = joined ? lowerPair : char.toLowerCase();
    const cyrillic = cyrillicLetters[lower] ?? lower;
    out += isUpper(char) ? cyrillic.toUpperCase() : cyrillic;
    if (joined) at++;
  }
  return out;
}

const unseen =
  /(?!\n)\p{Cc}|\p{Co}|[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF\uFFFD\uFDD0-\uFDEF\uFFFE\uFFFF]|[\u{E0000}-\u{E007F}]/gu;

/** What a person typed or pasted, made safe to store: composed, ș and ț with a comma in Romanian, nothing unseen but line ends. */
export function normaliseInput(text: string, locale: LocaleId): string {
  const clean = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(/\t/g, ' ')
    .replace(unseen, '')
    .normalize('NFC');
  return locale === 'ro' ? clean.replace(/[şţŞŢ]/g, (char) => ({ ş: 'ș', ţ: 'ț', Ş: 'Ș' })[char] ?? 'Ț') : clean;
}

export type DayStyle = 'short' | 'long' | 'weekday' | 'numeric';

type Names = { months: string[]; shortMonths: string[]; weekdays: string[] };
const namesByLocale = new Map<LocaleId, Names>();

/** Names of months (January first) and weekdays (Monday first) in a locale. */
export function calendarNames(id: LocaleId): Names {
  let names = namesByLocale.get(id);
  if (!names) {
    const { source, script, intl } = getLocale(id);
    // Intl calls Monday „ponedeljak“ in Montenegro; the forms for Bosnia are the right ones for both.
    const tag = source === 'cnr' ? `sr-${script}-BA` : intl;
    const list = (count: number, start: number, step: number, options: Intl.DateTimeFormatOptions, type: string) => {
      const format = new Intl.DateTimeFormat(tag, { ...options, timeZone: 'UTC' });
      return Array.from({ length: count }, (_, index) => {
        const parts = format.formatToParts(new Date(Date.UTC(2026, 0, start) + index * step * 86_400_000));
        return parts.find((part) => part.type === type)!.value;
      });
    };
    names = {
      months: list(12, 15, 30.4, { month: 'long', day: 'numeric' }, 'month'),
      shortMonths: list(12, 15, 30.4, { month: 'short', day: 'numeric' }, 'month'),
      weekdays: list(7, 5, 1, { weekday: 'long' }, 'weekday'),
    };
    namesByLocale.set(id, names);
  }
  return names;
}

/** A day as short „10.9.“, numeric „10.9.2026.“, long „10. septembar 2026.“ or weekday „četvrtak, 10. septembar 2026.“ */
export function formatDay(day: Day, locale: LocaleId, style: DayStyle = 'numeric'): string {
  const { year, month, date } = partsOf(day);
  const { source } = getLocale(locale);
  const names = calendarNames(locale);
  const slavic = source === 'sr' || source === 'cnr';
  if (style === 'weekday') return `${names.weekdays[weekdayOf(day) - 1]}, ${formatDay(day, locale, 'long')}`;
  if (style === 'long') return slavic ? `${date}. ${names.months[month - 1]} ${year}.` : `${date} ${names.months[month - 1]} ${year}`;
  const two = (n: number) => String(n).padStart(2, '0');
  if (source === 'en') return style === 'short' ? `${date} ${names.shortMonths[month - 1]}` : `${two(date)}/${two(month)}/${year}`;
  if (source === 'ro') return style === 'short' ? `${two(date)}.${two(month)}` : `${two(date)}.${two(month)}.${year}`;
  return style === 'short' ? `${date}.${month}.` : `${date}.${month}.${year}${slavic ? '.' : ''}`;
}

/** The time of an instant in a zone, by 24 hours: „9:12“ in Serbian and Montenegrin, „09:12“ elsewhere. */
export function formatTime(at: Date, zone: string, locale: LocaleId): string {
  const { time } = wallClock(zone, at);
  const { source } = getLocale(locale);
  return source === 'sr' || source === 'cnr' ? time.replace(/^0/, '') : time;
}

/** Day and time of an instant in a zone: „10.9.2026. 9:12“. */
export function formatAt(at: Date, zone: string, locale: LocaleId, style: DayStyle = 'numeric'): string {
  return `${formatDay(wallClock(zone, at).on, locale, style)} ${formatTime(at, zone, locale)}`;
}

const numberFormats = new Map<string, Intl.NumberFormat>();

/** A number in the locale's figures; digits sets a fixed number of decimals, otherwise at most three are shown. */
export function formatNumber(value: number, locale: LocaleId, digits?: number): string {
  const key = `${locale} ${digits}`;
  let format = numberFormats.get(key);
  if (!format) {
    const options = digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
    numberFormats.set(key, (format = new Intl.NumberFormat(getLocale(locale).intl, options)));
  }
  return format.format(value);
}

/** An amount with the currency's sign behind it, as offices write it: „1.234,50 КМ“, „1.234,50 lei“. */
export function formatMoney(amount: number, symbol: LocalText, locale: LocaleId): string {
  return `${formatNumber(amount, locale, 2)}\u00A0${localText(symbol, locale)}`;
}

/** A size in bytes as kB, MB or GB (of 1000), one decimal below ten. */
export function formatBytes(bytes: number, locale: LocaleId): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${formatNumber(size, locale, unit > 0 && size < 9.95 && Number(size.toFixed(1)) % 1 !== 0 ? 1 : 0)}\u00A0${units[unit]}`;
}

const collators = new Map<LocaleId, (a: string, b: string) => number>();

/** Compares two texts in the alphabet of the locale, numbers by value; in Serbian and Montenegrin both scripts sort as one. */
export function collator(locale: LocaleId): (a: string, b: string) => number {
  let compare = collators.get(locale);
  if (!compare) {
    const { source, script, intl } = getLocale(locale);
    const base = new Intl.Collator(intl, { numeric: true });
    if (source !== 'sr' && source !== 'cnr') compare = (a, b) => base.compare(a, b);
    else {
      const alphabet = script === 'Latn' ? latinFromCyrillic : cyrillicFromLatin;
      // U+FFFF sorts behind everything: ś stands behind all of š (с́ behind с), not among the letters s.
      const after: Record<string, string> = { ś: 'š\uFFFF', Ś: 'Š\uFFFF', ź: 'ž\uFFFF', Ź: 'Ž\uFFFF', '\u0301': '\uFFFF' };
      const keyOf = (text: string) => alphabet(text.normalize('NFC')).replace(/[śŚźŹ]|(?<=[сСзЗ])\u0301/g, (char) => after[char]!);
      const keys = new Map<string, string>();
      const known = (text: string) => {
        let key = keys.get(text);
        if (key === undefined) {
          if (keys.size > 20_000) keys.clear();
          keys.set(text, (key = keyOf(text)));
        }
        return key;
      };
      compare = (a, b) => base.compare(known(a), known(b));
    }
    collators.set(locale, compare);
  }
  return compare;
}

const pluralRules = new Map<LocaleId, Intl.PluralRules>();

/** The plural form a number asks for: one, few or other. */
export function pluralCategory(n: number, locale: LocaleId): Intl.LDMLPluralRule {
  let rules = pluralRules.get(locale);
  if (!rules) pluralRules.set(locale, (rules = new Intl.PluralRules(getLocale(locale).intl)));
  return rules.select(n);
}
