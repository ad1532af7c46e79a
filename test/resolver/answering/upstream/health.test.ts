import { expect, test } from 'vitest';
import { Health } from '../../../../resolver/answering/upstream/health.ts';

function downAt(now: number): Health {
  const health = new Health();
  for (let i = 0; i < 3; i++) health.failed(now, 'silence', now);
  return health;
}

/** Milliseconds from `now` until it wants to be probed. */
function pauseFrom(health: Health, now: number): number {
  let at = now;
  while (!health.wantsProbe(at)) at += 100;
  health.failed(at, 'silence', at);
  return at - now;
}

test('one or two questions without answer are no reason to leave an upstream', () => {
  const health = new Health();
  health.failed(10, 'silence', 20);
  health.failed(10, 'silence', 20);
  expect(health.healthy).toBe(true);
  health.failed(20, 'silence', 30);
  expect(health.healthy).toBe(false);
});

test('failures of questions older than the last good answer are history', () => {
  const health = new Health();
  health.answered(50, 100);
  for (let i = 0; i < 10; i++) health.failed(60, 'a name whose servers are dead', 200);
  health.failed(150, 'silence', 250);
  expect(health.healthy).toBe(true);
});

test('a down upstream is probed once a pause, and the pause grows up to a minute', () => {
  const health = downAt(1000);
  expect(health.wantsProbe(1999)).toBe(false);
  let now = 1000;
  const pauses = [];
  for (let i = 0; i < 9; i++) {
    const pause = pauseFrom(health, now);
    pauses.push(pause);
    now += pause;
  }
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('a probe under way is not repeated by every question', () => {
  const health = downAt(1000);
  expect(health.wantsProbe(2000)).toBe(true);
  expect(health.wantsProbe(2001)).toBe(false);
});

test('many questions lost in one outage count as one failure', () => {
  const health = new Health();
  for (let i = 0; i < 400; i++) health.failed(1000, 'silence', 5000);
  expect(health.wantsProbe(5999)).toBe(false);
  expect(health.wantsProbe(6000)).toBe(true);
});

test('one good answer makes it healthy, and the next outage begins with a short pause', () => {
  const health = downAt(1000);
  pauseFrom(health, 1000);
  health.answered(5000, 5020);
  expect(health.healthy).toBe(true);
  for (let i = 0; i < 3; i++) health.failed(6000, 'silence', 6000);
  expect(health.wantsProbe(7000)).toBe(true);
});

test('latency follows slowly, so that one late answer changes no order', () => {
  const health = new Health();
  for (let i = 0; i < 50; i++) health.answered(0, 20);
  health.answered(0, 100);
  expect(health.latency).toBeLessThan(40);
  for (let i = 0; i < 50; i++) health.answered(0, 100);
  expect(health.latency).toBeGreaterThan(95);
});
