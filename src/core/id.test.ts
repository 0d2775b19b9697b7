import { expect, test } from 'vitest';
import { isId, newId } from './id.ts';

test('ids are version 7, never the same, and rise within a process', () => {
  const ids = Array.from({ length: 3000 }, () => newId());
  expect(new Set(ids).size).toBe(3000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids).toEqual([...ids].sort());
});

test('ids of one moment rise, whatever other moments come between', () => {
  const at = new Date('2026-03-02T08:00:00Z');
  const ids = Array.from({ length: 9000 }, (_, index) => (newId(new Date(at.getTime() + (index % 7) * 1000)), newId(at)));
  expect(ids).toEqual([...ids].sort());
});

test('an id holds its moment', () => {
  const at = new Date('2026-03-02T08:00:00.123Z');
  expect(Number.parseInt(newId(at).replaceAll('-', '').slice(0, 12), 16)).toBe(at.getTime());
});

test('only an id is an id', () => {
  expect(isId(newId())).toBe(true);
  for (const other of ['', 'x', newId().toUpperCase(), `${newId()} `, `{${newId()}}`, 5, null, undefined, {}]) expect(isId(other)).toBe(false);
});
