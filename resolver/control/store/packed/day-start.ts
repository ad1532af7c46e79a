import type { WallMs } from '../../../policy/model.ts';
import { hourMs } from './hour.ts';

/**
 * Tells the start of the local day that an hour belongs to. Where a zone is not whole hours from UTC, the hour that
 * midnight falls into belongs to the day that it begins in.
 */
export function dayStarts(zone: string): (hour: WallMs) => WallMs {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  });
  const known = new Map<WallMs, WallMs>();
  const sinceMidnight = (at: WallMs) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    return (parts.hour * 60 + parts.minute) * 60_000;
  };
  return (hour) => {
    let start = known.get(hour);
    if (start !== undefined) return start;
    start = hour - sinceMidnight(hour);
    // On the day the clocks change, the wall clock's distance to midnight is not the time that has passed since.
    const off = sinceMidnight(start);
    if (off !== 0) start += off > 12 * hourMs ? 24 * hourMs - off : -off;
    known.set(hour, start);
    return start;
  };
}
