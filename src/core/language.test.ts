import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  calendarNames, collator, cyrillicFromLatin, formatAt, formatBytes, formatDay, formatMoney, formatNumber, formatTime, getLocale, isLocaleId,
  latinFromCyrillic, localText, locales, normaliseInput, pluralCategory, type LocaleId,
} from './language.ts';

const noon = new Date('2026-09-10T07:12:00Z');

describe('scripts', () => {
  it.each([
    ['Ђурђевић', 'Đurđević'], ['Његош', 'Njegoš'], ['ЊЕГОШ', 'NJEGOŠ'], ['Љ. Петровић', 'Lj. Petrović'], ['ЦЕЉ', 'CELJ'], ['Џајић', 'Džajić'],
    ['с́екира', 'śekira'], ['ЗА З́ЕНИЦУ', 'ZA ŹENICU'], ['сједница', 'sjednica'], ['Извод у PDF', 'Izvod u PDF'], ['Рок је {days} дана', 'Rok je {days} dana'],
  ])('%s is %s', (cyrillic, latin) => {
    expect(latinFromCyrillic(cyrillic)).toBe(latin.normalize('NFC'));
    expect(cyrillicFromLatin(latin)).toBe(cyrillic.normalize('NFC'));
  });

  it.each([
    ['injekcija', 'инјекција'], ['Konjunkcija', 'Конјункција'], ['nadživjeti', 'надживјети'], ['KONJUGACIJA', 'КОНЈУГАЦИЈА'], ['odžaliti', 'оджалити'],
    ['podžupan', 'поджупан'], ['Tanjug', 'Танјуг'], ['odžak', 'оџак'], ['konj', 'коњ'], ['Injac', 'Ињац'], ['džep', 'џеп'], ['Ǉubinja', 'Љубиња'],
    ['Pišite na pisarnica@cetinje.me ili https://cetinje.me/lj do 5 km', 'Пишите на pisarnica@cetinje.me или https://cetinje.me/lj до 5 km'],
    ['Šifra K7M-94R-2QX, član II', 'Шифра K7M-94R-2QX, члан II'], ['Sony i Windows', 'Sony и Windows'], ['crno-bijeli', 'црно-бијели'],
    ['{name}, prilog 1.pdf', '{name}, прилог 1.pdf'], ['80 kg, 12 kB, 3 m', '80 kg, 12 kB, 3 m'],
  ])('%s becomes %s', (latin, cyrillic) => expect(cyrillicFromLatin(latin)).toBe(cyrillic));

  it('comes back from Latin to the same word', () => {
    // н or л before ј and д before ж are where Latin is ambiguous; what looks like one of the known words above is taken for it.
    const word = fc.string({ unit: fc.constantFrom(...'абвгдђежзијклљмнњопрстћуфхцчџш'), minLength: 1, maxLength: 12 }).filter((text) => !/[нл]ј|дж|^(?:о|на|по|пре|и)џ|ањон|ињ[еа]|коњу|тањуг/.test(text));
    fc.assert(fc.property(word, (text) => {
      const title = text[0]!.toUpperCase() + text.slice(1);
      expect(cyrillicFromLatin(latinFromCyrillic(text))).toBe(text);
      expect(cyrillicFromLatin(latinFromCyrillic(title))).toBe(title);
    }), { numRuns: 500 });
  });

  it('leaves no Cyrillic letter of its own behind', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'ЂЉЊЋЏђљњћџабвАБВ .-1') }), (text) => {
      expect(latinFromCyrillic(text)).not.toMatch(/\p{Script=Cyrillic}/u);
    }));
  });

  it('does not hang on long text', () => {
    const started = performance.now();
    for (const unit of ['lj', 'a.', 'a@', '{', 'http://', '1 ', 'nj-', '<a']) cyrillicFromLatin(unit.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(4000);
  });
});

describe('texts by language', () => {
  it('falls back to the sister language, then English', () => {
    expect(localText({ cnr: 'Рјешење', en: 'Decision' }, 'cnr-Latn')).toBe('Rješenje');
    expect(localText({ cnr: 'Рјешење', en: 'Decision' }, 'sr-Cyrl')).toBe('Рјешење');
    expect(localText({ mk: 'Решение', en: 'Decision' }, 'sq')).toBe('Decision');
    expect(localText({ mk: 'Решение' }, 'ro')).toBe('Решение');
    expect(localText({}, 'ro')).toBe('');
  });

  it('knows its locales', () => {
    expect(locales.map((locale) => locale.id)).toEqual(['cnr-Latn', 'cnr-Cyrl', 'sr-Latn', 'sr-Cyrl', 'mk', 'ro', 'en', 'sq']);
    expect(getLocale('cnr-Latn').html).toBe('cnr-Latn-ME');
    expect(isLocaleId('cnr')).toBe(false);
    expect(() => getLocale('xx')).toThrow(RangeError);
  });
});

describe('input', () => {
  it('is composed, and Romanian gets its commas', () => {
    expect(normaliseInput('Mediaş, Ţara, şi ţ Ş', 'ro')).toBe('Mediaș, Țara, și ț Ș');
    expect(normaliseInput('Şahin', 'mk')).toBe('Şahin');
    expect(normaliseInput('s\u0301ekira', 'cnr-Latn')).toBe('śekira');
  });

  it('loses what cannot be seen but keeps lines', () => {
    expect(normaliseInput('a\r\nb\rc\u2028d\te\u0000\u0007\uE000\u202Ef\uFEFF\u00ADg\uD800', 'en')).toBe('a\nb\nc\nd efg');
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...locales.map((one) => one.id)), (text, id) => {
      const once = normaliseInput(text, id);
      expect(normaliseInput(once, id)).toBe(once);
      expect(once).not.toMatch(/(?!\n)\p{Cc}|\p{Co}|\p{Cs}/u);
    }));
  });
});

describe('days and times', () => {
  it.each<[LocaleId, string, string, string, string]>([
    ['cnr-Latn', '10.9.', '10.9.2026.', '10. septembar 2026.', 'četvrtak, 10. septembar 2026.'],
    ['sr-Cyrl', '10.9.', '10.9.2026.', '10. септембар 2026.', 'четвртак, 10. септембар 2026.'],
    ['mk', '10.9.', '10.9.2026', '10 септември 2026', 'четврток, 10 септември 2026'],
    ['ro', '10.09', '10.09.2026', '10 septembrie 2026', 'joi, 10 septembrie 2026'],
    ['en', '10 Sept', '10/09/2026', '10 September 2026', 'Thursday, 10 September 2026'],
    ['sq', '10.9.', '10.9.2026', '10 shtator 2026', 'e enjte, 10 shtator 2026'],
  ])('in %s', (id, short, numeric, long, weekday) => {
    expect(formatDay('2026-09-10', id, 'short')).toBe(short);
    expect(formatDay('2026-09-10', id)).toBe(numeric);
    expect(formatDay('2026-09-10', id, 'long')).toBe(long);
    expect(formatDay('2026-09-10', id, 'weekday')).toBe(weekday);
  });

  it('are ijekavian in Montenegro', () => {
    expect(calendarNames('cnr-Latn').weekdays).toEqual(['ponedjeljak', 'utorak', 'srijeda', 'četvrtak', 'petak', 'subota', 'nedjelja']);
    expect(calendarNames('cnr-Cyrl').weekdays[0]).toBe('понедјељак');
    expect(calendarNames('sr-Latn').months).toEqual(
      ['januar', 'februar', 'mart', 'april', 'maj', 'jun', 'jul', 'avgust', 'septembar', 'oktobar', 'novembar', 'decembar']);
  });

  it('have 24 hours and the zone of the office', () => {
    expect(formatTime(noon, 'Europe/Podgorica', 'cnr-Latn')).toBe('9:12');
    expect(formatAt(noon, 'Europe/Bucharest', 'ro')).toBe('10.09.2026 10:12');
    expect(formatTime(new Date('2026-09-10T20:05:00Z'), 'Europe/Skopje', 'sq')).toBe('22:05');
  });
});

describe('figures', () => {
  it('by locale', () => {
    expect(formatNumber(1234567.891, 'cnr-Latn')).toBe('1.234.567,891');
    expect(formatNumber(1234.5, 'en', 2)).toBe('1,234.50');
    expect(formatMoney(1234.5, { sr: 'КМ', en: 'KM' }, 'sr-Cyrl')).toBe('1.234,50\u00A0КМ');
    expect(formatMoney(1234.5, { sr: 'КМ', en: 'KM' }, 'sr-Latn')).toBe('1.234,50\u00A0KM');
    expect(formatMoney(1234.5, { ro: 'lei' }, 'ro')).toBe('1.234,50\u00A0lei');
  });

  it('of bytes', () => {
    expect(formatBytes(1_234_000, 'cnr-Latn')).toBe('1,2\u00A0MB');
    expect(formatBytes(84_100, 'mk')).toBe('84\u00A0kB');
    expect(formatBytes(999_999, 'en')).toBe('1\u00A0MB');
    expect(formatBytes(0, 'en')).toBe('0\u00A0B');
  });

  it('choose the plural form', () => {
    expect([1, 21, 11, 2, 12, 25].map((n) => pluralCategory(n, 'cnr-Latn'))).toEqual(['one', 'one', 'other', 'few', 'other', 'other']);
    expect([1, 2, 19, 20, 101].map((n) => pluralCategory(n, 'ro'))).toEqual(['one', 'few', 'few', 'other', 'few']);
    expect([1, 11, 21, 2].map((n) => pluralCategory(n, 'mk'))).toEqual(['one', 'other', 'one', 'other']);
  });
});

describe('alphabetical order', () => {
  const sorted = (id: LocaleId, text: string) => text.split(' ').sort(collator(id)).join(' ');

  it('is the alphabet of Montenegro', () => {
    expect(sorted('cnr-Latn', 'źenica ženska zub zadar śekira šuma suza taj ljeto luka nj nula džep dva đak'))
      .toBe('dva džep đak luka ljeto nula nj suza šuma śekira taj zadar zub ženska źenica');
    expect(sorted('cnr-Cyrl', 'туга с́екира суза жаба з́еница зуб изба')).toBe('жаба зуб з́еница изба суза с́екира туга');
  });

  it('does not see the script', () => {
    expect(sorted('cnr-Latn', 'Вук Ana Ђорђе Marko Бојан')).toBe('Ana Бојан Ђорђе Marko Вук');
    expect(sorted('sr-Cyrl', 'Вук Ana Ђорђе Marko Бојан')).toBe('Ana Бојан Вук Ђорђе Marko');
  });

  it('is right in the other languages, numbers by value', () => {
    expect(sorted('ro', 'tău țară șal sud sare')).toBe('sare sud șal tău țară');
    expect(sorted('sq', 'cal çaj dhe dua')).toBe('cal çaj dua dhe');
    expect(sorted('mk', 'ѓон гума куќа ќерка')).toBe('гума ѓон куќа ќерка');
    expect(sorted('en', '10 9 100')).toBe('9 10 100');
  });
});
