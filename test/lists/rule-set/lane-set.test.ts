import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LaneSet } from '../../../lists/rule-set/lane-set.ts';

// Few values, so that lanes collide; zero marks an empty slot inside.
const lane = fc.oneof(fc.constantFrom(0, 1, 2, 0x10000, 0xffffffff), fc.nat(40));

test('it holds exactly what was added, and says what was new', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(lane, lane), { maxLength: 200 }), fc.tuple(lane, lane), (added, other) => {
      const set = new LaneSet(4);
      const plain = new Set<string>();
      for (const [first, second] of added) {
        expect(set.add(first, second)).toBe(!plain.has(`${first} ${second}`));
        plain.add(`${first} ${second}`);
      }
      expect(set.size).toBe(plain.size);
      for (const [first, second] of [...added, other])
        expect(set.has(first, second)).toBe(plain.has(`${first} ${second}`));
    }),
  );
});
