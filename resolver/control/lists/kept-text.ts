import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { readInPieces } from '../../../lists/short-calls.ts';
import { writeLargeDurably } from './durable-file.ts';
import { keptName } from './version-shelf.ts';

/** The name of a version. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Keeps a text under its own hash, packed: cards are small and wear out. */
export function writeKept(path: string, bytes: Uint8Array): void {
  writeLargeDurably(path, zstdCompressSync(bytes));
}

/** @throws when the file is absent, damaged, or not the text that its name says */
export function readKept(path: string): Uint8Array {
  const bytes = unpackKept(readInPieces(path, (size) => Buffer.allocUnsafe(size)));
  if (keptName(sha256(bytes)) !== basename(path)) throw damaged();
  return bytes;
}

/** @param most bytes that the text may have */
export const unpackKept = (packed: Uint8Array, most?: number): Uint8Array =>
  zstdDecompressSync(packed, { maxOutputLength: most });

export const damaged = (): Error => new Error('The kept copy of a list is damaged.');
