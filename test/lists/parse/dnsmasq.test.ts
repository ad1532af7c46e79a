import { expect, test } from 'vitest';
import { read } from './read.ts';

test.each([
  ['address=/ads.example/0.0.0.0', ['block suffix ads.example']],
  ['address=/ads.example/::', ['block suffix ads.example']],
  ['address=/ads.example/#', ['block suffix ads.example']],
  ['address=/ads.example/', ['block suffix ads.example']],
  ['address=/.Ads.example/127.0.0.1', ['block suffix ads.example']],
  ['local=/ads.example/', ['block suffix ads.example']],
  ['server=/ads.example/', ['block suffix ads.example']],
  ['server=/a.example/b.example/', ['block suffix a.example', 'block suffix b.example']],
  ['server=/*.ads.example/', ['block below ads.example']],
  ['server=/good.example/#', ['allow suffix good.example']],
])('%s means: %s', (line, entries) => {
  const list = read(`# comment\nlocal=/first.example/\n${line}\n`);
  expect(list.format).toBe('dnsmasq');
  expect(list.entries.slice(1)).toEqual(entries);
});

test.each([
  ['server=/cn.example/114.114.114.114', 'a server to ask, which is no block'],
  ['server=/cn.example/127.0.0.1#5353', 'a server to ask, which is no block'],
  ['local=/cn.example/192.168.1.1', 'a server to ask, which is no block'],
  ['address=/nas.example/192.168.1.2', 'a real address'],
  ['cache-size=1000', 'another setting of dnsmasq'],
])('%s blocks nothing', (line, reason) => {
  const list = read(`local=/first.example/\n${line}\n`);
  expect(list.entries).toEqual(['block suffix first.example']);
  expect(list.skippedBecause).toEqual({ [reason]: 1 });
});

test('a line without its second slash is bad', () => {
  expect(read('local=/a.example/\nlocal=/b.example\nlocal=//\n').badLines).toMatchObject([{ line: 2 }, { line: 3 }]);
});
