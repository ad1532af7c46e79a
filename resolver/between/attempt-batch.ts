import type { PurposeId } from '../../lists/purposes.ts';
import type { Outcome, WallMs } from '../policy/model.ts';

/** One question that matched a pack, a list or a rule, blocked or not. */
export interface Attempt {
  readonly at: WallMs;
  /** Device id; for a client that no device is known for, its address. */
  readonly device: string;
  /** Lower-cased text without trailing dot. */
  readonly domain: string;
  readonly qtype: number;
  readonly outcome: Outcome;
  readonly purpose?: PurposeId;
  /** What decided: `purpose:ads`, `list:<id>`, `rule:<id>`, `pause`, `watch:<source>`, `full` (full logging). */
  readonly reason: string;
}

/** Questions of a device since the last batch, whether they matched or not. */
export interface DeviceCounts {
  readonly device: string;
  readonly total: number;
  readonly blocked: number;
}

/** One flush of the ring. `sequence` grows by one per batch and boot, so that a batch sent twice is stored once. */
export interface AttemptBatch {
  /** Random per start of the process; (boot, sequence) names a batch for ever. */
  readonly boot: string;
  readonly sequence: number;
  readonly attempts: readonly Attempt[];
  readonly counts: readonly DeviceCounts[];
  /** Attempts that the ring had no room for since the last batch. */
  readonly dropped: number;
}
