import type { AttemptBatch } from '../between/attempt-batch.ts';

/**
 * Gives the first questions of a newcomer to the device that it became meanwhile: answering, which did not know it
 * yet, calls it by its address or MAC.
 *
 * @param deviceOf device id for an address or MAC in text; undefined for what is none, or nobody's
 */
export function attribute(batch: AttemptBatch, deviceOf: (client: string) => string | undefined): AttemptBatch {
  const strangers = batch.counts.filter(({ device }) => deviceOf(device) !== undefined);
  if (strangers.length === 0) return batch;
  const named = <T extends { readonly device: string }>(entry: T): T => {
    const device = deviceOf(entry.device);
    return device === undefined ? entry : { ...entry, device };
  };
  return { ...batch, attempts: batch.attempts.map(named), counts: batch.counts.map(named) };
}
