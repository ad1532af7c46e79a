import { beforeAll, describe, expect, it } from 'vitest';
import { RuleSetBuilder } from '../../../lists/rule-set/builder.ts';
import { RuleSet } from '../../../lists/rule-set/rule-set.ts';
import { emptyPolicySnapshot } from '../../../resolver/between/policy-snapshot.ts';
import { explain } from '../../../resolver/policy/explain.ts';
import { HashedName } from '../../../resolver/policy/hashed-name.ts';
import { Matcher } from '../../../resolver/policy/matcher.ts';
import type { DevicePolicy, Rule } from '../../../resolver/policy/model.ts';
import { Policy, type PolicyParts } from '../../../resolver/policy/policy.ts';
import { reasonText } from '../../../resolver/policy/reason-text.ts';
import { Verdict } from '../../../resolver/policy/verdict.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
let ruleSet: RuleSet;

beforeAll(() => {
  const builder = new RuleSetBuilder();
  builder.sources.push({ kind: 'pack', id: 'xiaomi', version: '1', entries: 4 });
  builder.sources.push({ kind: 'list', id: 'blocks', version: 'a', entries: 3 });
  builder.sources.push({ kind: 'list', id: 'allows', version: 'b', entries: 1 });
  const pack = { source: 0, action: 'block' } as const;
  const usage = builder.membership({ ...pack, match: 'suffix', purpose: 'system-usage' });
  const ads = builder.membership({ ...pack, match: 'suffix', purpose: 'ads' });
  builder.addName('ad.xiaomi.com', ads);
  builder.addName('sdkconfig.ad.xiaomi.com', usage);
  builder.addName(
    'connect.rom.miui.com',
    builder.membership({ ...pack, match: 'exact', purpose: 'connectivity-check' }),
  );
  builder.addName('maybe.miui.com', builder.membership({ ...pack, match: 'exact', purpose: 'ads', tentative: true }));
  const blocks = builder.membership({ source: 1, match: 'suffix', action: 'block' });
  for (const name of ['tracker.example', 'connect.rom.miui.com', 'maybe.miui.com']) builder.addName(name, blocks);
  builder.addName('good.tracker.example', builder.membership({ source: 2, match: 'exact', action: 'allow' }));
  builder.addName('below.example', builder.membership({ source: 1, match: 'below', action: 'block' }));
  ruleSet = RuleSet.open(builder.finish());
});

const phone = (id: string, more: Partial<DevicePolicy> = {}): DevicePolicy => ({
  id,
  groups: [],
  purposes: {},
  recording: 'attempts',
  ...more,
});

function household(parts: Partial<PolicyParts>): Policy {
  const compileRegex = (source: string) => (name: string) => new RegExp(source).test(name);
  const lists = (['blocks', 'allows'] as const).map((id) => ({
    id,
    scope: { kind: 'everyone' as const },
    watchOnly: false,
  }));
  return new Policy({ ...emptyPolicySnapshot, lists, ...parts }, new Matcher(ruleSet, compileRegex), compileRegex);
}

let serial = 0;
const rule = (more: Partial<Rule>): Rule => ({
  id: `r${++serial}`,
  scope: { kind: 'everyone' },
  target: { kind: 'everything' },
  action: 'block',
  createdAt: 0,
  ...more,
});

function ask(policy: Policy, domain: string, device = 'redmi', now = NOW): string {
  const name = new HashedName();
  expect(name.readText(domain)).toBe(true);
  const verdict = new Verdict();
  policy.decide(name, 1, policy.device(device), now, verdict);
  const said = verdict.matched ? ` by ${reasonText(policy, verdict.kind, verdict.number)}` : '';
  return (verdict.blocked ? 'block' : 'pass') + said;
}

describe('purposes and presets', () => {
  it('blocks what the preset blocks, for clients that nobody knows too', () => {
    const policy = household({ devices: [phone('redmi')] });
    expect(ask(policy, 'x.ad.xiaomi.com')).toBe('block by purpose:ads');
    expect(ask(policy, 'x.ad.xiaomi.com', 'nobody')).toBe('block by purpose:ads');
    expect(ask(policy, 'example.org')).toBe('pass');
  });

  it('lets the longest pack entry say the purpose', () => {
    const policy = household({ devices: [phone('redmi', { purposes: { 'system-usage': { action: 'allow' } } })] });
    expect(ask(policy, 'sdkconfig.ad.xiaomi.com')).toBe('pass by purpose:system-usage');
    expect(ask(policy, 'ad.xiaomi.com')).toBe('block by purpose:ads');
  });

  it('ends a choice by itself', () => {
    const devices = [phone('redmi', { purposes: { ads: { action: 'allow', until: NOW + 1 } } })];
    const policy = household({ devices });
    expect(ask(policy, 'ad.xiaomi.com', 'redmi', NOW)).toBe('pass by purpose:ads');
    expect(ask(policy, 'ad.xiaomi.com', 'redmi', NOW + 1)).toBe('block by purpose:ads');
  });

  it('never lets a list touch a protected name', () => {
    expect(ask(household({}), 'connect.rom.miui.com')).toBe('pass by purpose:connectivity-check');
  });

  it('lets lists decide where the pack knows too little, and records the rest', () => {
    expect(ask(household({}), 'maybe.miui.com')).toBe('block by list:blocks');
    expect(ask(household({ lists: [] }), 'maybe.miui.com')).toBe('pass by tentative:xiaomi');
  });

  it('blocks nothing under Observe and still says what matched', () => {
    const policy = household({ devices: [phone('redmi', { preset: 'observe' })] });
    expect(ask(policy, 'ad.xiaomi.com')).toBe('pass by purpose:ads');
    expect(ask(policy, 'tracker.example')).toBe('pass by watch:blocks');
  });
});

describe('lists', () => {
  it('block by suffix, spare what an allow list names exactly', () => {
    const policy = household({});
    expect(ask(policy, 'a.tracker.example')).toBe('block by list:blocks');
    expect(ask(policy, 'good.tracker.example')).toBe('pass by list:allows');
    expect(ask(policy, 'x.good.tracker.example')).toBe('block by list:blocks');
  });

  it('tell a name from what is below it', () => {
    expect(ask(household({}), 'below.example')).toBe('pass');
    expect(ask(household({}), 'a.below.example')).toBe('block by list:blocks');
  });

  it('hold only where they are attached', () => {
    const lists = [{ id: 'blocks', scope: { kind: 'device' as const, id: 'redmi' }, watchOnly: false }];
    const policy = household({ lists, devices: [phone('redmi'), phone('poco')] });
    expect(ask(policy, 'tracker.example', 'redmi')).toBe('block by list:blocks');
    expect(ask(policy, 'tracker.example', 'poco')).toBe('pass');
  });
});

describe('precedence', () => {
  const device = { kind: 'device', id: 'redmi' } as const;
  const scopes = [
    { level: 'timed', scope: device, until: NOW + 1000 },
    { level: 'device', scope: device },
    { level: 'group', scope: { kind: 'group', id: 'kids' } as const },
    { level: 'everyone', scope: { kind: 'everyone' } as const },
  ];
  const targets = [
    { kind: 'domain', value: 'x.ad.xiaomi.com' },
    { kind: 'suffix', value: 'ad.xiaomi.com' },
    { kind: 'suffix', value: 'xiaomi.com' },
    { kind: 'regex', value: '^x\\.ad\\.' },
    { kind: 'purpose', value: 'ads' },
    { kind: 'list', value: 'blocks' },
    { kind: 'everything' },
  ] as const;
  const ranked = scopes.flatMap(({ level, ...scope }) => targets.map((target) => ({ level, scope, target })));
  const pairs = ranked.flatMap((higher, i) => ranked.slice(i + 1).map((lower) => ({ higher, lower })));
  const devices = [phone('redmi', { groups: ['kids'] })];

  it(`holds for each of ${pairs.length} pairs of levels, in whatever order they were written`, () => {
    for (const { higher, lower } of pairs) {
      if (higher.target.kind === 'list' || lower.target.kind === 'list') continue;
      const first = rule({ ...higher.scope, target: higher.target, action: 'allow' });
      const second = rule({ ...lower.scope, target: lower.target, action: 'block' });
      for (const rules of [
        [first, second],
        [second, first],
      ]) {
        const said = ask(household({ devices, rules }), 'x.ad.xiaomi.com');
        expect(said, `${higher.level} ${higher.target.kind} over ${lower.level} ${lower.target.kind}`).toBe(
          `pass by rule:${first.id}`,
        );
      }
    }
  });

  it('ranks list rules between purposes and everything', () => {
    const list = rule({ target: { kind: 'list', value: 'blocks' }, action: 'allow' });
    const rules = [rule({ target: { kind: 'everything' } }), list];
    expect(ask(household({ devices, rules }), 'tracker.example')).toBe(`pass by rule:${list.id}`);
    const purpose = rule({ target: { kind: 'purpose', value: 'ads' }, action: 'block' });
    const over = [rule({ target: { kind: 'list', value: 'blocks' }, action: 'allow' }), purpose];
    expect(ask(household({ devices, rules: over }), 'maybe.miui.com')).toBe(`block by rule:${purpose.id}`);
  });

  it('holds between a pause, rules, waiting, purposes and lists, each over all below it', () => {
    const listed = { lists: [{ id: 'blocks', scope: { kind: 'everyone' as const }, watchOnly: false }] };
    const everything = { kind: 'everything' } as const;
    const allow = rule({ target: everything, action: 'allow' });
    const block = rule({ target: everything });
    const held = { settings: { ...emptyPolicySnapshot.settings, unknownDevices: 'hold' as const } };
    const waiting = phone('redmi', { undecided: true });
    const quiet = { purposes: { ads: { action: 'allow' } } } as const;
    /** What is added on each level, from the lowest up, and what is said of an ad name then. */
    const steps: [Partial<PolicyParts>, Partial<DevicePolicy>, said: string][] = [
      [listed, {}, 'block by purpose:ads'],
      [{}, quiet, 'pass by purpose:ads'],
      [held, waiting, 'block by hold'],
      [{ rules: [allow] }, {}, `pass by rule:${allow.id}`],
      [{ rules: [{ ...block, scope: device }, allow] }, {}, `block by rule:${block.id}`],
      [{}, { pausedUntil: NOW + 1 }, 'pass by pause'],
    ];
    let parts: Partial<PolicyParts> = {};
    let redmi = phone('redmi');
    for (const [morePolicy, moreDevice, said] of steps) {
      parts = { ...parts, ...morePolicy };
      redmi = { ...redmi, ...moreDevice };
      expect(ask(household({ ...parts, devices: [redmi] }), 'ad.xiaomi.com')).toBe(said);
    }
  });

  it('answers in the way of whoever decided: the rule, else the list, else what quiets the phone, else the household', () => {
    const quiet = ['tracker.example', 'ad.xiaomi.com'].map((domain) => ({
      device: 'redmi',
      domain,
      mode: 'nodata' as const,
      ttl: 300,
    }));
    const listWith = (mode?: 'refused') => [
      { id: 'blocks', scope: { kind: 'everyone' as const }, watchOnly: false, mode },
    ];
    const saying = rule({ target: { kind: 'suffix', value: 'tracker.example' }, mode: 'nxdomain' });
    const answered = (parts: Partial<PolicyParts>, domain = 'tracker.example', id = 'redmi') => {
      const policy = household({ devices: [phone('redmi'), phone('poco')], lists: listWith(), ...parts });
      const name = new HashedName();
      name.readText(domain);
      const verdict = new Verdict();
      policy.decide(name, 1, policy.device(id), NOW, verdict);
      return [verdict.mode, verdict.ttl];
    };
    expect(answered({ quiet, rules: [saying], lists: listWith('refused') })).toEqual(['nxdomain', -1]);
    expect(answered({ quiet, lists: listWith('refused') })).toEqual(['refused', -1]);
    expect(answered({ quiet })).toEqual(['nodata', 300]);
    expect(answered({ quiet }, 'ad.xiaomi.com')).toEqual(['nodata', 300]);
    expect(answered({ quiet }, 'x.ad.xiaomi.com')).toEqual([undefined, -1]);
    expect(answered({ quiet }, 'tracker.example', 'poco')).toEqual([undefined, -1]);
    expect(answered({ quiet }, 'example.org')).toEqual([undefined, -1]);
    const allowing = rule({ scope: device, target: { kind: 'suffix', value: 'tracker.example' }, action: 'allow' });
    expect(answered({ quiet, rules: [allowing] })).toEqual([undefined, -1]);
  });

  it('lets allow beat block on a tie', () => {
    const target = { kind: 'domain', value: 'tie.example' } as const;
    const rules = [rule({ target, action: 'block' }), rule({ target, action: 'allow' })];
    expect(ask(household({ rules }), 'tie.example')).toBe(`pass by rule:${rules[1].id}`);
  });

  it('puts a pause above everything', () => {
    const paused = [phone('redmi', { pausedUntil: NOW + 1 })];
    const policy = household({ devices: paused, rules: [rule({ scope: device, until: NOW + 1000 })] });
    expect(ask(policy, 'ad.xiaomi.com')).toBe('pass by pause');
    expect(ask(policy, 'ad.xiaomi.com', 'redmi', NOW + 1)).toMatch(/^block by rule/);
  });

  it("lets the owner's rule block a protected name", () => {
    const rules = [rule({ scope: device, target: { kind: 'domain', value: 'connect.rom.miui.com' } })];
    expect(ask(household({ devices, rules }), 'connect.rom.miui.com')).toBe(`block by rule:${rules[0].id}`);
  });
});

describe('devices that nobody decided about', () => {
  const under = (unknownDevices: 'protect' | 'observe' | 'hold', more: Partial<PolicyParts> = {}) =>
    household({
      settings: { ...emptyPolicySnapshot.settings, unknownDevices },
      devices: [phone('new', { undecided: true }), phone('redmi')],
      ...more,
    });
  const device = { kind: 'device', id: 'new' } as const;

  it.each(['new', 'nobody'])('are protected, observed or held: %s', (id) => {
    expect(ask(under('protect'), 'ad.xiaomi.com', id)).toBe('block by purpose:ads');
    expect(ask(under('observe'), 'ad.xiaomi.com', id)).toBe('pass by purpose:ads');
    expect(ask(under('observe'), 'tracker.example', id)).toBe('pass by watch:blocks');
    expect(ask(under('hold'), 'example.org', id)).toBe('block by hold');
  });

  it('see that they are online while they are held', () => {
    expect(ask(under('hold'), 'connect.rom.miui.com', 'new')).toBe('pass by purpose:connectivity-check');
  });

  it('are let through by a rule or a pause, and the others never notice', () => {
    const rules = [rule({ scope: device, target: { kind: 'suffix', value: 'bank.example' }, action: 'allow' })];
    expect(ask(under('hold', { rules }), 'bank.example', 'new')).toBe(`pass by rule:${rules[0].id}`);
    const paused = [phone('new', { undecided: true, pausedUntil: NOW + 1 })];
    expect(ask(under('hold', { devices: paused }), 'example.org', 'new')).toBe('pass');
    expect(ask(under('hold'), 'example.org', 'redmi')).toBe('pass');
  });

  it('have only telemetry recorded, not where else they go', () => {
    const isAttempt = (domain: string) => {
      const policy = under('hold');
      const name = new HashedName();
      name.readText(domain);
      const verdict = new Verdict();
      policy.decide(name, 1, policy.device('new'), NOW, verdict);
      expect(verdict.blocked).toBe(true);
      return verdict.isAttempt;
    };
    expect(isAttempt('ad.xiaomi.com')).toBe(true);
    expect(isAttempt('bank.example')).toBe(false);
  });

  it('are explained', () => {
    const explained = explain(under('hold'), 'new', 'example.org', 1, NOW);
    expect(explained?.verdict).toEqual({ action: 'block', reason: 'hold' });
    expect(explained?.steps.find(({ spoke }) => spoke)).toMatchObject({ level: 'hold', says: 'block' });
  });
});

describe('schedules', () => {
  it('are on in their windows only, past midnight too, in their own zone', () => {
    const schedule = { zone: 'Asia/Kolkata', windows: [{ days: [5], from: '21:30', to: '06:00' }] };
    const policy = household({ rules: [rule({ schedule, target: { kind: 'suffix', value: 'game.example' } })] });
    const friday = Date.UTC(2026, 10, 20, 16, 0); // 21:30 in Kolkata
    expect(ask(policy, 'game.example', 'redmi', friday - 1)).toBe('pass');
    expect(ask(policy, 'game.example', 'redmi', friday)).toMatch(/^block/);
    expect(ask(policy, 'game.example', 'redmi', friday + 8.5 * 3600_000 - 1)).toMatch(/^block/);
    expect(ask(policy, 'game.example', 'redmi', friday + 8.5 * 3600_000)).toBe('pass');
    expect(ask(policy, 'game.example', 'redmi', friday + 8 * 24 * 3600_000)).toBe('pass');
    expect(ask(policy, 'game.example', 'redmi', friday + 7 * 24 * 3600_000)).toMatch(/^block/);
  });
});

describe('explain', () => {
  it('says of every level whether it spoke, and what it would have said', () => {
    const allow = rule({
      scope: { kind: 'device', id: 'redmi' },
      target: { kind: 'suffix', value: 'xiaomi.com' },
      action: 'allow',
    });
    const policy = household({ devices: [phone('redmi')], rules: [allow] });
    const explained = explain(policy, 'redmi', 'ad.xiaomi.com', 1, NOW);
    expect(explained?.verdict).toEqual({ action: 'allow', reason: `rule:${allow.id}`, purpose: 'ads' });
    expect(explained?.steps.find((step) => step.level === 'device')).toMatchObject({ spoke: true, says: 'allow' });
    expect(explained?.steps.find((step) => step.level === 'purpose')).toMatchObject({ spoke: false, says: 'block' });
  });
});
