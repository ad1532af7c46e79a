import fc from 'fast-check';
import { expect, test } from 'vitest';
import { purposeIds } from '../../../../../lists/purposes.ts';
import type { Attempt } from '../../../../../resolver/between/attempt-batch.ts';
import { Dictionary, formatEntry, hashOf, whatOf } from '../../../../../resolver/control/store/packed/dictionary.ts';
import { placeOf } from '../../../../../resolver/control/store/packed/kind-table.ts';
import { HashedName } from '../../../../../resolver/policy/hashed-name.ts';
import { outcomes } from '../../../../../resolver/policy/model.ts';

const attempt = fc.record({
  at: fc.nat(2 ** 41),
  device: fc.constant('phone'),
  domain: fc.oneof(fc.domain(), fc.stringMatching(/^[a-z0-9._\\ -]{0,40}$/)),
  qtype: fc.nat(65535),
  outcome: fc.constantFrom(...outcomes),
  purpose: fc.option(fc.constantFrom(...purposeIds), { nil: undefined }),
  reason: fc.oneof(
    fc.constantFrom('full', 'pause', 'purpose:ads', '=', ''),
    fc.string({ maxLength: 20, unit: 'grapheme' }),
  ),
});

test('entries come back from their lines, whatever is in them', () => {
  fc.assert(
    fc.property(attempt, (value) => {
      const { at, device: _device, ...kind } = value;
      const dictionary = new Dictionary('g', [formatEntry(value, at)]);
      expect(dictionary.entry(1)).toEqual({ ...kind, number: 1, firstAt: at, retired: false });
      const name = new HashedName();
      if (!name.readText(value.domain) || name.name.toText() !== value.domain) return;
      expect(numberOf(dictionary, name, value)).toBe(1);
    }),
  );
});

/** As whoever packs a batch asks for it. */
const numberOf = (dictionary: Dictionary, name: HashedName, value: Attempt): number => {
  const { bytes, length } = name.name;
  const reason = dictionary.reasonNumber(value.reason);
  return dictionary.find(
    placeOf(hashOf(name), whatOf(value), reason),
    whatOf(value),
    reason,
    value.at,
    bytes,
    0,
    length,
  );
};

test('an entry is found for what it stands for, and for nothing else', () => {
  const value: Attempt = {
    at: 1_000_000,
    device: 'phone',
    domain: 'data.mistat.xiaomi.com',
    qtype: 1,
    outcome: 'blocked',
    purpose: 'ads',
    reason: 'purpose:ads',
  };
  const name = new HashedName();
  name.readText(value.domain);
  const others = Array.from({ length: 500 }, (_, i) => formatEntry({ ...value, domain: `n${i}.example` }, value.at));
  const dictionary = new Dictionary('g', [...others, formatEntry(value, value.at), formatEntry(value, 9_000_000)]);
  expect(numberOf(dictionary, name, value)).toBe(501);
  expect(numberOf(dictionary, name, { ...value, at: 9_000_000 })).toBe(502);
  const differing: Partial<Attempt>[] = [
    { qtype: 28 },
    { outcome: 'cached' },
    { purpose: undefined },
    { purpose: 'push' },
    { reason: 'pause' },
    { at: 0 },
  ];
  for (const change of differing) expect(numberOf(dictionary, name, { ...value, ...change })).toBe(0);
  name.readText('data.mistat.xiaomi.net');
  expect(numberOf(dictionary, name, value)).toBe(0);
});

test('lines that are learned twice keep their numbers', () => {
  const line = (domain: string) =>
    formatEntry({ domain, qtype: 1, outcome: 'blocked', purpose: 'ads', reason: 'purpose:ads' }, 0);
  const dictionary = new Dictionary('g', [line('a.example'), line('b.example')]);
  dictionary.learn(2, [line('b.example'), line('c.example')]);
  expect(dictionary.entries().map(({ number, domain }) => [number, domain])).toEqual([
    [1, 'a.example'],
    [2, 'b.example'],
    [3, 'c.example'],
  ]);
});
