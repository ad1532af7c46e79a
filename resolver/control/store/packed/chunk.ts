import { Rows } from './rows.ts';
import { unpackSegments } from './segment.ts';
import { ByteReader, ByteWriter } from './varint.ts';

/**
 * The compacted form of a device's hour: the entries it uses, most frequent first, so that nearly every row names
 * its entry in one byte; then the rows by time.
 */
export function packChunk(rows: Rows): Buffer {
  const used = byFrequency(rows.entries);
  const places = new Map(used.map((entry, place) => [entry, place]));
  const out = new ByteWriter();
  out.write(formatVersion);
  out.write(used.length);
  for (const entry of used) out.write(entry);
  out.write(rows.length);
  let before = 0;
  for (let i = 0; i < rows.length; i++) {
    const repeated = rows.counts[i] > 1;
    out.write(rows.offsets[i] - before);
    out.write(places.get(rows.entries[i])! * 2 + (repeated ? 1 : 0));
    if (repeated) out.write(rows.counts[i] - 2);
    before = rows.offsets[i];
  }
  return out.bytes();
}

/** The rows of a chunk whose entry is wanted; a chunk without any is not read further than its first bytes. */
export function unpackChunk(chunk: Uint8Array, wanted: (entry: number) => boolean): Rows {
  const rows = new Rows();
  const input = new ByteReader(chunk);
  const version = input.read();
  if (version !== formatVersion)
    throw new Error(`The record has chunks of format ${version}; update Quell to read it.`);
  const used = Array.from({ length: input.read() }, () => input.read());
  const keep = used.map(wanted);
  if (!keep.includes(true)) return rows;
  const length = input.read();
  let offset = 0;
  for (let i = 0; i < length; i++) {
    offset += input.read();
    const head = input.read();
    const count = head % 2 === 1 ? input.read() + 2 : 1;
    const place = Math.floor(head / 2);
    if (keep[place]) rows.push(offset, used[place], count);
  }
  return rows;
}

/** The rows of an hour by time, whether compacted yet or not: both ways give the same rows. */
export function rowsOf(
  hour: { readonly chunk?: Uint8Array; readonly open?: Uint8Array },
  wanted: (entry: number) => boolean = () => true,
): Rows {
  const rows = hour.chunk ? unpackChunk(hour.chunk, wanted) : new Rows();
  if (!hour.open?.length) return rows;
  for (const segment of unpackSegments(hour.open)) {
    const { offsets, entries, counts } = segment.rows;
    for (let i = 0; i < offsets.length; i++) if (wanted(entries[i])) rows.push(offsets[i], entries[i], counts[i]);
  }
  return rows.folded().byTime();
}

const formatVersion = 1;

function byFrequency(entries: readonly number[]): number[] {
  const frequency = new Map<number, number>();
  for (const entry of entries) frequency.set(entry, (frequency.get(entry) ?? 0) + 1);
  return [...frequency].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([entry]) => entry);
}
