import type { Attempt, AttemptBatch } from '../../resolver/between/attempt-batch.ts';
import { batchFrom } from '../batch-from.ts';

const kinds: readonly Omit<Attempt, 'at' | 'device' | 'qtype'>[] = [
  {
    domain: 'data.mistat.intl.xiaomi.com',
    outcome: 'blocked',
    purpose: 'system-usage',
    reason: 'purpose:system-usage',
  },
  {
    domain: 'tracking.intl.miui.com',
    outcome: 'blocked',
    purpose: 'device-identity',
    reason: 'purpose:device-identity',
  },
  {
    domain: 'sa.api.intl.miui.com',
    outcome: 'blocked',
    purpose: 'browser-tracking',
    reason: 'purpose:browser-tracking',
  },
  { domain: 'api.ad.intl.xiaomi.com', outcome: 'blocked', purpose: 'ads', reason: 'list:7c1f' },
  { domain: 'api.ad.intl.xiaomi.com', outcome: 'forwarded', purpose: 'ads', reason: 'pause' },
  { domain: 'update.intl.miui.com', outcome: 'cached', purpose: 'updates', reason: 'purpose:updates' },
  { domain: 'metrics.example.net', outcome: 'blocked', reason: 'rule:r 1/=' },
  { domain: 'resolver.msg.global.xiaomi.net', outcome: 'stale', purpose: 'push', reason: 'purpose:push' },
];

/** Numbers that look random and are the same in every run. */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function attemptBy(device: string, at: number, random: (below: number) => number): Attempt {
  const kind = kinds[random(kinds.length)];
  return { at, device, qtype: [1, 28, 65][random(3)], ...kind };
}

export function batchOf(boot: string, sequence: number, attempts: readonly Attempt[], unmatched = 0): AttemptBatch {
  const counts = Array.from(
    Map.groupBy(attempts, ({ device }) => device),
    ([device, own]) => ({
      device,
      total: own.length + unmatched,
      blocked: own.filter(({ outcome }) => outcome === 'blocked').length,
    }),
  );
  return batchFrom({ boot, sequence, attempts, counts });
}
