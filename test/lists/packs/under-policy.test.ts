import { expect, test } from 'vitest';
import { addPack } from '../../../lists/compile-pack.ts';
import { RuleSetBuilder } from '../../../lists/rule-set/builder.ts';
import { RuleSet } from '../../../lists/rule-set/rule-set.ts';
import { HashedName } from '../../../resolver/policy/hashed-name.ts';
import { Matcher } from '../../../resolver/policy/matcher.ts';
import type { PresetId } from '../../../resolver/policy/model.ts';
import { Policy } from '../../../resolver/policy/policy.ts';
import { Verdict } from '../../../resolver/policy/verdict.ts';
import { namesThatListsBreak } from './names-that-lists-break.ts';
import { shippedPacks } from './shipped.ts';

const A = 1;

/** A household with the shipped packs, and a list for everyone that blocks `listed` with all below. */
function household(preset: PresetId, listed: readonly string[] = []): (name: string) => boolean {
  const builder = new RuleSetBuilder();
  for (const pack of shippedPacks) addPack(builder, pack);
  const source = builder.sources.push({ kind: 'list', id: 'zealous', version: '1', entries: listed.length }) - 1;
  for (const name of listed) builder.addName(name, builder.membership({ source, match: 'suffix', action: 'block' }));
  const noRegex = () => () => false;
  const policy = new Policy(
    {
      version: 1,
      settings: { defaultPreset: preset, blockMode: 'null', blockTtl: 10 },
      devices: [],
      rules: [],
      lists: [{ id: 'zealous', scope: { kind: 'everyone' }, watchOnly: false }],
    },
    new Matcher(RuleSet.open(builder.finish()), noRegex),
    noRegex,
  );
  const hashed = new HashedName();
  const verdict = new Verdict();
  return (name) => {
    expect(hashed.readText(name)).toBe(true);
    policy.decide(hashed, A, policy.stranger, 0, verdict);
    return verdict.blocked;
  };
}

const cases = shippedPacks.flatMap((pack) => pack.vectors.map((vector) => ({ pack: pack.id, ...vector })));

test.each(cases)('the policy that answers keeps the vectors of $pack under $preset', (vector) => {
  const isBlocked = household(vector.preset);
  for (const name of vector.blocks ?? []) expect(isBlocked(name), name).toBe(true);
  for (const name of vector.resolves ?? []) expect(isBlocked(name), name).toBe(false);
});

test.each(['balanced', 'quiet'] as const)('no list takes a function from a phone on %s', (preset) => {
  const isBlocked = household(preset, [...namesThatListsBreak, 'gstatic.com', 'ntp.org', 'listed.example']);
  for (const name of namesThatListsBreak) expect(isBlocked(name), name).toBe(false);
  expect(isBlocked('connectivitycheck.gstatic.com')).toBe(false);
  expect(isBlocked('2.android.pool.ntp.org')).toBe(false);
  expect(isBlocked('a.listed.example')).toBe(true);
});

test('a list may still block a name that a pack only guesses about', () => {
  expect(household('balanced')('stats.miui.com')).toBe(false);
  expect(household('balanced', ['stats.miui.com'])('stats.miui.com')).toBe(true);
});
