import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompressSync } from 'node:zlib';
import { readInPieces } from '../../../lists/short-calls.ts';
import { writeDurably } from './durable-file.ts';

const compress = promisify(zstdCompress);
const ENDING = '.zst';

/** The name of a version. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const keptName = (version: string): string => `${version}${ENDING}`;

/** Keeps a text under its own hash, packed: cards are small and wear out. */
export async function writeKept(path: string, bytes: Uint8Array): Promise<void> {
  await writeDurably(path, await compress(bytes));
}

/** @throws when the file is absent, damaged, or not the text that its name says */
export function readKept(path: string): Uint8Array {
  const bytes = zstdDecompressSync(readInPieces(path, (size) => Buffer.allocUnsafe(size)));
  if (sha256(bytes) !== basename(path, ENDING)) throw new Error('The kept copy of a list is damaged.');
  return bytes;
}
