import { describe, expect, test } from 'vitest';
import type { PolicySnapshot } from '../../../resolver/between/policy-snapshot.ts';
import type { Rule } from '../../../resolver/policy/model.ts';
import { answerTo, parse, query } from './messages.ts';
import { SmallHouse } from './small-house.ts';

const NAME = 'data.mistat.example';
const HOUR = 3_600_000;
const redmi = { id: 'redmi', groups: [], recording: 'attempts' } as const;

/** A house whose upstream says that every address is good for an hour. */
const house = () => {
  const one = new SmallHouse((asked) => answerTo(asked, [{ type: 'A', address: '1.2.3.4', ttl: 3600 }]));
  one.know({ addresses: [['192.168.1.7', 'redmi']] });
  return one;
};
const ttlOf = async (one: SmallHouse, from = '192.168.1.7', name = NAME) => {
  const [{ ttl }] = parse((await one.ask(query(name, 'A', { edns: true }), from)) as Uint8Array).answers;
  return ttl;
};
const allow = (until: number): Rule => ({
  id: 'r1',
  scope: { kind: 'device', id: 'redmi' },
  target: { kind: 'suffix', value: 'mistat.example' },
  action: 'allow',
  until,
  createdAt: 0,
});

describe('an answer that somebody allowed for a while', () => {
  const ways: Record<string, (until: number) => Partial<PolicySnapshot>> = {
    'by a rule': (until) => ({ devices: [{ ...redmi, purposes: {} }], rules: [allow(until)] }),
    'by a pause': (until) => ({ devices: [{ ...redmi, purposes: {}, pausedUntil: until }] }),
    'by a choice for its purpose': (until) => ({
      devices: [{ ...redmi, purposes: { 'system-usage': { action: 'allow', until } } }],
    }),
  };
  test.each(Object.entries(ways))('%s is remembered by the phone no longer than that', async (_way, decide) => {
    const one = house();
    one.decide(decide(one.wall + 90_500));
    expect(await ttlOf(one)).toBe(91);
    // From the cache, too, which keeps the answer as long as it is good for others.
    one.wall += 30_000;
    one.now += 30_000;
    expect(await ttlOf(one)).toBe(61);
    one.wall += 60_400;
    one.now += 60_400;
    expect(await ttlOf(one)).toBe(1);
    one.decide({ devices: [{ ...redmi, purposes: { 'system-usage': { action: 'allow' } } }] });
    expect(await ttlOf(one)).toBe(3600 - 90);
  });

  test('and nothing else is shortened', async () => {
    const one = house();
    one.decide({ devices: [{ ...redmi, purposes: {} }], rules: [allow(one.wall + 90_000)] });
    expect(await ttlOf(one, '192.168.1.7', 'good.example')).toBe(3600);
    one.decide({ devices: [{ ...redmi, purposes: {} }], rules: [allow(one.wall + 2 * HOUR)] });
    expect(await ttlOf(one)).toBe(3600);
  });
});

test.each([
  ['allowed', 'allow', 91],
  ['blocked', 'block', 10],
] as const)('what a schedule has %s is remembered no longer than until it is over', async (_says, action, usual) => {
  const one = house();
  // The window ends with a minute of the clock.
  const end = Math.ceil((one.wall + 91_000) / 60_000) * 60_000;
  const timeOfDay = (at: number) => new Date(at).toISOString().slice(11, 16);
  const weekly = { days: [1, 2, 3, 4, 5, 6, 7], from: timeOfDay(end - 2 * HOUR), to: timeOfDay(end) } as const;
  const rule = { ...allow(0), until: undefined, action, schedule: { zone: 'UTC', windows: [weekly] } };
  one.decide({ devices: [{ ...redmi, purposes: {} }], rules: [rule] });
  one.wall = end - 90_500;
  expect(await ttlOf(one)).toBe(usual);
  one.wall = end - 4_200;
  expect(await ttlOf(one)).toBe(5);
  one.decide({ devices: [{ ...redmi, purposes: {} }], rules: [{ ...rule, until: end - 2_100 }] });
  expect(await ttlOf(one)).toBe(3);
});

test('a name that is blocked for a while is blocked no longer than that', async () => {
  const one = house();
  one.decide({ devices: [{ ...redmi, purposes: {} }], rules: [{ ...allow(one.wall + 4_200), action: 'block' }] });
  expect(await ttlOf(one)).toBe(5);
  one.decide({ devices: [{ ...redmi, purposes: {} }], rules: [{ ...allow(one.wall + HOUR), action: 'block' }] });
  expect(await ttlOf(one)).toBe(10);
});
