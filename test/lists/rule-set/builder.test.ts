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
