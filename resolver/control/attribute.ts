import type { AttemptBatch } from '../between/attempt-batch.ts';

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
  return batch.renamed((device) => owners.get(device) ?? device);
}
