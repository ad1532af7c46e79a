import type { AttemptBatch } from '../../../between/attempt-batch.ts';
import { addRows } from './add-rows.ts';
import { DevicePacker } from './device-packer.ts';
import type { Dictionary } from './dictionary.ts';
import { hourOf } from './hour.ts';
import type { KnownEntries } from './known-entries.ts';
import { packSegment } from './segment.ts';
import type { Learning, ShelfWrite } from './shelf.ts';

/** A batch as the devices' segments, with the dictionary entries that these need and the store may not have. */
export function packBatch(
  batch: AttemptBatch,
  dictionaries: ReadonlyMap<string, Dictionary>,
  known: KnownEntries,
  countedAt: number,
): Pick<ShelfWrite, 'learnings' | 'parts'> {
  const packers = new Map<string, DevicePacker>();
  const packerOf = (device: string) => {
    let packer = packers.get(device);
    if (!packer) packers.set(device, (packer = new DevicePacker(batch, dictionaries.get(device))));
    return packer;
  };
  addRows(batch, batch.devices.map(packerOf), known);
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
