import type { Bucket, SummaryFilter, TimelineCell, TimelineFilter, Totals } from '../store.ts';
import { dayStarts } from './day-start.ts';
import type { Dictionaries } from './dictionaries.ts';
import { type RolledHour, rolledHours } from './rolled-hours.ts';
import { totalsOf } from './rollup.ts';
import type { Shelf } from './shelf.ts';

interface Deps {
  readonly shelf: Shelf;
  readonly dictionaries: Dictionaries;
}

/** Totals of a span, and the same split by one thing: hours and days by time, all else by how often it was asked for. */
export async function summary(deps: Deps, filter: SummaryFilter): Promise<{ totals: Totals; buckets: Bucket[] }> {
  const totals = noTotals();
  const sums = new Map<string | number, Sum>();
  const split = splitBy(filter);
  for await (const hour of rolledHours(deps, filter)) {
    add(totals, totalsWithin(hour, filter));
    for (const [key, part] of split(hour)) add(at(sums, key), part);
  }
  const buckets = Array.from(sums, ([key, sum]) => ({ key, ...sum }));
  const byTime = filter.by === 'hour' || filter.by === 'day';
  buckets.sort(byTime ? (a, b) => Number(a.key) - Number(b.key) : (a, b) => matched(b) - matched(a));
  return { totals, buckets: filter.limit === undefined ? buckets : buckets.slice(0, filter.limit) };
}

/** What each purpose came to in each hour or day, by time; hours and purposes without attempts are left out. */
export async function timeline(deps: Deps, filter: TimelineFilter): Promise<TimelineCell[]> {
  const start = filter.step === 'day' ? dayStarts(filter.zone ?? 'UTC') : (hour: number) => hour;
  const cells = new Map<string, TimelineCell & Sum>();
  for await (const hour of rolledHours(deps, filter)) {
    for (const tally of hour.tallies) {
      if (tally.unmatched) continue;
      const key = `${start(hour.at)} ${tally.purpose}`;
      let cell = cells.get(key);
      if (!cell) cells.set(key, (cell = { at: start(hour.at), purpose: tally.purpose, ...noTotals() }));
      add(cell, totalsOf(tally));
    }
  }
  return [...cells.values()].sort((a, b) => a.at - b.at || matched(b) - matched(a));
}

type Sum = { -readonly [K in keyof Totals]: Totals[K] };

const noTotals = (): Sum => ({ blocked: 0, allowed: 0, counted: 0 });

const matched = ({ blocked, allowed }: Totals) => blocked + allowed;

function add(sum: Sum, part: Totals): void {
  sum.blocked += part.blocked;
  sum.allowed += part.allowed;
  sum.counted += part.counted;
}

function at(sums: Map<string | number, Sum>, key: string | number): Sum {
  let sum = sums.get(key);
  if (!sum) sums.set(key, (sum = noTotals()));
  return sum;
}

function splitBy(filter: SummaryFilter): (hour: RolledHour) => Iterable<[string | number, Totals]> {
  const { by } = filter;
  if (by === 'hour') return (hour) => [[hour.at, totalsWithin(hour, filter)]];
  if (by === 'device') return (hour) => [[hour.device, totalsWithin(hour, filter)]];
  if (by === 'day') {
    const start = dayStarts(filter.zone ?? 'UTC');
    return (hour) => [[start(hour.at), totalsWithin(hour, filter)]];
  }
  return function* (hour) {
    for (const tally of hour.tallies) {
      const key = tally[by];
      if (key !== undefined && isWithin(tally, filter)) yield [key, totalsOf(tally)];
    }
  };
}

const isWithin = (tally: { readonly purpose?: string }, { purpose }: SummaryFilter) =>
  purpose === undefined || tally.purpose === purpose;

function totalsWithin(hour: RolledHour, filter: SummaryFilter): Totals {
  if (filter.purpose === undefined) return hour.totals;
  const sum = noTotals();
  for (const tally of hour.tallies) if (isWithin(tally, filter)) add(sum, totalsOf(tally));
  return sum;
}
