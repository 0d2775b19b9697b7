const cyrillic: Record<string, string> = {
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', ђ: 'dj', е: 'e', ж: 'z', з: 'z', и: 'i', ј: 'j', к: 'k', л: 'l', љ: 'lj', м: 'm', н: 'n',
  њ: 'nj', о: 'o', п: 'p', р: 'r', с: 's', т: 't', ћ: 'c', у: 'u', ф: 'f', х: 'h', ц: 'c', ч: 'c', џ: 'dz', ш: 's', ѓ: 'gj', ќ: 'kj',
  ѕ: 'dz', ё: 'e', й: 'j', щ: 'st', ъ: '', ы: 'y', ь: '', э: 'e', ю: 'ju', я: 'ja', є: 'e', і: 'i', ґ: 'g',
};
const latin: Record<string, string> = { đ: 'dj', ð: 'dj', ß: 'ss', ł: 'l', æ: 'ae', œ: 'oe', ø: 'o', ı: 'i', þ: 'th' };
const quotes = new Set('’\'`ʼ"„“”«»‘‚‹›');

// Spellings of one sound: the pair on the left is written with one letter elsewhere.
const pairs: Record<string, string> = { kj: 'c', sh: 's', zh: 'z', ch: 'c', ts: 'c', sj: 's', zj: 'z', gj: 'dj' };
const secondOfPair = new Set(Object.keys(pairs).map((pair) => pair[1]!));
const droppable = /[\p{M}\p{Cf}\p{Co}\p{Cn}\uFFFD]/u;

/**
 * One key for all spellings of a word: script, diacritics, case and the digraphs of everyday typing fall together
 * (Ђурђевић, Đurđević, Djurdjevic). Folding twice changes nothing; the time is linear; any input is safe.
 */
export function fold(text: string): string {
  // A pass may uncover what another folds (ligatures of compatibility letters); two passes settle all of Unicode.
  return foldOnce(foldOnce(text));
}

function foldOnce(text: string): string {
  const out: string[] = [];
  const push = (char: string) => {
    const last = secondOfPair.has(char) ? out.at(-1) : undefined;
    const merged = last === undefined ? undefined : pairs[last + char];
    if (merged === undefined) {
      out.push(char);
      return;
    }
    out.pop();
    for (const next of merged) push(next);
  };
  for (const char of text.toWellFormed().normalize('NFKC').toLowerCase()) {
    // Most of what is read is plain already.
    if ((char >= 'a' && char <= 'z') || char === ' ' || (char >= '0' && char <= '9')) {
      push(char);
      continue;
    }
    const whole = cyrillic[char] ?? latin[char];
    if (whole !== undefined) for (const next of whole) push(next);
    else {
      for (const part of char.normalize('NFKD')) {
        if (quotes.has(part) || (part > '\u007E' && droppable.test(part))) continue;
        if (part < ' ' || part === '\u007F') push(' ');
        else for (const next of cyrillic[part] ?? latin[part] ?? part) push(next);
      }
    }
  }
  return out.join('').normalize('NFC');
}

/** The folded words and numbers of a text, in order; what is longer than 64 characters is cut. */
export function foldTokens(text: string): string[] {
  const words = fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map((word) => (word.length > 64 ? word.slice(0, 64).toWellFormed().replaceAll('\uFFFD', '') : word));
}

/** The text to give to to_tsvector('simple', …): folded words with one space between, so that positions agree with prefixQuery. */
export function searchText(text: string): string {
  return foldTokens(text).join(' ');
}

const orWords = new Set(['or', 'ili', 'sau', 'ose']);
const mostTerms = 24;

// A word still being typed may end in the first half of a pair: „hrvat“ must find „hrvatska“, folded to „hrvacka“.
const openEnds: Record<string, string> = { t: 'c', k: 'c', g: 'dj' };

function prefixed(token: string): string {
  const other = openEnds[token.at(-1)!];
  return other === undefined ? `${token}:*` : `(${token}:* | ${token.slice(0, -1)}${other}:*)`;
}

/**
 * A query for to_tsquery('simple', …) from what a person typed: words match as beginnings, „…“ and "…" as phrases,
 * a leading minus excludes, or (ili, или, sau, ose) joins its neighbours. Only letters, digits and own operators come out.
 * Empty when nothing can be searched for: then do not ask the database.
 */
export function prefixQuery(text: string): string {
  const groups: string[][] = [];
  let join = false;
  let count = 0;
  for (const match of text.slice(0, 1000).toWellFormed().matchAll(/([-−–]?)["„“”«»]([^"„“”«»]*)["„“”«»]|\S+/g)) {
    if (count >= mostTerms) break;
    const quoted = match[2] !== undefined;
    const raw = quoted ? match[2]! : match[0];
    const minus = quoted ? match[1] !== '' : /^[-−–]/.test(raw);
    const tokens = foldTokens(raw);
    if (!tokens.length) continue;
    if (!quoted && !minus && tokens.length === 1 && orWords.has(tokens[0]!) && groups.length && !join) {
      join = true;
      continue;
    }
    const parts = quoted ? tokens : tokens.map((token, index) => (index === tokens.length - 1 ? prefixed(token) : token));
    const phrase = parts.length > 1 ? `(${parts.join(' <-> ')})` : parts[0]!;
    const term = minus ? `!${phrase}` : phrase;
    if (join) groups.at(-1)!.push(term);
    else groups.push([term]);
    join = false;
    count++;
  }
  return groups.map((terms) => (terms.length > 1 ? `(${terms.join(' | ')})` : terms[0]!)).join(' & ');
}

/** A query for to_tsquery('simple', …) for what is about the same: all of the longest words but one, by their beginnings. Empty when there is no word of four letters. */
export function likeQuery(text: string): string {
  const words = [...new Set(foldTokens(text))].filter((word) => word.length >= 4).toSorted((a, b) => b.length - a.length).slice(0, 4);
  const terms = words.map((word) => prefixed(word.slice(0, Math.max(4, word.length - 2))));
  if (terms.length < 3) return terms.join(' & ');
  return terms.map((_, left) => `(${terms.filter((_term, index) => index !== left).join(' & ')})`).join(' | ');
}

function trigrams(text: string): Set<string> {
  const found = new Set<string>();
  for (const token of foldTokens(text)) {
    const padded = `  ${token} `;
    for (let at = 0; at + 3 <= padded.length; at++) found.add(padded.slice(at, at + 3));
  }
  return found;
}

/** How alike two texts are, 0 to 1, by the three-letter groups of their folded words (as pg_trgm counts them). */
export function similarity(a: string, b: string): number {
  const left = trigrams(a);
  const right = trigrams(b);
  if (!left.size || !right.size) return 0;
  let shared = 0;
  for (const group of left) if (right.has(group)) shared++;
  return shared / (left.size + right.size - shared);
}
