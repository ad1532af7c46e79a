import { setTimeout as wait } from 'node:timers/promises';
import type { AttemptBatch } from '../../between/attempt-batch.ts';
import type { WallMs } from '../../policy/model.ts';
import { type RecordStore, SetBack, StoreAway } from '../store/store.ts';
import type { Flush } from './frames.ts';
import { Journal, type JournalStats } from './journal.ts';
import { Live } from './live.ts';
import { Recent } from './recent.ts';
import { type Keep, Retention } from './retention.ts';
import { Turns } from './turns.ts';

export interface RecorderDeps {
  readonly record: Pick<RecordStore, 'append' | 'forget' | 'compact' | 'prune'>;
  /** Where flushes wait on disk while the store is away. */
  readonly folder: string;
  readonly now: () => WallMs;
  readonly log: { warn(message: string): void; info(message: string): void };
  readonly keep: () => Keep;
  /** What may be recorded of a batch: cuts addresses, leaves out devices. Everything behind it sees only its result. */
  readonly admit?: (batch: AttemptBatch) => AttemptBatch;
  /** Whether a store that confirmed a flush may turn out to have lost it; then the latest are kept to be sent again. */
  readonly storeMayForget?: boolean;
  /** Told what was recorded, for those who follow it elsewhere. */
  readonly show?: (batch: AttemptBatch) => void;
  /** Bytes; the oldest is dropped beyond it. */
  readonly journalLimit?: number;
}

export interface RecorderStats {
  /** Attempts taken in, and confirmed by the store. */
  readonly taken: number;
  readonly stored: number;
  /** Attempts that wait in memory; those that wait on disk are in `journal`. */
  readonly waiting: number;
  readonly journal: JournalStats;
  /** Attempts that were lost: no room in the ring, at the journal's limit, on a full disk, or that no store can hold. */
  readonly lost: { readonly ring: number; readonly journal: number; readonly memory: number; readonly refused: number };
  /** Flushes that a store lost after confirming them, too long ago to be sent again. */
  readonly setBack: number;
  /** Why the store can't be written now. */
  readonly away?: string;
  /** Of successful appends. */
  readonly append: { readonly count: number; readonly seconds: number; readonly slowest: number };
}

/** A flush in memory, and whom to tell when it need not be kept elsewhere any more. */
interface Waiting {
  flush: Flush;
  readonly done: () => void;
}

/** How long a flush may be unconfirmed before it is written to disk, in milliseconds: with the ring's, under a second. */
const spillAfter = 250;
/** What may wait in memory when the disk can't be written either, in rows. */
const memoryLimit = 50_000;
/** Milliseconds for which questions of a forgotten device may still be on their way. */
const forgetFor = 60_000;

/**
 * Brings flushes into the store, each exactly once and in order. A store that is slow or away delays nobody: what it
 * has not confirmed in time goes to the journal, and is read from there until the journal is empty again.
 */
export class Recorder {
  readonly live = new Live();
  readonly #deps: RecorderDeps;
  readonly #journal: Journal;
  readonly #retention: Retention;
  readonly #recent: Recent;
  /** Appends and forgetting exclude each other. */
  readonly #turns = new Turns();
  readonly #stopping = new AbortController();
  /** Confirmed once and lost by the store since; older than all that waits. */
  #again: Flush[] = [];
  /** In memory, not confirmed, newer than all in the journal. */
  #waiting: Waiting[] = [];
  #oldestAtLastLook: Waiting | undefined;
  /** Devices forgotten lately, with the time of it. */
  readonly #forgotten = new Map<string, WallMs>();
  #spilling: Promise<void> | undefined;
  #spillTimer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #wake: () => void = () => {};
  #away: string | undefined;
  #taken = 0;
  #stored = 0;
  #ringLost = 0;
  #memoryLost = 0;
  #refused = 0;
  #setBack = 0;
  #append = { count: 0, seconds: 0, slowest: 0 };

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    // A file that was synced keeps what it confirmed; a Redis may come back with less than it had.
    this.#recent = deps.storeMayForget === false ? new Recent(0, 0) : new Recent();
    this.#journal = new Journal({ folder: deps.folder, limit: deps.journalLimit ?? 64_000_000 });
    this.#retention = new Retention({ ...deps, journal: this.#journal });
  }

  start(): void {
    this.#journal.start();
    this.#retention.start();
    this.#spillTimer = setInterval(() => void this.#spillLate(), spillAfter / 2).unref();
    this.#writing = this.#write();
  }

  /** What the store does not take now stays in the journal. */
  async stop(): Promise<void> {
    clearInterval(this.#spillTimer);
    await this.#retention.stop();
    if (!this.#away && this.#journal.isEmpty) await Promise.race([this.#emptied(), wait(1000)]);
    this.#stopping.abort();
    this.#wake();
    await this.#spilling;
    await this.#spill();
    await this.#writing;
    await this.#journal.stop();
  }

  /** Resolves when the batch is in the store, or on disk, or given up and counted as lost. */
  take(batch: AttemptBatch): Promise<void> {
    const now = this.#deps.now();
    const flush = this.#withoutForgotten({ batch: this.#deps.admit?.(batch) ?? batch, at: now });
    this.#taken += flush.batch.length;
    this.#ringLost += batch.dropped;
    this.live.add(flush.batch);
    this.#deps.show?.(flush.batch);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ flush, done: resolve });
    this.#wake();
    return promise;
  }

  /** Everything about a device: in the store, in what waits for it, in what is still to come, and in the live stream. */
  async forget(device: string): Promise<void> {
    this.#forgotten.set(device, this.#deps.now());
    await this.#turns.take(async () => {
      await this.#spilling;
      const change = ({ batch, at }: Flush): Flush => ({ batch: batch.without(device), at });
      this.live.forget(device);
      this.#recent.change(change);
      this.#again = this.#again.map(change);
      for (const each of this.#waiting) each.flush = change(each.flush);
      await this.#journal.rewrite(change);
      await this.#deps.record.forget(device);
    });
  }

  stats(): RecorderStats {
    const journal = this.#journal.stats();
    return {
      taken: this.#taken,
      stored: this.#stored,
      waiting: this.#attemptsWaiting,
      journal,
      lost: { ring: this.#ringLost, journal: journal.lost, memory: this.#memoryLost, refused: this.#refused },
      setBack: this.#setBack,
      away: this.#away,
      append: { ...this.#append },
    };
  }

  async #write(): Promise<void> {
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      const done = await this.#turns.take(() => this.#writeOldest());
      if (done === 'idle') await woken;
      failures = done === 'away' ? failures + 1 : 0;
      if (done === 'away') await this.#pause(Math.min(100 * 2 ** failures, 2000));
    }
  }

  async #writeOldest(): Promise<'stored' | 'idle' | 'away'> {
    const journaled = this.#again.length === 0 ? await this.#journal.first() : undefined;
    const waiting = this.#waiting[0];
    const flush = this.#again[0] ?? journaled ?? waiting?.flush;
    if (!flush) return 'idle';
    try {
      await this.#store(flush);
    } catch (error) {
      if (error instanceof SetBack) {
        this.#prepareAgain(flush, error.last);
        return 'stored';
      }
      if (error instanceof StoreAway) {
        this.#setAway(error.message);
        return 'away';
      }
      this.#refused += flush.batch.length;
      this.#deps.log.warn(`The record can't hold a flush of attempts, it is left out: ${String(error)}`);
    }
    this.#setAway(undefined);
    // Meanwhile the flush may have gone from memory to the journal; the store will know it again there.
    if (this.#again[0] === flush) this.#again.shift();
    else if (journaled) await this.#journal.removeFirst(journaled);
    else if (this.#waiting[0] === waiting) this.#drop(waiting);
    return 'stored';
  }

  async #store(flush: Flush): Promise<void> {
    const began = performance.now();
    await this.#deps.record.append(flush.batch, flush.at);
    const seconds = (performance.now() - began) / 1000;
    const { count, seconds: sum, slowest } = this.#append;
    this.#append = { count: count + 1, seconds: sum + seconds, slowest: Math.max(slowest, seconds) };
    if (this.#recent.has(flush)) return;
    this.#stored += flush.batch.length;
    this.#recent.add(flush, this.#deps.now());
  }

  #prepareAgain({ batch }: Flush, last: number | undefined): void {
    this.#again = this.#recent.after(batch.boot, last);
    if (last !== undefined) this.#setBack += (this.#again[0]?.batch ?? batch).sequence - last - 1;
    this.#deps.log.warn(
      `The store lost ${this.#again.length} flushes of attempts that it had confirmed; sending them again.`,
    );
  }

  async #spillLate(): Promise<void> {
    const oldest = this.#waiting[0];
    const isLate = oldest !== undefined && oldest === this.#oldestAtLastLook;
    this.#oldestAtLastLook = oldest;
    if (!isLate) return;
    this.#spilling ??= this.#spill().finally(() => (this.#spilling = undefined));
    await this.#spilling;
  }

  async #spill(): Promise<void> {
    const late = [...this.#waiting];
    if (late.length === 0) return;
    try {
      await this.#journal.add(late.map(({ flush }) => flush));
      for (const each of late) this.#drop(each);
      this.#wake();
    } catch (error) {
      this.#deps.log.warn(`The journal of attempts can't be written, they wait in memory: ${String(error)}`);
      while (this.#rowsWaiting > memoryLimit) {
        this.#memoryLost += this.#waiting[0].flush.batch.length;
        this.#drop(this.#waiting[0]);
      }
    }
  }

  /** Nothing more has to be done for it. */
  #drop(done: Waiting): void {
    this.#waiting = this.#waiting.filter((each) => each !== done);
    done.done();
  }

  get #attemptsWaiting(): number {
    return this.#waiting.reduce((sum, { flush }) => sum + flush.batch.length, 0);
  }

  get #rowsWaiting(): number {
    return this.#waiting.reduce((sum, { flush }) => sum + flush.batch.rowCount, 0);
  }

  #withoutForgotten(flush: Flush): Flush {
    let kept = flush;
    for (const [device, since] of this.#forgotten) {
      if (since < flush.at - forgetFor) this.#forgotten.delete(device);
      else kept = { ...kept, batch: kept.batch.without(device) };
    }
    return kept;
  }

  #setAway(reason: string | undefined): void {
    if (reason === this.#away) return;
    if (reason === undefined) this.#deps.log.info('The store answers again.');
    else if (this.#away === undefined) this.#deps.log.warn(`${reason} Attempts are kept on disk until it does.`);
    this.#away = reason;
  }

  async #pause(milliseconds: number): Promise<void> {
    await wait(milliseconds, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => {});
  }

  async #emptied(): Promise<void> {
    while (this.#waiting.length > 0) await wait(5);
  }
}
