import { type PurposeId, purposeIds } from '../../lists/purposes.ts';
import { type Outcome, outcomes, type WallMs } from '../policy/model.ts';
import { textFromName } from '../wire/name.ts';
import { type Kinds, kindLayout } from './kinds.ts';
import { attemptsIn, attemptsOf, kindOf } from './row.ts';

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
  /** What decided: `purpose:ads`, `list:<id>`, `rule:<id>`, `pause`, `watch:<source>`, `tentative:<pack>`, `full` (full logging). */
  readonly reason: string;
}

/** Questions of a device since the last batch, whether they matched or not. */
export interface DeviceCounts {
  readonly device: string;
  readonly total: number;
  readonly blocked: number;
}

/** What a kind's outcome is when its attempts were blocked. */
export const blockedOutcome = outcomes.indexOf('blocked');

/** Columns that a batch is made of. */
export interface BatchColumns {
  /** Random per start of the process; (boot, sequence) names a batch for ever, so that one sent twice is stored once. */
  readonly boot: string;
  readonly sequence: number;
  /** What the rows' times count from. */
  readonly began: WallMs;
  /** Those with attempts, and others that counts speak of. */
  readonly devices: readonly string[];
  readonly reasons: readonly string[];
  /** Those that it has and others, which batches before it had, and later ones will have. */
  readonly kinds: Kinds;
  /**
   * Two numbers for equal attempts within a second: milliseconds from `began` to the first of them, and which kind they
   * were and how many, see `kindOf` and `attemptsOf`.
   */
  readonly rows: Int32Array;
  readonly counts: readonly DeviceCounts[];
  /** Attempts that the ring had no room for since the last batch. */
  readonly dropped: number;
}

/**
 * One flush of the ring, from there to the store. What attempts have in common is there once, as octets; an object
 * per attempt is made only for those who look at single ones.
 */
export class AttemptBatch implements BatchColumns {
  readonly boot: string;
  readonly sequence: number;
  readonly began: WallMs;
  readonly devices: readonly string[];
  readonly reasons: readonly string[];
  readonly kinds: Kinds;
  readonly rows: Int32Array;
  readonly counts: readonly DeviceCounts[];
  readonly dropped: number;
  /** Attempts in it. */
  readonly length: number;

  constructor(columns: BatchColumns) {
    this.boot = columns.boot;
    this.sequence = columns.sequence;
    this.began = columns.began;
    this.devices = columns.devices;
    this.reasons = columns.reasons;
    this.kinds = columns.kinds;
    this.rows = columns.rows;
    this.counts = columns.counts;
    this.dropped = columns.dropped;
    this.length = attemptsIn(columns.rows);
  }

  /** What it takes room by: equal attempts within a second are one. */
  get rowCount(): number {
    return this.rows.length / 2;
  }

  /** Time of the last row. */
  get lastAt(): WallMs | undefined {
    return this.rows.length > 0 ? this.began + this.rows[this.rows.length - 2] : undefined;
  }

  /** Devices with attempts in it. */
  get recorded(): Set<string> {
    const { rows, kinds, devices } = this;
    const has = new Uint8Array(devices.length);
    for (let i = 1; i < rows.length; i += 2) has[kinds.device(kindOf(rows[i]))] = 1;
    return new Set(devices.filter((_, place) => has[place] === 1));
  }

  /** An object each, in order of arrival; those of one row have the time of the first. */
  attempts(): Attempt[] {
    const known = new Map<number, Omit<Attempt, 'at'>>();
    const attempts: Attempt[] = [];
    for (let i = 0; i < this.rows.length; i += 2) {
      const kind = kindOf(this.rows[i + 1]);
      let parts = known.get(kind);
      if (!parts) known.set(kind, (parts = this.partsOf(kind)));
      const attempt = { at: this.began + this.rows[i], ...parts };
      for (let left = attemptsOf(this.rows[i + 1]); left > 0; left--) attempts.push(attempt);
    }
    return attempts;
  }

  /** The same under other names for its devices; where two get one name, they are one from then on. */
  renamed(nameOf: (device: string) => string): AttemptBatch {
    const isOther = (device: string) => nameOf(device) !== device;
    if (!this.devices.some(isOther) && !this.counts.some(({ device }) => isOther(device))) return this;
    const counts = new Map<string, DeviceCounts>();
    for (const { device, total, blocked } of this.counts) {
      const name = nameOf(device);
      const known = counts.get(name);
      counts.set(name, {
        device: name,
        total: total + (known?.total ?? 0),
        blocked: blocked + (known?.blocked ?? 0),
      });
    }
    return new AttemptBatch({ ...this, devices: this.devices.map(nameOf), counts: [...counts.values()] });
  }

  /** Without the attempts that are not to be kept; counts stay. */
  kept(keeps: (device: string, reason: string) => boolean): AttemptBatch {
    const { rows, kinds, devices, reasons } = this;
    // A flood's kinds are many, who and why are few.
    const known = new Uint8Array(devices.length * reasons.length);
    let leftOut = 0;
    for (let i = 1; i < rows.length; i += 2) {
      const kind = kindOf(rows[i]);
      const device = kinds.device(kind);
      const reason = kinds.reason(kind);
      const both = device * reasons.length + reason;
      if (known[both] === 0) known[both] = keeps(devices[device], reasons[reason]) ? KEPT : LEFT_OUT;
      if (known[both] === LEFT_OUT) leftOut++;
    }
    if (leftOut === 0) return this;
    const left = new Int32Array(rows.length - leftOut * 2);
    for (let i = 0, to = 0; i < rows.length; i += 2) {
      const kind = kindOf(rows[i + 1]);
      if (known[kinds.device(kind) * reasons.length + kinds.reason(kind)] === LEFT_OUT) continue;
      left[to++] = rows[i];
      left[to++] = rows[i + 1];
    }
    return new AttemptBatch({ ...this, rows: left });
  }

  /** As if the device had never asked. It stays even when nothing is left: its sequence must not be missing. */
  without(device: string): AttemptBatch {
    const isOther = (other: string) => other !== device;
    if (this.devices.every(isOther) && this.counts.every((count) => isOther(count.device))) return this;
    const left = this.kept(isOther);
    return new AttemptBatch({
      ...left,
      devices: left.devices.map((each) => (isOther(each) ? each : '')),
      counts: left.counts.filter((count) => isOther(count.device)),
    });
  }

  private partsOf(kind: number): Omit<Attempt, 'at'> {
    const { kinds, devices, reasons } = this;
    const purpose = kinds.purpose(kind);
    return {
      device: devices[kinds.device(kind)],
      domain: textFromName(kinds.of(kind), kindLayout.name),
      qtype: kinds.qtype(kind),
      outcome: outcomes[kinds.outcome(kind)],
      purpose: purpose > 0 ? purposeIds[purpose - 1] : undefined,
      reason: reasons[kinds.reason(kind)],
    };
  }
}

/** What is known of a device and a reason. */
const KEPT = 1;
const LEFT_OUT = 2;
