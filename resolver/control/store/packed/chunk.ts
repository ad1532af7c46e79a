import { Frequencies } from './frequencies.ts';
import { free, Rows } from './rows.ts';
import { OCTETS, unpackSegments } from './segment.ts';
import { ByteReader, ByteWriter } from './varint.ts';

const out = new ByteWriter();
/** For one chunk after the other. */
let frequencies = new Frequencies();
let places = new Uint32Array();
/** Rows and entries whose columns stay for the next chunk. */
const KEEP = 1 << 15;
/** Below it are the numbers of entries. */
const ENTRIES = 2 ** 31;
const ROWS = 2 ** 22 - 1;

/**
 * The compacted form of a device's hour: the entries it uses, most frequent first, so that nearly every row names
 * its entry in one byte; then the rows by time.
 */
export function packChunk(rows: Rows): Buffer {
  frequencies.clear();
  if (places.length < rows.length) places = new Uint32Array(rows.length);
  for (let row = 0; row < rows.length; row++) places[row] = frequencies.add(rows.entry(row), rows.count(row));
  const order = byFrequency(frequencies);
  const rankOf = new Uint32Array(order.length);
  out.begin(rows.length * OCTETS);
  out.write(formatVersion);
  out.write(order.length);
  for (let rank = 0; rank < order.length; rank++) {
    const entry = order[rank] % ENTRIES;
    rankOf[frequencies.placeOf(entry)] = rank;
    out.write(entry);
  }
  out.write(rows.length);
  let before = 0;
  for (let row = 0; row < rows.length; row++) {
    const count = rows.count(row);
    out.write(rows.offset(row) - before);
    out.write(rankOf[places[row]] * 2 + (count > 1 ? 1 : 0));
    if (count > 1) out.write(count - 2);
    before = rows.offset(row);
  }
  if (places.length > KEEP) {
    free(places);
    places = new Uint32Array();
  }
  if (frequencies.room > KEEP) frequencies = new Frequencies();
  return out.bytes();
}

/** Each entry as the remainder of a number by `ENTRIES`, named by most rows first: numbers sort fastest. */
function byFrequency(frequencies: Frequencies): Float64Array {
  const keys = new Float64Array(frequencies.size);
  // An hour has fewer rows than 2 ** 22: together with the entry's 31 bits they fit a number exactly.
  for (let place = 0; place < keys.length; place++)
    keys[place] = (ROWS - Math.min(frequencies.rows(place), ROWS)) * ENTRIES + frequencies.entry(place);
  return keys.sort();
}

/** The rows of a chunk whose entry is wanted; a chunk without any is not read further than its first bytes. */
export function unpackChunk(chunk: Uint8Array, rows: Rows, wanted?: (entry: number) => boolean): Rows {
  const input = new ByteReader(chunk);
  const version = input.read();
  if (version !== formatVersion)
    throw new Error(`The record has chunks of format ${version}; update Quell to read it.`);
  const used = Array.from({ length: input.read() }, () => input.read());
  const keep = wanted && used.map(wanted);
  if (keep && !keep.includes(true)) return rows;
  const length = input.read();
  if (!keep) rows.makeRoom(Math.min(length, chunk.length));
  let offset = 0;
  for (let i = 0; i < length; i++) {
    offset += input.read();
    const head = input.read();
    const count = (head & 1) === 1 ? input.read() + 2 : 1;
    const place = head >>> 1;
    if (!keep || keep[place]) rows.push(offset, used[place], count);
  }
  return rows;
}

/** The rows of an hour by time, whether compacted yet or not: both ways give the same rows. Good until the next call. */
export function rowsOf(
  hour: { readonly chunk?: Uint8Array; readonly open?: Uint8Array },
  wanted?: (entry: number) => boolean,
): Rows {
  all.clear();
  open.clear();
  if (hour.chunk) unpackChunk(hour.chunk, all, wanted);
  return hour.open?.length ? all.takeIn(unpackSegments(hour.open, open).rows, wanted) : all;
}

const all = new Rows();
const open = new Rows();

const formatVersion = 1;
