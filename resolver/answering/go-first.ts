/** System call numbers of `sched_getattr` and `sched_setattr`. */
const systemCalls: Readonly<Partial<Record<NodeJS.Architecture, { get: number; set: number }>>> = {
  x64: { get: 315, set: 314 },
  arm64: { get: 275, set: 274 },
};

/** `struct sched_attr` as of its first version. */
const schedAttr = { size: 48, policy: 4, flags: 8, runtime: 24 };
const SCHED_OTHER = 0;
/** Threads and processes that this one starts are not to be in such a hurry. */
const RESET_ON_FORK = 1n;

/** The shortest slice that the kernel grants, in nanoseconds. */
const SLICE = 100_000n;

/**
 * Lets the calling thread run as soon as it wakes. To the scheduler whoever asks for short slices may interrupt whoever
 * has longer ones; without that an answer waits until control, or whatever else is on the core, has had its slice: up to
 * a tick of the clock, 4 ms. The share of the processor stays the same. Kernels before 6.12 pass over the wish, and
 * where it can't be said everything is as before.
 */
export async function goFirst(): Promise<void> {
  const calls = process.platform === 'linux' ? systemCalls[process.arch] : undefined;
  const koffi = calls && (await import('koffi').catch(() => undefined));
  if (!calls || !koffi) return;
  const lib = koffi.load(null);
  const get = lib.func('int syscall(long number, int thread, _Out_ void *attr, uint32_t size, uint32_t flags)');
  const set = lib.func('int syscall(long number, int thread, const void *attr, uint32_t flags)');
  const attr = Buffer.alloc(schedAttr.size);
  // A real-time policy that somebody chose for Quell goes first anyway.
  if (get(calls.get, 0, attr, attr.length, 0) !== 0 || attr.readUInt32LE(schedAttr.policy) !== SCHED_OTHER) return;
  attr.writeBigUInt64LE(attr.readBigUInt64LE(schedAttr.flags) | RESET_ON_FORK, schedAttr.flags);
  attr.writeBigUInt64LE(SLICE, schedAttr.runtime);
  set(calls.set, 0, attr, 0);
}
