import { expect, test } from 'vitest';
import { read } from './read.ts';

const zone = (...records: string[]) =>
  read(`$TTL 60\n@ SOA localhost. root.localhost. 1 2 3 4 5\n  NS  localhost.\n; note\n${records.join('\n')}\n`);

test.each([
  ['ads.example CNAME .', 'block exact ads.example'],
  ['*.ads.example CNAME .', 'block below ads.example'],
  ['Ads.example 300 IN CNAME . ; note', 'block exact ads.example'],
  ['ads.example IN 1h CNAME rpz-drop.', 'block exact ads.example'],
  ['ads.example CNAME *.', 'block exact {"rewrite":{"rcode":"NOERROR"}} ads.example'],
  ['*.ads.example CNAME *.', 'block below {"rewrite":{"rcode":"NOERROR"}} ads.example'],
  ['good.example CNAME rpz-passthru.', 'allow exact good.example'],
  ['*.good.example CNAME rpz-passthru.', 'allow below good.example'],
  ['good.example CNAME good.example.', 'allow exact good.example'],
  ['ads.example A 0.0.0.0', 'block exact ads.example'],
])('%s means: %s', (record, entry) => {
  const list = zone(record);
  expect(list.format).toBe('rpz');
  expect(list.entries).toEqual([entry]);
});

test.each([
  ['ads.example CNAME garden.example.', 'an answer of the list’s own choice'],
  ['ads.example A 192.0.2.1', 'a real address'],
  ['ads.example CNAME rpz-tcp-only.', 'asks for TCP, which is no block'],
  ['32.7.2.0.192.rpz-ip CNAME .', 'a trigger on addresses or servers'],
  ['ns.example.rpz-nsdname CNAME .', 'a trigger on addresses or servers'],
  ['ads.example TXT "x"', 'a TXT record'],
])('%s blocks nothing', (record, reason) => {
  const list = zone(record);
  expect(list.entries).toEqual([]);
  expect(list.skippedBecause).toEqual({ [reason]: 1 });
});

test('the zone’s own name is no part of what an absolute owner matches', () => {
  const list = read('$ORIGIN rpz.example.\nads.example.com.rpz.example. CNAME .\n*.b.example CNAME .\n');
  expect(list.entries).toEqual(['block exact ads.example.com', 'block below b.example']);
});

test('a first record over several lines is read over', () => {
  const list = read('@ IN SOA localhost. root. (\n  1 ; serial\n  2 3 4\n  5 )\nads.example CNAME .\n');
  expect(list).toMatchObject({ bad: 0, entries: ['block exact ads.example'] });
});
