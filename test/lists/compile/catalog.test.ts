import { expect, test } from 'vitest';
import { knownLists } from '../../../lists/catalog.ts';

test('every known list has its own id and an encrypted address', () => {
  expect(new Set(knownLists.map(({ id }) => id)).size).toBe(knownLists.length);
  for (const { url } of knownLists) expect(URL.parse(url)?.protocol).toBe('https:');
});

test('a household reads sentences', () => {
  for (const { purpose, caution } of knownLists)
    for (const text of [purpose, caution]) if (text) expect(text).toMatch(/^[A-Z].*\.$/);
});
