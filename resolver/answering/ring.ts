import { randomUUID } from 'node:crypto';
import { AttemptWriter, type Detail } from '../between/attempt-writer.ts';
import { encodeBatch, textsOf } from '../between/batch-bytes.ts';
import { MOST_KINDS, MOST_PARENTS } from '../between/many-names.ts';
import type { HashedName } from '../policy/hashed-name.ts';
import { type Outcome, outcomes, type WallMs } from '../policy/model.ts';
import type { Policy } from '../policy/policy.ts';
import { reasonText } from '../policy/reason-text.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { DeviceState } from './device-states.ts';

/** Outcomes as numbers, as attempts carry them. */
export const outcomeNumber = Object.fromEntries(outcomes.map((outcome, number) => [outcome, number])) as Record<
  Outcome,
  number
>;

/** Devices and reasons that are told with every flush, asked for or not, before they are gathered anew. */
const MOST_TEXTS = 100;

/** Milliseconds in which a device may bring so many kinds, see `MOST_KINDS`. */
const PERIOD = 60_000;

/** For reasons, a power of two. */
const PLACES = 64;

/** A batch in bytes, as `encodeBatch` writes them. */
export interface Flushed {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** See `SentBatch`. */
  readonly table: number;
  readonly before: number;
  /** The octets of the kinds before. */
  readonly kindsBefore: Uint8Array;
}

/**
 * Where answering leaves what it saw, in buffers of fixed size: recording costs no object and never waits. Full, it
 * counts what it could not take.
 */
export class Ring {
  readonly boot = randomUUID();
  /** Called once when it is half full, and once when it is full: whoever empties it need not wait for the time to. */
  onHalfFull: () => void = () => {};
  private readonly writer = new AttemptWriter();
  private sequence = 0;
  private dropped = 0;
  private lostBefore = 0;
  private wasHalfFull = false;
  private wasFull = false;
  private periodBegan: WallMs | undefined;
  private policy: Policy;
  /** Of devices and reasons, until one is added. */
  private texts: Uint8Array | undefined;
  private devices: DeviceState[] = [];
  private reasons: string[] = [];
  /** By kind and number, which mean something only together with the policy they came from. */
  private readonly reasonNumbers = new Map<number, number>();
  /** Of these, the latest of each place: a household has few, and looking into a Map takes longer than all else here. */
  private readonly latestReasons = new Int32Array(PLACES).fill(-1);
  private readonly latestNumbers = new Int32Array(PLACES);

  constructor(policy: Policy) {
    this.policy = policy;
  }

  usePolicy(policy: Policy): void {
    this.policy = policy;
    this.forgetReasonNumbers();
  }

  /** Whether it asked to be emptied and was not yet. */
  get waits(): boolean {
    return this.wasHalfFull || this.wasFull;
  }

  /** Attempts since the start that there was no room for. */
  get lost(): number {
    return this.lostBefore + this.dropped;
  }

  /** Counts an attempt that is not recorded, because answering comes first. */
  skip(): void {
    this.dropped++;
  }

  /** @param name already hashed */
  add(now: WallMs, device: DeviceState, name: HashedName, qtype: number, outcome: number, verdict: Verdict): void {
    const { writer } = this;
    if (!this.wasFull && !writer.hasRoom(now, name.name.length)) {
      this.wasFull = true;
      this.onHalfFull();
    }
    const deviceNumber = this.deviceNumber(device);
    const reasonNumber = this.reasonNumber(verdict);
    const before = writer.kindsInAll;
    const detail = detailOf(device);
    if (!writer.add(now, deviceNumber, reasonNumber, qtype, outcome, verdict.purpose + 1, name, detail)) {
      this.dropped++;
      return;
    }
    device.kinds += writer.kindsInAll - before;
    if (this.wasHalfFull || !writer.isHalfFull) return;
    this.wasHalfFull = true;
    this.onHalfFull();
  }

  /** Everything since the last flush, copied out; undefined when there is nothing to tell. */
  flush(states: Iterable<DeviceState>): Flushed | undefined {
    const counted = [];
    const isOver = this.isPeriodOver();
    for (const state of states) {
      if (isOver) state.kinds = 0;
      if (state.total === 0) continue;
      counted.push(this.deviceNumber(state), state.total, state.blocked);
      state.total = state.blocked = 0;
    }
    const { writer, boot, reasons, dropped } = this;
    const devices = this.devices.map(({ id }) => id);
    if (writer.length === 0 && counted.length === 0 && dropped === 0) return undefined;
    const sequence = ++this.sequence;
    const { began, kinds, rows, table, before, kindsBefore } = writer;
    this.texts ??= textsOf({ boot, devices, reasons });
    const bytes = encodeBatch({ boot, sequence, began, devices, reasons, kinds, rows, dropped }, counted, this.texts);
    this.lostBefore += dropped;
    this.dropped = 0;
    this.wasHalfFull = this.wasFull = false;
    writer.flushed();
    if (devices.length + reasons.length > MOST_TEXTS) this.forgetTexts();
    return { sequence, bytes, table, before, kindsBefore };
  }

  /** Whoever takes the next flush has none of those before. */
  tellAgain(): void {
    this.writer.tellAgain();
  }

  private isPeriodOver(): boolean {
    const { began } = this.writer;
    this.periodBegan ??= began;
    // A clock that was set back must not make it last.
    if (Math.abs(began - this.periodBegan) < PERIOD) return false;
    this.periodBegan = began;
    return true;
  }

  private forgetTexts(): void {
    // Its kinds name devices and reasons by number.
    this.writer.clear();
    this.texts = undefined;
    for (const device of this.devices) device.told = -1;
    this.devices = [];
    this.reasons = [];
    this.forgetReasonNumbers();
  }

  private forgetReasonNumbers(): void {
    this.reasonNumbers.clear();
    this.latestReasons.fill(-1);
  }

  private deviceNumber(device: DeviceState): number {
    if (device.told < 0) {
      device.told = this.devices.push(device) - 1;
      this.texts = undefined;
    }
    return device.told;
  }

  private reasonNumber({ kind, number }: Verdict): number {
    // Never -1: full logging has neither kind nor number.
    const key = (kind << 24) | (number + 1);
    const place = (key ^ (key >>> 21)) & (PLACES - 1);
    if (this.latestReasons[place] !== key) {
      this.latestNumbers[place] = this.reasonNumbers.get(key) ?? this.addReason(key, kind, number);
      this.latestReasons[place] = key;
    }
    return this.latestNumbers[place];
  }

  private addReason(key: number, kind: number, number: number): number {
    const place = this.reasons.push(reasonText(this.policy, kind, number)) - 1;
    this.texts = undefined;
    this.reasonNumbers.set(key, place);
    return place;
  }
}

function detailOf({ kinds }: DeviceState): Detail {
  if (kinds < MOST_KINDS) return 'whole';
  return kinds < MOST_KINDS + MOST_PARENTS ? 'parent' : 'any';
}
