import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline, Deadlines } from '../../../../resolver/answering/upstream/deadlines.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setImmediate', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

class Noted extends Deadline {
  at: number[] = [];
  whenDue: () => void = () => {};
  due(): void {
    this.at.push(performance.now());
    this.whenDue();
  }
}

const wheel = () => new Deadlines(() => performance.now());

test('a deadline comes once, not early and at most two ticks late, also beyond one turn of the wheel', () => {
  const deadlines = wheel();
  const delays = [0, 1, 9, 10, 11, 250, 333, 5_110, 5_120, 5_130, 12_345];
  const noted = delays.map((delay) => {
    const deadline = new Noted();
    deadlines.arm(deadline, delay);
    return { delay, deadline };
  });
  const start = performance.now();
  vi.advanceTimersByTime(20_000);
  for (const { delay, deadline } of noted) {
    expect(deadline.at.length).toBe(1);
    expect(deadline.at[0] - start).toBeGreaterThanOrEqual(delay);
    expect(deadline.at[0] - start).toBeLessThanOrEqual(delay + 21);
  }
});

test('what is disarmed does not come, even if another disarms it in the same tick', () => {
  const deadlines = wheel();
  const [first, second, third] = [new Noted(), new Noted(), new Noted()];
  for (const deadline of [first, second, third]) deadlines.arm(deadline, 100);
  deadlines.disarm(third);
  first.whenDue = () => deadlines.disarm(second);
  vi.advanceTimersByTime(1_000);
  expect([first, second, third].map(({ at }) => at.length)).toEqual([1, 0, 0]);
});

test('what is armed anew comes at its new time only', () => {
  const deadlines = wheel();
  const deadline = new Noted();
  deadlines.arm(deadline, 100);
  deadlines.arm(deadline, 500);
  vi.advanceTimersByTime(400);
  expect(deadline.at).toEqual([]);
  let again = 2;
  deadline.whenDue = () => again-- > 0 && deadlines.arm(deadline, 50);
  vi.advanceTimersByTime(1_000);
  expect(deadline.at.length).toBe(3);
});

test('after a stall all that is due comes, and no timer runs while nothing waits', () => {
  let now = 0;
  const deadlines = new Deadlines(() => now);
  const noted = Array.from({ length: 100 }, (_, i) => {
    const deadline = new Noted();
    deadlines.arm(deadline, i * 90);
    return deadline;
  });
  now = 60_000;
  vi.advanceTimersByTime(30);
  expect(noted.every(({ at }) => at.length === 1)).toBe(true);
  vi.advanceTimersByTime(30);
  expect(vi.getTimerCount()).toBe(0);
  const later = new Noted();
  deadlines.arm(later, 100);
  now += 200;
  vi.advanceTimersByTime(30);
  expect(later.at.length).toBe(1);
});
