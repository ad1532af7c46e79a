/**
 * What an attempt costs on its way to the store: `node test/bench/record-cost.ts`. On the answering thread its row in
 * the ring, its part of a flush, and of sending that; on control's, reading it back and deciding what may be kept.
 */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { compile } from '../../lists/compile.ts';
import { RuleSet } from '../../lists/rule-set/rule-set.ts';
import type { DeviceState } from '../../resolver/answering/identify.ts';
import { Ring } from '../../resolver/answering/ring.ts';
import { AttemptReader, type EncodedAttempts } from '../../resolver/between/attempt-batch.ts';
import { emptyPolicySnapshot } from '../../resolver/between/policy-snapshot.ts';
import { readShippedPacks } from '../../resolver/control/packs.ts';
import { admission } from '../../resolver/control/record/admission.ts';
import { HashedName } from '../../resolver/policy/hashed-name.ts';
import { regexFor } from '../../resolver/policy/linear-regex.ts';
import { Matcher } from '../../resolver/policy/matcher.ts';
import { Policy } from '../../resolver/policy/policy.ts';
import { Verdict } from '../../resolver/policy/verdict.ts';
import { knownNames } from './household.ts';

const ATTEMPTS = 2_000_000;
/** As a busy household has them between two flushes, and as a flood fills the ring. */
const FLUSHES = [20, 100, 1000];

const { packs } = readShippedPacks((sentence) => console.error(sentence));
const ruleSet = RuleSet.open(compile({ packs, lists: [], limits: { names: 100_000, patterns: 0 } }).ruleSet);
const regex = await regexFor([], ruleSet.meta);
const policy = new Policy(emptyPolicySnapshot, new Matcher(ruleSet, regex), regex);
const devices = Array.from({ length: 10 }, (_, i): DeviceState => {
  const id = `d_${i}k3x9wm2q`;
  return { id, policy: policy.device(id), total: 0, blocked: 0, busyUntil: 0, underWay: 0 };
});
const asked = knownNames().map(({ domain }) => {
  const name = new HashedName();
  name.readText(domain);
  const verdict = new Verdict();
  policy.decide(name, 1, devices[0].policy, Date.now(), verdict);
  return { name: name.name, verdict };
});

/** Milliseconds that `work` took on all flushes, one after the other. */
function timed<Batch>(work: (batch: Batch) => void): { readonly took: () => number; run(batch: Batch): void } {
  let took = 0;
  return {
    took: () => took,
    run(batch) {
      const began = performance.now();
      work(batch);
      took += performance.now() - began;
    },
  };
}

function answering(perFlush: number, flushed: (batch: EncodedAttempts) => void): void {
  const ring = new Ring();
  const now = Date.now();
  for (let i = 0; i < ATTEMPTS; i++) {
    const { name, verdict } = asked[(i * 7919) % asked.length];
    const device = devices[i % devices.length];
    device.total++;
    ring.add(now, device, name, 1, 0, verdict, policy);
    if ((i + 1) % perFlush === 0) flushed(ring.flush(devices)!);
  }
}

function costs(perFlush: number) {
  const { port1, port2 } = new MessageChannel();
  const reader = new AttemptReader();
  const admit = admission({ recordingOf: () => 'attempts', addresses: 'full' });
  const send = timed((batch: EncodedAttempts) => port1.postMessage({ kind: 'attempts', batch, oldest: 1 }));
  const read = timed((batch: EncodedAttempts) => admit(reader.read(batch)));
  answering(perFlush, () => {});
  const cpu = process.cpuUsage();
  answering(perFlush, () => {});
  const { user, system } = process.cpuUsage(cpu);
  answering(perFlush, (batch) => {
    send.run(batch);
    receiveMessageOnPort(port2);
    read.run(batch);
  });
  port1.close();
  const each = (microseconds: number) => (microseconds / ATTEMPTS).toFixed(3);
  return {
    'attempts per flush': perFlush,
    'add and flush, CPU µs/attempt': each(user + system),
    'send, µs/attempt': each(send.took() * 1000),
    'control: read and admit, µs/attempt': each(read.took() * 1000),
  };
}

console.table(FLUSHES.map(costs));
