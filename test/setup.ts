import { afterEach, beforeEach, expect } from 'vitest';

// What React, a driver or our own code complains about is a failure; a test that expects a complaint replaces console.error.
const complaints: string[] = [];
console.error = (...words: unknown[]) => {
  complaints.push(words.map(String).join(' '));
};
beforeEach(() => {
  complaints.length = 0;
});
afterEach(() => {
  expect(complaints, 'console.error was called').toEqual([]);
});
