import { expect, test } from 'vitest';
import { read } from './read.ts';

test('a hosts line blocks exactly its names', () => {
  const list = read('# Title\n0.0.0.0 ads.example.com\n127.0.0.1\tTracker.Example.com  # why\n:: v6.example.com\n');
  expect(list.format).toBe('hosts');
  expect(list.entries).toEqual([
    'block exact ads.example.com',
    'block exact tracker.example.com',
    'block exact v6.example.com',
  ]);
});

test('several names may stand on one line', () => {
  expect(read('0.0.0.0 a.example b.example c.example\n').entries.length).toBe(3);
});

test.each(['0.0.0.0', '127.0.0.1', '127.0.1.1', '::', '::1', '0:0:0:0:0:0:0:0', '::ffff:127.0.0.1', '::ffff:0.0.0.0'])(
  'an entry with %s, which leads nowhere, blocks',
  (address) => {
    expect(read(`0.0.0.0 first.example\n${address} ads.example\n`).entries).toContain('block exact ads.example');
  },
);

test.each(['110.43.121.13', '192.168.1.1', '2001:db8::1', '1.1.1.1', '0.0.0.1', '::2', '::7f00:1'])(
  'an entry with %s, where something may be, counts for nothing',
  (address) => {
    const list = read(`0.0.0.0 first.example\n${address} ota.example\n`);
    expect(list.entries).toEqual(['block exact first.example']);
    expect(list.skippedBecause).toEqual({ 'a real address': 1 });
  },
);

test('the names of the machine itself are left alone', () => {
  const list = read('127.0.0.1 localhost\n::1 ip6-localhost\n127.0.0.1 localhost.localdomain\n0.0.0.0 ads.example\n');
  expect(list.entries).toEqual(['block exact ads.example']);
  expect(list.skipped).toBe(3);
});

test('a bad name makes its line a bad one, and costs none of the names beside it', () => {
  const list = read('0.0.0.0 a.example b..example c.example\n0.0.0.0 d.example\n');
  expect(list.entries).toEqual(['block exact a.example', 'block exact c.example', 'block exact d.example']);
  expect(list.badLines).toEqual([
    { line: 1, reason: 'an empty label', text: '0.0.0.0 a.example b..example c.example' },
  ]);
});
