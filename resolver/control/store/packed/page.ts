import type { AttemptFilter, AttemptRow } from '../store.ts';
import { rowsOf } from './chunk.ts';
import { formatCursor, newestFirst, type Place, parseCursor } from './cursor.ts';
import type { Dictionaries } from './dictionaries.ts';
import type { Dictionary } from './dictionary.ts';
import { dayOf, hourMs, hourOf } from './hour.ts';
import type { Shelf, ShelfHour } from './shelf.ts';
import { Wanted, wantedName } from './wanted.ts';

/** Hours of one device that a page may look through before it ends early, with a cursor to go on from. */
const hoursAtMost = 24 * 100;

/** 8.64e15 is the last millisecond that a Date can hold. */
const forEver = 8.64e15;

interface Bounds {
  readonly oldest: number;
  readonly newest: number;
  readonly after?: Place;
  readonly limit: number;
}

type Found = Place & { readonly count: number };

/**
 * One page of the log. The dictionaries say which entries are asked for and when the first of them appeared, so
 * that nothing is read for a name that was never asked for, nor from before it was; chunks say which entries they use.
 */
export async function page(
  deps: { shelf: Shelf; dictionaries: Dictionaries },
  filter: AttemptFilter,
): Promise<{ attempts: AttemptRow[]; next?: string }> {
  const after = filter.cursor ? parseCursor(filter.cursor) : undefined;
  const wanted = await wantedEntries(deps, filter);
  if (wanted.size === 0) return { attempts: [] };
  const devices = [...wanted.keys()];
  const oldest = Math.max(filter.from ?? 0, Math.min(...Array.from(wanted.values(), (each) => each.firstAt)));
  const newest = Math.min(filter.to === undefined ? forEver : filter.to - 1, after?.at ?? forEver);
  const bounds = { oldest, newest, after, limit: filter.limit };
  const firstHour = hourOf(oldest);
  const lastHour = hourOf(newest);
  const found: Found[] = [];
  let looked = 0;
  for (const day of await deps.shelf.days(dayOf(firstHour), dayOf(lastHour))) {
    for (const [from, to] of windows(day, firstHour, lastHour, devices.length)) {
      const hours = await deps.shelf.hours(devices, from, to, 'attempts');
      for (const hour of newestHoursFirst(hours)) {
        for (const part of hour) collect(part, wanted.get(part.device)!, bounds, found);
        // Hours don't overlap: what is found so far is newer than all that follows.
        if (found.length > filter.limit) return finish(found, filter.limit, wanted);
      }
      looked += (to - from + 1) * devices.length;
      if (looked >= hoursAtMost && from > firstHour) {
        return {
          ...finish(found, filter.limit, wanted),
          next: formatCursor({ at: from * hourMs, device: '', entry: 0 }),
        };
      }
    }
  }
  return finish(found, filter.limit, wanted);
}

async function wantedEntries(
  { shelf, dictionaries }: { shelf: Shelf; dictionaries: Dictionaries },
  filter: AttemptFilter,
): Promise<Map<string, Wanted>> {
  const devices = filter.device === undefined ? await shelf.devices() : [filter.device].flat();
  const wanted = new Map<string, Wanted>();
  const { purpose, outcome, domain } = filter;
  const asked = { purpose, outcome, name: domain === undefined ? undefined : wantedName(domain) };
  const read = await Promise.all(devices.map((device) => dictionaries.current(device)));
  for (const [i, dictionary] of read.entries()) {
    const entries = new Wanted(dictionary, asked);
    if (entries.firstAt < Number.POSITIVE_INFINITY) wanted.set(devices[i], entries);
  }
  return wanted;
}

/** The part of a day that is asked for, newest first, in pieces that keep one read small for any number of devices. */
function* windows(day: number, firstHour: number, lastHour: number, devices: number): Iterable<[number, number]> {
  const step = Math.max(1, Math.floor(48 / devices));
  const first = Math.max(firstHour, day * 24);
  for (let to = Math.min(lastHour, day * 24 + 23); to >= first; to -= step) yield [Math.max(first, to - step + 1), to];
}

const newestHoursFirst = (hours: readonly ShelfHour[]): ShelfHour[][] =>
  [...Map.groupBy(hours, (part) => part.hour)].sort((a, b) => b[0] - a[0]).map(([, parts]) => parts);

/**
 * Brings the newest rows of a part into what is found, which has no more of an hour than could be on the page and one
 * more, which tells that there is a next one.
 */
function collect(part: ShelfHour, wanted: Wanted, bounds: Bounds, found: Found[]): void {
  const { oldest, newest, after, limit } = bounds;
  const before = found.length;
  const least = before > limit ? found[limit].at : oldest;
  const rows = rowsOf(part, wanted.has);
  for (let i = rows.length - 1; i >= 0 && found.length - before <= limit; i--) {
    const at = part.hour * hourMs + rows.offset(i);
    if (at < least) break;
    const place = { at, device: part.device, entry: rows.entry(i), count: rows.count(i) };
    if (at <= newest && (!after || newestFirst(after, place) < 0)) found.push(place);
  }
  if (found.length === before || found.length <= limit) return;
  found.sort(newestFirst);
  found.length = limit + 1;
}

function finish(found: Found[], limit: number, wanted: ReadonlyMap<string, Wanted>) {
  found.sort(newestFirst);
  const attempts = found.slice(0, limit).map((row) => attemptRow(row, wanted.get(row.device)!.dictionary));
  return found.length > limit ? { attempts, next: formatCursor(found[limit - 1]) } : { attempts };
}

function attemptRow({ at, device, entry, count }: Found, dictionary: Dictionary): AttemptRow {
  const { domain, qtype, outcome, purpose, reason } = dictionary.entry(entry)!;
  return { at, device, domain, qtype, outcome, ...(purpose && { purpose }), reason, count };
}
