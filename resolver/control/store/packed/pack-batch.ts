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
    for (const [hour, segment] of hours) parts.push({ device, hour, bytes: packSegment(segment) });
  }
  return { learnings, parts };
}

function addRows({ began, rows, kinds, starts, view }: AttemptBatch, packers: readonly DevicePacker[]): void {
  const firsts = new Int32Array(starts.length).fill(0x7fffffff);
  for (let i = 0; i < rows.length; i += 2) if (rows[i] < firsts[rows[i + 1]]) firsts[rows[i + 1]] = rows[i];
  const entries = new Int32Array(starts.length);
  const packerOf = starts.map((at) => packers[view.getUint16(at + kindLayout.device, true)]);
  for (const [kind, at] of starts.entries()) entries[kind] = packerOf[kind].entryFor(at, began + firsts[kind]);
  for (let i = 0; i < rows.length; i += 2) {
    const kind = rows[i + 1];
    const isBlocked = kinds[starts[kind] + kindLayout.outcome] === blockedOutcome;
    packerOf[kind].addRow(Math.floor(began + rows[i]), entries[kind], isBlocked);
  }
}
