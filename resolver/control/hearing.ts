import type { AttemptBatch } from '../between/attempt-batch.ts';
import type { CoverageWatch } from './coverage/coverage.ts';
import type { Devices } from './devices/devices.ts';

/** A flush of more attempts is no phone at its habits; nothing is to be learnt from it but the record. */
export const A_FLOOD = 1000;

/** What a batch tells of its devices: that they are there, what they are, and whether they go around us. */
export function hear(
  batch: AttemptBatch,
  now: number,
  { devices, coverage }: { devices: Devices; coverage: CoverageWatch },
): void {
  const isFlood = batch.length > A_FLOOD;
  const matched = new Map<string, number>();
  for (const { device, domain, purpose, outcome, at } of isFlood ? [] : batch.attempts()) {
    matched.set(device, (matched.get(device) ?? 0) + 1);
    if (!purpose) continue;
    devices.heard(device, domain);
    coverage.heard(device, domain, { purpose, blocked: outcome === 'blocked', at });
  }
  for (const { device, total } of batch.counts) {
    devices.saw(device, now);
    if (!isFlood && total > (matched.get(device) ?? 0)) coverage.askedOther(device, now);
  }
}
