import type { WallMs } from '../../../policy/model.ts';

/** RFC 3339 in UTC. */
export const time = (at: WallMs): string => new Date(at).toISOString();

export const timeOr = (at: WallMs | undefined): string | undefined => (at === undefined ? undefined : time(at));

/** When the day began in the household's time zone. */
export function startOfDay(now: WallMs, zone: string): WallMs {
  const clock = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const read = (at: WallMs) => {
    const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    return { day: parts.day, sinceMidnight: ((parts.hour * 60 + parts.minute) * 60 + parts.second) * 1000 };
  };
  const today = read(now);
  const second = now - (now % 1000);
  const guess = second - today.sinceMidnight;
  const there = read(guess);
  // The clocks were changed since midnight: an hour too few or too many went back.
  if (there.day === today.day) return guess - there.sinceMidnight;
  return guess + (24 * 3_600_000 - there.sinceMidnight);
}
