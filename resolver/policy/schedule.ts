import type { Rule, Schedule, WallMs } from './model.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Days for which spans are worked out at once; asked later, the next ones are. */
const AHEAD = 7;

/** The stretches of absolute time in which a schedule is on, known from `from` until before `until`. */
interface Spans {
  readonly from: WallMs;
  readonly until: WallMs;
  readonly spans: readonly (readonly [from: WallMs, to: WallMs])[];
}

/** By the schedule itself: it never changes, and a new version of the policy goes on with the same ones. */
const known = new WeakMap<Schedule, Spans>();
/** Equal schedules of many devices are worked out once. */
let latest: { readonly text: string; readonly spans: Spans } | undefined;

/** Whether a rule holds at this moment. */
export function isOn({ until, schedule }: Rule, now: WallMs): boolean {
  if (until !== undefined && until <= now) return false;
  return !schedule || spansAt(schedule, now).some(([from, to]) => from <= now && now < to);
}

/** When a rule that holds at this moment ends by itself, or pauses; 0 for one that does not. */
export function endOf({ until = 0, schedule }: Rule, now: WallMs): WallMs {
  if (!schedule) return until;
  let end = 0;
  for (const [from, to] of spansAt(schedule, now)) if (from <= now && now < to) end = Math.max(end, to);
  return until > 0 ? Math.min(until, end) : end;
}

function spansAt(schedule: Schedule, now: WallMs): Spans['spans'] {
  let spans = known.get(schedule);
  // Also when the clock was set back.
  if (!spans || now < spans.from || spans.until <= now) {
    spans = spansAround(schedule, now);
    known.set(schedule, spans);
  }
  return spans.spans;
}

function spansAround(schedule: Schedule, now: WallMs): Spans {
  const text = JSON.stringify(schedule);
  if (latest?.text !== text || now < latest.spans.from || latest.spans.until <= now) {
    latest = { text, spans: spansOf(schedule, now) };
  }
  return latest.spans;
}

/**
 * Works out a weekly schedule in its time zone. A time of day that daylight saving skips or repeats counts
 * when the clock on the wall first shows it or a later one.
 */
function spansOf(schedule: Schedule, now: WallMs): Spans {
  const wall = wallClock(schedule.zone);
  // Days of the calendar: in hours they are of different length.
  const today = Math.floor(wall(now) / DAY) * DAY;
  const spans: [WallMs, WallMs][] = [];
  for (let day = -1; day <= AHEAD; day++) {
    const midnight = today + day * DAY;
    const weekday = new Date(midnight).getUTCDay() || 7;
    for (const { days, from, to } of schedule.windows) {
      if (!days.includes(weekday)) continue;
      const overnight = to <= from ? DAY : 0;
      spans.push([instantOf(wall, midnight + timeOfDay(from)), instantOf(wall, midnight + overnight + timeOfDay(to))]);
    }
  }
  return { from: now, until: instantOf(wall, today + AHEAD * DAY), spans };
}

/** From an instant to what the clock on the wall shows then, as if it were UTC. */
type WallClock = (at: WallMs) => number;

const clocks = new Map<string, WallClock>();

function wallClock(zone: string): WallClock {
  let clock = clocks.get(zone);
  if (!clock) clocks.set(zone, (clock = clockOf(zone)));
  return clock;
}

function clockOf(zone: string): WallClock {
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
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute);
  };
}

/** The first instant at which the clock on the wall shows this or, where it is skipped, a later time. */
function instantOf(wall: WallClock, shown: number): WallMs {
  // Clocks change by at most a few hours, so the two offsets in use around it are those of the day before and after.
  const ahead = [shown - DAY, shown + DAY].map((at) => wall(at) - at);
  const candidates = ahead.map((offset) => shown - offset);
  const fits = candidates.filter((at) => wall(at) === shown);
  if (fits.length > 0) return Math.min(...fits);
  return changeBetween(wall, Math.min(...candidates), Math.max(...candidates));
}

/** The minute in which the clock jumps. */
function changeBetween(wall: WallClock, from: WallMs, to: WallMs): WallMs {
  const before = wall(from) - from;
  let [low, high] = [from, to];
  while (high - low > MINUTE) {
    const middle = low + Math.floor((high - low) / MINUTE / 2) * MINUTE;
    if (wall(middle) - middle === before) low = middle;
    else high = middle;
  }
  return high;
}

function timeOfDay(text: string): number {
  const [hours, minutes] = text.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE;
}
