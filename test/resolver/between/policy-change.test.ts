import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeBetween, changed, changesNothing } from '../../../resolver/between/policy-change.ts';
import { emptyPolicySnapshot, type PolicySnapshot } from '../../../resolver/between/policy-snapshot.ts';
import type { DevicePolicy, Rule } from '../../../resolver/policy/model.ts';

const rule = (id: string, action: 'allow' | 'block'): Rule => ({
  id,
  scope: { kind: 'everyone' },
  target: { kind: 'everything' },
  action,
  createdAt: 0,
});
const device = (id: string, preset: 'quiet' | 'observe'): DevicePolicy => ({
  id,
  groups: [],
  purposes: {},
  preset,
  recording: 'attempts',
});

/** The same object for the same value, as control's snapshots have it. */
const known = new Map<string, DevicePolicy | Rule>();
const same = <T extends DevicePolicy | Rule>(value: T): T => {
  const key = JSON.stringify(value);
  if (!known.has(key)) known.set(key, value);
  return known.get(key) as T;
};

const ids = fc.integer({ min: 0, max: 8 }).map((n) => `id${n}`);
const unique = { selector: ({ id }: { id: string }) => id, maxLength: 8 };
const snapshots: fc.Arbitrary<PolicySnapshot> = fc.record({
  version: fc.nat(9),
  settings: fc.constantFrom(10, 20).map((blockTtl) => ({ ...emptyPolicySnapshot.settings, blockTtl })),
  devices: fc.uniqueArray(
    fc.tuple(ids, fc.constantFrom('quiet' as const, 'observe' as const)).map((parts) => same(device(...parts))),
    unique,
  ),
  rules: fc.uniqueArray(
    fc.tuple(ids, fc.constantFrom('allow' as const, 'block' as const)).map((parts) => same(rule(...parts))),
    unique,
  ),
  lists: fc.constantFrom([], [{ id: 'l', scope: { kind: 'everyone' as const }, watchOnly: false }]),
});

const inOrder = (snapshot: PolicySnapshot) => ({
  ...snapshot,
  devices: snapshot.devices.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  rules: snapshot.rules.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
});

test('what is told of a change makes the new policy of the old one, however many follow each other', () => {
  fc.assert(
    fc.property(fc.array(snapshots, { minLength: 2, maxLength: 6 }), ([first, ...others]) => {
      let here = first;
      let there = structuredClone(first);
      for (const next of others) {
        const change = structuredClone(changeBetween(here, next)!);
        expect(change.since).toBe(there.version);
        there = changed(there, change);
        expect(inOrder(there)).toEqual(inOrder(next));
        here = next;
      }
    }),
  );
});

test('a change of nothing but the version is nothing to policy, every other is something', () => {
  fc.assert(
    fc.property(snapshots, snapshots, (before, after) => {
      const isSame =
        JSON.stringify(inOrder({ ...before, version: 0 })) === JSON.stringify(inOrder({ ...after, version: 0 }));
      expect(changesNothing(before, changeBetween(before, after)!)).toBe(isSame);
    }),
  );
  const before = { ...emptyPolicySnapshot, rules: [rule('r', 'allow')] };
  expect(changesNothing(before, changeBetween(before, { ...before, version: 7 })!)).toBe(true);
});

test('one rule more among thirty thousand is a small message', () => {
  const rules = Array.from({ length: 30_000 }, (_, i) => rule(`r${i}`, 'block'));
  const before = { ...emptyPolicySnapshot, rules };
  const change = changeBetween(before, { ...before, version: 1, rules: [...rules, rule('new', 'allow')] });
  expect(JSON.stringify(change).length).toBeLessThan(1000);
});

test('where most is new, the whole policy is the better message', () => {
  const rules = Array.from({ length: 30_000 }, (_, i) => rule(`r${i}`, 'block'));
  expect(changeBetween(emptyPolicySnapshot, { ...emptyPolicySnapshot, rules })).toBeUndefined();
});
