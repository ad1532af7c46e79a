import { readdirSync, readFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/**
 * Less of the processor than answering gets where both want it, more than what compiles lists. A seventh of a core that
 * answering would use alone is enough to record all it blocks; with a quarter, answers waited for pages being read.
 */
const STEPS = 8;

/** Node's threads that work for all others: collecting memory, translating code, files, packing. */
const helpers = /^(node-V8Worker|libuv-worker)$/;

/** Lets answering go first. On Linux a thread has a priority of its own. @param thread the system's number; 0 is the calling one */
export function standBack(thread = 0): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(thread, Math.min(getPriority(thread) + STEPS, constants.priority.PRIORITY_LOW));
  } catch {
    // It has ended meanwhile, or the system doesn't want it: nothing that a start should fail for.
  }
}

/** The same for this process's helpers that are there by now: what they do is control's, nearly all of it. */
export function helpersStandBack(): void {
  if (process.platform !== 'linux') return;
  for (const thread of readdirSync('/proc/self/task')) if (helpers.test(nameOf(thread))) standBack(Number(thread));
}

function nameOf(thread: string): string {
  try {
    return readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
