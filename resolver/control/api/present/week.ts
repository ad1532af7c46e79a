import type { WallMs } from '../../../policy/model.ts';
import { startOfDay } from './time.ts';

const DAY = 24 * 3_600_000;

/** From Monday, 0 o'clock where the household lives, to the Monday after it. @param week "2026-W12" (ISO 8601) */
export function weekOf(week: string, zone: string): { from: WallMs; to: WallMs } {
  const [year, number] = week.split('-W').map(Number);
  // January 4 is always in the first week.
  const fourth = Date.UTC(year, 0, 4);
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY + (number - 1) * 7 * DAY;
  return { from: startOfDate(monday, zone), to: startOfDate(monday + 7 * DAY, zone) };
}

/** @param date its midnight in UTC */
function startOfDate(date: WallMs, zone: string): WallMs {
  const clock = new Intl.DateTimeFormat('en', { timeZone: zone, day: 'numeric' });
  const wanted = new Date(date).getUTCDate();
  const noon = date + DAY / 2;
  // East of UTC+12 it is the next day already when it is noon in UTC.
  return startOfDay(Number(clock.format(noon)) === wanted ? noon : noon - DAY, zone);
}
