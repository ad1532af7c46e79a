import { expect } from 'vitest';
import type { AttemptBatch } from '../../resolver/between/attempt-batch.ts';
import { allAttempts } from '../../resolver/control/record/export.ts';
import type { Recorder } from '../../resolver/control/record/recorder.ts';
import type { RecordStore } from '../../resolver/control/store/store.ts';
import { attemptBy, batchOf, numbers } from './attempts.ts';
import { until } from './redis-servers.ts';

/** A batch that is told from every other in the store: by a name that only it asks for. */
export function markedBatch(boot: string, sequence: number, at: number, size = 20): AttemptBatch {
  const random = numbers(sequence);
  const others = Array.from({ length: size }, (_, i) => attemptBy(`phone${i % 3}`, at - i, random));
  return batchOf(boot, sequence, [{ ...others[0], at, domain: markOf(boot, sequence) }, ...others]);
}

const markOf = (boot: string, sequence: number) => `${boot}-${sequence}.mark.example`;

/** Hands batches to a recorder, some hundred attempts a second in many small flushes, until stopped. */
export class MarkedLoad {
  taken = 0;
  readonly #recorder: Recorder;
  readonly #timer: NodeJS.Timeout;
  readonly #boot: string;

  constructor(recorder: Recorder, boot = 'load', every = 10) {
    this.#recorder = recorder;
    this.#boot = boot;
    this.#timer = setInterval(() => this.#recorder.take(markedBatch(this.#boot, ++this.taken, Date.now())), every);
  }

  async during(work: () => Promise<void>): Promise<void> {
    await until(() => this.taken > 20);
    await work();
    const then = this.taken;
    await until(() => this.taken > then + 20);
    clearInterval(this.#timer);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Marks in the store, with how often each is there. */
export async function marksIn(record: RecordStore): Promise<Map<string, number>> {
  const marks = new Map<string, number>();
  for await (const { domain, count } of allAttempts(record, { domain: '*.mark.example' })) {
    marks.set(domain, (marks.get(domain) ?? 0) + count);
  }
  return marks;
}

export async function expectAllOnce(
  recorder: Recorder,
  record: RecordStore,
  load: MarkedLoad,
  boot = 'load',
): Promise<void> {
  await until(() => recorder.stats().waiting === 0 && recorder.stats().journal.bytes === 0, 30_000);
  const stats = recorder.stats();
  expect(stats.lost).toEqual({ ring: 0, journal: 0, memory: 0, refused: 0 });
  expect(stats.setBack).toBe(0);
  const marks = await marksIn(record);
  const expected = Array.from({ length: load.taken }, (_, i) => [markOf(boot, i + 1), 1]);
  expect(Object.fromEntries(marks)).toEqual(Object.fromEntries(expected));
  let rows = 0;
  for await (const { count } of allAttempts(record, {})) rows += count;
  expect(rows).toBe(stats.taken);
  expect(stats.stored).toBe(stats.taken);
  const { totals } = await record.summary({ from: 0, to: Date.now() + 3_600_000, by: 'day' });
  expect(totals.blocked + totals.allowed).toBe(stats.taken);
}
