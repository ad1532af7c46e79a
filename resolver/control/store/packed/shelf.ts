import type { WallMs } from '../../../policy/model.ts';

/**
 * What a backend must be able to do for the packed record. It stores bytes and lines that mean nothing to it; each
 * method is one atomic step. Hours and days count from 1970.
 */
export interface Shelf {
  append(write: ShelfWrite): Promise<AppendResult>;
  devices(): Promise<string[]>;
  /** Days from which anything is kept, newest first. */
  days(from: number, to: number): Promise<number[]>;
  /** What is kept of these devices' hours, both ends included; hours without anything are left out. */
  hours(devices: readonly string[], from: number, to: number, part: 'attempts' | 'rollups'): Promise<ShelfHour[]>;
  /** Hours with open bytes. */
  openHours(): Promise<{ device: string; hour: number }[]>;
  /** The whole hour, for compaction. */
  hour(device: string, hour: number): Promise<ShelfHour>;
  /**
   * @param erase whether what is replaced must leave no trace
   * @returns false, and changes nothing, when the hour is not as it was read
   */
  compact(was: ShelfHour, chunk: Uint8Array, rollUp: Uint8Array, erase: boolean): Promise<boolean>;
  /** Lines from the given number on. */
  dictionary(device: string, from: number): Promise<{ generation: string; lines: string[] } | undefined>;
  /** Replaces lines and the generation. @returns false when the generation is not `was` any more */
  rewrite(device: string, was: string, generation: string, lines: readonly [number, string][]): Promise<boolean>;
  /** Everything about a device. */
  forget(device: string): Promise<void>;
  /**
   * Drops chunks and roll-ups of hours before the given ones, devices of which no hour is left, and boots that were
   * last heard of before `boots`.
   */
  prune(before: { attempts: number; rollUps: number; boots: WallMs }): Promise<void>;
}

export interface ShelfWrite {
  readonly boot: string;
  readonly sequence: number;
  /** What the writer last heard acknowledged for this boot. */
  readonly previous?: number;
  readonly now: WallMs;
  readonly learnings: readonly Learning[];
  readonly parts: readonly { readonly device: string; readonly hour: number; readonly bytes: Uint8Array }[];
}

/** What the writer believes about a device's dictionary, and what it adds to it. */
export interface Learning {
  readonly device: string;
  readonly generation: string;
  readonly size: number;
  readonly lines: readonly string[];
}

export type AppendResult =
  | { readonly kind: 'added' | 'known' }
  /** The dictionaries of these devices are not what the writer believes; nothing was added. */
  | { readonly kind: 'stale'; readonly devices: readonly string[] }
  /** The store has lost acknowledged batches of this boot: it ends at `last`, or has none. Nothing was added. */
  | { readonly kind: 'set-back'; readonly last?: number };

export interface ShelfHour {
  readonly device: string;
  readonly hour: number;
  readonly chunk?: Uint8Array;
  readonly rollUp?: Uint8Array;
  readonly open?: Uint8Array;
}
