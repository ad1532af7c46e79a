import type { PurposeId } from '../../../lists/purposes.ts';
import type { AttemptBatch } from '../../between/attempt-batch.ts';
import type { Outcome, WallMs } from '../../policy/model.ts';

/**
 * What outlives the process: the household's documents and its record. SQLite keeps them in a file
 * below the data directory, Redis where several resolvers share them. One contract suite holds for both.
 * Every method may reject with `StoreAway`; nothing that answers packets calls any of them.
 */
export interface Store {
  readonly kind: 'sqlite' | 'redis';
  readonly documents: Documents;
  readonly record: RecordStore;
  /** Resolves when the store answers; rejects with a sentence that says what to do. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The store can't be reached now; the message is one sentence with the remedy. */
export class StoreAway extends Error {
  override name = 'StoreAway';
}

/** A document was changed by somebody else since it was read. */
export class Conflict extends Error {
  override name = 'Conflict';
}

/** One JSON value by kind and id ("rule", "r_3f…"), with the version of the change that wrote it last. */
export interface StoredDocument {
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly value: unknown;
}

export interface DocumentChange {
  readonly kind: string;
  readonly id: string;
  /** `undefined` removes it. */
  readonly value: unknown;
  /** Version that was read; 0 when it must not exist yet. Omitted: whatever is there. */
  readonly expected?: number;
}

export interface Documents {
  /** All documents and the number of the last change. */
  load(): Promise<{ version: number; documents: StoredDocument[] }>;
  /**
   * All changes or none; durable when it resolves.
   * @returns the number of this change, which all written documents now carry
   * @throws Conflict
   */
  commit(changes: readonly DocumentChange[]): Promise<number>;
  /** Calls back after changes committed by anybody else on this store, and after a reconnect. */
  watch(changed: () => void): () => void;
}

/** A row of the log: equal attempts of a device within a segment are folded, `count` says how many they were. */
export interface AttemptRow {
  readonly at: WallMs;
  readonly device: string;
  readonly domain: string;
  readonly qtype: number;
  readonly outcome: Outcome;
  readonly purpose?: PurposeId;
  readonly reason: string;
  readonly count: number;
}

export interface AttemptFilter {
  readonly device?: string;
  readonly purpose?: PurposeId;
  readonly outcome?: Outcome;
  /** Exact name, or `*.name` for a name and all below it. */
  readonly domain?: string;
  readonly from?: WallMs;
  readonly to?: WallMs;
  /** Where the last page ended; opaque. */
  readonly cursor?: string;
  /** 1 to 1000 */
  readonly limit: number;
}

export interface SummaryFilter {
  readonly device?: string;
  readonly from: WallMs;
  readonly to: WallMs;
  readonly by: 'hour' | 'day' | 'purpose' | 'domain' | 'outcome' | 'device';
}

/** `counted`: look-ups that matched nothing. They are in no row, only in the roll-ups. */
export interface Totals {
  readonly blocked: number;
  readonly allowed: number;
  readonly counted: number;
}

export interface Bucket extends Totals {
  /** Start of the hour or day as wall-clock milliseconds, or the purpose, domain, outcome or device. */
  readonly key: string | number;
}

export interface RecordStore {
  /** Adds a batch and its roll-ups in one step. A batch that was added before (boot, sequence) changes nothing. */
  append(batch: AttemptBatch): Promise<void>;
  /** Newest first. */
  attempts(filter: AttemptFilter): Promise<{ attempts: AttemptRow[]; next?: string }>;
  /** From the hourly roll-ups; `from` and `to` are widened to whole hours. */
  summary(filter: SummaryFilter): Promise<{ totals: Totals; buckets: Bucket[] }>;
  /** When any device, or the given one, first asked for the name. */
  firstSeen(domain: string, device?: string): Promise<WallMs | undefined>;
  /** Everything about a device. */
  forget(device: string): Promise<void>;
  /** Drops attempts and roll-ups older than the given times. */
  prune(before: { attempts: WallMs; rollups: WallMs }): Promise<void>;
}
