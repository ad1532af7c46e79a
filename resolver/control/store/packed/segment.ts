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

export function packSegment(segment: Segment): Buffer {
  const { offsets, entries, counts } = segment.rows;
  const out = new ByteWriter();
  out.write(segment.rows.length);
  out.write(segment.asked);
  out.write(segment.blocked);
  let before = 0;
  for (let i = 0; i < offsets.length; i++) {
    out.write(zigzag(offsets[i] - before));
    before = offsets[i];
    out.write(entries[i] * 2 + (counts[i] > 1 ? 1 : 0));
    if (counts[i] > 1) out.write(counts[i] - 2);
  }
  return out.bytes();
}

export function* unpackSegments(open: Uint8Array): Iterable<Segment> {
  const input = new ByteReader(open);
  while (!input.done) {
    const length = input.read();
    const asked = input.read();
    const blocked = input.read();
    const rows = new Rows();
    let offset = 0;
    for (let i = 0; i < length; i++) {
      offset += unzigzag(input.read());
      const head = input.read();
      rows.push(offset, Math.floor(head / 2), head % 2 === 1 ? input.read() + 2 : 1);
    }
    yield { rows, asked, blocked };
  }
}

// Segments keep the order of arrival, which is not always the order of time.
const zigzag = (value: number) => (value < 0 ? -value * 2 - 1 : value * 2);
const unzigzag = (value: number) => (value % 2 === 1 ? -(value + 1) / 2 : value / 2);
