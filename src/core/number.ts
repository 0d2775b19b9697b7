import { dayOf, isDay, partsOf, type Day } from './day.ts';

/** Parts of a reference number; receivedOn gives {yy}, {yyyy} and {dd.MM.yyyy}. */
export type ReferenceParts = { unit?: string; class?: string; seq: number; sub?: number; receivedOn: Day };
export type ParsedReference = { unit?: string; class?: string; seq: number; sub?: number; year?: number; receivedOn?: Day };

const token = /\{(unit|class|yyyy|yy|dd\.MM\.yyyy|sub|seq)(?::(\d+))?\}/g;

function tokenText(name: string, width: string | undefined, parts: ReferenceParts): string | undefined {
  const { year, month, date } = partsOf(parts.receivedOn);
  const two = (n: number) => String(n).padStart(2, '0');
  switch (name) {
    case 'unit': return parts.unit || undefined;
    case 'class': return parts.class || undefined;
    case 'seq': return String(parts.seq).padStart(Number(width ?? 0), '0');
    case 'sub': return parts.sub === undefined ? undefined : String(parts.sub);
    case 'yyyy': return String(year).padStart(4, '0');
    case 'yy': return two(year % 100);
    default: return `${two(date)}.${two(month)}.${String(year).padStart(4, '0')}`;
  }
}

/**
 * A reference number by its pattern: {unit} {class} {yy} {yyyy} {seq} {seq:5} {sub} {dd.MM.yyyy}; a part in [brackets] is left out
 * when its value is missing. Throws RangeError when a value outside brackets is missing.
 */
export function formatReference(pattern: string, parts: ReferenceParts): string {
  if (!isDay(parts.receivedOn)) throw new RangeError('a reference number needs the day of receipt');
  const fill = (text: string, optional: boolean) => {
    let missing = false;
    const filled = text.replace(token, (_, name: string, width?: string) => {
      const value = tokenText(name, width, parts);
      if (value === undefined) missing = true;
      return value ?? '';
    });
    if (missing && !optional) throw new RangeError(`the pattern ${pattern} lacks a value`);
    return missing ? '' : filled;
  };
  return pattern
    .split(/(\[[^\]]*\])/)
    .map((part) => (part.startsWith('[') ? fill(part.slice(1, -1), true) : fill(part, false)))
    .join('');
}

const shapes: Record<string, string> = {
  unit: '[\\p{L}\\p{N}.]+', class: '[\\p{L}\\p{N}.]+', seq: '\\d{1,9}', sub: '\\d{1,5}', yy: '\\d{2}', yyyy: '\\d{4}',
  'dd.MM.yyyy': '\\d{1,2}\\.\\d{1,2}\\.\\d{4}',
};
const matchers = new Map<string, { regex: RegExp; names: string[] }>();

function matcherFor(pattern: string): { regex: RegExp; names: string[] } {
  let found = matchers.get(pattern);
  if (!found) {
    const names: string[] = [];
    const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/[-/]/g, ' ?$& ?');
    const source = pattern
      .split(/(\{[^}]*\}|\[|\])/)
      .map((part) => {
        if (part === '[') return '(?:';
        if (part === ']') return ')?';
        const name = /^\{([^}:]*)/.exec(part)?.[1];
        if (name === undefined) return literal(part);
        names.push(name);
        return `(${shapes[name] ?? '.+'})`;
      })
      .join('');
    found = { regex: new RegExp(`^${source}$`, 'u'), names };
    matchers.set(pattern, found);
  }
  return found;
}

function tidy(text: string): string {
  return text
    .slice(0, 120)
    .normalize('NFKC')
    .replace(/[‐‑‒–—−]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(?:br(?:oj)?|nr|no|бр(?:ој)?)(?:[.:]+ ?| |(?=\d))/iu, '')
    .replace(/[\s,.;]+$/, '');
}

/**
 * Reads a reference number as people type it (with „Br.“, spaces, long dashes, a date after it); undefined when it fits no pattern.
 * The patterns are tried in order; after them „437“, „437/26“ and „437/2026“ are read as number and year.
 */
export function parseReference(patterns: readonly string[], text: string): ParsedReference | undefined {
  const whole = tidy(text);
  // „08-155/1 од 08.01.2020“, „01-009/25-2498/2, 29.12.2025.“
  const bare = whole.replace(/(?:,| од | od | din | nga | of ) ?\d{1,2}\. ?\d{1,2}\. ?\d{4}.*$/iu, '').trim();
  for (const candidate of new Set([whole, bare])) {
    for (const pattern of patterns) {
      const found = readBy(pattern, candidate);
      if (found) return found;
    }
  }
  const short = /^(\d{1,9})(?: ?\/ ?(\d{4}|\d{2}))?$/.exec(bare);
  if (!short) return undefined;
  return { seq: Number(short[1]), ...(short[2] ? { year: fullYear(short[2]) } : {}) };
}

function readBy(pattern: string, text: string): ParsedReference | undefined {
  const { regex, names } = matcherFor(pattern);
  const match = regex.exec(text);
  if (!match) return undefined;
  const parsed: Partial<ParsedReference> = {};
  for (const [index, name] of names.entries()) {
    const value = match[index + 1];
    if (value === undefined) continue;
    if (name === 'unit' || name === 'class') parsed[name] = value;
    else if (name === 'seq' || name === 'sub') parsed[name] = Number(value);
    else if (name === 'yy' || name === 'yyyy') parsed.year = fullYear(value);
    else {
      const [date, month, year] = value.split('.').map(Number);
      const day = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
      if (!isDay(day)) return undefined;
      parsed.receivedOn = dayOf(year!, month!, date!);
      parsed.year = year!;
    }
  }
  return parsed.seq === undefined ? undefined : (parsed as ParsedReference);
}

function fullYear(text: string): number {
  const year = Number(text);
  return text.length === 4 ? year : year + (year >= 80 ? 1900 : 2000);
}

// Without 0 O 1 I L U: nothing that is read for something else. 30 signs, nine of them: 44.1 bits.
const signs = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeLength = 9;
// Cyrillic letters by their look, since the code is read from Latin print; the rest by sound.
const lookAlikes: Record<string, string> = {
  А: 'A', В: 'B', С: 'C', Е: 'E', Н: 'H', Ј: 'J', К: 'K', М: 'M', Р: 'P', Ѕ: 'S', Т: 'T', Х: 'X', У: 'Y', З: '3', Д: 'D', Ф: 'F',
  Г: 'G',
};

/** A code for the citizen to follow a matter, such as K7M-94R-2QX: random, at least 44 bits. */
export function trackingCode(random: (bytes: Uint8Array<ArrayBuffer>) => unknown = (bytes) => crypto.getRandomValues(bytes)): string {
  let code = '';
  const bytes = new Uint8Array(24);
  while (code.length < codeLength) {
    random(bytes);
    // Bytes from 240 on would make the first signs likelier.
    for (const byte of bytes) if (byte < 240 && code.length < codeLength) code += signs[byte % signs.length];
  }
  return grouped(code);
}

function grouped(code: string): string {
  return `${code.slice(0, 3)}-${code.slice(3, 6)}-${code.slice(6)}`;
}

/** The code in its one spelling from what a person typed (any case, spaces, dashes, Cyrillic look-alikes); null when it is none. */
export function normaliseTrackingCode(text: string): string | null {
  let code = '';
  for (const char of text.slice(0, 60).normalize('NFKC').toUpperCase()) {
    if (/[\s\p{Pd}._·−]/u.test(char)) continue;
    const sign = lookAlikes[char] ?? char;
    if (!signs.includes(sign)) return null;
    code += sign;
  }
  return code.length === codeLength ? grouped(code) : null;
}
