import { fold } from '../../core/fold.ts';
import type { Said } from '../../core/refusal.ts';

export const passwordLengthAtLeast = 12;
/** What is read at all; a new one has at most `newPasswordLengthAtMost`. */
export const passwordLengthAtMost = 200;
export const newPasswordLengthAtMost = 128;
const lettersLeftAtLeast = 6;
const differentAtLeast = 5;

// What people reach for first, here and everywhere, folded.
const common = [
  'password', 'passwort', 'lozinka', 'sifra', 'parola', 'tajna', 'welcome', 'dobrodosli', 'letmein', 'admin', 'administrator', 'korisnik', 'utilizator', 'user', 'login', 'prijava',
  'kabinet', 'cabinet', 'opstina', 'primaria', 'primar', 'gradonacelnik', 'nacelnik', 'iloveyou', 'volimte', 'monkey', 'dragon', 'football', 'fudbal', 'master', 'secret', 'changeme', 'promijeni',
  'january', 'januar', 'ianuarie', 'summer', 'ljeto', 'leto', 'vara', 'winter', 'zima', 'spring', 'proljece', 'qwerty', 'qwertz', 'test',
].map(fold).sort((a, b) => b.length - a.length);
const rows = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'qwertzuiop', 'asdfghjkl', 'zxcvbnm', 'yxcvbnm'].flatMap((row) => [row, [...row].reverse().join('')]).map(fold);

/**
 * What is wrong with a new password: too short or long, made of what is known of its owner (names, e-mail), or of common words, rows of keys and repeats.
 * Null when it will do. Each such part counts as nothing; six characters must remain.
 */
export function passwordFault(password: string, known: readonly string[]): Said | null {
  const length = [...password].length;
  if ([...password.replace(/\s+/g, ' ')].length < passwordLengthAtLeast) return { key: 'field.password_short', args: { min: passwordLengthAtLeast } };
  if (length > newPasswordLengthAtMost) return { key: 'field.too_long', args: { max: newPasswordLengthAtMost } };
  const folded = fold(password).replace(/\s+/g, ' ');
  const parts = known.flatMap((text) => fold(text).split(/[^\p{L}\p{N}]+/u)).filter((part) => part.length >= 4).sort((a, b) => b.length - a.length);
  const own = without(folded, parts);
  if (own !== folded && !suffices(own)) return { key: 'field.password_personal' };
  if (!suffices(folded) || !suffices(plain(own))) return { key: 'field.password_common' };
  return null;
}

const without = (text: string, parts: readonly string[]): string => parts.reduce((rest, part) => rest.replaceAll(part, ''), text);
const suffices = (text: string): boolean => [...text].length >= lettersLeftAtLeast && new Set(text).size >= differentAtLeast;

function plain(text: string): string {
  let rest = without(text, common);
  for (const row of rows) for (let length = Math.min(row.length, rest.length); length >= 4; length--)
    for (let at = 0; at + length <= row.length; at++) rest = rest.replaceAll(row.slice(at, at + length), '');
  return rest.replace(/(.)\1{2,}/gu, '$1').replace(/^(.{1,4})\1+$/u, '$1');
}
