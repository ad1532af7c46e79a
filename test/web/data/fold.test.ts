import { describe, expect, it } from 'vitest';
import { type Foldable, fold, foldByPurpose } from '../../../web/data/fold.ts';

const row = (minute: number, over: Partial<Foldable> = {}): Foldable => ({
  at: minute * 60_000,
  device: 'redmi',
  domain: 'sdkconfig.ad.intl.xiaomi.com',
  outcome: 'blocked',
  purpose: 'ads',
  reason: 'purpose:ads',
  count: 1,
  ...over,
});

describe('folding the log', () => {
  it('tells a burst as one line with its count and span', () => {
    const [only, ...others] = fold([row(31, { count: 30 }), row(20), row(14, { count: 7 })]);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ count: 38, from: 14 * 60_000, to: 31 * 60_000 });
  });

  it('keeps apart what the household must not confuse: phone, name, verdict', () => {
    const rows = [row(3), row(2, { device: 'mi' }), row(1, { outcome: 'forwarded' }), row(0, { domain: 'a.example' })];
    expect(fold(rows)).toHaveLength(4);
  });

  it('folds over other rows in between, but not over a pause', () => {
    const folds = fold([row(100), row(99, { domain: 'a.example' }), row(98), row(40)]);
    expect(folds.map((each) => [each.row.domain, each.count])).toEqual([
      ['sdkconfig.ad.intl.xiaomi.com', 2],
      ['a.example', 1],
      ['sdkconfig.ad.intl.xiaomi.com', 1],
    ]);
  });

  it('counts every attempt once, whatever the order they came in', () => {
    const rows = [row(5, { count: 2 }), row(31, { count: 3 }), row(14, { count: 4 }), row(90, { count: 5 })];
    const total = (folds: { count: number }[]) => folds.reduce((sum, each) => sum + each.count, 0);
    expect(total(fold(rows))).toBe(14);
    expect(total(foldByPurpose(rows))).toBe(14);
  });
});

describe('folding by purpose', () => {
  it('puts the purpose that spoke last first and counts what was blocked of it', () => {
    const purposes = foldByPurpose([
      row(50, { purpose: 'system-usage', domain: 'data.mistat.xiaomi.com' }),
      row(40, { count: 6 }),
      row(30, { outcome: 'forwarded', count: 2 }),
    ]);
    expect(purposes.map((each) => [each.purpose, each.count, each.blocked])).toEqual([
      ['system-usage', 1, 1],
      ['ads', 8, 6],
    ]);
  });
});
