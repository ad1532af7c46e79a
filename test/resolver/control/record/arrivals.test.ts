import { expect, test } from 'vitest';
import { Arrivals } from '../../../../resolver/control/record/arrivals.ts';

const arrive = (arrivals: Arrivals, boot: string, sequences: readonly number[], oldest: number) =>
  sequences.filter((sequence) => arrivals.accepts({ boot, sequence }, oldest));

test('a batch that is sent twice is taken once', () => {
  const arrivals = new Arrivals();
  expect(arrive(arrivals, 'b', [1, 2, 1, 2, 3, 3], 1)).toEqual([1, 2, 3]);
});

test('what follows a batch that was not sent waits until all is sent again', () => {
  const arrivals = new Arrivals();
  expect(arrive(arrivals, 'b', [1, 3, 4], 1)).toEqual([1]);
  expect(arrive(arrivals, 'b', [2, 3, 4], 2)).toEqual([2, 3, 4]);
});

test('a control that was started anew begins with the oldest that its forerunner did not confirm', () => {
  const arrivals = new Arrivals();
  expect(arrive(arrivals, 'b', [9], 7)).toEqual([]);
  expect(arrive(arrivals, 'b', [7, 8, 9], 7)).toEqual([7, 8, 9]);
});

test('answering threads do not wait for each other', () => {
  const arrivals = new Arrivals();
  expect(arrive(arrivals, 'b', [1], 1)).toEqual([1]);
  expect(arrive(arrivals, 'other', [5, 6], 5)).toEqual([5, 6]);
  expect(arrive(arrivals, 'b', [2], 2)).toEqual([2]);
});
