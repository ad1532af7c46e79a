import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, onTestFinished, test } from 'vitest';
import { addPack } from '../../../lists/compile-pack.ts';
import { RuleSetBuilder } from '../../../lists/rule-set/builder.ts';
import type { Attempt } from '../../../resolver/between/attempt-batch.ts';
import { emptyPolicySnapshot, type PolicySnapshot } from '../../../resolver/between/policy-snapshot.ts';
import { CurrentPolicy } from '../../../resolver/control/current-policy.ts';
import { readShippedPacks } from '../../../resolver/control/packs.ts';
import { PolicySimulator } from '../../../resolver/control/simulate.ts';
import { SqliteStore } from '../../../resolver/control/store/sqlite/sqlite-store.ts';
import { batchFrom } from '../../batch-from.ts';

const now = Date.parse('2026-03-08T12:00:00Z');
const WEEK = 7 * 24 * 3_600_000;
const ATTEMPTS = 100_000;
const DEVICES = 10;

const packs = readShippedPacks((sentence) => {
  throw new Error(sentence);
});
const names = packs.flatMap((pack) => pack.names);

const household: PolicySnapshot = {
  ...emptyPolicySnapshot,
  devices: Array.from({ length: DEVICES }, (_, i) => ({
    id: `d${i}`,
    groups: [],
    purposes: {},
    recording: 'attempts',
  })),
};

/** A week of a household of ten phones, in the store that runs at home. */
async function aWeek() {
  const folder = await mkdtemp(join(tmpdir(), 'quell-simulate-'));
  const store = new SqliteStore({ path: join(folder, 'quell.db'), now: () => now });
  await store.start();
  onTestFinished(async () => {
    await store.stop();
    await rm(folder, { recursive: true });
  });
  const of = names.filter(({ match, purpose }) => match === 'exact' || purpose === 'ads' || purpose === 'cloud-sync');
  for (let sequence = 1, sent = 0; sent < ATTEMPTS; sequence++) {
    const attempts = Array.from({ length: 5_000 }, (_, i): Attempt => {
      const n = sent + i;
      const { name, purpose } = of[(n * 7) % of.length];
      const at = now - WEEK + Math.floor((n / ATTEMPTS) * WEEK);
      const outcome = purpose === 'ads' ? 'blocked' : 'forwarded';
      return { at, device: `d${n % DEVICES}`, domain: name, qtype: 1, outcome, purpose, reason: `purpose:${purpose}` };
    });
    sent += attempts.length;
    await store.record.append(batchFrom({ boot: 'test', sequence, attempts }));
  }
  await store.record.compact();
  const builder = new RuleSetBuilder();
  for (const pack of packs) addPack(builder, pack);
  const policy = new CurrentPolicy(() => household);
  policy.useRules(builder.finish());
  const simulator = new PolicySimulator({ policy, record: store.record, packs });
  const count = (purpose: string, device?: string) => {
    let found = 0;
    for (let n = 0; n < ATTEMPTS; n++) {
      if (of[(n * 7) % of.length].purpose === purpose && (device === undefined || device === `d${n % DEVICES}`))
        found++;
    }
    return found;
  };
  return {
    simulator,
    count,
    run: (snapshot: PolicySnapshot) => simulator.simulate({ snapshot, from: now - WEEK, to: now }),
  };
}

const withRule = (rule: Pick<PolicySnapshot['rules'][number], 'target' | 'action'>): PolicySnapshot => ({
  ...household,
  rules: [{ id: 'simulated', scope: { kind: 'device', id: 'd3' }, createdAt: now, until: now + 600_000, ...rule }],
});

test('a week of 100,000 attempts is run through in seconds, counts each, and lets others have their turn', async () => {
  const { run, count } = await aWeek();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const facts = await run(withRule({ target: { kind: 'purpose', value: 'cloud-sync' }, action: 'block' }));
  delay.disable();
  expect(facts).toMatchObject({
    attempts: ATTEMPTS,
    from: now - WEEK,
    wouldAllow: 0,
    wouldBlock: count('cloud-sync', 'd3'),
  });
  expect(facts.wouldBlock).toBeGreaterThan(100);
  expect(facts.useful).toBeGreaterThan(0);
  expect(facts.useful).toBeLessThanOrEqual(facts.wouldBlock);
  expect(facts.domains[0]).toMatchObject({ to: 'block', devices: ['d3'], purpose: 'cloud-sync' });
  expect(facts.domains[0].breaks).toBeDefined();
  expect(delay.percentile(99) / 1e6).toBeLessThan(100);
  const allowed = await run(withRule({ target: { kind: 'purpose', value: 'ads' }, action: 'allow' }));
  expect(allowed).toMatchObject({ wouldAllow: count('ads', 'd3'), wouldBlock: 0, useful: 0 });
}, 60_000);

test('what was decided between then and now, and pauses, are not taken for the change’s doing', async () => {
  const { run } = await aWeek();
  const paused = household.devices.map((device) => ({ ...device, pausedUntil: now + 3_600_000 }));
  expect(await run({ ...household, devices: paused })).toMatchObject({ wouldAllow: 0, wouldBlock: 0 });
}, 60_000);
