import type { Flush } from './frames.ts';

/** The flush as if the device had never asked. It stays even when nothing is left: its sequence must not be missing. */
export function without(device: string, flush: Flush): Flush {
  const { batch } = flush;
  const attempts = batch.attempts.filter((attempt) => attempt.device !== device);
  const counts = batch.counts.filter((each) => each.device !== device);
  return { ...flush, batch: { ...batch, attempts, counts } };
}
