import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Sweeper } from '../../../../resolver/control/settings/sweeper.ts';
import { aDevice, aHousehold, silent } from './a-household.ts';
import { MemoryDocuments } from './memory-documents.ts';

const MINUTE = 60_000;
const start = Date.parse('2026-03-01T12:00:00Z');
/** How far the wall clock was set aside of true time. */
let jumped = 0;
const now = () => Date.now() + jumped;

beforeEach(() => {
  jumped = 0;
  vi.useFakeTimers({ now: start, toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function swept(documents = new MemoryDocuments()) {
  const household = await aHousehold({ documents, now });
  const sweeper = new Sweeper({ household, now, monotonic: () => performance.now(), log: silent });
  let told = 0;
  household.onChange(() => {
    told++;
  });
  sweeper.start();
  const later = async (milliseconds: number) => {
    await vi.advanceTimersByTimeAsync(milliseconds);
    await household.note([]);
  };
  return { household, sweeper, documents, later, told: () => told };
}

const aRule = (until?: number) =>
  ({
    id: 'r1',
    scope: { kind: 'device', id: 'd1' },
    target: { kind: 'domain', value: 'xiaomi.com' },
    action: 'allow',
    createdAt: start,
    ...(until !== undefined && { until }),
  }) as const;

test('listeners hear the moment something ends, and it is tidied away later without history', async () => {
  const { household, sweeper, later, told } = await swept();
  const purposes = { ads: { action: 'allow', until: start + 5 * MINUTE }, location: { action: 'block' } } as const;
  await household.note([
    { kind: 'device', id: 'd1', value: aDevice('d1', { pausedUntil: start + 5 * MINUTE, purposes }) },
    { kind: 'rule', id: 'r1', value: aRule(start + 7 * MINUTE) },
  ]);
  const before = told();
  await later(5 * MINUTE - 1);
  expect(told()).toBe(before);
  await later(1);
  expect(told()).toBe(before + 1);
  await later(2 * MINUTE);
  expect(told()).toBe(before + 2);
  expect(household.get('device', 'd1')?.pausedUntil).toBeDefined();
  await later(11 * MINUTE);
  expect(household.get('device', 'd1')).toEqual(aDevice('d1', { purposes: { location: { action: 'block' } } }));
  expect(household.get('rule', 'r1')).toBeUndefined();
  expect(household.count('change')).toBe(0);
  sweeper.stop();
});

test('full recording ends to the second', async () => {
  const { household, sweeper, later } = await swept();
  const device = aDevice('d1', { recording: 'everything', recordingUntil: start + 90_000 });
  await household.note([{ kind: 'device', id: 'd1', value: device }]);
  const recorded: string[] = [];
  household.onChange(() => {
    recorded.push(household.policySnapshot().devices[0].recording);
  });
  await later(89_999);
  expect(recorded).toEqual([]);
  await later(1);
  expect(recorded).toEqual(['attempts']);
  await later(11 * MINUTE);
  expect(household.get('device', 'd1')).toEqual(aDevice('d1'));
  sweeper.stop();
});

test('what has no end stays', async () => {
  const { household, sweeper, later } = await swept();
  await household.note([
    { kind: 'rule', id: 'r1', value: aRule() },
    { kind: 'device', id: 'd1', value: aDevice('d1', { preset: 'quiet' }) },
  ]);
  const { version } = household;
  await later(24 * 60 * MINUTE);
  expect(household.version).toBe(version);
  sweeper.stop();
});

test('a clock that is far ahead for a moment deletes nothing', async () => {
  const { household, sweeper, later } = await swept();
  await household.note([{ kind: 'rule', id: 'r1', value: aRule(start + 60 * MINUTE) }]);
  jumped = 365 * 24 * 60 * MINUTE;
  await later(5 * MINUTE);
  jumped = 0;
  await later(20 * MINUTE);
  expect(household.get('rule', 'r1')).toBeDefined();
  sweeper.stop();
});

test('an end that a corrected clock brings near is noticed within a minute', async () => {
  const { household, sweeper, later, told } = await swept();
  await household.note([{ kind: 'rule', id: 'r1', value: aRule(start + 60 * MINUTE) }]);
  const before = told();
  jumped = 61 * MINUTE;
  await later(MINUTE);
  expect(told()).toBeGreaterThan(before);
  sweeper.stop();
});

test('a clock that is set back makes no pause and no rule longer', async () => {
  const { household, sweeper, later } = await swept();
  const purposes = { ads: { action: 'allow', until: start + 30 * MINUTE } } as const;
  await household.note([
    { kind: 'device', id: 'd1', value: aDevice('d1', { pausedUntil: start + 10 * MINUTE, purposes }) },
    { kind: 'rule', id: 'r1', value: aRule(start + 20 * MINUTE) },
  ]);
  await later(5 * MINUTE);
  jumped = -60 * MINUTE;
  await later(MINUTE);
  expect(household.get('device', 'd1')).toMatchObject({
    pausedUntil: now() + 4 * MINUTE,
    purposes: { ads: { until: now() + 24 * MINUTE } },
  });
  expect(household.get('rule', 'r1')?.until).toBe(now() + 14 * MINUTE);
  await later(25 * MINUTE);
  expect(household.get('rule', 'r1')).toBeUndefined();
  sweeper.stop();
});

test('when the clock of several resolvers is set back, ends move once and not once for each', async () => {
  const documents = new MemoryDocuments();
  const [one, two] = [await swept(documents), await swept(documents)];
  await one.household.note([{ kind: 'rule', id: 'r1', value: aRule(start + 30 * MINUTE) }]);
  await two.household.reload();
  for (const hours of [1, 2]) {
    jumped = -hours * 60 * MINUTE;
    await vi.advanceTimersByTimeAsync(MINUTE);
    for (const { household, later } of [one, two]) {
      await household.reload();
      await later(MINUTE);
    }
  }
  await two.household.reload();
  expect(two.household.get('rule', 'r1')?.until).toBe(start + 30 * MINUTE - 120 * MINUTE);
  for (const { sweeper } of [one, two]) sweeper.stop();
});

test('a clock that is found to have been wrong since the start moves nothing', async () => {
  const { household, sweeper, later } = await swept();
  await household.note([{ kind: 'rule', id: 'r1', value: aRule(start + 20 * MINUTE) }]);
  jumped = -10_000;
  sweeper.clockFound();
  await later(2 * MINUTE);
  expect(household.get('rule', 'r1')?.until).toBe(start + 20 * MINUTE);
  sweeper.stop();
});

test('a clock that goes slowly back to the right time moves nothing', async () => {
  const { household, sweeper, later } = await swept();
  await household.note([{ kind: 'rule', id: 'r1', value: aRule(start + 20 * MINUTE) }]);
  for (let i = 0; i < 10; i++) {
    jumped -= 300;
    await later(MINUTE);
  }
  expect(household.get('rule', 'r1')?.until).toBe(start + 20 * MINUTE);
  sweeper.stop();
});

test('what ended while Quell was off is tidied away after the start', async () => {
  const documents = new MemoryDocuments();
  const before = await aHousehold({ documents, now });
  await before.note([{ kind: 'rule', id: 'r1', value: aRule(start - MINUTE) }]);
  const { household, sweeper, later } = await swept(documents);
  await later(11 * MINUTE);
  expect(household.get('rule', 'r1')).toBeUndefined();
  sweeper.stop();
});

test('a rule that was made longer at the last moment stays', async () => {
  const { household, sweeper, later } = await swept();
  await household.note([{ kind: 'rule', id: 'r1', value: aRule(start + MINUTE) }]);
  await later(5 * MINUTE);
  await household.note([{ kind: 'rule', id: 'r1', value: aRule(start + 60 * MINUTE) }]);
  await later(20 * MINUTE);
  expect(household.get('rule', 'r1')).toBeDefined();
  sweeper.stop();
});

test('while the store is away nothing breaks, and tidying up follows', async () => {
  const { household, sweeper, documents, later } = await swept();
  await household.note([{ kind: 'rule', id: 'r1', value: aRule(start + MINUTE) }]);
  documents.away = true;
  await vi.advanceTimersByTimeAsync(15 * MINUTE);
  documents.away = false;
  await later(2 * MINUTE);
  expect(household.get('rule', 'r1')).toBeUndefined();
  sweeper.stop();
});
