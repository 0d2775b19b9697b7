import { expect, test } from 'vitest';
import { openBytes, openText, sealBytes, sealText, useSecret } from './secret.ts';

const secret = Buffer.alloc(32, 7);

test('what is sealed is another each time, opens at its place under its secret, and not when a bit of it changed', () => {
  useSecret(secret);
  const text = 'Повјерљиво';
  const sealed = [...Array.from({ length: 500 }, () => sealText(text)), ...Array.from({ length: 500 }, () => sealBytes(Buffer.from(text), '1:a'))];
  expect(new Set(sealed.map((one) => one.subarray(0, 12).toString('hex'))).size).toBe(sealed.length);
  expect(openText(sealed[0]!)).toBe(text);
  const bytes = sealed.at(-1)!;
  expect(openBytes(bytes, '1:a').toString()).toBe(text);
  expect(() => openBytes(bytes, '2:a')).toThrow(/authenticate/);
  for (let place = 0; place < bytes.length; place++) {
    const changed = Buffer.from(bytes);
    changed[place]! ^= 1;
    expect(() => openBytes(changed, '1:a'), `byte ${place}`).toThrow(/authenticate/);
  }
  for (const length of [0, 12, 27, 28, bytes.length - 1]) expect(() => openBytes(bytes.subarray(0, length), '1:a'), `${length} bytes`).toThrow();
  useSecret(Buffer.alloc(32, 8));
  expect(() => openBytes(bytes, '1:a')).toThrow(/authenticate/);
});
