import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventText } from './event.ts';

const row = { office_id: 1, id: '0198a0a0-0000-7000-8000-000000000000', at: new Date('2026-03-02T08:00:00.123Z'), name: 'a.b', noun_id: null, case_id: null, person_id: null, actor: 'person', data: {} as unknown };

test('the text under the seal does not depend on the order of keys', () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
    const turned = Object.fromEntries(Object.entries(data).reverse());
    expect(eventText({ ...row, data: turned })).toBe(eventText({ ...row, data }));
    expect(eventText({ ...row, data: JSON.parse(JSON.stringify(data)) as unknown })).toBe(eventText({ ...row, data }));
  }));
});

test('and changes with every part of the event', () => {
  const changed = [{ office_id: 2 }, { id: `${row.id.slice(0, -1)}1` }, { at: new Date('2026-03-02T08:00:00.124Z') }, { name: 'a.c' }, { noun_id: row.id }, { case_id: row.id }, { person_id: row.id }, { actor: 'system' }, { data: { a: 1 } }, { data: { a: '1' } }, { data: { a: [1, 2] } }, { data: { a: [2, 1] } }];
  const texts = [row, ...changed.map((change) => ({ ...row, ...change }))].map(eventText);
  expect(new Set(texts).size).toBe(texts.length);
});
