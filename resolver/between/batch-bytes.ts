import { AttemptBatch, type BatchColumns } from './attempt-batch.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Octets before the counts, and of one of them; rows begin at a multiple of four. */
const HEAD = 40;
const COUNT = 12;

/**
 * A batch as it crosses the planes and lies in the journal: one piece of bytes. Little-endian: `began` (f64), then u32
 * each: sequence, dropped, how many devices, reasons and counts, and where rows, kinds and texts begin; the counts
 * (position in devices, total, blocked: u32); the rows; the kinds; and the texts: boot, devices, reasons, with
 * a zero octet between them.
 *
 * @param counted three numbers a device: position in `devices`, questions, and how many of them were blocked
 */
export function encodeBatch(batch: Omit<BatchColumns, 'counts'>, counted: readonly number[]): Uint8Array {
  const { devices, reasons, kinds, rows } = batch;
  let text = batch.boot;
  for (const device of devices) text += `\0${device}`;
  for (const reason of reasons) text += `\0${reason}`;
  const rowsAt = HEAD + counted.length * (COUNT / 3);
  const kindsAt = rowsAt + rows.byteLength;
  const textsAt = kindsAt + kinds.length;
  // Not a pooled buffer: a message to another thread takes all that is behind a view along.
  const bytes = new Uint8Array(textsAt + Buffer.byteLength(text));
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
  encoder.encodeInto(text, bytes.subarray(textsAt));
  return bytes;
}

/** The same from a batch that was read. */
export function encodedAgain(batch: AttemptBatch): Uint8Array {
  const devices = [...batch.devices];
  for (const { device } of batch.counts) if (!devices.includes(device)) devices.push(device);
  const counted = batch.counts.flatMap(({ device, total, blocked }) => [devices.indexOf(device), total, blocked]);
  return encodeBatch({ ...batch, devices }, counted);
}

/** The batch reads from `bytes`, which must not change any more. */
export function decodeBatch(bytes: Uint8Array): AttemptBatch {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (at: number) => view.getUint32(at, true);
  const [deviceCount, rowsAt, kindsAt, textsAt] = [number(16), number(28), number(32), number(36)];
  const [boot, ...texts] = decoder.decode(bytes.subarray(textsAt)).split('\0');
  const counts = [];
  for (let at = HEAD; at < rowsAt; at += COUNT) {
    counts.push({ device: texts[number(at)], total: number(at + 4), blocked: number(at + 8) });
  }
  return new AttemptBatch({
    boot,
    sequence: number(8),
    began: view.getFloat64(0, true),
    dropped: number(12),
    devices: texts.slice(0, deviceCount),
    reasons: texts.slice(deviceCount),
    // A copy, which stands where such an array may begin. A Buffer's own `slice` makes none.
    rows: new Int32Array(Uint8Array.prototype.slice.call(bytes, rowsAt, kindsAt).buffer),
    kinds: bytes.subarray(kindsAt, textsAt),
    counts,
  });
}
