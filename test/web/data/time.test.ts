import { describe, expect, it } from 'vitest';
import {
  ago,
  lastDayHours,
  minutesUntilTomorrow,
  moment,
  remaining,
  span,
  startOfDay,
} from '../../../web/data/time.ts';

const at = (text: string) => new Date(text).getTime();
const now = at('2026-11-22T20:31:10');

describe('time in words', () => {
  it('speaks in one whole unit', () => {
    expect(ago(now - 20_000, now, 'en')).toBe('now');
    expect(ago(now - 119_000, now, 'en')).toBe('1 minute ago');
    expect(ago(now - 3 * 3_600_000, now, 'en')).toBe('3 hours ago');
    expect(ago(now - 25 * 3_600_000, now, 'en')).toBe('yesterday');
  });

  it('calls a time from a clock that runs ahead "now", not the future', () => {
    expect(ago(now + 90_000, now, 'en')).toBe('now');
  });

  it('shows a count-down that never reads 0:00 while time is left', () => {
    expect(remaining(now + 545_000, now)).toBe('9:05');
    expect(remaining(now + 1, now)).toBe('0:01');
    expect(remaining(now + 4_145_000, now)).toBe('1:09:05');
    expect(remaining(now - 1, now)).toBe('0:00');
  });

  it('names the day only when it is another one', () => {
    expect(moment(at('2026-11-22T08:05:00'), now, 'en-GB')).toMatch(/^0?8:05$/);
    expect(moment(at('2026-11-20T08:05:00'), now, 'en-GB')).toMatch(/^Fri.*\b0?8:05$/);
    expect(moment(at('2025-01-02T08:05:00'), now, 'en-GB')).toMatch(/2 Jan 2025.*\b0?8:05$/);
  });

  it('writes a span once when it lies within a minute', () => {
    expect(span(at('2026-11-22T20:14:00'), at('2026-11-22T20:31:00'), now, 'en-GB')).toBe('20:14–20:31');
    expect(span(at('2026-11-22T20:14:01'), at('2026-11-22T20:14:59'), now, 'en-GB')).toBe('20:14');
  });
});

describe('until tomorrow', () => {
  it('lasts to six in the morning', () => {
    expect(minutesUntilTomorrow(at('2026-11-22T22:00:00'))).toBe(8 * 60);
    expect(minutesUntilTomorrow(at('2026-11-22T01:00:00'))).toBe(5 * 60);
  });

  it('never ends within two hours and never lasts longer than a day', () => {
    for (let minute = 0; minute < 24 * 60; minute++) {
      const minutes = minutesUntilTomorrow(startOfDay(now) + minute * 60_000);
      expect(minutes).toBeGreaterThanOrEqual(120);
      expect(minutes).toBeLessThanOrEqual(24 * 60);
    }
  });
});

it('the last day is 24 whole hours and ends with the present one', () => {
  const hours = lastDayHours(now);
  expect(hours).toHaveLength(24);
  expect(hours[23]).toBeLessThanOrEqual(now);
  expect(now - hours[23]!).toBeLessThan(3_600_000);
  expect(hours[23]! - hours[0]!).toBe(23 * 3_600_000);
});
