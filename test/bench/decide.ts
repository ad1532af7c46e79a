/**
 * A large household: 10,000 devices with rules of their own and 1,000 groups. How long a decision takes, how long a
 * changed policy takes to come into force, and what it weighs: `node test/bench/decide.ts`.
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { compile } from '../../lists/compile.ts';
import { purposeIds } from '../../lists/purposes.ts';
import { RuleSet } from '../../lists/rule-set/rule-set.ts';
import type { PolicySnapshot } from '../../resolver/between/policy-snapshot.ts';
import { readShippedPacks } from '../../resolver/control/packs.ts';
import { HashedName } from '../../resolver/policy/hashed-name.ts';
import { regexFor } from '../../resolver/policy/linear-regex.ts';
import { Matcher } from '../../resolver/policy/matcher.ts';
import { type DevicePolicy, presetIds, type Rule } from '../../resolver/policy/model.ts';
import { Policy } from '../../resolver/policy/policy.ts';
import { Verdict } from '../../resolver/policy/verdict.ts';
import { Random } from './data/random.ts';
import { report } from './found.ts';
import { median } from './measurements.ts';
import { withRig } from './rig.ts';

const DEVICES = 10_000;
const GROUPS = 1_000;
const RULES_EACH = 3;
const NOW = Date.UTC(2026, 4, 1);

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

await withRig(async ({ mixes }) => {
  const text = readFileSync(mixes.list(200_000));
  const listed = text.toString().trimEnd().split('\n');
  const packs = readShippedPacks((sentence) => console.error(sentence));
  const list = { id: 'l_bench', version: '', kind: 'block' as const, read: () => text };
  const compiled = compile({ packs, lists: [list], limits: { names: 2_000_000, patterns: 0 } });
  const ruleSet = RuleSet.open(compiled.ruleSet);
  const snapshot = largeHousehold(listed);
  const regex = await regexFor(snapshot.rules, ruleSet.meta);
  const matcher = new Matcher(ruleSet, regex);

  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const build = () => new Policy(snapshot, matcher, regex);
  const policy = build();
  collectGarbage();
  const megabytes = (process.memoryUsage().heapUsed - before) / 2 ** 20;

  const pushes = Array.from({ length: 15 }, () => push(snapshot, (received) => new Policy(received, matcher, regex)));
  const asked = readFileSync(mixes.household(200_000), 'utf8').trimEnd().split('\n', 20_000);
  const decision = decisions(
    policy,
    asked.map((line) => line.split(' ')[0]),
  );
  const inForce = median(pushes.map(({ send, receive }) => send + receive));
  report(
    'decide',
    [
      {
        goal: `Decision among ${DEVICES.toLocaleString('en')} devices with own rules and ${GROUPS.toLocaleString('en')} groups: median within 1 µs`,
        found: `${decision.median.toFixed(2)} µs, p99 ${decision.p99.toFixed(2)} µs`,
        met: decision.median <= 1,
      },
      {
        goal: 'Their policy is in force within 200 ms',
        found: `${inForce.toFixed(0)} ms, ${median(pushes.map(({ receive }) => receive)).toFixed(0)} of them on the answering thread`,
        met: inForce <= 200,
      },
    ],
    {
      devices: DEVICES,
      groups: GROUPS,
      rules: snapshot.rules.length,
      policyMegabytes: megabytes,
      snapshotMegabytes: JSON.stringify(snapshot).length / 2 ** 20,
      decision,
      inForce,
    },
  );
});

/** Copies the snapshot from one thread's hands to another's, as control does, and builds the policy there. */
function push(
  snapshot: PolicySnapshot,
  build: (received: PolicySnapshot) => Policy,
): { send: number; receive: number } {
  const { port1, port2 } = new MessageChannel();
  const start = performance.now();
  port1.postMessage(snapshot);
  const sent = performance.now();
  build(receiveMessageOnPort(port2)!.message);
  const built = performance.now();
  port1.close();
  return { send: sent - start, receive: built - sent };
}

/** Microseconds of one decision, the name's hash included. Timed a hundred at a time: a clock is no finer. */
function decisions(policy: Policy, names: readonly string[]): { median: number; p99: number } {
  const hashed = names.map((name) => {
    const one = new HashedName();
    one.readText(name);
    return one;
  });
  const devices = Array.from({ length: DEVICES }, (_, i) => policy.device(`d_${i}`));
  const verdict = new Verdict();
  const random = new Random(3);
  const times: number[] = [];
  let blocked = 0;
  for (let round = 0; round < 20_000; round++) {
    const first = random.between(0, names.length - 101);
    const device = random.between(0, DEVICES - 101);
    const start = performance.now();
    for (let i = 0; i < 100; i++) {
      const name = hashed[first + i];
      name.hash();
      policy.decide(name, 1, devices[device + i], NOW, verdict);
      if (verdict.blocked) blocked++;
    }
    times.push((performance.now() - start) * 10);
  }
  if (blocked === 0) throw new Error('nothing was blocked: this measures nothing');
  times.sort((a, b) => a - b);
  return { median: median(times), p99: times[Math.floor(times.length * 0.99)] };
}

function largeHousehold(listed: readonly string[]): PolicySnapshot {
  const random = new Random(5);
  const rules: Rule[] = [];
  const addRules = (kind: 'device' | 'group', id: string) => {
    for (let i = 0; i < RULES_EACH; i++) {
      const target = { kind: random.pick(['domain', 'suffix'] as const), value: random.pick(listed) };
      const action = random.pick(['allow', 'block'] as const);
      rules.push({ id: `r_${rules.length}`, scope: { kind, id }, target, action, createdAt: NOW });
    }
  };
  const devices = Array.from({ length: DEVICES }, (_, i): DevicePolicy => {
    const id = `d_${i}`;
    addRules('device', id);
    return {
      id,
      groups: [`g_${i % GROUPS}`, `g_${random.between(0, GROUPS - 1)}`],
      preset: random.pick(presetIds),
      purposes: { [random.pick(purposeIds)]: { action: random.pick(['allow', 'block'] as const) } },
      recording: 'attempts',
    };
  });
  for (let i = 0; i < GROUPS; i++) addRules('group', `g_${i}`);
  return {
    version: 1,
    settings: { defaultPreset: 'balanced', blockMode: 'null', blockTtl: 10 },
    devices,
    rules,
    lists: [{ id: 'l_bench', scope: { kind: 'everyone' }, watchOnly: false }],
  };
}
