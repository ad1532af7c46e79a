import fc from 'fast-check';
import { expect, test } from 'vitest';
import { purposeIds } from '../../../lists/purposes.ts';
import type { Attempt } from '../../../resolver/between/attempt-batch.ts';
import { decodeBatch, encodedAgain } from '../../../resolver/between/batch-bytes.ts';
import { attemptsOf } from '../../../resolver/between/row.ts';
import { outcomes } from '../../../resolver/policy/model.ts';
import { batchFrom } from '../../batch-from.ts';

const attempt: fc.Arbitrary<Attempt> = fc.record({
  at: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
  device: fc.constantFrom('d_1', 'd_2', '192.168.1.9', 'fe80::1'),
  domain: fc.constantFrom(
    'data.mistat.xiaomi.com',
    'sdkconfig.ad.xiaomi.com',
    'xn--6qq79v.example',
    'a\\.b.example',
    '.',
  ),
  qtype: fc.constantFrom(1, 28, 65, 65535),
  outcome: fc.constantFrom(...outcomes),
  purpose: fc.option(fc.constantFrom(...purposeIds), { nil: undefined }),
  reason: fc.constantFrom('purpose:ads', 'list:l_1', 'rule:é', 'full'),
});

const attempts = fc.array(attempt, { maxLength: 60 });

test('a batch gives back what was put in, also after it crossed as bytes, wherever these lie', () => {
  fc.assert(
    fc.property(attempts, (put) => {
      const counts = [{ device: 'd_9', total: 4, blocked: 3 }];
      const batch = batchFrom({ attempts: put, counts, sequence: 7, dropped: 2 });
      expect(batch.attempts()).toEqual(put);
      const bytes = Buffer.concat([Buffer.alloc(3), encodedAgain(batch)]).subarray(3);
      const { boot, sequence, dropped, ...read } = decodeBatch(bytes);
      expect({ boot, sequence, dropped, counts: read.counts }).toEqual({
        boot: 'boot',
        sequence: 7,
        dropped: 2,
        counts,
      });
      expect(decodeBatch(bytes).attempts()).toEqual(put);
    }),
  );
});

test('what is alike is in a batch once', () => {
  const one: Attempt = { at: 5, device: 'd', domain: 'a.example', qtype: 1, outcome: 'blocked', reason: 'pause' };
  const batch = batchFrom({ attempts: [one, { ...one, at: 6 }, { ...one, at: 7, qtype: 28 }, one] });
  expect([batch.length, batch.kinds.count]).toEqual([4, 2]);
});

test('a device is taken out whole: of its names and of how much it asked nothing is left', () => {
  fc.assert(
    fc.property(attempts, (put) => {
      const mine = { at: put[0]?.at ?? 1, device: 'd_gone', qtype: 1, outcome: 'blocked', reason: 'pause' } as const;
      const own = { ...mine, domain: 'only-mine.example' };
      const counts = ['d_gone', 'd_1'].map((device) => ({ device, total: 9, blocked: 1 }));
      const left = batchFrom({ attempts: [own, ...put, own], counts }).without('d_gone');
      expect(left.attempts()).toEqual(put);
      expect(left.counts.map(({ device }) => device)).toEqual(['d_1']);
      expect(Buffer.from(encodedAgain(left)).toString('latin1')).not.toMatch(/d_gone|only-mine/);
    }),
  );
});

test('devices that turn out to be one are one, with what both asked', () => {
  const counts = [
    { device: '192.168.1.9', total: 3, blocked: 1 },
    { device: 'd_1', total: 4, blocked: 2 },
  ];
  const one: Attempt = { at: 5, device: '192.168.1.9', domain: 'a.example', qtype: 1, outcome: 'blocked', reason: 'r' };
  const batch = batchFrom({ attempts: [one, { ...one, device: 'd_1' }], counts });
  const renamed = batch.renamed((device) => (device.includes('.') ? 'd_1' : device));
  expect(renamed.attempts().map(({ device }) => device)).toEqual(['d_1', 'd_1']);
  expect(renamed.counts).toEqual([{ device: 'd_1', total: 7, blocked: 3 }]);
  expect([...renamed.recorded]).toEqual(['d_1']);
});

test('what a phone repeats within a second is one row with its number, at the time of the first', () => {
  const one: Attempt = { at: 5_400, device: 'd', domain: 'a.example', qtype: 1, outcome: 'blocked', reason: 'pause' };
  const at = [5_400, 5_999, 6_000, 5_998, 5_999, 6_000, 3_000];
  const batch = batchFrom({ attempts: [...at.map((at) => ({ ...one, at })), { ...one, at: 3_000, qtype: 28 }] });
  const rows = Array.from({ length: batch.rows.length / 2 }, (_, row) => [
    batch.began + batch.rows[row * 2],
    attemptsOf(batch.rows[row * 2 + 1]),
  ]);
  // The clock was set back before 5,998: that the second had a row before is forgotten then.
  expect(rows).toEqual([
    [5_400, 2],
    [6_000, 1],
    [5_998, 2],
    [6_000, 1],
    [3_000, 1],
    [3_000, 1],
  ]);
  expect(batch.length).toBe(8);
});

test('however attempts repeat, each is there once, in its second, also after the batch crossed as bytes', () => {
  const few = fc.record({
    at: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_003_000 }),
    device: fc.constantFrom('d_1', 'd_2'),
    domain: fc.constantFrom('data.mistat.xiaomi.com', 'sdkconfig.ad.xiaomi.com'),
    qtype: fc.constant(1),
    outcome: fc.constantFrom('blocked' as const, 'forwarded' as const),
    reason: fc.constant('purpose:ads'),
  });
  const seconds = (some: readonly Attempt[]) =>
    some.map(({ at, ...rest }) => JSON.stringify({ second: Math.floor(at / 1000), ...rest })).toSorted();
  fc.assert(
    fc.property(fc.array(few, { maxLength: 200 }), (put) => {
      const batch = batchFrom({ attempts: put, counts: [{ device: 'd_1', total: 300, blocked: 9 }] });
      expect(batch.length).toBe(put.length);
      const read = decodeBatch(encodedAgain(batch));
      for (const each of [batch, read]) expect(seconds(each.attempts())).toEqual(seconds(put));
      const ofOne = put.filter(({ device }) => device === 'd_2');
      const without = batch.without('d_1');
      expect([without.length, seconds(without.attempts())]).toEqual([ofOne.length, seconds(ofOne)]);
    }),
  );
});

test('what is repeated more often than a row can say goes on in another', () => {
  const one: Attempt = { at: 5, device: 'd', domain: 'a.example', qtype: 1, outcome: 'blocked', reason: 'pause' };
  const batch = batchFrom({ attempts: Array(2 ** 17 + 3).fill(one) });
  expect([batch.rows.length / 2, batch.length]).toEqual([2, 2 ** 17 + 3]);
  expect(batch.attempts().length).toBe(2 ** 17 + 3);
});
