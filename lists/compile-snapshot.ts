import { closeSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RuleSet } from './rule-set/rule-set.ts';
import { fillInPieces, readInPieces, writeInPieces } from './short-calls.ts';

const CURRENT = 'rule-set.bin';
const PREVIOUS = 'rule-set.previous.bin';

/**
 * Keeps a rule-set where the next start finds it. At any moment of it one whole set is on the disk under one of the two
 * names: the new one appears in one step, and the one before stays until the next time.
 */
export function writeSnapshot(folder: string, ruleSet: SharedArrayBuffer): void {
  mkdirSync(folder, { recursive: true });
  const fresh = join(folder, `${CURRENT}.${process.pid}.tmp`);
  const file = openSync(fresh, 'w', 0o600);
  try {
    writeInPieces(file, new Uint8Array(ruleSet));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  const current = join(folder, CURRENT);
  const previous = join(folder, PREVIOUS);
  rmSync(previous, { force: true });
  try {
    linkSync(current, previous);
  } catch {
    // There is none yet, or the file system has no links: then only the new one is kept.
  }
  renameSync(fresh, current);
  syncFolder(folder);
}

/** The last set that is whole, if any. */
export function readSnapshot(folder: string): RuleSet | undefined {
  for (const name of [CURRENT, PREVIOUS]) {
    try {
      return RuleSet.open(readShared(join(folder, name)));
    } catch {
      // Absent or damaged: the one before may do.
    }
  }
  return undefined;
}

/** Whether the set that was written last is this one, which is then not worth reading again. */
export function isSnapshotOf(folder: string, { header, buffer }: RuleSet): boolean {
  const file = openSync(join(folder, CURRENT), 'r');
  try {
    const written = new Uint8Array(header.length);
    fillInPieces(file, written);
    return fstatSync(file).size === buffer.byteLength && Buffer.compare(written, header) === 0;
  } finally {
    closeSync(file);
  }
}

function readShared(path: string): SharedArrayBuffer {
  return readInPieces(path, (size) => new Uint8Array(new SharedArrayBuffer(size))).buffer;
}

/** A rename is only sure to survive a power cut once its folder is on the disk too. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
