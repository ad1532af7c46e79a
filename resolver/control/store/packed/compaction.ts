import { packChunk, unpackChunk } from './chunk.ts';
import type { Dictionaries } from './dictionaries.ts';
import type { Dictionary } from './dictionary.ts';
import { RollUp } from './rollup.ts';
import { Rows } from './rows.ts';
import { unpackSegments } from './segment.ts';
import type { Shelf, ShelfHour } from './shelf.ts';

/**
 * Turns an hour's open bytes into its chunk and adds them to its roll-up. Any resolver may do so at any time:
 * whoever finds the hour changed since it read it tries again, and leaves it to the other after a few times.
 * @param without entries whose rows are dropped for good; they stay counted
 * @returns the size of the chunk in bytes
 */
export async function compact(
  deps: { shelf: Shelf; dictionaries: Dictionaries },
  device: string,
  hour: number,
  without?: ReadonlySet<number>,
): Promise<number> {
  for (let tries = 0; tries < 3; tries++) {
    const was = await deps.shelf.hour(device, hour);
    if (!was.open?.length && !(without && was.chunk)) break;
    const dictionary = await deps.dictionaries.current(device);
    const { chunk, rollUp } = merged(was, dictionary, without);
    if (await deps.shelf.compact(was, chunk, rollUp, without !== undefined)) return chunk.length;
  }
  return 0;
}

function merged(hour: ShelfHour, dictionary: Dictionary, without?: ReadonlySet<number>) {
  try {
    const open = unpackSegments(hour.open ?? nothing, openRows);
    const rollUp = withRollUp(hour, new RollUp());
    rollUp.add(open, dictionary);
    const stays = without && ((entry: number) => !without.has(entry));
    if (hour.chunk) unpackChunk(hour.chunk, rows, stays);
    return { chunk: packChunk(rows.takeIn(open.rows, stays)), rollUp: rollUp.pack(dictionary) };
  } finally {
    openRows.clear();
    rows.clear();
  }
}

/** For one hour after the other: columns made anew for each of a flood's fragmented memory. */
const openRows = new Rows();
const rows = new Rows();

/** Adds the hour's roll-up and what is still open. The dictionary must have been read after the hour. */
export function rolledUp(hour: ShelfHour, dictionary: Dictionary, sum = new RollUp()): RollUp {
  withRollUp(hour, sum);
  try {
    if (hour.open) sum.add(unpackSegments(hour.open, openRows), dictionary);
  } finally {
    openRows.clear();
  }
  return sum;
}

function withRollUp({ rollUp }: ShelfHour, sum: RollUp): RollUp {
  if (rollUp) sum.addPacked(rollUp);
  return sum;
}

const nothing = new Uint8Array();
