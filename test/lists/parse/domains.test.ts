import { expect, test } from 'vitest';
import { read } from './read.ts';

test('a plain name blocks exactly itself', () => {
  const list = read('# List\nads.example.com\ntracker.example.com. # why\n\n');
  expect(list.format).toBe('domains');
  expect(list.entries).toEqual(['block exact ads.example.com', 'block exact tracker.example.com']);
});

test('a plain name covers its subdomains when the header says that those were left out', () => {
  const list = read('# Syntax: Domains (without subdomains)\nads.example.com\ntracker.example.com\n');
  expect(list.entries).toEqual(['block suffix ads.example.com', 'block suffix tracker.example.com']);
});

test('a header that says subdomains are included changes nothing', () => {
  const list = read('# Syntax: Domains (including possible subdomains)\nads.example.com\n');
  expect(list.entries).toEqual(['block exact ads.example.com']);
});

test('a leading dot covers the name and all below it', () => {
  expect(read('a.example.com\n.ads.example.com\n').entries[1]).toBe('block suffix ads.example.com');
});

test('an address is no name', () => {
  expect(read('a.example.com\n122.14.229.147\n').skippedBecause).toEqual({ 'an address, not a name': 1 });
});

test.each([
  ['two words', 'one two'],
  ['a name without a dot', 'word'],
  ['a label of 64 letters', `${'a'.repeat(64)}.example`],
  ['a name of 254 letters', `${'abc.'.repeat(63)}ab`],
  ['an empty label', 'a..example'],
  ['a leading slash', '/a.example'],
])('%s is a bad line and costs no other', (_what, line) => {
  const list = read(`a.example.com\nb.example.com\n${line}\nc.example.com\n`);
  expect(list.entries.length).toBe(3);
  expect(list.badLines).toMatchObject([{ line: 3 }]);
});
