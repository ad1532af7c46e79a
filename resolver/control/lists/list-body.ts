import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { tooLarge } from '../../../lists/parse/decode.ts';

/**
 * Collects a body, unpacked, and stops as soon as it is larger than it may be: an archive of a few kilobytes can hold
 * gigabytes.
 * @throws TooLarge, or what the stream or zlib reports
 */
export async function readBody(body: Readable, encoding: string, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const collect = async (source: AsyncIterable<Uint8Array>) => {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
  };
  if (/^\s*(x-)?gzip\s*$/i.test(encoding)) await pipeline(body, createGunzip(), collect);
  else await pipeline(body, collect);
  return Buffer.concat(chunks, size);
}
