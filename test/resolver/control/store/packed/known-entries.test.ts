import { expect, test } from 'vitest';
import { Kinds } from '../../../../../resolver/between/kinds.ts';
import { Dictionary } from '../../../../../resolver/control/store/packed/dictionary.ts';
import { KnownEntries } from '../../../../../resolver/control/store/packed/known-entries.ts';

test('what is known of a device outlasts batches that it has no attempts in, and not its dictionary', () => {
  const [phone, tablet] = [new Dictionary('a'), new Dictionary('b')];
  const kinds = new Kinds();
  const known = new KnownEntries();
  const isKnownWith = (...dictionaries: (Dictionary | undefined)[]) => {
    known.prepare(kinds, dictionaries);
    const isKnown = known.numbers[3] === 7;
    known.numbers[3] = 7;
    return isKnown;
  };
  expect(isKnownWith(phone)).toBe(false);
  expect(isKnownWith(phone, tablet)).toBe(true);
  expect(isKnownWith(phone, undefined)).toBe(true);
  expect(isKnownWith(undefined, tablet)).toBe(true);
  expect(isKnownWith(phone, undefined)).toBe(true);
  // Forgotten, or with entries retired, while the other one asked.
  expect(isKnownWith(phone, new Dictionary('c'))).toBe(false);
  expect(isKnownWith(undefined, tablet)).toBe(false);
});
