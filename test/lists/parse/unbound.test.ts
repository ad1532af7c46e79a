import { expect, test } from 'vitest';
import { read } from './read.ts';

test.each([
  ['local-zone: "ads.example" always_nxdomain', 'block suffix ads.example'],
  ['local-zone: ads.example. static', 'block suffix ads.example'],
  ['local-zone: "ads.example" refuse', 'block suffix ads.example'],
  ['  local-zone: "ads.example." always_null', 'block suffix ads.example'],
  ['local-zone: "good.example" always_transparent', 'allow suffix good.example'],
  ['local-data: "ads.example A 0.0.0.0"', 'block exact ads.example'],
  ['local-data: "ads.example. 3600 IN AAAA ::"', 'block exact ads.example'],
])('%s means: %s', (line, entry) => {
  const list = read(`server:\nlocal-zone: "first.example" always_nxdomain\n${line}\n`);
  expect(list.format).toBe('unbound');
  expect(list.entries.slice(1)).toEqual([entry]);
});

test('a redirect zone blocks the name and all below it when its answer leads nowhere', () => {
  const list = read('local-zone: "ads.example" redirect\nlocal-data: "ads.example A 0.0.0.0"\n');
  expect(list.entries).toEqual(['block suffix ads.example']);
});

test('a redirect zone to a real address counts for nothing', () => {
  const list = read('local-zone: "ads.example" redirect\nlocal-data: "ads.example A 192.0.2.7"\n');
  expect(list.entries).toEqual([]);
  expect(list.skipped).toBe(2);
});

test('a zone of an unknown type is a bad line', () => {
  expect(read('local-zone: "a.example" static\nlocal-zone: "b.example" sometimes\n').badLines).toMatchObject([
    { line: 2 },
  ]);
});
