/**
 * What an attempt costs on its way to the store: `node test/bench/record-cost.ts`. On the answering thread its row in
 * the ring, its part of a flush, and of sending that; on control's, reading it back, deciding what may be kept, and
 * bringing it into SQLite or a real Redis, whose own work does not count. A month of a busy household, 3 million
 * attempts, whose questions come faster than they would, at several rates; what the program learns of itself while it
 * gets warm is done before.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { compile } from '../../lists/compile.ts';
import { RuleSet } from '../../lists/rule-set/rule-set.ts';
import type { DeviceState } from '../../resolver/answering/device-states.ts';
import { outcomeNumber, Ring } from '../../resolver/answering/ring.ts';
import type { SentBatch } from '../../resolver/between/messages.ts';
import { emptyPolicySnapshot } from '../../resolver/between/policy-snapshot.ts';
import { AttemptCounts } from '../../resolver/control/metrics/attempt-counts.ts';
import { readShippedPacks } from '../../resolver/control/packs.ts';
import { admission } from '../../resolver/control/record/admission.ts';
import { Live } from '../../resolver/control/record/live.ts';
import { Tables } from '../../resolver/control/record/tables.ts';
import { openStore } from '../../resolver/control/store/open.ts';
import { HashedName } from '../../resolver/policy/hashed-name.ts';
import { regexFor } from '../../resolver/policy/linear-regex.ts';
import { Matcher } from '../../resolver/policy/matcher.ts';
import { Policy } from '../../resolver/policy/policy.ts';
import { Verdict } from '../../resolver/policy/verdict.ts';
import { RedisServer } from '../contract/redis-servers.ts';
import { householdBursts } from './household.ts';

const ATTEMPTS = 3_000_000;
const DEVICES = 10;
/** Attempts before any are counted. */
const WARM = 500_000;
/** Milliseconds between flushes, see `Courier`; a ring that is half full is emptied sooner. */
const EVERY = 400;
/** Attempts a second. */
const RATES = [50, 250, 2500, 100_000];

const packs = readShippedPacks((sentence) => console.error(sentence));
const ruleSet = RuleSet.open(compile({ packs, lists: [], limits: { names: 100_000, patterns: 0 } }).ruleSet);
const regex = await regexFor([], ruleSet.meta);
const policy = new Policy(emptyPolicySnapshot, new Matcher(ruleSet, regex), regex);
const devicesAnew = () =>
  Array.from({ length: DEVICES }, (_, i): DeviceState => {
    const id = `d_${i}k3x9wm2q`;
    return { id, policy: policy.device(id), total: 0, blocked: 0, busyUntil: 0, underWay: 0, told: -1, kinds: 0 };
  });

/** Questions one after the other, as columns: what they are made of must not cost anything while they are asked. */
class Asked {
  readonly devices: Uint8Array;
  readonly names: Uint32Array;
  readonly qtypes: Uint16Array;
  readonly outcomes: Uint8Array;
  /** In wire form, as packets bring them. */
  readonly wires: Uint8Array[] = [];
  readonly verdicts: Verdict[] = [];
  private readonly distinct: Verdict[] = [];
  length = 0;

  constructor(room: number) {
    this.devices = new Uint8Array(room);
    this.names = new Uint32Array(room);
    this.qtypes = new Uint16Array(room);
    this.outcomes = new Uint8Array(room);
  }

  push(device: number, name: number, qtype: number, outcome: number): void {
    const at = this.length++;
    this.devices[at] = device;
    this.names[at] = name;
    this.qtypes[at] = qtype;
    this.outcomes[at] = outcome;
  }

  addName(domain: string): number {
    const name = new HashedName();
    name.readText(domain);
    const verdict = new Verdict();
    policy.decide(name, 1, policy.device('d_0'), Date.now(), verdict);
    // The product has one for all questions: to fetch one of many from memory is no cost of recording.
    this.verdicts.push(this.same(verdict));
    return this.wires.push(name.name.bytes.slice(0, name.name.length)) - 1;
  }

  private same(verdict: Verdict): Verdict {
    const { kind, number, purpose } = verdict;
    const isSame = (other: Verdict) => other.kind === kind && other.number === number && other.purpose === purpose;
    const known = this.distinct.find(isSame);
    if (!known) this.distinct.push(verdict);
    return known ?? verdict;
  }
}

function ofHousehold(): Asked {
  const asked = new Asked(ATTEMPTS);
  const devices = new Map<string, number>();
  const names = new Map<string, number>();
  const numbered = (known: Map<string, number>, text: string, add: () => number) => {
    if (!known.has(text)) known.set(text, add());
    return known.get(text)!;
  };
  const bursts = householdBursts({ from: 0, days: 30, devices: DEVICES, attempts: ATTEMPTS });
  for (const attempt of bursts.flatMap((burst) => burst.values()).take(ATTEMPTS)) {
    asked.push(
      numbered(devices, attempt.device, () => devices.size),
      numbered(names, attempt.domain, () => asked.addName(attempt.domain)),
      attempt.qtype,
      outcomeNumber[attempt.outcome],
    );
  }
  return asked;
}

/** Names that nobody's phone has, from one device: each is asked for a few times at the most. */
function madeUp(): Asked {
  const asked = new Asked(ATTEMPTS);
  const names = 100_000;
  for (let i = 0; i < names; i++) asked.addName(`${(i * 2654435761).toString(36)}.tracker-${i % 997}.example`);
  for (let i = 0; i < ATTEMPTS; i++) asked.push(0, (i * 7919) % names, 1, outcomeNumber.blocked);
  return asked;
}

interface Mix {
  readonly title: string;
  readonly asked: Asked;
  /** Attempts a second. */
  readonly rate: number;
}

const household = ofHousehold();
const mixes: readonly Mix[] = [
  ...RATES.map((rate) => ({ title: `household, ${rate.toLocaleString('en')}/s`, asked: household, rate })),
  { title: 'made-up names from one device, 100,000/s', asked: madeUp(), rate: 100_000 },
];

/** Microseconds of CPU that `work` took. */
async function cpuOf(work: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** @param flushed without it, only what comes before the ring is done */
function answering({ asked, rate }: Mix, attempts: number, flushed?: (sent: SentBatch) => void): void {
  const devices = devicesAnew();
  const ring = new Ring(policy);
  const perFlush = (rate * EVERY) / 1000;
  let isHalfFull = false;
  ring.onHalfFull = () => (isHalfFull = true);
  const name = new HashedName();
  const began = Date.now();
  for (let i = 0; i < attempts; i++) {
    const wire = asked.wires[asked.names[i]];
    name.name.read(wire, 0, 0, wire.length, false);
    name.hash();
    const device = devices[asked.devices[i]];
    device.total++;
    if (!flushed) continue;
    const verdict = asked.verdicts[asked.names[i]];
    ring.add(began + Math.floor((i * 1000) / rate), device, name, asked.qtypes[i], asked.outcomes[i], verdict);
    if ((i + 1) % perFlush !== 0 && !isHalfFull) continue;
    isHalfFull = false;
    const { bytes, table, before } = ring.flush(devices)!;
    flushed({ batch: bytes, boot: ring.boot, table, before });
  }
}

async function costs(mix: Mix, attempts: number) {
  const admit = admission({ recordingOf: () => 'attempts', addresses: 'full' });
  const counts = new AttemptCounts();
  const live = new Live();
  answering(mix, attempts, () => {});
  const before = await cpuOf(() => answering(mix, attempts));
  const added = await cpuOf(() => answering(mix, attempts, () => {}));
  const { port1, port2 } = new MessageChannel();
  const sent = await cpuOf(() =>
    answering(mix, attempts, (batch) => {
      port1.postMessage({ kind: 'attempts', oldest: 1, ...batch });
      receiveMessageOnPort(port2);
    }),
  );
  port1.close();
  const flushes: SentBatch[] = [];
  answering(mix, attempts, (batch) => flushes.push(batch));
  const tables = new Tables();
  const read = await cpuOf(() => {
    for (const sent of flushes) {
      const batch = admit(tables.read(sent)!);
      counts.add(batch);
      live.add(batch);
    }
  });
  const sqlite = await storing('sqlite', flushes);
  const server = await RedisServer.create();
  const redis = await storing(`redis://127.0.0.1:${server.port}`, flushes);
  await server.stop();
  const each = (microseconds: number) => (microseconds / attempts).toFixed(3);
  return {
    mix: mix.title,
    'per flush': Math.round(attempts / flushes.length),
    'add and flush': each(added - before),
    'send and receive': each(sent - added),
    'control: read, admit, count': each(read),
    'control: into SQLite': each(sqlite),
    'control: into Redis': each(redis),
  };
}

/** Microseconds of this process's CPU until all of it is stored, and what is due merged. */
async function storing(url: string, flushes: readonly SentBatch[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'quell-record-cost-'));
  const store = await openStore(url, { dataDir: folder, now: Date.now });
  await store.start();
  const tables = new Tables();
  const stored = await cpuOf(async () => {
    for (const sent of flushes) {
      const batch = tables.read(sent)!;
      await store.record.append(batch, batch.began);
    }
    await store.stop();
  });
  rmSync(folder, { recursive: true });
  return stored;
}

console.log('CPU µs per attempt');
const rows = [];
for (const mix of mixes) {
  await costs(mix, WARM);
  rows.push(await costs(mix, ATTEMPTS));
}
console.table(rows);
