import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RuleSetBuilder } from '../../../lists/rule-set/builder.ts';
import { hashName, lanesOfName } from '../../../lists/rule-set/name-hash.ts';
import { RuleSet } from '../../../lists/rule-set/rule-set.ts';

const name = fc.stringMatching(/^[a-e]{1,3}(\.[a-e]{1,2}){1,2}$/);

test('the finished set knows every name with all that was said of it, and no other', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.nat(5)), { maxLength: 300 }), name, (added, other) => {
      const builder = new RuleSetBuilder();
      for (let source = 0; source < 6; source++)
        builder.sources.push({ kind: 'list', id: `${source}`, version: '', entries: 0 });
      const plain = new Map<string, Set<number>>();
      for (const [text, source] of added) {
        builder.addName(text, builder.membership({ source, match: 'exact', action: 'block' }));
        plain.set(text, (plain.get(text) ?? new Set()).add(source));
      }
      const set = RuleSet.open(builder.finish());
      expect(set.names).toBe(plain.size);
      for (const text of [...plain.keys(), other]) {
        const labels = hashName(text);
        const listSet = set.find(lanesOfName[2 * labels - 2], lanesOfName[2 * labels - 1]);
        const sources = set.meta.listSets[listSet].map(({ source }) => source);
        expect(sources.sort()).toEqual([...(plain.get(text) ?? [])].sort());
      }
    }),
  );
});

test('damaged bytes are told by their checksum', () => {
  const builder = new RuleSetBuilder();
  builder.sources.push({ kind: 'list', id: 'one', version: '', entries: 1 });
  builder.addName('a.example', builder.membership({ source: 0, match: 'exact', action: 'block' }));
  const buffer = builder.finish();
  const bytes = new Uint8Array(buffer);
  bytes[40] ^= 1;
  expect(() => RuleSet.open(buffer)).toThrow('checksum');
});

// Few different lanes, at both ends and around the powers of two: names that hash like this lie in heaps.
const lane = fc.tuple(fc.nat(31), fc.integer({ min: -2, max: 2 })).map(([bit, beside]) => (2 ** bit + beside) >>> 0);
const lanes = fc.oneof(lane, fc.nat(2 ** 32 - 1));

// Ten list-sets take the place of four of the 64 bits where a table is too small to know the first of them.
const kept = (first: number, second: number) => `${first} ${second % 2 ** 28}`;

test('names are told apart by their bits, however close they lie', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(lanes, lane, fc.nat(8)), { maxLength: 200 }), fc.array(lanes), (added, others) => {
      const builder = new RuleSetBuilder();
      const known = new Map<string, { second: number; source: number }>();
      for (const [first, second, source] of added) {
        if (known.has(kept(first, second))) continue;
        builder.add(first, second, builder.membership({ source, match: 'exact', action: 'block' }));
        known.set(kept(first, second), { second, source });
      }
      for (let source = 0; source < 9; source++)
        builder.sources.push({ kind: 'list', id: `${source}`, version: '', entries: 0 });
      const set = RuleSet.open(builder.finish());
      const asked = [
        ...added.map(([first, second]) => [first, second]),
        ...others.map((first) => [first, first >>> 3]),
      ];
      for (const [first, second] of asked) {
        const added = known.get(kept(first, second));
        if (added && added.second !== second) continue;
        const found = set.meta.listSets[set.find(first, second)].map(({ source }) => source);
        expect(found).toEqual(added ? [added.source] : []);
      }
    }),
    { numRuns: 1000 },
  );
});

test('a list that was made to fill one place of the table is found in it all the same', () => {
  const builder = new RuleSetBuilder();
  builder.sources.push({ kind: 'list', id: 'one', version: '', entries: 1 });
  const membership = builder.membership({ source: 0, match: 'exact', action: 'block' });
  for (let i = 0; i < 2000; i++) builder.add(0xffff_fff0, i * 5, membership);
  const set = RuleSet.open(builder.finish());
  for (let second = 0; second < 10_000; second++) {
    expect(set.find(0xffff_fff0, second), `${second}`).toBe(second % 5 === 0 ? 1 : 0);
  }
  expect(set.find(3, 0)).toBe(0);
});
