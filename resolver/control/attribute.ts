import type { AttemptBatch, DeviceCounts } from '../between/attempt-batch.ts';

/**
 * Gives the first questions of a newcomer to the device that it became meanwhile: answering, which did not know it
 * yet, calls it by its address or MAC.
 *
 * @param deviceOf device id for an address or MAC in text; undefined for what is none, or nobody's
 */
export function attribute(batch: AttemptBatch, deviceOf: (client: string) => string | undefined): AttemptBatch {
  const owners = new Map<string, string>();
  for (const { device } of batch.counts) {
    const owner = deviceOf(device);
    if (owner !== undefined) owners.set(device, owner);
  }
  if (owners.size === 0) return batch;
  const attempts = batch.attempts.map((attempt) => ({
    ...attempt,
    device: owners.get(attempt.device) ?? attempt.device,
  }));
  const counts = new Map<string, DeviceCounts>();
  for (const { device: client, total, blocked } of batch.counts) {
    const device = owners.get(client) ?? client;
    const known = counts.get(device);
    counts.set(device, { device, total: total + (known?.total ?? 0), blocked: blocked + (known?.blocked ?? 0) });
  }
  return { ...batch, attempts, counts: [...counts.values()] };
}
