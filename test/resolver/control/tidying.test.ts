import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Tidying } from '../../../resolver/control/tidying.ts';

let buffers: number;
let collected: number;
let given: number;
let tidying: Tidying;

beforeEach(() => {
  vi.useFakeTimers();
  buffers = collected = given = 0;
  tidying = new Tidying({
    now: Date.now,
    memory: {
      buffers: () => buffers,
      collectAhead: () => collected++,
      giveBack() {
        given++;
        buffers = 0;
      },
    },
  });
});
afterEach(() => {
  tidying.stop();
  vi.useRealTimers();
});

const MEGABYTE = 2 ** 20;

/** Flushes of so many attempts, half a second apart. */
function flushes(count: number, attempts: number): void {
  for (let i = 0; i < count; i++) {
    tidying.took(attempts);
    vi.advanceTimersByTime(500);
  }
}

describe('memory of a flood', () => {
  it('is given back once, when it is over', () => {
    flushes(10, 8000);
    expect(given).toBe(0);
    vi.advanceTimersByTime(1500);
    expect(given).toBe(1);
    vi.advanceTimersByTime(600_000);
    expect(given).toBe(1);
  });

  it('is collected when it begins, and then for each three million attempts', () => {
    flushes(1, 8000);
    expect(collected).toBe(0);
    flushes(10, 100_000);
    expect(collected).toBe(1);
    flushes(60, 100_000);
    expect(collected).toBe(3);
  });

  it('is given back though the household goes on as usual', () => {
    flushes(10, 8000);
    flushes(4, 20);
    expect(given).toBe(1);
  });
});

describe('buffers', () => {
  it('are given back when there are many more than the last time, and not before', () => {
    buffers = 7 * MEGABYTE;
    flushes(10, 20);
    expect(given).toBe(0);
    buffers = 9 * MEGABYTE;
    flushes(4, 20);
    expect(given).toBe(1);
  });

  it('are given back once a minute while pages are read, and sooner when nobody reads', () => {
    const reading = (seconds: number) => {
      for (let i = 0; i < 2 * seconds; i++) {
        tidying.read();
        buffers += 9 * MEGABYTE;
        flushes(1, 20);
      }
    };
    reading(30);
    expect(given).toBe(1);
    reading(120);
    expect(given).toBe(3);
    flushes(8, 20);
    expect(given).toBe(4);
  });
});

it('is told to stop, and does nothing afterwards', () => {
  flushes(10, 8000);
  tidying.stop();
  vi.advanceTimersByTime(60_000);
  expect(given).toBe(0);
});
