import fc from 'fast-check';
import { expect, test } from 'vitest';
import { purposeIds } from '../../../lists/purposes.ts';
import { RuleSetBuilder } from '../../../lists/rule-set/builder.ts';
import { RuleSet } from '../../../lists/rule-set/rule-set.ts';
import { emptyPolicySnapshot } from '../../../resolver/between/policy-snapshot.ts';
import { explain } from '../../../resolver/policy/explain.ts';
import { Matcher } from '../../../resolver/policy/matcher.ts';
import type { DevicePolicy, ListAttachment, QuietAnswer, Rule } from '../../../resolver/policy/model.ts';
import { Policy, type PolicyParts } from '../../../resolver/policy/policy.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const names = ['a.example', 'x.a.example', 'y.x.a.example', 'b.example', 'x.b.example', 'c.example'];
const groups = ['kids', 'ana'];
const devices = ['redmi', 'poco', 'mi'];
const lists = ['l1', 'l2'];

const compileRegex = (source: string) => (name: string) => new RegExp(source).test(name);
const builder = new RuleSetBuilder();
builder.sources.push({ kind: 'pack', id: 'pack', version: '1', entries: 2 });
for (const id of lists) builder.sources.push({ kind: 'list', id, version: '1', entries: 2 });
const packed = { source: 0, match: 'suffix', action: 'block' } as const;
builder.addName('a.example', builder.membership({ ...packed, purpose: 'ads' }));
builder.addName('x.b.example', builder.membership({ ...packed, purpose: 'connectivity-check' }));
for (const name of ['b.example', 'a.example']) {
  builder.addName(name, builder.membership({ source: 1, match: 'suffix', action: 'block' }));
}
builder.addName('x.a.example', builder.membership({ source: 2, match: 'exact', action: 'allow' }));
const matcher = new Matcher(RuleSet.open(builder.finish()), compileRegex);

const action = fc.constantFrom('allow', 'block') as fc.Arbitrary<'allow' | 'block'>;
const mode = fc.option(fc.constantFrom('nxdomain', 'nodata', 'refused') as fc.Arbitrary<'nxdomain'>, {
  nil: undefined,
});
const scope: fc.Arbitrary<Rule['scope']> = fc.oneof(
  fc.record({ kind: fc.constant('device' as const), id: fc.constantFrom(...devices) }),
  fc.record({ kind: fc.constant('group' as const), id: fc.constantFrom(...groups) }),
  fc.record({ kind: fc.constant('everyone' as const) }),
);
const target: fc.Arbitrary<Rule['target']> = fc.oneof(
  fc.record({ kind: fc.constantFrom('domain' as const, 'suffix' as const), value: fc.constantFrom(...names) }),
  fc.record({ kind: fc.constant('regex' as const), value: fc.constantFrom('^x', 'a', 'example$') }),
  fc.record({ kind: fc.constant('purpose' as const), value: fc.constantFrom('ads', 'connectivity-check') }),
  fc.record({ kind: fc.constant('list' as const), value: fc.constantFrom(...lists) }),
  fc.record({ kind: fc.constant('everything' as const) }),
);
const rules: fc.Arbitrary<Rule[]> = fc.uniqueArray(
  fc.record(
    {
      id: fc.nat(30).map((n) => `r${n}`),
      scope,
      target,
      action,
      mode,
      createdAt: fc.nat(3),
      until: fc.constantFrom(NOW - 1, NOW, NOW + 1),
    },
    { requiredKeys: ['id', 'scope', 'target', 'action', 'createdAt'] },
  ),
  { selector: ({ id }) => id, maxLength: 12 },
);
const device = (id: string): fc.Arbitrary<DevicePolicy> =>
  fc.record(
    {
      id: fc.constant(id),
      groups: fc.subarray(groups),
      preset: fc.constantFrom('balanced', 'observe'),
      purposes: fc.dictionary(fc.constantFrom(...purposeIds), fc.record({ action }), { maxKeys: 2 }),
      undecided: fc.constant(true as const),
      pausedUntil: fc.constantFrom(NOW, NOW + 1),
      recording: fc.constant('attempts' as const),
    },
    { requiredKeys: ['id', 'groups', 'purposes', 'recording'] },
  ) as fc.Arbitrary<DevicePolicy>;
const attachments: fc.Arbitrary<ListAttachment[]> = fc
  .tuple(...lists.map((id) => fc.record({ id: fc.constant(id), scope, watchOnly: fc.boolean(), mode })))
  .map((all) => all as ListAttachment[]);
const quiet: fc.Arbitrary<QuietAnswer[]> = fc.uniqueArray(
  fc.record({
    device: fc.constantFrom(...devices),
    domain: fc.constantFrom(...names),
    mode: fc.constant('nodata' as const),
    ttl: fc.constant(300),
  }),
  { selector: (one) => `${one.device} ${one.domain}`, maxLength: 4 },
);
const household: fc.Arbitrary<PolicyParts> = fc.record({
  version: fc.constant(1),
  settings: fc.constantFrom('protect', 'observe', 'hold').map((unknownDevices) => ({
    ...emptyPolicySnapshot.settings,
    unknownDevices: unknownDevices as 'hold',
  })),
  devices: fc.tuple(...devices.map(device)),
  rules,
  lists: attachments,
  quiet,
});

/** Everything that anybody could be told of any name on any device. */
const told = (parts: PolicyParts) => {
  const policy = new Policy(parts, matcher, compileRegex);
  return [...devices, 'nobody'].flatMap((id) => names.map((name) => explain(policy, id, name, 1, NOW)));
};

test('what is decided and explained does not depend on the order in which anything was written', () => {
  fc.assert(
    fc.property(household, fc.infiniteStream(fc.nat()), (parts, numbers) => {
      const shuffled = <T>(items: readonly T[]): T[] =>
        items
          .map((item) => [numbers.next().value as number, item] as const)
          .sort(([a], [b]) => a - b)
          .map(([, item]) => item);
      const other = {
        ...parts,
        devices: shuffled(parts.devices),
        rules: shuffled(parts.rules),
        lists: shuffled(parts.lists),
        quiet: shuffled(parts.quiet ?? []),
      };
      expect(told(other)).toEqual(told(parts));
    }),
    { numRuns: 300 },
  );
});

test('of all levels that speak the first wins, and a pause blocks nothing', () => {
  fc.assert(
    fc.property(household, (parts) => {
      for (const explained of told(parts)) {
        const spoken = explained!.steps.filter(({ says }) => says !== undefined);
        expect(spoken.findIndex(({ spoke }) => spoke)).toBe(spoken.length > 0 ? 0 : -1);
        expect(explained!.verdict.action).toBe(spoken[0]?.says ?? 'allow');
        if (spoken[0]?.level === 'pause') expect(explained!.verdict.action).toBe('allow');
      }
    }),
    { numRuns: 300 },
  );
});
