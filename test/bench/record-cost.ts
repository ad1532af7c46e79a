/**
 * What an attempt costs on its way to the store: `node test/bench/record-cost.ts`. On the answering thread its row in
 * the ring, its part of a flush, and of sending that; on control's, reading it back, deciding what may be kept, and
 * bringing it into SQLite or a real Redis, whose own work does not count. A month of a busy household, 3 million
 * attempts, at several rates; what the program learns of itself while it gets warm is done before.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { compile } from '../../lists/compile.ts';
import { RuleSet } from '../../lists/rule-set/rule-set.ts';
import type { DeviceState } from '../../resolver/answering/device-states.ts';
import { Ring } from '../../resolver/answering/ring.ts';
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
import { nameFromText } from '../../resolver/wire/name.ts';
import { RedisServer } from '../contract/redis-servers.ts';
import { knownNames } from './household.ts';

const ATTEMPTS = 3_000_000;
/** Attempts before any are counted. */
const WARM = 500_000;
/** Milliseconds between flushes, see `Courier`, and attempts at which there is one sooner. */
const EVERY = 400;
const HALF_FULL = 8192;
/** Attempts a second. */
const RATES = [50, 250, 2500, 100_000];

const packs = readShippedPacks((sentence) => console.error(sentence));
const ruleSet = RuleSet.open(compile({ packs, lists: [], limits: { names: 100_000, patterns: 0 } }).ruleSet);
const regex = await regexFor([], ruleSet.meta);
const policy = new Policy(emptyPolicySnapshot, new Matcher(ruleSet, regex), regex);
const devicesAnew = () =>
  Array.from({ length: 10 }, (_, i): DeviceState => {
    const id = `d_${i}k3x9wm2q`;
    return { id, policy: policy.device(id), total: 0, blocked: 0, busyUntil: 0, underWay: 0, told: -1 };
  });
const [first] = devicesAnew();
const asked = knownNames().map(({ domain }) => {
  const name = new HashedName();
  name.readText(domain);
  const verdict = new Verdict();
  policy.decide(name, 1, first.policy, Date.now(), verdict);
  return { wire: name.name.bytes.slice(0, name.name.length), verdict };
});

/** Names that nobody's phone has: each is asked for a few times at the most. In wire form, as packets bring them. */
const madeUp = Array.from(
  { length: 100_000 },
  (_, i) => nameFromText(`${(i * 2654435761).toString(36)}.tracker-${i % 997}.example`)!,
);

interface Mix {
  readonly title: string;
  readonly names: readonly { readonly wire: Uint8Array; readonly verdict: Verdict }[];
  /** Attempts a second. */
  readonly rate: number;
  /** Devices that ask. */
  readonly of?: number;
  readonly attempts?: number;
}

const perFlush = (rate: number) => Math.min(HALF_FULL, (rate * EVERY) / 1000);

const mixes: readonly Mix[] = [
  ...RATES.map((rate) => ({ title: `household, ${rate.toLocaleString('en')}/s`, names: asked, rate })),
  {
    title: 'made-up names from one device, 100,000/s',
    names: madeUp.map((wire) => ({ wire, verdict: asked[0].verdict })),
    rate: 100_000,
    of: 1,
  },
];

/** Microseconds of CPU that `work` took. */
async function cpuOf(work: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** @param flushed without it, only what comes before the ring is done */
function answering({ names, rate, of = 10, attempts = ATTEMPTS }: Mix, flushed?: (sent: SentBatch) => void): void {
  const devices = devicesAnew();
  const ring = new Ring(policy);
  const name = new HashedName();
  const began = Date.now();
  for (let i = 0; i < attempts; i++) {
    const { wire, verdict } = names[(i * 7919) % names.length];
    name.name.read(wire, 0, 0, wire.length, false);
    name.hash();
    const device = devices[i % of];
    device.total++;
    if (!flushed) continue;
    ring.add(began + Math.floor((i * 1000) / rate), device, name, 1, 0, verdict);
    if ((i + 1) % perFlush(rate) !== 0) continue;
    const { bytes, table, before } = ring.flush(devices)!;
    flushed({ batch: bytes, boot: ring.boot, table, before });
  }
}

async function costs(mix: Mix) {
  const attempts = mix.attempts ?? ATTEMPTS;
  const admit = admission({ recordingOf: () => 'attempts', addresses: 'full' });
  const counts = new AttemptCounts();
  const live = new Live();
  answering(mix, () => {});
  const before = await cpuOf(() => answering(mix));
  const added = await cpuOf(() => answering(mix, () => {}));
  const { port1, port2 } = new MessageChannel();
  const sent = await cpuOf(() =>
    answering(mix, (batch) => {
      port1.postMessage({ kind: 'attempts', oldest: 1, ...batch });
      receiveMessageOnPort(port2);
    }),
  );
  port1.close();
  const flushes: SentBatch[] = [];
  answering(mix, (batch) => flushes.push(batch));
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
    'per flush': perFlush(mix.rate),
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
  await costs({ ...mix, attempts: WARM });
  rows.push(await costs(mix));
}
console.table(rows);
