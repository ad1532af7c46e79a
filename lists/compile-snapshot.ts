import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { RuleSet } from './rule-set/rule-set.ts';

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
    const bytes = new Uint8Array(ruleSet);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 24));
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

function readShared(path: string): SharedArrayBuffer {
  const file = openSync(path, 'r');
  try {
    const shared = new SharedArrayBuffer(fstatSync(file).size);
    const bytes = new Uint8Array(shared);
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(file, bytes, at, bytes.length - at, at);
      if (read === 0) throw new Error('cut short');
      at += read;
    }
    return shared;
  } finally {
    closeSync(file);
  }
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
