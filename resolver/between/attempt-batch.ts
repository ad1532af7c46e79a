import { type PurposeId, purposeIds } from '../../lists/purposes.ts';
import { type Outcome, outcomes, type WallMs } from '../policy/model.ts';
import { textFromName } from '../wire/name.ts';

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

/**
 * Where the parts of a kind stand in its octets, little-endian: the first hash lane of its name (u32), position in
 * `devices` (u16), position in `reasons` (u16), type (u16), position in `outcomes` (u8), position in `purposeIds` + 1
 * (u8, 0: none), length of the name (u8), then the name in wire form.
 */
export const kindLayout = { hash: 0, device: 4, reason: 6, qtype: 8, outcome: 10, purpose: 11, length: 12, name: 13 };

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
  /** Every kind of attempt once, one behind the other. */
  readonly kinds: Uint8Array;
  /** Two numbers an attempt: milliseconds since `began`, and which kind it was. */
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
  readonly kinds: Uint8Array;
  readonly rows: Int32Array;
  readonly counts: readonly DeviceCounts[];
  readonly dropped: number;
  /** Where each kind begins. */
  readonly starts: Int32Array;

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
    this.starts = startsOf(columns.kinds);
  }

  /** Attempts in it. */
  get length(): number {
    return this.rows.length / 2;
  }

  /** Time of the last to arrive. */
  get lastAt(): WallMs | undefined {
    return this.length > 0 ? this.began + this.rows[this.rows.length - 2] : undefined;
  }

  /** Devices with attempts in it. */
  get recorded(): Set<string> {
    const { view, devices, starts } = this;
    const has = new Uint8Array(devices.length);
    for (const at of starts) has[view.getUint16(at + kindLayout.device, true)] = 1;
    return new Set(devices.filter((_, place) => has[place] === 1));
  }

  get view(): DataView {
    return new DataView(this.kinds.buffer, this.kinds.byteOffset, this.kinds.byteLength);
  }

  /** An object each, in order of arrival. */
  attempts(): Attempt[] {
    const kinds = this.kindsAsObjects();
    const attempts: Attempt[] = [];
    for (let i = 0; i < this.rows.length; i += 2) {
      const { device, domain, qtype, outcome, purpose, reason } = kinds[this.rows[i + 1]];
      attempts.push({ at: this.began + this.rows[i], device, domain, qtype, outcome, purpose, reason });
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

  /** Without the attempts that are not to be kept, of which no name is left; counts stay. */
  kept(keeps: (device: string, reason: string) => boolean): AttemptBatch {
    const places = this.placesIfKept(keeps);
    if (!places.includes(-1)) return this;
    const { starts } = this;
    const kinds: Uint8Array[] = [];
    for (let kind = 0; kind < starts.length; kind++) {
      if (places[kind] >= 0) kinds.push(this.kinds.subarray(starts[kind], starts[kind + 1]));
    }
    const rows: number[] = [];
    for (let i = 0; i < this.rows.length; i += 2) {
      const place = places[this.rows[i + 1]];
      if (place >= 0) rows.push(this.rows[i], place);
    }
    return new AttemptBatch({ ...this, kinds: Buffer.concat(kinds), rows: Int32Array.from(rows) });
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

  /** Of every kind, how many that are kept are before it; -1 when it is not. A flood's kinds are many, who and why are few. */
  private placesIfKept(keeps: (device: string, reason: string) => boolean): Int32Array {
    const { view, devices, reasons, starts } = this;
    const known = new Uint8Array(devices.length * reasons.length);
    const places = new Int32Array(starts.length);
    let next = 0;
    for (let kind = 0; kind < starts.length; kind++) {
      const device = view.getUint16(starts[kind] + kindLayout.device, true);
      const reason = view.getUint16(starts[kind] + kindLayout.reason, true);
      const both = device * reasons.length + reason;
      if (known[both] === 0) known[both] = keeps(devices[device], reasons[reason]) ? KEPT : LEFT_OUT;
      places[kind] = known[both] === KEPT ? next++ : -1;
    }
    return places;
  }

  private kindsAsObjects(): Omit<Attempt, 'at'>[] {
    const { kinds, view, devices, reasons } = this;
    return Array.from(this.starts, (at) => {
      const purpose = kinds[at + kindLayout.purpose];
      return {
        device: devices[view.getUint16(at + kindLayout.device, true)],
        domain: textFromName(kinds, at + kindLayout.name),
        qtype: view.getUint16(at + kindLayout.qtype, true),
        outcome: outcomes[kinds[at + kindLayout.outcome]],
        purpose: purpose > 0 ? purposeIds[purpose - 1] : undefined,
        reason: reasons[view.getUint16(at + kindLayout.reason, true)],
      };
    });
  }
}

/** What is known of a device and a reason. */
const KEPT = 1;
const LEFT_OUT = 2;

function startsOf(kinds: Uint8Array): Int32Array {
  // Every name has its root's octet at least.
  const starts = new Int32Array(Math.ceil(kinds.length / (kindLayout.name + 1)));
  let count = 0;
  for (let at = 0; at < kinds.length; at += kindLayout.name + kinds[at + kindLayout.length]) starts[count++] = at;
  return starts.slice(0, count);
}
