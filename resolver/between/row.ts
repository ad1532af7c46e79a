/**
 * The second number of a batch's row: in its low bits which kind of attempt it was, above them how many more like it
 * came within the same second of the wall clock. A phone that repeats itself costs one row a second on its whole way.
 */
export const KIND_BITS = 15;

/** What the number grows by with each repetition. */
export const ONE_MORE = 1 << KIND_BITS;

const KIND = ONE_MORE - 1;

export const kindOf = (number: number): number => number & KIND;

/** Attempts that the row stands for. */
export const attemptsOf = (number: number): number => (number >>> KIND_BITS) + 1;

/** Whether there is room for another. */
export const takesMore = (number: number): boolean => number >>> KIND_BITS < 2 ** (32 - KIND_BITS) - 1;

export const withKind = (number: number, kind: number): number => (number & ~KIND) | kind;

/** Attempts that all rows stand for. */
export function attemptsIn(rows: Int32Array): number {
  let sum = 0;
  for (let i = 1; i < rows.length; i += 2) sum += attemptsOf(rows[i]);
  return sum;
}
