import type { WallMs } from '../../../policy/model.ts';
import type { RecordKind } from '../store.ts';
import { rowsOf } from './chunk.ts';
import { compact } from './compaction.ts';
import { type Dictionaries, newGeneration } from './dictionaries.ts';
import { type Entry, formatEntry, isUnmatched, retiredLine } from './dictionary.ts';
import { dayOf, hourOf } from './hour.ts';
import { RollUp } from './rollup.ts';
import type { Shelf, ShelfHour } from './shelf.ts';

interface Deps {
  readonly shelf: Shelf;
  readonly dictionaries: Dictionaries;
}

/** Rows may be older than their entry by so much; see `Dictionary.find`. */
const EARLIER = 60_000;

/**
 * Blanks dictionary entries that nothing kept refers to any more, so that dropped attempts leave no names behind.
 * In three steps: entries old enough are retired first, after which nobody writes new rows with them; those of full
 * logging are taken out of hours that are kept longer for the sake of attempts; and those that are then in no row and
 * no roll-up are blanked.
 */
export async function expireEntries(
  deps: Deps,
  device: string,
  before: Readonly<Record<RecordKind, WallMs>>,
): Promise<void> {
  const { shelf, dictionaries } = deps;
  const isOld = (entry: Entry) => entry.firstAt < (isUnmatched(entry) ? before.fullLogging : before.rollups);
  const entries = (await dictionaries.current(device)).entries();
  const old = entries.filter(isOld);
  const fresh = old.filter((entry) => !entry.retired);
  const retire = fresh.map((entry): [number, string] => [entry.number, retiredLine(formatEntry(entry, entry.firstAt))]);
  if (retire.length > 0 && !(await rewrite(device, retire))) return;
  await dropRows(deps, device, entries.filter(isUnmatched), hourOf(before.fullLogging));
  if (old.length === 0) return;
  const used = await usedEntries(shelf, device, old);
  const blank = old.filter((entry) => !used.has(entry.number)).map((entry): [number, string] => [entry.number, '']);
  if (blank.length > 0) await rewrite(device, blank);

  async function rewrite(device: string, lines: [number, string][]): Promise<boolean> {
    const { generation } = await dictionaries.current(device);
    return shelf.rewrite(device, generation, newGeneration(), lines);
  }
}

/**
 * Takes all rows of these entries out of hours before the given one; that they were counted stays. Retired entries
 * are soon blanked, so that no more than a few hours are looked through each time.
 */
async function dropRows(deps: Deps, device: string, entries: readonly Entry[], beforeHour: number): Promise<void> {
  const numbers = new Set(entries.map(({ number }) => number));
  for await (const hour of hoursSince(deps.shelf, device, entries, 'attempts', beforeHour - 1)) {
    const isIn = rowsOf(hour, (entry) => numbers.has(entry)).length > 0;
    if (isIn) await compact(deps, device, hour.hour, numbers);
  }
}

async function usedEntries(shelf: Shelf, device: string, entries: readonly Entry[]): Promise<Set<number>> {
  const used = new Set<number>();
  for await (const hour of hoursSince(shelf, device, entries, 'attempts')) {
    const rows = rowsOf(hour);
    for (let row = 0; row < rows.length; row++) used.add(rows.entry(row));
  }
  // Roll-ups name nothing that only full logging wrote down.
  const matched = entries.filter((entry) => !isUnmatched(entry));
  for await (const hour of hoursSince(shelf, device, matched, 'rollups')) {
    const rollUp = new RollUp();
    if (hour.rollUp) rollUp.addPacked(hour.rollUp);
    for (const entry of rollUp.entries()) used.add(entry);
  }
  return used;
}

/** Hours in which any of these entries can be. */
async function* hoursSince(
  shelf: Shelf,
  device: string,
  entries: readonly Entry[],
  part: 'attempts' | 'rollups',
  last = Number.MAX_SAFE_INTEGER,
): AsyncIterable<ShelfHour> {
  if (entries.length === 0) return;
  const oldest = entries.reduce((at, entry) => Math.min(at, entry.firstAt), Number.MAX_SAFE_INTEGER);
  const first = hourOf(oldest - EARLIER);
  if (first > last) return;
  for (const day of await shelf.days(dayOf(first), dayOf(last))) {
    yield* await shelf.hours([device], Math.max(first, day * 24), Math.min(last, day * 24 + 23), part);
  }
}
