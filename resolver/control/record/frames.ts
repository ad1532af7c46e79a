import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type PurposeId, purposeIds } from '../../../lists/purposes.ts';
import { AttemptBatch } from '../../between/attempt-batch.ts';
import { decodeBatch, encodedAgain } from '../../between/batch-bytes.ts';
import { Kinds, kindLayout } from '../../between/kinds.ts';
import { type Outcome, outcomes, type WallMs } from '../../policy/model.ts';

/** A batch, and when it was flushed, which says which hour its counts belong to. */
export interface Flush {
  readonly batch: AttemptBatch;
  readonly at: WallMs;
}

const headLength = 8;

/** What the numbers in batches mean: a journal may be read by a program that numbers outcomes and purposes otherwise. */
const legend = Buffer.from(`${outcomes.join()};${purposeIds.join()}\n`);

/**
 * A flush as it lies in a journal file: length and CRC-32 of what follows (both u32, little-endian), then compressed:
 * the legend, when it was flushed (f64), the batch in bytes.
 */
export function frameOf({ batch, at }: Flush): Buffer {
  const time = Buffer.alloc(8);
  time.writeDoubleLE(at);
  const body = zstdCompressSync(Buffer.concat([legend, time, encodedAgain(batch)]));
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
    flushes.push(flushFrom(zstdDecompressSync(body)));
    at += headLength + body.length;
  }
  return { flushes, whole: at === bytes.length };
}

function flushFrom(body: Buffer): Flush {
  const end = body.indexOf('\n') + 1;
  const batch = decodeBatch(body.subarray(end + 8));
  const written = body.subarray(0, end);
  return { batch: legend.equals(written) ? batch : renumbered(batch, written), at: body.readDoubleLE(end) };
}

/** What this program knows no more keeps its place as an attempt without purpose; an outcome of old is a failure. */
function renumbered(batch: AttemptBatch, written: Buffer): AttemptBatch {
  const [oldOutcomes, oldPurposes] = written
    .toString()
    .trim()
    .split(';')
    .map((names) => names.split(','));
  const kinds = batch.kinds.octets.slice();
  for (let kind = 0; kind < batch.kinds.count; kind++) {
    const at = batch.kinds.start(kind);
    const outcome = outcomes.indexOf(oldOutcomes[kinds[at + kindLayout.outcome]] as Outcome);
    kinds[at + kindLayout.outcome] = outcome < 0 ? outcomes.indexOf('failed') : outcome;
    const purpose = kinds[at + kindLayout.purpose];
    if (purpose > 0) kinds[at + kindLayout.purpose] = purposeIds.indexOf(oldPurposes[purpose - 1] as PurposeId) + 1;
  }
  return new AttemptBatch({ ...batch, kinds: new Kinds(kinds) });
}
