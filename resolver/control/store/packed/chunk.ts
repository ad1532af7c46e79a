import { Frequencies } from './frequencies.ts';
import { Rows } from './rows.ts';
import { unpackSegments } from './segment.ts';
import { ByteReader, ByteWriter } from './varint.ts';

const out = new ByteWriter();

/**
 * The compacted form of a device's hour: the entries it uses, most frequent first, so that nearly every row names
 * its entry in one byte; then the rows by time.
 */
export function packChunk(rows: Rows): Buffer {
  const frequencies = new Frequencies(rows);
  const order = Array.from({ length: frequencies.size }, (_, place) => place).sort(
    (a, b) => frequencies.rows(b) - frequencies.rows(a) || frequencies.entry(a) - frequencies.entry(b),
  );
  const rankOf = new Uint32Array(order.length);
  for (let rank = 0; rank < order.length; rank++) rankOf[order[rank]] = rank;
  out.begin();
  out.write(formatVersion);
  out.write(order.length);
  for (const place of order) out.write(frequencies.entry(place));
  out.write(rows.length);
  let before = 0;
  for (let row = 0; row < rows.length; row++) {
    const count = rows.count(row);
    out.write(rows.offset(row) - before);
    out.write(rankOf[frequencies.placeOf(rows.entry(row))] * 2 + (count > 1 ? 1 : 0));
    if (count > 1) out.write(count - 2);
    before = rows.offset(row);
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
  return withOpen(rows, unpackSegments(hour.open).rows, wanted);
}

/** @param rows of the hour's chunk; what is open of it is added to them */
export function withOpen(rows: Rows, open: Rows, wanted: (entry: number) => boolean): Rows {
  for (let row = 0; row < open.length; row++) {
    if (wanted(open.entry(row))) rows.push(open.offset(row), open.entry(row), open.count(row));
  }
  return rows.folded().byTime();
}

const formatVersion = 1;
