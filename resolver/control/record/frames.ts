import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { AttemptBatch } from '../../between/attempt-batch.ts';
import type { WallMs } from '../../policy/model.ts';

/** A batch, and when it was flushed, which says which hour its counts belong to. */
export interface Flush {
  readonly batch: AttemptBatch;
  readonly at: WallMs;
}

const headLength = 8;

/** A flush as it lies in a journal file: length and CRC-32 of what follows (both u32, little-endian), packed JSON. */
export function frameOf(flush: Flush): Buffer {
  const body = zstdCompressSync(JSON.stringify(flush));
  const frame = Buffer.allocUnsafe(headLength + body.length);
  frame.writeUInt32LE(body.length, 0);
  frame.writeUInt32LE(crc32(body), 4);
  body.copy(frame, headLength);
  return frame;
}

/** Everything up to the first frame that is torn or damaged: nothing behind it can be trusted. */
export function readFrames(bytes: Buffer): { flushes: Flush[]; whole: boolean } {
  const flushes: Flush[] = [];
  let at = 0;
  while (at + headLength <= bytes.length) {
    const body = bytes.subarray(at + headLength, at + headLength + bytes.readUInt32LE(at));
    if (body.length < bytes.readUInt32LE(at) || crc32(body) !== bytes.readUInt32LE(at + 4)) break;
    flushes.push(JSON.parse(zstdDecompressSync(body).toString()));
    at += headLength + body.length;
  }
  return { flushes, whole: at === bytes.length };
}
