import { z } from 'zod';
import { isPlausibleDay } from './day.ts';
import { isId } from './id.ts';
import type { FieldErrors, Said } from './refusal.ts';

/** A message key with arguments, carried through zod's issue. */
export const say = (key: string, args: Record<string, string | number> = {}): { error: () => string } => ({ error: () => JSON.stringify({ key, args }) });

const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFE\uFFFF]/g;
const lone = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
/** NFC, without control characters and halves of characters; PostgreSQL cannot keep U+0000. */
const clean = (text: string): string => text.replace(lone, '').replace(control, '').replace(/\r\n?/g, '\n').normalize('NFC');

/** One line, trimmed, at most `max` characters; empty is refused unless optional. */
export const line = (max = 200) =>
  z.string().transform((text) => clean(text).replace(/\s+/g, ' ').trim()).pipe(z.string().min(1, say('field.required')).max(max, say('field.too_long', { max })));
/** One line that may be empty. */
export const optionalLine = (max = 200) =>
  z.string().transform((text) => clean(text).replace(/\s+/g, ' ').trim()).pipe(z.string().max(max, say('field.too_long', { max }))).default('');
/** Text of several lines, at most `max` characters. */
export const text = (max = 20_000) =>
  z.string().transform((raw) => clean(raw).trim()).pipe(z.string().min(1, say('field.required')).max(max, say('field.too_long', { max })));
export const optionalText = (max = 20_000) =>
  z.string().transform((raw) => clean(raw).trim()).pipe(z.string().max(max, say('field.too_long', { max }))).default('');
/** An e-mail address, or empty. */
export const optionalEmail = () =>
  z.string().trim().max(254, say('field.too_long', { max: 254 })).refine((value) => value === '' || z.email().safeParse(value).success, say('field.email')).default('');
export const id = () => z.string().refine(isId, say('field.choose'));
export const optionalId = () => z.union([z.literal('').transform(() => null), id()]).nullish().transform((value) => value ?? null);
/** A day 'YYYY-MM-DD' that exists and lies between 2000 and 2100. */
export const day = () => z.string().refine((value) => isPlausibleDay(value, { from: '2000-01-01', until: '2100-12-31' }), say('field.day'));
/** The version of a record, as whoever changes it last saw it. */
export const seenVersion = () => z.coerce.number(say('field.number')).int(say('field.number')).min(0, say('field.number')).max(2_147_483_647, say('field.number'));
/** A moment as ISO 8601 with its offset, of the years 0000 to 9999: others PostgreSQL may not know. */
export const moment = () => z.union([z.date(), z.iso.datetime({ offset: true, ...say('field.time') }).transform((written) => new Date(written))]);
export const optionalMoment = () => z.union([z.literal('').transform(() => null), moment()]).nullish().transform((value) => value ?? null);
/** A checkbox: present, 'on', '1' or true. */
export const check = () => z.union([z.boolean(), z.string().transform((value) => value === 'on' || value === '1' || value === 'true')]).default(false);
export const choice = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, say('field.choose'));

/** Zod's issues as one message a field, the first of each; fields of lists are `name.0.field`. */
export function fieldErrors(error: z.ZodError): FieldErrors {
  const fields: FieldErrors = {};
  for (const issue of error.issues) {
    const name = issue.path.join('.') || 'form';
    fields[name] ??= said(issue);
  }
  return fields;
}

function said(issue: z.core.$ZodIssue): Said {
  if (issue.message.startsWith('{"key"')) return JSON.parse(issue.message) as Said;
  if (issue.code === 'invalid_type') return { key: 'field.required' };
  if (issue.code === 'too_big') return { key: 'field.too_long', args: { max: Number(issue.maximum) } };
  if (issue.code === 'too_small') return { key: 'field.required' };
  if (issue.code === 'invalid_value' || issue.code === 'invalid_union') return { key: 'field.choose' };
  return { key: 'field.wrong' };
}
