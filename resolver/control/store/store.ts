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
  /** Missing where a store is one resolver's alone. */
  readonly nodes?: Nodes;
  /** Missing like `nodes`. */
  readonly texts?: Texts;
  /**
   * Resolves when the store answers; rejects with a sentence that says what to do. One that is away (`StoreAway`)
   * is tried again by itself until `stop`.
   */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Looks for damage; slow on a long record. @returns sentences, none when all is well */
  check(): Promise<string[]>;
}

/** A resolver of the household, as it says of itself. */
export interface NodeState {
  /** Random per start of control. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly startedAt: WallMs;
  /** Whether its questions are answered. */
  readonly answering: boolean;
  readonly policyVersion: number;
  /** Whether somebody follows the attempts live there. */
  readonly watching: boolean;
  /** Milliseconds by which its clock is ahead of the store's; not said by versions before. */
  readonly clockAhead?: number;
}

export interface SeenNode extends NodeState {
  /** Milliseconds since its last sign of life. */
  readonly silentFor: number;
}

export type Topic = 'attempts' | 'forgotten';

/** The resolvers that share a store. What is told reaches those who hear it now, and nobody later. */
export interface Nodes {
  /** The clock that all of them can ask. */
  time(): Promise<WallMs>;
  /** A sign of life; a node without one for a day is not listed any more. */
  beat(state: NodeState): Promise<void>;
  leave(id: string): Promise<void>;
  all(): Promise<SeenNode[]>;
  tell(topic: Topic, message: string): Promise<void>;
  /** What this node tells comes back to it, too. */
  hear(topic: Topic, listener: (message: string) => void): () => void;
}

/** Texts of lists, by their version, for resolvers of the household that can't get them where they are published. */
export interface Texts {
  /** @returns its pieces, which may fail to come when it is removed meanwhile */
  get(version: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /**
   * Keeps a text, in a bounded number of bytes.
   * @param needed versions that must stay; others make room
   * @returns whether it is there now
   */
  put(version: string, text: PackedText, needed: ReadonlySet<string>): Promise<boolean>;
}

/** A packed text that is read only when it is needed, and never held whole. */
export interface PackedText {
  readonly bytes: number;
  pieces(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** The store can't be reached now; the message is one sentence with the remedy. */
export class StoreAway extends Error {
  override name = 'StoreAway';
}

/** A document was changed by somebody else since it was read. */
export class Conflict extends Error {
  override name = 'Conflict';
}

/**
 * The store has lost batches of this boot that it had acknowledged, as a fail-over to a lagging replica does. Those
 * after `last` (all, when undefined) must be added again; the batch that met this was not added.
 */
export class SetBack extends Error {
  override name = 'SetBack';
  readonly last: number | undefined;

  constructor(last: number | undefined) {
    super('The store lost attempts that it had confirmed; they are being sent again.');
    this.last = last;
  }
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

/**
 * A row of the log: equal attempts of a device within one second are folded into one row at the time of the first,
 * `count` says how many they were.
 */
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
  /** One, or several as if they were one. */
  readonly device?: string | readonly string[];
  readonly purpose?: PurposeId;
  readonly outcome?: Outcome;
  /** Exact name, or `*.name` for a name and all below it. */
  readonly domain?: string;
  readonly from?: WallMs;
  /** Not included. */
  readonly to?: WallMs;
  /** Where the last page ended; opaque. */
  readonly cursor?: string;
  /** 1 to 1000 */
  readonly limit: number;
}

export interface SummaryFilter {
  /** One, or several as if they were one. */
  readonly device?: string | readonly string[];
  readonly purpose?: PurposeId;
  readonly from: WallMs;
  /** Not included. */
  readonly to: WallMs;
  readonly by: 'hour' | 'day' | 'purpose' | 'domain' | 'outcome' | 'device';
  /** Time zone that days begin in; UTC without it. */
  readonly zone?: string;
  /** Most buckets wanted. */
  readonly limit?: number;
}

export interface TimelineFilter {
  /** One, or several as if they were one. */
  readonly device?: string | readonly string[];
  readonly from: WallMs;
  /** Not included. */
  readonly to: WallMs;
  readonly step: 'hour' | 'day';
  /** Time zone that days begin in; UTC without it. */
  readonly zone?: string;
}

/** What one purpose came to in one hour or day. */
export interface TimelineCell extends Totals {
  /** Start of the hour or day. */
  readonly at: WallMs;
  /** Without one, a list or a rule spoke. */
  readonly purpose?: PurposeId;
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

/** What is kept for a time of its own. `fullLogging`: look-ups that matched nothing, written down all the same. */
export type RecordKind = 'attempts' | 'fullLogging' | 'rollups';

export interface RecordStore {
  /**
   * Adds a batch and its roll-ups in one step. A batch whose (boot, sequence) was added before changes nothing; the
   * batches of a boot must be added in order, so one below the last is taken as added before.
   * `flushedAt` says which hour its counts belong to; without it, that of its last attempt.
   * @throws SetBack
   */
  append(batch: AttemptBatch, flushedAt?: WallMs): Promise<void>;
  /** Newest first. A page may be shorter than its limit although there is a next one. */
  attempts(filter: AttemptFilter): Promise<{ attempts: AttemptRow[]; next?: string }>;
  /** From the hourly roll-ups; `from` and `to` are widened to whole hours. */
  summary(filter: SummaryFilter): Promise<{ totals: Totals; buckets: Bucket[] }>;
  timeline(filter: TimelineFilter): Promise<TimelineCell[]>;
  /** When any device, or the given one or ones, first asked for the name; right to the minute. */
  firstSeen(domain: string, device?: string | readonly string[]): Promise<WallMs | undefined>;
  /** All that anything is kept of. */
  devices(): Promise<string[]>;
  /** Everything about a device. */
  forget(device: string): Promise<void>;
  /** Brings what was appended into its final, smaller form. Happens by itself, this only tells when. */
  compact(): Promise<void>;
  /** Drops each kind older than its time; what full logging wrote down never outlives attempts. */
  prune(before: Record<RecordKind, WallMs>): Promise<void>;
}
