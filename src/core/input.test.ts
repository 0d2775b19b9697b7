import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { check, choice, day, fieldErrors, id, line, optionalEmail, optionalId, optionalLine, optionalText, say, text } from './input.ts';
import { newId } from './id.ts';

const keyOf = (schema: z.ZodType, value: unknown): string | null => {
  const parsed = z.object({ field: schema }).safeParse({ field: value });
  return parsed.success ? null : fieldErrors(parsed.error)['field']!.key;
};

describe('lines and texts', () => {
  test('are trimmed, composed (NFC) and without control characters', () => {
    expect(line().parse('  Đ\u0000urđ\u0007a \n\t Његош ')).toBe('Đurđa Његош');
    expect(line().parse('c\u030C')).toBe('č');
    expect(text().parse('прва\r\nдруга\rтрећа\u0000')).toBe('прва\nдруга\nтрећа');
    expect(text().parse('a\uD83Db\uDE00c👍')).toBe('abc👍');
  });

  test('whatever comes, PostgreSQL can keep it, and cleaning again changes nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (raw) => {
      const clean = optionalText(10_000).parse(raw);
      expect(clean).not.toMatch(/\u0000/);
      expect(clean.isWellFormed()).toBe(true);
      expect(optionalText(10_000).parse(clean)).toBe(clean);
      const one = optionalLine(10_000).parse(raw);
      expect(one).not.toMatch(/[\r\n]/);
      expect(optionalLine(10_000).parse(one)).toBe(one);
    }));
  });

  test('say what is wrong with them', () => {
    expect(keyOf(line(5), '  ')).toBe('field.required');
    expect(keyOf(line(5), '123456')).toBe('field.too_long');
    expect(keyOf(line(5), undefined)).toBe('field.required');
    expect(keyOf(line(5), 5)).toBe('field.required');
    expect(keyOf(text(5), 'x'.repeat(6))).toBe('field.too_long');
    expect(keyOf(optionalLine(5), '')).toBeNull();
    expect(keyOf(optionalLine(5), undefined)).toBeNull();
  });
});

test('addresses, days, ids, choices and boxes', () => {
  for (const wrong of ['a', 'a@', '@b.example', 'a b@c.example', 'a@b.example\nBcc: x@y.example', `${'a'.repeat(260)}@b.example`]) expect(keyOf(optionalEmail(), wrong), wrong).not.toBeNull();
  expect(optionalEmail().parse(' ana@primjer.example ')).toBe('ana@primjer.example');
  for (const wrong of ['1026-01-01', '2101-01-01', '2026-02-30', '2026-2-3', '26-02-03', '2026-02-03T00:00', '', null]) expect(keyOf(day(), wrong), String(wrong)).not.toBeNull();
  expect(day().parse('2028-02-29')).toBe('2028-02-29');
  expect(keyOf(id(), 'x')).toBe('field.choose');
  expect([optionalId().parse(''), optionalId().parse(undefined), optionalId().parse(null)]).toEqual([null, null, null]);
  const known = newId();
  expect(optionalId().parse(known)).toBe(known);
  expect(keyOf(optionalId(), 'x')).toBe('field.choose');
  expect(keyOf(choice(['a', 'b']), 'c')).toBe('field.choose');
  expect(['on', '1', 'true', true, 'false', '', 'off', undefined, false].map((value) => check().parse(value))).toEqual([true, true, true, true, false, false, false, false, false]);
});

test('errors are one a field, with the words of the schema', () => {
  const schema = z.object({ name: line(5), list: z.array(z.object({ day: day() })), count: z.coerce.number(say('field.number')).max(3, say('field.too_much', { max: 3 })) });
  const parsed = schema.safeParse({ name: '', list: [{ day: '2026-01-01' }, { day: 'x' }], count: 4 });
  expect(parsed.success ? {} : fieldErrors(parsed.error)).toEqual({ name: { key: 'field.required', args: {} }, 'list.1.day': { key: 'field.day', args: {} }, count: { key: 'field.too_much', args: { max: 3 } } });
  const whole = schema.safeParse(null);
  expect(whole.success ? {} : fieldErrors(whole.error)).toHaveProperty('form');
});
