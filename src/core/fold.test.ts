import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, foldTokens, prefixQuery, searchText, similarity } from './fold.ts';
import { latinFromCyrillic } from './language.ts';

const groups = [
  ['Ђурђевић', 'Đurđević', 'Djurdjevic', 'DJURDJEVIĆ'], ['Џајић', 'Džajić', 'Dzajic', 'Dzhajic'],
  ['Śekloća', 'С́еклоћа', 'Sekloca', 'Sjekloća', 'Сјеклоћа'], ['Nikšić', 'НИКШИЋ', 'niksic', 'Nikshich'], ['Ѓорѓи', 'Gjorgji', 'Đorđi'],
  ['Ќосевски', 'Kjosevski', 'Ćosevski', 'Cosevski'], ['Ѕвезда', 'Dzvezda'], ['Mediaș', 'Mediaş', 'MEDIAS'],
  ['Țigănaș', 'Ţigănaş', 'Tiganas'], ['Çair', 'Cair'], ['Љубиња', 'Ljubinja', 'Ǉubinja'], ['Ženska', 'Женска', 'Zhenska'],
  ['Цветковски', 'Cvetkovski', 'Tsvetkovski'], ['źenica', 'з́еница', 'zjenica'],
];
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...'dzghktscj ćšžđŠéİıß\u0301\u0327\uD800\uDC00њџќѓ') }),
);

describe('folding', () => {
  it.each(groups)('brings the spellings of %s together', (...names) => {
    expect(new Set(names.map(fold)).size).toBe(1);
  });

  it('keeps different names apart', () => {
    expect(new Set(['Petrović', 'Petković', 'Perović', 'Pejović'].map(fold)).size).toBe(4);
  });

  it('folded twice is folded once', () => {
    fc.assert(fc.property(anyText, (text) => {
      expect(fold(fold(text))).toBe(fold(text));
    }), { numRuns: 2000 });
  });

  it('does not see the script', () => {
    const word = fc.string({ unit: fc.constantFrom(...'абвгдђежзијклљмнњопрстћуфхцчџш'), minLength: 1, maxLength: 12 });
    fc.assert(fc.property(word, (text) => {
      expect(fold(latinFromCyrillic(text))).toBe(fold(text));
      expect(fold(text.toUpperCase())).toBe(fold(text));
    }), { numRuns: 1000 });
  });

  it('bears anything, in linear time', () => {
    for (const text of ['', '\uD800', 'a\uDC00b', '\u0000', 'ﷺ'.repeat(50), '\u0301'.repeat(100)]) expect(() => foldTokens(text)).not.toThrow();
    expect(fold('a\uD800b')).toBe('ab');
    const started = performance.now();
    for (const unit of ['tskjsh', 'Ђ', 'a', ' ', 'h', '\u0301', '"']) fold(unit.repeat(Math.ceil(100_000 / unit.length)));
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('makes words of numbers and names', () => {
    expect(foldTokens('Бр. 01-031/26-123, „Водовод“ д.о.о.')).toEqual(['br', '01', '031', '26', '123', 'vodovod', 'd', 'o', 'o']);
    expect(searchText('  Ana-Marija\nĐukić ')).toBe('ana marija djukic');
  });
});

describe('a query', () => {
  it.each([
    ['zid', 'zid:*'],
    ['потпорни зид', 'potporni:* & zid:*'],
    ['"potporni zid"', '(potporni <-> zid)'],
    ['„потпорни зид“ Бајова', '(potporni <-> zid) & bajova:*'],
    ['zid -vodovod', 'zid:* & !vodovod:*'],
    ['zid -"gornja ulica"', 'zid:* & !(gornja <-> ulica)'],
    ['Petrović or Perović zid', '(petrovic:* | perovic:*) & zid:*'],
    ['зид или ограда', '(zid:* | ograda:*)'],
    ['01-031/26-123', '(01 <-> 031 <-> 26 <-> 123:*)'],
    ['or', 'or:*'],
    ['a or', 'a:*'],
    ['hrvat', '(hrvat:* | hrvac:*)'],
    ['', ''], ['-', ''], ['"', ''], ['" "', ''], ["'); drop table x; --", 'drop:* & table:* & x:*'],
  ])('%s', (typed, expected) => expect(prefixQuery(typed)).toBe(expected));

  it('never holds anything but words and its own operators, in balance', () => {
    fc.assert(fc.property(fc.oneof(anyText, fc.string({ unit: fc.constantFrom(...'ab \'"-|&!():*<>\\„“or') })), (typed) => {
      const query = prefixQuery(typed);
      const term = /!?(?:[\p{L}\p{N}]+(?::\*)?)/u.source;
      expect(query.replace(new RegExp(term, 'gu'), 'T').replace(/!\(/g, '(').replace(/ (?:&|\||<->) /g, '+')).toMatch(/^[T+()]*$/);
      let depth = 0;
      for (const char of query) {
        depth += char === '(' ? 1 : char === ')' ? -1 : 0;
        expect(depth).toBeGreaterThanOrEqual(0);
      }
      expect(depth).toBe(0);
      expect(query).not.toMatch(/\(\)|\+\+|(?:&|\||->) *$|^ *(?:&|\|)|\u0000/);
    }), { numRuns: 1500 });
  });

  it('ends however much is typed', () => {
    expect(prefixQuery('a b '.repeat(50_000)).split('&').length).toBe(24);
  });
});

describe('likeness', () => {
  it('is whole for the same words in another script and nothing for others', () => {
    expect(similarity('Ђурђевић Марко', 'Marko Djurdjevic')).toBe(1);
    expect(similarity('Durdevic', 'Đurđević')).toBeGreaterThan(0.2);
    expect(similarity('', '')).toBe(0);
    expect(similarity('abc', 'xyz')).toBe(0);
  });

  it('is the same both ways and lies between 0 and 1', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
      expect(similarity(a, b)).toBe(similarity(b, a));
      expect(similarity(a, b)).toBeGreaterThanOrEqual(0);
      expect(similarity(a, b)).toBeLessThanOrEqual(1);
    }));
  });
});
