import type { Bucket, SummaryFilter, TimelineCell, TimelineFilter, Totals } from '../store.ts';
import { dayStarts } from './day-start.ts';
import type { Dictionaries } from './dictionaries.ts';
import type { Dictionary } from './dictionary.ts';
import { rolledHours } from './rolled-hours.ts';
import { type RollUp, totalsOf } from './rollup.ts';
import type { Shelf } from './shelf.ts';

interface Deps {
  readonly shelf: Shelf;
  readonly dictionaries: Dictionaries;
}

/** Totals of a span, and the same split by one thing: hours and days by time, all else by how often it was asked for. */
export async function summary(deps: Deps, filter: SummaryFilter): Promise<{ totals: Totals; buckets: Bucket[] }> {
  const totals = noTotals();
  const sums = new Map<string | number, Sum>();
  const { by } = filter;
  if (by === 'hour' || by === 'day' || by === 'device') {
    const start = by === 'day' ? dayStarts(filter.zone ?? 'UTC') : (hour: number) => hour;
    for await (const hour of rolledHours(deps, filter)) {
      const part = totalsWithin(hour.rollUp(), hour.dictionary, filter);
      add(totals, part);
      add(sumOf(sums, by === 'device' ? hour.device : start(hour.at)), part);
    }
  } else {
    for (const { rollUp, dictionary } of await summedByDevice(deps, filter)) {
      add(totals, totalsWithin(rollUp, dictionary, filter));
      for (const tally of by === 'domain' ? rollUp.tallies(dictionary) : rollUp.kinds(dictionary)) {
        const key = tally[by];
        if (key !== undefined && isWithin(tally, filter)) add(sumOf(sums, key), totalsOf(tally));
      }
    }
  }
  const buckets = Array.from(sums, ([key, sum]) => ({ key, ...sum }));
  const byTime = by === 'hour' || by === 'day';
  buckets.sort(byTime ? (a, b) => Number(a.key) - Number(b.key) : (a, b) => matched(b) - matched(a));
  return { totals, buckets: filter.limit === undefined ? buckets : buckets.slice(0, filter.limit) };
}

/** Thousands of hours are added up as numbers, so that names and purposes are looked up once per device. */
async function summedByDevice(deps: Deps, filter: SummaryFilter): Promise<Iterable<Summed>> {
  const sums = new Map<string, Summed>();
  for await (const { device, dictionary, rollUp } of rolledHours(deps, filter)) {
    const sum = sums.get(device);
    if (sum) rollUp(sum.rollUp);
    // Its dictionary is read together with the newest hours; those that come later are older.
    else sums.set(device, { dictionary, rollUp: rollUp() });
  }
  return sums.values();
}

interface Summed {
  readonly dictionary: Dictionary;
  readonly rollUp: RollUp;
}

/** What each purpose came to in each hour or day, by time; hours and purposes without attempts are left out. */
export async function timeline(deps: Deps, filter: TimelineFilter): Promise<TimelineCell[]> {
  const start = filter.step === 'day' ? dayStarts(filter.zone ?? 'UTC') : (hour: number) => hour;
  const cells = new Map<string, TimelineCell & Sum>();
  for await (const hour of rolledHours(deps, filter)) {
    for (const tally of hour.rollUp().kinds(hour.dictionary)) {
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

function sumOf(sums: Map<string | number, Sum>, key: string | number): Sum {
  let sum = sums.get(key);
  if (!sum) sums.set(key, (sum = noTotals()));
  return sum;
}

const isWithin = (tally: { readonly purpose?: string }, { purpose }: SummaryFilter) =>
  purpose === undefined || tally.purpose === purpose;

function totalsWithin(rollUp: RollUp, dictionary: Dictionary, filter: SummaryFilter): Totals {
  if (filter.purpose === undefined) return rollUp.totals();
  const sum = noTotals();
  for (const tally of rollUp.kinds(dictionary)) if (isWithin(tally, filter)) add(sum, totalsOf(tally));
  return sum;
}
