import { AttemptBatch, type BatchColumns } from './attempt-batch.ts';
import { Kinds } from './kinds.ts';
import { kindOf, withKind } from './row.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Octets before the counts, and of one of them; rows begin at a multiple of four. */
const HEAD = 40;
const COUNT = 12;

/**
 * A batch as it crosses the planes and lies in the journal: one piece of bytes. In the journal it has all its kinds; on
 * its way between the planes those only that are new to its table. Little-endian: `began` (f64), then u32
 * each: sequence, dropped, how many devices, reasons and counts, and where rows, kinds and texts begin; the counts
 * (position in devices, total, blocked: u32); the rows; the kinds; and the texts: boot, devices, reasons, with
 * a zero octet between them.
 *
 * @param counted three numbers a device: position in `devices`, questions, and how many of them were blocked
 * @param texts what `textsOf` makes of the batch; most flushes have those of the one before
 */
export function encodeBatch(
  batch: Omit<BatchColumns, 'counts' | 'kinds'> & { readonly kinds: Uint8Array },
  counted: readonly number[],
  texts = textsOf(batch),
): Uint8Array {
  const { devices, reasons, kinds, rows } = batch;
  const rowsAt = HEAD + counted.length * (COUNT / 3);
  const kindsAt = rowsAt + rows.byteLength;
  const textsAt = kindsAt + kinds.length;
  // Not a pooled buffer: a message to another thread takes all that is behind a view along.
  const bytes = new Uint8Array(textsAt + texts.length);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, batch.began, true);
  view.setUint32(8, batch.sequence, true);
  view.setUint32(12, batch.dropped, true);
  view.setUint32(16, devices.length, true);
  view.setUint32(20, reasons.length, true);
  view.setUint32(24, counted.length / 3, true);
  view.setUint32(28, rowsAt, true);
  view.setUint32(32, kindsAt, true);
  view.setUint32(36, textsAt, true);
  for (let i = 0; i < counted.length; i++) view.setUint32(HEAD + i * 4, counted[i], true);
  bytes.set(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength), rowsAt);
  bytes.set(kinds, kindsAt);
  bytes.set(texts, textsAt);
  return bytes;
}

/** Boot, devices and reasons, as they stand at a batch's end. */
export const textsOf = ({ boot, devices, reasons }: Pick<BatchColumns, 'boot' | 'devices' | 'reasons'>): Uint8Array =>
  encoder.encode([boot, ...devices, ...reasons].join('\0'));

/** With more kinds before those that it has. */
export function withKindsBefore(bytes: Uint8Array, before: Uint8Array): Uint8Array {
  const longer = new Uint8Array(bytes.length + before.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [kindsAt, textsAt] = [view.getUint32(32, true), view.getUint32(36, true)];
  longer.set(bytes.subarray(0, kindsAt));
  longer.set(before, kindsAt);
  longer.set(bytes.subarray(kindsAt), kindsAt + before.length);
  new DataView(longer.buffer).setUint32(36, textsAt + before.length, true);
  return longer;
}

/** The same from a batch that was read, with the kinds that it is about and no others. */
export function encodedAgain(batch: AttemptBatch): Uint8Array {
  const { recorded } = batch;
  const devices = batch.devices.map((device) => (recorded.has(device) ? device : ''));
  for (const { device } of batch.counts) if (!devices.includes(device)) devices.push(device);
  const counted = batch.counts.flatMap(({ device, total, blocked }) => [devices.indexOf(device), total, blocked]);
  const numbers = new Map<number, number>();
  const kinds: Uint8Array[] = [];
  const rows = batch.rows.slice();
  for (let i = 1; i < rows.length; i += 2) {
    const kind = kindOf(rows[i]);
    let number = numbers.get(kind);
    if (number === undefined) {
      number = kinds.push(batch.kinds.of(kind)) - 1;
      numbers.set(kind, number);
    }
    rows[i] = withKind(rows[i], number);
  }
  return encodeBatch({ ...batch, devices, kinds: Buffer.concat(kinds), rows }, counted);
}

/**
 * The batch reads from `bytes`, which must not change any more.
 * @param known table that its kinds are new to; without it, they are all it has
 */
export function decodeBatch(bytes: Uint8Array, known?: Kinds): AttemptBatch {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (at: number) => view.getUint32(at, true);
  const [deviceCount, rowsAt, kindsAt, textsAt] = [number(16), number(28), number(32), number(36)];
  const [boot, ...texts] = textsFrom(bytes.subarray(textsAt));
  const counts = [];
  for (let at = HEAD; at < rowsAt; at += COUNT) {
    counts.push({ device: texts[number(at)], total: number(at + 4), blocked: number(at + 8) });
  }
  const own = bytes.subarray(kindsAt, textsAt);
  known?.append(own);
  return new AttemptBatch({
    boot,
    sequence: number(8),
    began: view.getFloat64(0, true),
    dropped: number(12),
    devices: texts.slice(0, deviceCount),
    reasons: texts.slice(deviceCount),
    rows: rowsIn(bytes, rowsAt, kindsAt),
    kinds: known ?? new Kinds(own),
    counts,
  });
}

/** From the journal they come as they lie there; such an array begins at a multiple of four. */
function rowsIn(bytes: Uint8Array, from: number, to: number): Int32Array {
  if ((bytes.byteOffset + from) % 4 === 0)
    return new Int32Array(bytes.buffer, bytes.byteOffset + from, (to - from) / 4);
  // A Buffer's own `slice` makes no copy.
  return new Int32Array(Uint8Array.prototype.slice.call(bytes, from, to).buffer);
}

/** As they were read last: one flush mostly has the texts of the one before. */
let lastRead: { readonly bytes: Uint8Array; readonly texts: readonly string[] } | undefined;

function textsFrom(bytes: Uint8Array): readonly string[] {
  if (lastRead && Buffer.compare(lastRead.bytes, bytes) === 0) return lastRead.texts;
  const texts = decoder.decode(bytes).split('\0');
  lastRead = { bytes: Uint8Array.prototype.slice.call(bytes), texts };
  return texts;
}
