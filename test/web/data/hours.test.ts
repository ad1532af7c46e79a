import { expect, it } from 'vitest';
import { dayOf, tallest } from '../../../web/data/hours.ts';

const now = Date.parse('2026-11-22T20:31:00Z');

it('a day has a bar for every hour, quiet ones too, whatever hours the record sends', () => {
  const bucket = (key: string, blocked: number) => ({ key, blocked, allowed: 1, counted: 9 });
  const day = dayOf([bucket('2026-11-22T20:00:00.000Z', 5), bucket('2026-11-20T20:00:00.000Z', 99)], now);
  expect(day).toHaveLength(24);
  expect(day.at(-1)).toEqual({ at: Date.parse('2026-11-22T20:00:00Z'), blocked: 5, allowed: 1 });
  expect(day.slice(0, -1).every((hour) => hour.blocked + hour.allowed === 0)).toBe(true);
  expect(tallest(day)).toBe(6);
  expect(tallest(dayOf([], now))).toBe(1);
});
