import type { WallMs } from '../../policy/model.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DEFAULT_HOURS = 24;
const SHORTEST_HOURS = 1;
const LONGEST_HOURS = 14 * 24;
const FIRST_RETRY = 5 * MINUTE;
const JITTER = 0.1;

export interface ScheduleInput {
  /** Chosen by the owner. */
  readonly everyHours?: number;
  /** What the list's own header says. */
  readonly expiresHours?: number;
  /** Failures in a row. */
  readonly failures: number;
  readonly checkedAt: WallMs;
  /** 0 to 1; spreads the households of the world, and the lists of this one, over time. */
  readonly random: number;
}

/** When a list is to be looked for again. After a failure soon, then twice as late each time, up to its usual interval. */
export function nextCheck({ everyHours, expiresHours, failures, checkedAt, random }: ScheduleInput): WallMs {
  const hours = everyHours ?? expiresHours ?? DEFAULT_HOURS;
  const usual = Math.min(Math.max(hours, SHORTEST_HOURS), LONGEST_HOURS) * HOUR;
  const wait = failures === 0 ? usual : Math.min(usual, FIRST_RETRY * 2 ** Math.min(failures - 1, 20));
  return Math.round(checkedAt + wait * (1 - JITTER + 2 * JITTER * random));
}
