import type { Schedule, WallMs } from './model.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** How far ahead spans are worked out; asked again later, the next ones are. */
const HORIZON = 9 * DAY;

/** The stretches of absolute time in which a schedule is on, known between `from` and `until`. */
export interface Spans {
  readonly from: WallMs;
  readonly until: WallMs;
  readonly spans: readonly (readonly [from: WallMs, to: WallMs])[];
}

/**
 * Works out a weekly schedule in its time zone. A window that daylight saving skips or repeats begins and
 * ends when the clock on the wall first shows its times.
 */
export function spansOf(schedule: Schedule, now: WallMs): Spans {
  const clock = wallClock(schedule.zone);
  const spans: [WallMs, WallMs][] = [];
  for (let day = -1; day <= HORIZON / DAY; day++) {
    const date = clock(now + day * DAY);
    for (const window of schedule.windows) {
      if (!window.days.includes(date.weekday)) continue;
      const from = instantOf(clock, date, window.from);
      const overnight = window.to <= window.from;
      const to = instantOf(clock, overnight ? clock(from + DAY) : date, window.to);
      if (to > now) spans.push([from, to]);
    }
  }
  return { from: now, until: now + HORIZON - 2 * DAY, spans };
}

interface WallDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 1 is Monday. */
  readonly weekday: number;
  /** Minutes that the wall clock is ahead of UTC. */
  readonly ahead: number;
}

function wallClock(zone: string): (at: WallMs) => WallDate {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  });
  return (at) => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
    const wall = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute);
    const weekday = new Date(wall).getUTCDay() || 7;
    const ahead = Math.round((wall - Math.floor(at / MINUTE) * MINUTE) / MINUTE);
    return { year: part.year, month: part.month, day: part.day, weekday, ahead };
  };
}

function instantOf(clock: (at: WallMs) => WallDate, date: WallDate, time: string): WallMs {
  const [hours, minutes] = time.split(':').map(Number);
  const wall = Date.UTC(date.year, date.month - 1, date.day, hours, minutes);
  const guess = wall - date.ahead * MINUTE;
  return wall - clock(guess).ahead * MINUTE;
}
