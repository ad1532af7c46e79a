import type { Attempt, AttemptBatch, DeviceCounts } from '../../../between/attempt-batch.ts';
import type { WallMs } from '../../../policy/model.ts';
import { type Dictionary, formatEntry } from './dictionary.ts';
import { hourMs, hourOf } from './hour.ts';
import { Rows } from './rows.ts';
import { packSegment, type Segment } from './segment.ts';
import type { Learning, ShelfWrite } from './shelf.ts';

/** A batch as the devices' segments, with the dictionary entries that these need and the store may not have. */
export function packBatch(
  batch: AttemptBatch,
  dictionaries: ReadonlyMap<string, Dictionary>,
  countedAt: WallMs,
): Pick<ShelfWrite, 'learnings' | 'parts'> {
  const learnings: Learning[] = [];
  const parts: { device: string; hour: number; bytes: Uint8Array }[] = [];
  const counts = new Map(batch.counts.map((each) => [each.device, each]));
  const attempts = Map.groupBy(batch.attempts, (attempt) => attempt.device);
  for (const device of new Set([...attempts.keys(), ...counts.keys()])) {
    const own = attempts.get(device) ?? [];
    const dictionary = dictionaries.get(device);
    const hours = new Map<number, Hour>();
    if (dictionary) {
      const lines = fill(hours, own, dictionary);
      learnings.push({ device, generation: dictionary.generation, size: dictionary.size, lines });
    }
    addSurplus(hours, counts.get(device), hourOf(countedAt));
    for (const [hour, segment] of hours) parts.push({ device, hour, bytes: packSegment(segment) });
  }
  return { learnings, parts };
}

type Hour = { -readonly [K in keyof Segment]: Segment[K] };

const emptyHour = (): Hour => ({ rows: new Rows(), asked: 0, blocked: 0 });

/**
 * Entries that a device may have. No phone asks for that many names that matter; what makes names up without end
 * must not fill memory and disk, so that from here on it is recorded under the names' parents.
 */
const MOST_ENTRIES = 20_000;

/** @returns the lines that the dictionary lacks */
function fill(hours: Map<number, Hour>, attempts: readonly Attempt[], dictionary: Dictionary): string[] {
  const added = new Map<string, { readonly number: number; readonly attempt: Attempt; firstAt: WallMs }>();
  for (const asked of attempts) {
    let attempt = asked;
    const at = Math.floor(attempt.at);
    let number = dictionary.find(attempt)?.number;
    if (number === undefined && dictionary.size + added.size >= MOST_ENTRIES) {
      attempt = { ...asked, domain: parentOf(asked.domain) };
      number = dictionary.find(attempt)?.number;
    }
    if (number === undefined) {
      const kind = formatEntry(attempt, 0);
      let entry = added.get(kind);
      if (!entry) added.set(kind, (entry = { number: dictionary.size + added.size + 1, attempt, firstAt: at }));
      entry.firstAt = Math.min(entry.firstAt, at);
      number = entry.number;
    }
    const hour = hourOf(at);
    let segment = hours.get(hour);
    if (!segment) hours.set(hour, (segment = emptyHour()));
    segment.rows.push(at - hour * hourMs, number, 1);
    segment.asked++;
    if (attempt.outcome === 'blocked') segment.blocked++;
  }
  for (const segment of hours.values()) segment.rows = segment.rows.folded();
  return Array.from(added.values(), ({ attempt, firstAt }) => formatEntry(attempt, firstAt));
}

/** All names below the last two labels as one: "*.example.com". */
const parentOf = (domain: string): string => `*.${domain.split('.').slice(-2).join('.')}`;

/** Questions that are in no row: they matched nothing, or their device is not recorded, or the ring had no room. */
function addSurplus(hours: Map<number, Hour>, counts: DeviceCounts | undefined, hour: number): void {
  if (!counts) return;
  let asked = counts.total;
  let blocked = counts.blocked;
  for (const segment of hours.values()) {
    asked -= segment.asked;
    blocked -= segment.blocked;
  }
  if (asked <= 0 && blocked <= 0) return;
  let segment = hours.get(hour);
  if (!segment) hours.set(hour, (segment = emptyHour()));
  segment.asked += Math.max(asked, 0);
  segment.blocked += Math.max(blocked, 0);
}
