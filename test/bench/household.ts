import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt, AttemptBatch } from '../../resolver/between/attempt-batch.ts';
import { batchFrom } from '../batch-from.ts';

interface Household {
  readonly from: number;
  readonly days: number;
  readonly devices: number;
  readonly attempts: number;
}

/**
 * A busy household, the same in every run: ten phones that ask in bursts of related names, for A, AAAA and HTTPS in one
 * breath, much by day and little by night, a few names very often and many seldom. Burst by burst.
 */
export function* householdBursts({ from, days, devices, attempts }: Household): Generator<Attempt[]> {
  const random = numbers(11);
  const names = knownNames();
  const perBurst = 6;
  const burstsPerHour = attempts / perBurst / days / 24;
  for (let hour = 0; hour < days * 24; hour++) {
    const start = from + hour * 3_600_000;
    const bursts = Math.round(burstsPerHour * dayShape[hour % 24]);
    const starts = Array.from({ length: bursts }, () => start + random() * 3_600_000).sort((a, b) => a - b);
    for (const at of starts)
      yield [...burst(at, `d_${Math.floor(random() ** 1.5 * devices).toString(36)}k3x9w`, names, random)];
  }
}

/** The same as it is flushed. @param flushEvery milliseconds between flushes of the ring */
export function* busyHousehold({
  flushEvery,
  ...household
}: Household & { readonly flushEvery: number }): Generator<AttemptBatch> {
  let sequence = 0;
  let waiting: Attempt[] = [];
  let flushAt = household.from + flushEvery;
  for (const burst of householdBursts(household)) {
    const [{ at }] = burst;
    if (at >= flushAt) {
      if (waiting.length > 0) yield batch(++sequence, waiting);
      waiting = [];
      flushAt = at - (at % flushEvery) + flushEvery;
    }
    waiting.push(...burst);
  }
  if (waiting.length > 0) yield batch(++sequence, waiting);
}

export interface KnownName {
  readonly domain: string;
  readonly purpose: Attempt['purpose'];
}

/** Names of the packs, or a handful where there are none yet. */
export function knownNames(): KnownName[] {
  const folder = new URL('../../lists/packs', import.meta.url).pathname;
  if (!existsSync(folder)) return handful;
  const names: KnownName[] = [];
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, domain, purpose] of text.matchAll(/(?:name|domain): *([\w.-]+\.\w+)[\s\S]*?purpose: *([\w-]+)/g)) {
      names.push({ domain, purpose: purpose as Attempt['purpose'] });
    }
  }
  return names.length > 50 ? names : handful;
}

function* burst(at: number, device: string, names: readonly KnownName[], random: () => number): Iterable<Attempt> {
  for (let i = 0; i < 2; i++) {
    const { domain, purpose } = names[Math.floor(random() ** 3 * names.length)];
    const blocked = !allowed.has(purpose!);
    const outcome = blocked ? 'blocked' : random() < 0.7 ? 'cached' : 'forwarded';
    const reason = random() < 0.9 ? `purpose:${purpose}` : 'list:l_4f8a1c';
    for (const qtype of [1, 28, 65]) {
      yield {
        at: Math.floor(at + i * random() * 400 + random() * 30),
        device,
        domain,
        qtype,
        outcome,
        purpose,
        reason,
      };
    }
  }
}

function batch(sequence: number, attempts: readonly Attempt[]): AttemptBatch {
  const counts = Array.from(
    Map.groupBy(attempts, ({ device }) => device),
    ([device, own]) => ({
      device,
      total: own.length * 3,
      blocked: own.filter(({ outcome }) => outcome === 'blocked').length,
    }),
  );
  return batchFrom({ boot: 'bench', sequence, attempts, counts });
}

/** Share of each hour of the day, 1 on average. */
const dayShape = [
  0.4, 0.2, 0.15, 0.15, 0.15, 0.3, 0.8, 1.2, 1.2, 1, 1, 1.1, 1.3, 1.2, 1, 1, 1.2, 1.5, 1.8, 2, 2.1, 1.9, 1.3, 1.05,
];

const allowed = new Set<string>([
  'push',
  'updates',
  'account',
  'cloud-sync',
  'app-content',
  'cloud-config',
  'connectivity-check',
]);

const purposes = [
  'system-usage',
  'ads',
  'browser-tracking',
  'device-identity',
  'push',
  'app-content',
  'updates',
] as const;
const handful: KnownName[] = [
  'data.mistat',
  'tracking',
  'api.ad',
  'sa.api',
  'sdkconfig.ad',
  'update',
  'resolver.msg',
  'o2o.api',
]
  .flatMap((host) =>
    ['xiaomi.com', 'miui.com', 'intl.miui.com', 'india.xiaomi.com', 'rus.miui.com', 'global.xiaomi.net'].map(
      (zone) => `${host}.${zone}`,
    ),
  )
  .map((domain, i) => ({ domain, purpose: purposes[i % purposes.length] }));

function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
