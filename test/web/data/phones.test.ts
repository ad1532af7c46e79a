import { describe, expect, it } from 'vitest';
import { matches } from '../../../web/data/matches.ts';
import type { Device } from '../../../web/data/model.ts';
import { ownAddress } from '../../../web/data/own-address.ts';
import { parties } from '../../../web/data/phones.ts';
import { rulesOf, targetWords } from '../../../web/data/rules.ts';

const device = (id: string, ...groups: string[]) => ({ id, groups }) as unknown as Device;

it('puts every phone under its person once, and those of nobody last', () => {
  const people = [
    { id: 'anna', name: 'Anna', devices: [] },
    { id: 'ben', name: 'Ben', devices: [] },
  ];
  const shown = parties([device('a', 'anna', 'kids'), device('b'), device('c', 'kids')], people);
  expect(shown.map((party) => [party.person?.name, party.devices.map(({ id }) => id)])).toEqual([
    ['Anna', ['a']],
    [undefined, ['b', 'c']],
  ]);
});

describe('live rows under filters', () => {
  const row = {
    at: 0,
    device: 'redmi',
    domain: 'data.mistat.xiaomi.com',
    qtype: 'A',
    outcome: 'blocked' as const,
    purpose: 'system-usage' as const,
    reason: 'purpose:system-usage',
    count: 1,
  };

  it('join only the log they belong to', () => {
    expect(matches(row, {})).toBe(true);
    expect(matches(row, { device: 'redmi', outcome: 'blocked', purpose: 'system-usage' })).toBe(true);
    expect(matches(row, { device: 'poco' })).toBe(false);
    expect(matches(row, { purpose: 'ads' })).toBe(false);
  });

  it('know a name and all below it, but not its look-alikes', () => {
    expect(matches(row, { domain: '*.xiaomi.com' })).toBe(true);
    expect(matches(row, { domain: '*.data.mistat.xiaomi.com' })).toBe(true);
    expect(matches(row, { domain: 'xiaomi.com' })).toBe(false);
    expect(matches(row, { domain: '*.mi.com' })).toBe(false);
  });
});

it('shows as DNS server only what can be one', () => {
  expect(ownAddress('192.168.1.2')).toBe('192.168.1.2');
  expect(ownAddress('[fd00::2]')).toBe('fd00::2');
  expect(ownAddress('127.0.0.1')).toBeUndefined();
  expect(ownAddress('[::1]')).toBeUndefined();
  expect(ownAddress('quell.home.arpa')).toBeUndefined();
});

describe('rules of a phone', () => {
  const rule = (id: string, over = {}) => ({
    id,
    scope: { kind: 'device' as const, id: 'redmi' },
    target: { kind: 'domain' as const, value: `${id}.example` },
    action: 'allow' as const,
    createdAt: '2026-01-01T00:00:00Z',
    ...over,
  });

  it('are its own, those that end soonest first', () => {
    const rules = [
      rule('for-good'),
      rule('later', { until: '2026-01-02T00:00:00Z' }),
      rule('soon', { until: '2026-01-01T00:10:00Z' }),
      rule('of-everyone', { scope: { kind: 'everyone' } }),
      rule('of-poco', { scope: { kind: 'device', id: 'poco' } }),
    ];
    expect(rulesOf(rules, 'redmi').map(({ id }) => id)).toEqual(['soon', 'later', 'for-good']);
  });

  it('say what they are about', () => {
    const words = (target: object) => targetWords({ target } as never, (id) => `<${id}>`);
    expect(words({ kind: 'suffix', value: 'miui.com' })).toBe('miui.com and all below it');
    expect(words({ kind: 'purpose', value: 'ads' })).toBe('<ads>');
    expect(words({ kind: 'everything' })).toBe('everything');
  });
});
