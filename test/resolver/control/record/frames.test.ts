import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { frameOf, readFrames } from '../../../../resolver/control/record/frames.ts';
import { batchFrom } from '../../../batch-from.ts';

const flush = {
  at: 1_750_000_000_000.5,
  batch: batchFrom({
    attempts: [
      {
        at: 1,
        device: 'd_1',
        domain: 'a.example',
        qtype: 1,
        outcome: 'blocked',
        purpose: 'ads',
        reason: 'purpose:ads',
      },
      { at: 2, device: 'd_1', domain: 'b.example', qtype: 1, outcome: 'cached', reason: 'pause' },
    ],
  }),
};

test('a frame gives back its flush', () => {
  const { flushes, whole } = readFrames(frameOf(flush));
  expect(whole).toBe(true);
  expect(flushes.map(({ at, batch }) => [at, batch.attempts()])).toEqual([[flush.at, flush.batch.attempts()]]);
});

test('a frame of a Quell that numbered outcomes and purposes otherwise is read by what it meant', () => {
  const written = zstdDecompressSync(frameOf(flush).subarray(8));
  const rest = written.subarray(written.indexOf('\n'));
  // Position 0 is what was blocked, 1 what came from the cache; purposes 1 and on are counted with "ads" in its place.
  const purposes = written.toString('utf8', 0, written.indexOf('\n')).split(';')[1].split(',');
  const elsewhere = purposes.map((purpose) => (purpose === 'ads' ? 'gone' : purpose)).join();
  const body = zstdCompressSync(Buffer.concat([Buffer.from(`cached,blocked;${elsewhere}`), rest]));
  const head = Buffer.alloc(8);
  head.writeUInt32LE(body.length, 0);
  head.writeUInt32LE(crc32(body), 4);
  const [{ batch }] = readFrames(Buffer.concat([head, body])).flushes;
  expect(batch.attempts().map(({ domain, outcome, purpose }) => [domain, outcome, purpose])).toEqual([
    ['a.example', 'cached', undefined],
    ['b.example', 'blocked', undefined],
  ]);
});
