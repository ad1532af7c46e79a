import { expect, test } from 'vitest';
import { Live, type LiveAttempt } from '../../../../resolver/control/record/live.ts';

const attempt = (at: number, device = 'phone') => ({
  at,
  device,
  domain: 'a.mi.com',
  qtype: 1,
  outcome: 'blocked' as const,
  reason: 'pause',
});
const part = (...attempts: ReturnType<typeof attempt>[]) => ({ length: attempts.length, attempts: () => attempts });
const range = (from: number, to: number) => part(...Array.from({ length: to - from + 1 }, (_, i) => attempt(from + i)));

function watching(live: Live, since?: string) {
  const seen: LiveAttempt[] = [];
  const subscription = live.subscribe((each) => seen.push(each), since);
  return { seen, subscription, times: () => seen.map((each) => each.attempt.at) };
}

test('a watcher that was cut off goes on where it stopped', () => {
  const live = new Live(100);
  const first = watching(live);
  live.add(range(1, 5));
  first.subscription.stop();
  live.add(range(6, 8));
  expect(first.times()).toEqual([1, 2, 3, 4, 5]);
  const second = watching(live, first.seen.at(-1)!.id);
  live.add(range(9, 9));
  expect(second.subscription.resumed).toBe(true);
  expect(second.times()).toEqual([6, 7, 8, 9]);
});

test('a watcher is told when what it missed is gone, and gets what comes from now on', () => {
  const live = new Live(10);
  const first = watching(live);
  live.add(range(1, 1));
  live.add(range(2, 50));
  live.add(range(51, 100));
  const late = watching(live, first.seen[0].id);
  expect(late.subscription.resumed).toBe(false);
  live.add(range(101, 101));
  expect(late.times()).toEqual([101]);
  expect(watching(live, 'other-run-7').subscription.resumed).toBe(false);
});

test('a watcher that fails does not disturb the others', () => {
  const live = new Live();
  live.subscribe(() => {
    throw new Error('gone');
  });
  const other = watching(live);
  live.add(range(1, 2));
  expect(other.times()).toEqual([1, 2]);
});

test('a forgotten device is told to nobody who comes later', () => {
  const live = new Live();
  const first = watching(live);
  live.add(part(attempt(1), attempt(2, 'guest'), attempt(3)));
  live.forget('guest');
  const late = watching(live, first.seen[0].id);
  expect(late.seen.filter((each) => each.attempt.device === 'guest')).toEqual([]);
  expect(late.subscription.resumed).toBe(false);
  const recent = watching(live, first.seen[1].id);
  expect([recent.subscription.resumed, recent.times()]).toEqual([true, [3]]);
});
