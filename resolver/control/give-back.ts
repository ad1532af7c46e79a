import { readFileSync } from 'node:fs';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** MADV_DONTNEED: the pages may go; whoever touches one again gets it from the file. */
const DONT_NEED = 4;

/** M_MMAP_THRESHOLD: buffers of so many octets have pages of their own, which go with them. */
const MMAP_THRESHOLD = -3;
const LARGE = 128 * 1024;

export interface Memory {
  /** Octets of buffers, in use or not collected yet. */
  buffers(): number;
  /** Collects garbage, and lets much come together before the next time. */
  collectAhead(): void;
  /** Collects garbage, and gives the system what it may have back. */
  giveBack(): void;
}

/** The calling thread's. */
export const ownMemory: Memory = {
  buffers: () => getHeapStatistics().external_memory,
  collectAhead,
  giveBack() {
    shrinkHeap();
    void giveToSystem();
  },
};

/** Collects this thread's garbage and shrinks its heap to what is left: some ten milliseconds in which it does nothing else. */
export function shrinkHeap(): void {
  collector()({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** Collects this thread's garbage, and lets the next be ten times what is left before V8 collects it unasked. */
function collectAhead(): void {
  const collectNow = collector();
  // V8 reads it at the end of a collection. Only meanwhile, for other threads' heaps go by it, too.
  setFlagsFromString('--heap-growing-percent=1000');
  collectNow({ type: 'major', execution: 'sync' });
  setFlagsFromString('--heap-growing-percent=0');
}

let collect: ((options: object) => void) | undefined;

/** V8's own, made once: where contexts come and go, it compiles again what it had compiled. */
function collector(): (options: object) => void {
  if (collect) return collect;
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc') as (options: object) => void;
  setFlagsFromString('--no-expose-gc');
  return collect;
}

/**
 * Gives back to the system what only the start of the process needed: memory that the C library keeps for later, and
 * pages of the program itself that were run once. Less than that is given where the C library is not glibc or koffi is
 * not there.
 */
async function giveToSystem(): Promise<void> {
  const koffi = await import('koffi').catch(() => undefined);
  if (process.platform !== 'linux' || !koffi) return;
  const lib = koffi.load(null);
  try {
    // Else the limit grows with what is freed, and large buffers leave holes where they were.
    lib.func('int mallopt(int name, int value)')(MMAP_THRESHOLD, LARGE);
    lib.func('int malloc_trim(size_t pad)')(0);
  } catch {
    // Not glibc.
  }
  const advise = lib.func('int madvise(intptr_t at, size_t length, int advice)');
  for (const { from, to } of unchangedPages(readFileSync('/proc/self/smaps', 'utf8')))
    advise(from, to - from, DONT_NEED);
}

/** Where the program's file is mapped and nobody has written: what the loader put addresses into must not be lost. */
function unchangedPages(mappings: string): { from: number; to: number }[] {
  return mappings.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).flatMap((mapping) => {
    const [, from, to, file] = /^([0-9a-f]+)-([0-9a-f]+) r-[-x]p \S+ \S+ \d+ +(\S.*)$/m.exec(mapping) ?? [];
    if (file !== process.execPath || !/^Private_Dirty: +0 kB$/m.test(mapping)) return [];
    if (!/^Anonymous: +0 kB$/m.test(mapping)) return [];
    return { from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) };
  });
}
