import { describe, expect, test } from 'vitest';
import { addPack } from '../../../lists/compile-pack.ts';
import type { Pack, PackEntry } from '../../../lists/pack/format.ts';
import { evidenceFor } from '../../../lists/pack.ts';
import type { PurposeId } from '../../../lists/purposes.ts';
import { RuleSetBuilder } from '../../../lists/rule-set/builder.ts';
import { hashName, lanesOfName } from '../../../lists/rule-set/name-hash.ts';
import { type Membership, RuleSet } from '../../../lists/rule-set/rule-set.ts';
import { shippedPacks } from './shipped.ts';

const entry = (name: string, match: 'exact' | 'suffix', purpose: PurposeId): PackEntry => ({
  name,
  match,
  purpose,
  confidence: 'high',
  regions: ['global'],
  evidence: [{ says: 'Made up for this test.' }],
});

const packOf = (id: string, ...names: PackEntry[]): Pack => ({
  format: 1,
  id,
  version: '1.0.0',
  title: id,
  names,
  recipes: [],
  vectors: [{ preset: 'balanced' }],
  decisions: [],
  leftOut: [],
});

function compile(packs: readonly Pack[]): RuleSet {
  const builder = new RuleSetBuilder();
  for (const pack of packs) addPack(builder, pack);
  return RuleSet.open(builder.finish());
}

/** What the longest named suffix of a name says, the way a look-up in the flat table goes. */
function membershipsOf(ruleSet: RuleSet, name: string): readonly Membership[] {
  const labels = hashName(name);
  for (let level = labels; level > 0; level--) {
    const listSet = ruleSet.find(lanesOfName[2 * level - 2], lanesOfName[2 * level - 1]);
    const holding = ruleSet.meta.listSets[listSet].filter(({ match }) =>
      level === labels ? match !== 'below' : match !== 'exact',
    );
    if (holding.length > 0) return holding;
  }
  return [];
}

describe('evidence for a name', () => {
  const packs = [
    packOf('first', entry('example', 'suffix', 'ads'), entry('a.example', 'exact', 'push')),
    packOf('second', entry('b.a.example', 'suffix', 'account'), entry('example', 'exact', 'updates')),
  ];
  const purposeFor = (name: string) => evidenceFor(packs, name)?.entry.purpose;

  test('is the longest match over all packs', () => {
    expect(purposeFor('a.example')).toBe('push');
    expect(purposeFor('c.b.a.example')).toBe('account');
    expect(evidenceFor(packs, 'b.a.example')?.pack.id).toBe('second');
  });

  test('of an exact entry does not hold below it', () => expect(purposeFor('x.a.example')).toBe('ads'));

  test('of an exact entry beats that of a suffix at the same name', () =>
    expect(purposeFor('example')).toBe('updates'));

  test('is that of the later pack when two say the same', () => {
    const twice = [packOf('old', entry('example', 'exact', 'ads')), packOf('new', entry('example', 'exact', 'push'))];
    expect(evidenceFor(twice, 'example')?.pack.id).toBe('new');
  });

  test('is found in any spelling', () => expect(purposeFor('B.A.Example.')).toBe('account'));

  test('is not found for a name that only ends alike', () => {
    expect(purposeFor('notexample')).toBeUndefined();
    expect(purposeFor('ample')).toBeUndefined();
  });
});

describe('a rule-set compiled from packs', () => {
  test('knows every name of every pack, with its purpose, its match and its source', () => {
    const ruleSet = compile(shippedPacks);
    for (const [source, pack] of shippedPacks.entries()) {
      for (const { name, match, purpose, confidence } of pack.names) {
        const tentative = confidence === 'low' ? true : undefined;
        expect(membershipsOf(ruleSet, name), name).toContainEqual({
          source,
          match,
          action: 'block',
          purpose,
          tentative,
        });
      }
    }
  });

  test('names its packs as sources', () => {
    expect(compile(shippedPacks).meta.sources).toEqual(
      shippedPacks.map(({ id, version, names }) => ({ kind: 'pack', id, version, entries: names.length })),
    );
  });

  test('agrees with the evidence about names below its suffixes', () => {
    const ruleSet = compile(shippedPacks);
    const suffixes = shippedPacks.flatMap((pack) => pack.names.filter(({ match }) => match === 'suffix'));
    expect(suffixes.length).toBeGreaterThan(30);
    for (const { name } of suffixes) {
      const below = `not-listed-anywhere.${name}`;
      const [membership] = membershipsOf(ruleSet, below);
      expect(membership.purpose, below).toBe(evidenceFor(shippedPacks, below)?.entry.purpose);
    }
  });

  test('keeps an exact entry and a suffix of one name apart', () => {
    const ruleSet = compile([packOf('acme', entry('example', 'suffix', 'ads'), entry('example', 'exact', 'push'))]);
    expect(membershipsOf(ruleSet, 'example').map(({ purpose }) => purpose)).toEqual(['push']);
    expect(membershipsOf(ruleSet, 'a.example').map(({ purpose }) => purpose)).toEqual(['ads']);
  });

  test('knows nothing of a name that no pack holds', () => {
    expect(membershipsOf(compile(shippedPacks), 'example.org')).toEqual([]);
  });
});
