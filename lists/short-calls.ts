import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * Files are read and written by many short system calls. Most kernels of servers let a call run to its end before
 * anybody else gets its core, whatever their priorities: 16 MB in one took 5 to 9 ms of two cores, in which answering
 * waited for a list.
 */
const PIECE = 2 ** 16;

/** @param make gives the room for the whole file; @throws when the file is absent or becomes shorter meanwhile */
export function readInPieces<Bytes extends Uint8Array>(path: string, make: (size: number) => Bytes): Bytes {
  const file = openSync(path, 'r');
  try {
    const bytes = make(fstatSync(file).size);
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(file, bytes, at, Math.min(bytes.length - at, PIECE), at);
      if (read === 0) throw new Error('cut short');
      at += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

export function writeInPieces(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(bytes.length - at, PIECE));
}
