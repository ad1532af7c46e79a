import { Rows } from './rows.ts';
import { ByteReader, ByteWriter } from './varint.ts';

/**
 * What one batch says about one device and hour. Segments are appended to the hour's open bytes one after the
 * other, in the order they arrived, until the hour is compacted into a chunk.
 */
export interface Segment {
  readonly rows: Rows;
  /** Questions of the device, matched or not, and those of them that were blocked. */
  readonly asked: number;
  readonly blocked: number;
}

const out = new ByteWriter();
/** What a row takes, mostly. */
export const OCTETS = 3;

export function packSegment(segment: Segment): Buffer {
  const { rows } = segment;
  out.begin();
  out.write(rows.length);
  out.write(segment.asked);
  out.write(segment.blocked);
  let before = 0;
  for (let row = 0; row < rows.length; row++) {
    const count = rows.count(row);
    out.write(zigzag(rows.offset(row) - before));
    before = rows.offset(row);
    out.write(rows.entry(row) * 2 + (count > 1 ? 1 : 0));
    if (count > 1) out.write(count - 2);
  }
  return out.bytes();
}

/** All segments of an hour as one, in order of arrival. */
export function unpackSegments(open: Uint8Array, rows = new Rows()): Segment {
  rows.makeRoom(Math.ceil(open.length / OCTETS));
  const input = new ByteReader(open);
  let [asked, blocked] = [0, 0];
  while (!input.done) {
    const length = input.read();
    asked += input.read();
    blocked += input.read();
    let offset = 0;
    for (let i = 0; i < length; i++) {
      offset += unzigzag(input.read());
      const head = input.read();
      rows.push(offset, head >>> 1, (head & 1) === 1 ? input.read() + 2 : 1);
    }
  }
  return { rows, asked, blocked };
}

// Segments keep the order of arrival, which is not always the order of time.
const zigzag = (value: number) => (value << 1) ^ (value >> 31);
// Offsets within an hour have room in 31 bits.
const unzigzag = (value: number) => (value >>> 1) ^ -(value & 1);
