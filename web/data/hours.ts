import type { Bucket } from './model.ts';
import { lastDayHours } from './time.ts';

/** One bar of a day's band. */
export interface Hour {
  readonly at: number;
  readonly blocked: number;
  readonly allowed: number;
}

/** The last 24 hours with nothing left out: hours without attempts are there with zero. */
export function dayOf(buckets: readonly Bucket[], now: number): Hour[] {
  const byHour = new Map(buckets.map((bucket) => [Date.parse(bucket.key), bucket]));
  return lastDayHours(now).map((at) => {
    const bucket = byHour.get(at);
    return { at, blocked: bucket?.blocked ?? 0, allowed: bucket?.allowed ?? 0 };
  });
}

export const tallest = (hours: readonly Hour[]): number =>
  Math.max(1, ...hours.map((hour) => hour.blocked + hour.allowed));
