import { type AttemptBatch, blockedOutcome, kindLayout } from '../../../between/attempt-batch.ts';
import { DevicePacker } from './device-packer.ts';
import type { Dictionary } from './dictionary.ts';
import { hourOf } from './hour.ts';
import { packSegment } from './segment.ts';
import type { Learning, ShelfWrite } from './shelf.ts';

/** A batch as the devices' segments, with the dictionary entries that these need and the store may not have. */
export function packBatch(
  batch: AttemptBatch,
  dictionaries: ReadonlyMap<string, Dictionary>,
  countedAt: number,
): Pick<ShelfWrite, 'learnings' | 'parts'> {
  const packers = new Map<string, DevicePacker>();
  const packerOf = (device: string) => {
    let packer = packers.get(device);
    if (!packer) packers.set(device, (packer = new DevicePacker(batch, dictionaries.get(device))));
    return packer;
  };
  addRows(batch, batch.devices.map(packerOf));
  for (const { device, total, blocked } of batch.counts) packerOf(device).addSurplus(total, blocked, hourOf(countedAt));
  const learnings: Learning[] = [];
  const parts: { device: string; hour: number; bytes: Uint8Array }[] = [];
  for (const [device, { dictionary, lines, hours }] of packers) {
    if (hours.size === 0) continue;
    if (dictionary) learnings.push({ device, generation: dictionary.generation, size: dictionary.size, lines });
    for (const [hour, segment] of hours) {
      parts.push({ device, hour, bytes: packSegment(segment) });
      segment.giveBack();
    }
  }
  return { learnings, parts };
}

/** Kinds that are looked for together: memory is waited for once, not once for each. */
const AHEAD = 64;
const places = new Int32Array(AHEAD);

/** By kind: when it was first met, since the batch began, and its entry. For one batch after the other. */
let firsts = new Int32Array(64);
let entries = new Int32Array(64);

function addRows({ rows, kinds, starts, view }: AttemptBatch, packers: readonly DevicePacker[]): void {
  if (starts.length > firsts.length) {
    firsts = new Int32Array(starts.length * 2);
    entries = new Int32Array(starts.length * 2);
  }
  firsts.fill(0x7fffffff, 0, starts.length);
  for (let i = 0; i < rows.length; i += 2) if (rows[i] < firsts[rows[i + 1]]) firsts[rows[i + 1]] = rows[i];
  const packerOf = (kind: number) => packers[view.getUint16(starts[kind] + kindLayout.device, true)];
  for (let from = 0; from < starts.length; from += AHEAD) {
    const to = Math.min(from + AHEAD, starts.length);
    const first = packerOf(from);
    let ofOne = true;
    for (let kind = from; kind < to; kind++) {
      const packer = packerOf(kind);
      if (packer !== first) ofOne = false;
      places[kind - from] = packer.placeOf(starts[kind]);
    }
    if (ofOne) first.expect(places, to - from);
    for (let kind = from; kind < to; kind++)
      entries[kind] = packerOf(kind).entryFor(starts[kind], firsts[kind], places[kind - from]);
  }
  for (let i = 0; i < rows.length; i += 2) {
    const kind = rows[i + 1];
    const isBlocked = kinds[starts[kind] + kindLayout.outcome] === blockedOutcome;
    packerOf(kind).addRow(rows[i], entries[kind], isBlocked);
  }
}
