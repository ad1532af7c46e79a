import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { owner } from '../settings/a-household.ts';
import { type App, aHouseOf, HOUR, MINUTE } from './a-phone.ts';

const stubborn: App = {
  device: 'redmi',
  domain: 'api.tracker.example',
  everySeconds: 5,
  remembers: (mode) => mode === 'nodata',
  purpose: 'ads',
};

test('a name that is asked for every few seconds is asked for every few minutes, once the right answer is found', async () => {
  const { quiet, pass } = await aHouseOf([stubborn]);
  expect(pass(5 * MINUTE)).toBe(60);
  pass(HOUR);
  expect(quiet.answers()).toEqual([{ device: 'redmi', domain: 'api.tracker.example', mode: 'nodata', ttl: 300 }]);
  expect(pass(HOUR)).toBeLessThan(15);
  const [effect] = quiet.effects('redmi');
  expect(effect.before).toBeGreaterThan(700);
  expect(effect.after).toBeLessThan(15);
});

test.each(['nxdomain', 'nodata', 'null'] as const)('a phone that remembers only %s is answered so', async (mode) => {
  const { quiet, pass } = await aHouseOf([{ ...stubborn, remembers: (given) => given === mode }]);
  pass(2 * HOUR);
  expect(quiet.answers()).toMatchObject([{ mode }]);
  expect(quiet.effects('redmi')[0].after).toBeLessThan(20);
});

test('where nothing helps, the household’s own way comes back and nothing is tried again that day', async () => {
  const { quiet, pass, changes } = await aHouseOf([{ ...stubborn, remembers: () => false }]);
  pass(90 * MINUTE);
  expect(quiet.answers()).toEqual([]);
  const then = changes();
  pass(3 * HOUR);
  expect(changes()).toBe(then);
});

test('a phone that leaves in the middle of a trial proves nothing', async () => {
  const leaving = { ...stubborn, remembers: () => false };
  let left = Number.POSITIVE_INFINITY;
  const { quiet, pass, clock } = await aHouseOf([{ ...leaving, isHome: (now) => now < left }]);
  pass(7 * MINUTE);
  expect(quiet.answers()).toHaveLength(1);
  left = clock.now;
  pass(2 * HOUR);
  expect(quiet.answers()).toEqual([]);
  expect(quiet.effects('redmi')).toEqual([]);
});

test('a name that is asked for now and then, or in one burst, is left alone', async () => {
  const seldom = { ...stubborn, everySeconds: 60 };
  let until = Number.POSITIVE_INFINITY;
  const burst = { ...stubborn, device: 'poco', everySeconds: 1, isHome: (now: number) => now < until };
  const { changes, pass, clock } = await aHouseOf([seldom, burst]);
  until = clock.now + 2 * MINUTE;
  pass(HOUR);
  expect(changes()).toBe(0);
});

test('of one name, one phone at a time is tried', async () => {
  const { quiet, pass } = await aHouseOf([stubborn, { ...stubborn, device: 'poco' }]);
  pass(8 * MINUTE);
  expect(quiet.answers()).toHaveLength(1);
  pass(2 * HOUR);
  expect(quiet.answers()).toHaveLength(2);
});

test('where somebody chose how to say no, nothing is tried', async () => {
  const { household, changes, pass } = await aHouseOf([{ ...stubborn, reason: 'rule:r1' }]);
  const target = { kind: 'domain', value: stubborn.domain } as const;
  const rule = { id: 'r1', scope: { kind: 'everyone' }, target, action: 'block', createdAt: 0 } as const;
  await household.change(owner, [{ kind: 'rule', id: 'r1', value: { ...rule, mode: 'refused' } }]);
  pass(HOUR);
  expect(changes()).toBe(0);
  await household.change(owner, [{ kind: 'rule', id: 'r1', value: rule }]);
  pass(HOUR);
  expect(changes()).toBeGreaterThan(0);
});

test('answers are good for less long where nobody knows what the name is for', async () => {
  const listed = { ...stubborn, purpose: undefined, reason: 'list:l1' };
  const { quiet, pass } = await aHouseOf([listed]);
  pass(HOUR);
  expect(quiet.answers()).toMatchObject([{ ttl: 60 }]);
});

test('while somebody looks for what broke, every answer of the phone is short again', async () => {
  const { quiet, pass } = await aHouseOf([stubborn]);
  pass(2 * HOUR);
  expect(quiet.answers()).toHaveLength(1);
  quiet.hush('redmi');
  expect(quiet.answers()).toEqual([]);
  pass(20 * MINUTE);
  expect(quiet.answers()).toHaveLength(1);
});

test('what was found survives a restart, and is measured anew after a month', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'quell-quiet-')), 'quiet.json');
  const first = await aHouseOf([stubborn], file);
  first.pass(2 * HOUR);
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toContain('nodata');
  const second = await aHouseOf([stubborn], file);
  expect(second.quiet.answers()).toEqual(first.quiet.answers());
  second.clock.now += 31 * 24 * HOUR;
  second.quiet.look();
  expect(second.quiet.answers()).toEqual([]);
});
