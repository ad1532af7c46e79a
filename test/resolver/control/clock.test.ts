import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HouseholdClock } from '../../../resolver/control/clock.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
/** How far this machine's and the store's clock were set aside of true time. */
let ours = 0;
let theirs = 0;
let away = false;
const clocks: HouseholdClock[] = [];

beforeEach(() => {
  [ours, theirs, away] = [0, 0, false];
  vi.useFakeTimers({
    now: start,
    toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'Date', 'performance'],
  });
});
afterEach(() => {
  for (const clock of clocks.splice(0)) clock.stop();
  vi.useRealTimers();
});

/** @param way milliseconds that a question to the store takes, and as long its answer */
async function aClock(way = 1) {
  const told: number[] = [];
  let found = 0;
  const passes = () => new Promise((resolve) => setTimeout(resolve, way));
  const clock = new HouseholdClock({
    monotonic: () => performance.now(),
    wall: () => Date.now() + ours,
    async time() {
      await passes();
      const at = Date.now() + theirs;
      if (away) throw new Error('away');
      await passes();
      return at;
    },
  });
  clocks.push(clock);
  const started = clock.start();
  await vi.advanceTimersByTimeAsync(2 * way);
  await started;
  clock.follow({ changed: (ahead) => void told.push(ahead), found: () => void found++ });
  return { clock, told, found: () => found };
}

test('goes by the store’s clock from the start, and says how far its own is off', async () => {
  ours = 7000;
  const { clock, told, found } = await aClock();
  expect(clock.now()).toBe(Date.now());
  expect(clock.ahead).toBe(7000);
  expect(told).toEqual([7000]);
  expect(found()).toBe(0);
});

test('feels nothing when its own clock is set, but to say so', async () => {
  const { clock, told } = await aClock();
  ours = -3_600_000;
  expect(clock.now()).toBe(Date.now());
  await vi.advanceTimersByTimeAsync(2500);
  expect(clock.now()).toBe(Date.now());
  expect(told).toEqual([-3_600_000]);
});

test('follows the store’s clock, and goes on from it while the store is away', async () => {
  const { clock } = await aClock();
  theirs = -5000;
  await vi.advanceTimersByTimeAsync(2500);
  expect(clock.now()).toBe(Date.now() - 5000);
  away = true;
  ours = 60_000;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(clock.now()).toBe(Date.now() - 5000);
});

test('a store that comes later is found, and what it says counts then', async () => {
  away = true;
  ours = 9000;
  const { clock, found, told } = await aClock();
  expect(clock.now()).toBe(Date.now() + 9000);
  away = false;
  await vi.advanceTimersByTimeAsync(2500);
  expect(clock.now()).toBe(Date.now());
  expect([found(), told]).toEqual([1, [9000]]);
});

test('an answer that took long says nothing, and a slow way moves no time to and fro', async () => {
  const { clock } = await aClock(40);
  const before = clock.now() - Date.now();
  theirs = 30;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(clock.now() - Date.now()).toBe(before);
  const slow = await aClock(600);
  expect(slow.clock.now()).toBe(Date.now());
  expect(slow.clock.ahead).toBe(0);
});

test('where the store is this node’s alone, its own clock is the household’s', async () => {
  ours = 5000;
  const clock = new HouseholdClock({ monotonic: () => performance.now(), wall: () => Date.now() + ours });
  await clock.start();
  expect([clock.now(), clock.ahead]).toEqual([Date.now() + 5000, 0]);
});
