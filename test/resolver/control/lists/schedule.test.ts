import { expect, test } from 'vitest';
import { nextCheck } from '../../../../resolver/control/lists/schedule.ts';

const HOUR = 3_600_000;
const at = (input: Partial<Parameters<typeof nextCheck>[0]>) =>
  nextCheck({ failures: 0, checkedAt: 0, random: 0.5, ...input }) / HOUR;

test('a list is looked for daily unless it or the owner says otherwise, and the owner’s word counts', () => {
  expect(at({})).toBe(24);
  expect(at({ expiresHours: 96 })).toBe(96);
  expect(at({ expiresHours: 96, everyHours: 6 })).toBe(6);
});

test('no header makes us ask more often than hourly or more seldom than every two weeks', () => {
  expect(at({ expiresHours: 0.01 })).toBe(1);
  expect(at({ expiresHours: 9999 })).toBe(336);
});

test('households don’t all ask at the same moment', () => {
  expect(at({ random: 0 })).toBeCloseTo(21.6);
  expect(at({ random: 1 })).toBeCloseTo(26.4);
});

test('after failures it is tried again soon, then later and later, but never later than usual', () => {
  expect(at({ failures: 1 }) * 60).toBeCloseTo(5);
  expect(at({ failures: 3 }) * 60).toBeCloseTo(20);
  expect(at({ failures: 40 })).toBe(24);
});
