import fc from 'fast-check';
import { expect, test } from 'vitest';
import { purposeIds } from '../../../../../lists/purposes.ts';
import { Dictionary, formatEntry } from '../../../../../resolver/control/store/packed/dictionary.ts';
import { outcomes } from '../../../../../resolver/policy/model.ts';

const attempt = fc.record({
  at: fc.nat(2 ** 41),
  device: fc.constant('phone'),
  domain: fc.stringMatching(/^[a-z0-9._\\ -]{0,40}$/),
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
      expect(dictionary.find(value)?.number).toBe(1);
    }),
  );
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
