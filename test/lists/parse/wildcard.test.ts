import { expect, test } from 'vitest';
import { read } from './read.ts';

test('an asterisk line blocks the name and all below it', () => {
  const list = read('# Syntax: Domains Wildcard (without subdomains)\n*.ads.example.com\n*.Tracker.example.com # x\n');
  expect(list.format).toBe('wildcard');
  expect(list.entries).toEqual(['block suffix ads.example.com', 'block suffix tracker.example.com']);
});

test('a wildcard may name a top-level domain', () => {
  expect(read('*.zip\n*.mov\n*.ads.example\n').entries[0]).toBe('block suffix zip');
});

test('an asterisk elsewhere is a bad line', () => {
  expect(read('*.a.example\n*.ads*.example\n*.b.example\n').badLines).toMatchObject([{ line: 2 }]);
});
