import { expect, test } from 'vitest';
import { Lately } from '../../../web/data/lately.ts';
import type { Row } from '../../../web/data/model.ts';

const row = (domain: string, at: number, more: Partial<Row> = {}): Row => ({
  at,
  device: 'd_1',
  domain,
  qtype: 'A',
  outcome: 'blocked',
  reason: 'list:l',
  count: 1,
  ...more,
});

test('what the stream told before the log had it stays, and what the log has is there once', () => {
  const lately = new Lately();
  lately.add(row('stored.example', 1000), 0);
  lately.add(row('not-yet.example', 1400), 100);
  const stored = row('stored.example', 1300, { count: 3 });
  const old = row('not-yet.example', 200);
  const shown = lately.completed([stored, old], 200);
  expect(shown).toEqual([row('not-yet.example', 1400), stored, old]);
});

test('what is long in the log, or was told before a filter changed, is not shown again', () => {
  const lately = new Lately();
  lately.add(row('gone.example', 1000), 0);
  expect(lately.completed([], 9_999)).toHaveLength(1);
  expect(lately.completed([], 10_000)).toEqual([]);
  lately.add(row('other.example', 2000), 20_000);
  lately.clear();
  expect(lately.completed([], 20_001)).toEqual([]);
});
