import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packChunk, rowsOf, unpackChunk } from '../../../../../resolver/control/store/packed/chunk.ts';
import { Rows } from '../../../../../resolver/control/store/packed/rows.ts';
import { packSegment, unpackSegments } from '../../../../../resolver/control/store/packed/segment.ts';

const row = fc.record({
  offset: fc.nat(3_599_999),
  entry: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 2 ** 31 - 1 })),
  count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 2 ** 40 })),
});
const segment = fc.record({ rows: fc.array(row, { maxLength: 60 }), asked: fc.nat(), blocked: fc.nat() });

function rowsFrom(values: readonly { offset: number; entry: number; count: number }[]): Rows {
  const rows = new Rows();
  for (const { offset, entry, count } of values) rows.push(offset, entry, count);
  return rows;
}

const values = (rows: Rows) =>
  Array.from({ length: rows.length }, (_, row) => ({
    offset: rows.offset(row),
    entry: rows.entry(row),
    count: rows.count(row),
  }));

const joined = (segments: readonly { rows: Rows; asked: number; blocked: number }[]) =>
  Buffer.concat(segments.map(packSegment));

test('segments come back as one, in the order in which they arrived, rows out of time order too', () => {
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 5 }), (written) => {
      const segments = written.map((value) => ({ ...value, rows: rowsFrom(value.rows) }));
      const read = unpackSegments(joined(segments));
      const sum = (of: 'asked' | 'blocked') => written.reduce((total, each) => total + each[of], 0);
      expect({ ...read, rows: values(read.rows) }).toEqual({
        rows: written.flatMap(({ rows }) => rows),
        asked: sum('asked'),
        blocked: sum('blocked'),
      });
    }),
  );
});

test('an hour has the same rows however often it was compacted in between', () => {
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 6 }), fc.nat(6), (written, cut) => {
      const segments = written.map((value) => ({ ...value, rows: rowsFrom(value.rows) }));
      const atOnce = rowsOf({ open: joined(segments) });
      expect(values(atOnce)).toEqual(values(atOnce).toSorted((a, b) => a.offset - b.offset || a.entry - b.entry));
      const chunk = packChunk(rowsOf({ open: joined(segments.slice(0, cut)) }));
      expect(values(rowsOf({ chunk, open: joined(segments.slice(cut)) }))).toEqual(values(atOnce));
      expect(values(rowsOf({ chunk: packChunk(atOnce) }))).toEqual(values(atOnce));
    }),
  );
});

/** What folding means, told plainly: equal attempts of one second are one row, at the time of the first to arrive. */
function folded(arrived: readonly { offset: number; entry: number; count: number }[]) {
  const rows = new Map<string, { offset: number; entry: number; count: number }>();
  for (const { offset, entry, count } of arrived) {
    const key = `${Math.floor(offset / 1000)} ${entry}`;
    const known = rows.get(key);
    rows.set(key, known ? { ...known, count: known.count + count } : { offset, entry, count });
  }
  return [...rows.values()].sort((a, b) => a.offset - b.offset || a.entry - b.entry);
}

test('attempts of few names are folded alike, whether they arrive in order of time or not', () => {
  const busy = fc.record({ offset: fc.nat(9000), entry: fc.integer({ min: 1, max: 6 }), count: fc.constant(1) });
  fc.assert(
    fc.property(fc.array(busy, { maxLength: 80 }), fc.boolean(), fc.nat(80), (arrived, inOrder, cut) => {
      const rows = inOrder ? arrived.toSorted((a, b) => a.offset - b.offset) : arrived;
      const open = (some: typeof rows) => packSegment({ rows: rowsFrom(some), asked: some.length, blocked: 0 });
      expect(values(rowsOf({ open: open(rows) }))).toEqual(folded(rows));
      const chunk = packChunk(rowsOf({ open: open(rows.slice(0, cut)) }));
      expect(values(rowsOf({ chunk, open: open(rows.slice(cut)) }))).toEqual(folded(rows));
    }),
  );
});

test('only the wanted entries of a chunk are given back', () => {
  const chunk = packChunk(
    rowsFrom([
      { offset: 1, entry: 7, count: 1 },
      { offset: 2, entry: 8, count: 3 },
    ]),
  );
  expect(values(unpackChunk(chunk, new Rows(), (entry) => entry === 8))).toEqual([{ offset: 2, entry: 8, count: 3 }]);
  expect(unpackChunk(chunk, new Rows(), () => false).length).toBe(0);
});

test('a phone that repeats a question a thousand times a second costs one row a second', () => {
  const flood = rowsFrom(Array.from({ length: 5000 }, (_, i) => ({ offset: i, entry: 1, count: 1 })));
  const rows = rowsOf({ open: packSegment({ rows: flood, asked: 5000, blocked: 5000 }) });
  expect(values(rows).map(({ offset }) => offset)).toEqual([0, 1000, 2000, 3000, 4000]);
  expect(values(rows).map(({ count }) => count)).toEqual([1000, 1000, 1000, 1000, 1000]);
});

test('a chunk that was cut short is refused, not read as something else', () => {
  const chunk = packChunk(
    rowsFrom([
      { offset: 5000, entry: 300, count: 1 },
      { offset: 6000, entry: 301, count: 1 },
    ]),
  );
  expect(() => unpackChunk(chunk.subarray(0, chunk.length - 1), new Rows())).toThrow('ends too early');
});
