import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule, Schedule } from '../../../resolver/policy/model.ts';
import { isOn } from '../../../resolver/policy/schedule.ts';

const HOUR = 3_600_000;
const everyDay = [1, 2, 3, 4, 5, 6, 7];
const ruleWith = (schedule: Schedule): Rule => ({
  id: 'r',
  scope: { kind: 'everyone' },
  target: { kind: 'everything' },
  action: 'block',
  createdAt: 0,
  schedule,
});
const on = (schedule: Schedule, at: string | number) =>
  isOn(ruleWith({ ...schedule }), typeof at === 'number' ? at : Date.parse(at));

/** Weekday and minute of the day that the clock on the wall shows. */
function shown(zone: string, at: number): { weekday: number; minute: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const weekday = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part.weekday) + 1;
  return { weekday, minute: Number(part.hour) * 60 + Number(part.minute) };
}

const minuteOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** What a person reads off the wall: holds where no clock change is near. */
function byTheWall({ zone, windows }: Schedule, at: number): boolean {
  const { weekday, minute } = shown(zone, at);
  const yesterday = ((weekday + 5) % 7) + 1;
  return windows.some(({ days, from, to }) => {
    const [start, end] = [minuteOf(from), minuteOf(to)];
    if (end > start) return days.includes(weekday) && minute >= start && minute < end;
    return (days.includes(weekday) && minute >= start) || (days.includes(yesterday) && minute < end);
  });
}

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Shanghai',
  'Australia/Lord_Howe',
  'America/St_Johns',
];
const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const schedules: fc.Arbitrary<Schedule> = fc.record({
  zone: fc.constantFrom(...zones),
  windows: fc.array(fc.record({ days: fc.subarray(everyDay, { minLength: 1 }), from: clock, to: clock }), {
    minLength: 1,
    maxLength: 4,
  }),
});

describe('schedules', () => {
  it('say what the clock on the wall says, in every zone, at whatever time they are asked first', () => {
    const year = Date.UTC(2026, 0, 1);
    const moment = fc.integer({ min: 0, max: 365 * 24 * 60 }).map((minute) => year + minute * 60_000);
    fc.assert(
      fc.property(
        schedules,
        moment,
        fc.array(fc.integer({ min: -14 * 24 * 60, max: 14 * 24 * 60 })),
        (schedule, first, later) => {
          const rule = ruleWith(schedule);
          for (const at of [first, ...later.map((minutes) => first + minutes * 60_000)]) {
            const offsets = [-36, 0, 36].map((hours) => {
              const { weekday, minute } = shown(schedule.zone, at + hours * HOUR);
              return (weekday * 1440 + minute - (at + hours * HOUR) / 60_000) % (7 * 1440);
            });
            const isNearChange = offsets.some((offset) => (offset - offsets[1]) % (7 * 1440) !== 0);
            if (!isNearChange) expect(isOn(rule, at)).toBe(byTheWall(schedule, at));
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('are on for the hours of a night in which clocks are set forward or back', () => {
    const night = { zone: 'Europe/Berlin', windows: [{ days: [6], from: '22:00', to: '06:00' }] };
    for (const [evening, morning] of [
      ['2026-03-28T21:00:00Z', '2026-03-29T04:00:00Z'],
      ['2026-10-24T20:00:00Z', '2026-10-25T05:00:00Z'],
    ].map((times) => times.map(Date.parse))) {
      expect([evening - 1, evening, morning - 1, morning].map((at) => on(night, at))).toEqual([
        false,
        true,
        true,
        false,
      ]);
    }
  });

  it('begin, where the hour is skipped, when the clock jumps, and once where it comes twice', () => {
    const small = { zone: 'Europe/Berlin', windows: [{ days: [7], from: '02:30', to: '03:30' }] };
    const jump = Date.parse('2026-03-29T01:00:00Z');
    expect([jump - 1, jump, jump + HOUR / 2 - 1, jump + HOUR / 2].map((at) => on(small, at))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    const twice = { zone: 'Europe/Berlin', windows: [{ days: [7], from: '02:15', to: '02:45' }] };
    expect(on(twice, '2026-10-25T00:30:00Z')).toBe(true);
    expect(on(twice, '2026-10-25T01:30:00Z')).toBe(false);
  });

  it('lose no day when clocks change in the night before, asked late in the evening', () => {
    const sunday = { zone: 'Europe/Berlin', windows: [{ days: [7], from: '10:00', to: '11:00' }] };
    const rule = ruleWith(sunday);
    expect(isOn(rule, Date.parse('2026-03-28T22:30:00Z'))).toBe(false);
    expect(isOn(rule, Date.parse('2026-03-29T08:30:00Z'))).toBe(true);
  });

  it('from and to the same time of day are on the whole day round', () => {
    const day = { zone: 'Asia/Kolkata', windows: [{ days: [1], from: '06:00', to: '06:00' }] };
    const monday = Date.parse('2026-03-02T00:30:00Z');
    expect([monday - 1, monday, monday + 24 * HOUR - 1, monday + 24 * HOUR].map((at) => on(day, at))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('hold again after the clock was set back by months', () => {
    const rule = ruleWith({ zone: 'Asia/Kolkata', windows: [{ days: everyDay, from: '21:00', to: '22:00' }] });
    for (const at of ['2026-06-01T15:45:00Z', '2026-01-01T15:45:00Z', '2026-06-01T15:45:00Z']) {
      expect(isOn(rule, Date.parse(at))).toBe(true);
    }
  });
});
