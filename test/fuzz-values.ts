import fc, { type Arbitrary } from 'fast-check';

/** A JSON schema as the OpenAPI document writes it. */
export type Schema = {
  type?: string | string[]; enum?: unknown[]; const?: unknown; anyOf?: Schema[]; items?: Schema; properties?: Record<string, Schema>; required?: string[];
  additionalProperties?: Schema | boolean; propertyNames?: Schema; format?: string; contentEncoding?: string; maxLength?: number; minimum?: number; maximum?: number;
};

/** How many times the runs of an ordinary `npm test`: `KABINET_LONG=1`. */
export const times = process.env['KABINET_LONG'] ? 20 : 1;
/** `npm test` says the same of the same code each time; the long run searches with another seed each time, and `KABINET_SEED` gives that of an earlier one again. */
export const seed = Number(process.env['KABINET_SEED'] ?? (process.env['KABINET_LONG'] ? Math.floor(Math.random() * 2 ** 31) : 20261));

const long = (text: string, most: number): string => text.repeat(Math.ceil(most / text.length)).slice(0, most);
const texts = [
  '', ' ', '\u0000', 'а\u0000б', '\uD800', 'x\uDFFFy', '\uFEFF', '\u202Eтекст\u202C', '\u200F\u200E', '\u2028\u2029', 'e\u0301', 'é', 'ﬁ', 'Ⅻ', 'ß', 'İi̇ıI', 'ЂђЋћЉЊЏ', 'Ѓѓ Ќќ Ѕ', 'șțăîâ', 'ëç', '漢字', 'العربية', 'עברית', '한글', '👩‍👩‍👧‍👦', '🇲🇪',
  'a'.repeat(200), 'a'.repeat(201), long('шђ', 2000), long('x ', 20_001), long('ж', 100_000), long('a\u0301', 100_000), long('\n', 5000), '\r\n\r\n.\r\n', '%', '%00', '%s%n', '\\', "'", '"', "'; drop table event; --", '${1+1}', '{{x}}', '{count, plural, other {#}}', '=cmd|x', '<script>', ']]>', '../../x', '()*&|!:<->', 'a:* & !b', '(((((', '"""', '*'.repeat(400), '('.repeat(3000),
  'null', 'undefined', 'NaN', 'true', '-', '0', '-0', '-1', '1e400', '0x10', '1.5', '99999999999999999999', '2147483648', '9007199254740993', '١٢٣', '1/2', '1-1/2026', '__proto__', 'constructor', 'toString',
];
const days = ['2026-02-29', '2024-02-29', '2026-02-30', '2026-13-01', '2026-00-00', '0000-00-00', '0001-01-01', '1999-12-31', '2000-01-01', '2100-12-31', '2101-01-01', '9999-12-31', '+275760-09-13', '-0001-01-01', '2026-1-1', '01.01.2026', '2026-01-01T00:00:00Z', '2026-03-29', '2026-10-25'];
const times24 = ['00:00', '23:59', '24:00', '02:30', '25:61', '9:5', '10:00:00', '10:00+14:00', '-1:00', '١٠:٠٠'];
const moments = ['2026-03-29T02:30', '2026-10-25T02:30', '2026-03-29T02:30:00+02:00', '2026-06-01T10:00:00Z', '2026-06-01T10:00:60Z', '2026-06-01T10:00:00+25:00', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '+275760-09-13T00:00:00Z', '-271821-04-20T00:00:00Z', '2026-06-01T10:00'];
const choices = ['all', 'asc', 'next', 'en', 'sr-Cyrl', 'mk', 'xx', 'Europe/Podgorica', 'Nowhere/None', 'unit:x', 'body:', 'person:', 'a@primjer.example', 'a@b', '"a b"@primjer.example', 'a@primjer.example,b@primjer.example', 'https://primjer.example/x', 'javascript:alert(1)', 'http://[::1', 'FREQ=SECONDLY', 'AAAA', '****', 'a.b.c', '00000000-0000-7000-8000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
const base64 = ['', 'AAAA', '=', '*', 'JVBERi0xLjQK', 'iVBORw0KGgoAAAAN', 'UEsDBAoAAAAAAA==', Buffer.from('текст').toString('base64')];
const numbers = [0, -0, 1, -1, 0.5, 2, 366, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 53 + 2, 1e21, 1e308, -1e308, 5e-324];

/** Text at the edges: all scripts, marks, lengths, and what is no text to PostgreSQL, to a query or to a template. */
export const text = (): Arbitrary<string> =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...texts) }, { weight: 2, arbitrary: fc.constantFrom(...days, ...times24, ...moments, ...choices) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) }, { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) }, { weight: 1, arbitrary: fc.string({ maxLength: 12 }) });

const deep = (depth: number, isList: boolean): unknown => {
  let value: unknown = isList ? [] : {};
  for (let count = 0; count < depth; count++) value = isList ? [value] : { a: value };
  return value;
};
/** Anything that JSON can say, where something else is awaited. */
export const anything = (): Arbitrary<unknown> =>
  fc.oneof(text(), fc.constantFrom<unknown>(...numbers), fc.boolean(), fc.constant(null), fc.constantFrom<unknown>([], {}, [null], [[]], { length: 5 }, { id: {} }, { toString: 1 }, deep(500, true), deep(500, false), Array.from({ length: 10_000 }, () => 'x'), Array.from({ length: 10_000 }, () => ({}))), fc.jsonValue({ maxDepth: 2 }));

/** Values of a schema, at its edges; texts are sometimes those known to lead somewhere. */
export function valueOf(schema: Schema, known: readonly string[]): Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => valueOf(one, known)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const type = schema.type;
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => valueOf({ ...schema, type: one }, known)));
  if (type === 'string') return stringOf(schema, known);
  if (type === 'integer' || type === 'number') {
    const { minimum: least = -100, maximum: most = 100 } = schema;
    const inner = type === 'integer' ? fc.integer({ min: Math.max(least, -1000), max: Math.min(most, Math.max(least, -1000) + 2000) }) : fc.double({ noNaN: true, noDefaultInfinity: true });
    return fc.oneof({ weight: 3, arbitrary: inner }, { weight: 2, arbitrary: fc.constantFrom(least, most, least - 1, most + 1, ...numbers) });
  }
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'array') return fc.oneof({ weight: 12, arbitrary: fc.array(valueOf(schema.items ?? {}, known), { maxLength: 4 }) }, { weight: 1, arbitrary: valueOf(schema.items ?? {}, known).map((one) => Array.from({ length: JSON.stringify(one ?? null).length > 1000 ? 50 : 10_000 }, () => one)) });
  if (type === 'object' && schema.properties) return fc.record(Object.fromEntries(Object.entries(schema.properties).map(([name, one]) => [name, valueOf(one, known)])), { requiredKeys: schema.required ?? [] });
  if (type === 'object' && typeof schema.additionalProperties === 'object') return fc.dictionary(valueOf(schema.propertyNames ?? { type: 'string' }, known).map(String), valueOf(schema.additionalProperties, known), { maxKeys: 5 });
  return anything();
}

function stringOf(schema: Schema, known: readonly string[]): Arbitrary<unknown> {
  if (schema.contentEncoding === 'base64' || schema.format === 'base64') return fc.oneof(fc.constantFrom(...base64), fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')));
  if (schema.format === 'date-time') return fc.oneof(fc.constantFrom(...moments), fc.date({ noInvalidDate: true, min: new Date('1990-01-01'), max: new Date('2110-01-01') }).map((date) => date.toISOString()));
  const most = schema.maxLength;
  const edges = most === undefined ? [] : [fc.constantFrom(long('ш', most), long('a', most + 1))];
  return fc.oneof({ weight: 3, arbitrary: text() }, { weight: 4, arbitrary: fc.constantFrom(...known, ...days) }, { weight: 2, arbitrary: fc.constantFrom(...choices, ...times24) }, ...edges);
}

/** An object that was right, with something changed in it: a field missing, null, of another type, at an edge, one more, or a part of a part. */
export const nearly = (right: Record<string, unknown>, schema: Schema, known: readonly string[]): Arbitrary<Record<string, unknown>> => {
  const fields = [...new Set([...Object.keys(schema.properties ?? {}), ...Object.keys(right)])];
  if (fields.length === 0) return fc.dictionary(fc.string({ maxLength: 8 }), anything(), { maxKeys: 2 });
  const change = fc.constantFrom(...fields).chain((name) => fc.tuple(fc.constant(name), fc.oneof(
    { weight: 6, arbitrary: valueOf(schema.properties?.[name] ?? {}, known) }, { weight: 2, arbitrary: text() }, { weight: 2, arbitrary: anything() }, { weight: 1, arbitrary: fc.constant(undefined) })));
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => ({ ...right, ...Object.fromEntries(changes) }));
};

/** Where a call does not end, the test says which, rather than being ended itself. */
export async function within<T>(name: string, work: Promise<T>, seconds = 20): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`${name} has not ended after ${seconds} s`)), seconds * 1000)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Some at a time, in any order. */
export async function together<T>(list: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const left = [...list];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  }));
}

export const short = (value: unknown, most = 400): string => {
  const written = typeof value === 'string' ? value : JSON.stringify(value, (_, one: unknown) => (typeof one === 'string' && one.length > 120 ? `${one.slice(0, 60)}… (${one.length})` : one instanceof Uint8Array ? `${one.length} bytes` : one)) ?? 'undefined';
  return written.length > most ? `${written.slice(0, most)}… (${written.length})` : written;
};
