import { closeSync, fsyncSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeInPieces } from '../../../lists/short-calls.ts';

let written = 0;

/** Writes a file that is there whole or not at all, also after a power cut. */
export async function writeDurably(path: string, content: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const fresh = freshName(path);
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  const handle = await open(folder, 'r');
  try {
    // A rename survives a power cut only once its folder is on the disk.
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The same for the child, which has nothing else to do meanwhile. */
export function writeLargeDurably(path: string, bytes: Uint8Array): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const fresh = freshName(path);
  withFile(fresh, 'w', (file) => {
    writeInPieces(file, bytes);
    fsyncSync(file);
  });
  renameSync(fresh, path);
  withFile(folder, 'r', fsyncSync);
}

const freshName = (path: string): string => `${path}.${process.pid}-${written++}.tmp`;

function withFile(path: string, flags: string, use: (file: number) => void): void {
  const file = openSync(path, flags, 0o600);
  try {
    use(file);
  } finally {
    closeSync(file);
  }
}
