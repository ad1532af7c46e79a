import { randomUUID } from 'node:crypto';
import type { EncodedAttempts } from '../between/attempt-batch.ts';
import { ROW_LENGTH } from '../between/attempt-batch.ts';
import { type Outcome, outcomes, type WallMs } from '../policy/model.ts';
import type { Policy } from '../policy/policy.ts';
import { reasonText } from '../policy/reason-text.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Name } from '../wire/name.ts';
import type { DeviceState } from './identify.ts';

/** Bytes of attempts between two flushes: about 20,000 of them. */
const CAPACITY = 1 << 20;

/** Outcomes as numbers, as rows carry them. */
export const outcomeNumber = Object.fromEntries(outcomes.map((outcome, number) => [outcome, number])) as Record<
  Outcome,
  number
>;

/**
 * Where answering leaves what it saw: rows of bytes in one fixed buffer, so that recording costs no
 * object and never waits. Full, it counts what it could not take.
 */
export class Ring {
  /** Called when it is half full: whoever empties it need not wait for the time to do so. */
  onHalfFull: () => void = () => {};
  private readonly bytes = new Uint8Array(CAPACITY);
  private readonly view = new DataView(this.bytes.buffer);
  private readonly boot = randomUUID();
  private sequence = 0;
  private at = 0;
  private rows = 0;
  private began: WallMs = 0;
  private dropped = 0;
  private lostBefore = 0;
  private policy: Policy | undefined;
  private devices: string[] = [];
  private deviceNumbers = new Map<string, number>();
  private reasons: string[] = [];
  /** By kind and number, which mean something only together with the policy they came from. */
  private reasonNumbers = new Map<number, number>();

  /** Attempts since the start that there was no room for. */
  get lost(): number {
    return this.lostBefore + this.dropped;
  }

  /** Counts an attempt that is not recorded, because answering comes first. */
  skip(): void {
    this.dropped++;
  }

  add(
    now: WallMs,
    device: DeviceState,
    name: Name,
    qtype: number,
    outcome: number,
    verdict: Verdict,
    policy: Policy,
  ): void {
    if (this.at + ROW_LENGTH + name.length > CAPACITY) {
      this.dropped++;
      return;
    }
    if (this.rows === 0) this.began = now;
    const { bytes, view, at } = this;
    view.setInt32(at, now - this.began, true);
    view.setUint16(at + 4, this.deviceNumber(device.id), true);
    view.setUint16(at + 6, qtype, true);
    view.setUint16(at + 8, this.reasonNumber(verdict, policy), true);
    bytes[at + 10] = outcome;
    bytes[at + 11] = verdict.purpose + 1;
    bytes[at + 12] = name.length;
    for (let i = 0, to = at + ROW_LENGTH; i < name.length; i++) bytes[to++] = name.bytes[i];
    this.at = at + ROW_LENGTH + name.length;
    this.rows++;
    if (at <= CAPACITY / 2 && this.at > CAPACITY / 2) this.onHalfFull();
  }

  /** Everything since the last flush, copied out; undefined when there is nothing to tell. */
  flush(states: Iterable<DeviceState>): EncodedAttempts | undefined {
    const counts = [];
    for (const state of states) {
      if (state.total === 0) continue;
      counts.push({ device: state.id, total: state.total, blocked: state.blocked });
      state.total = state.blocked = 0;
    }
    if (this.rows === 0 && counts.length === 0 && this.dropped === 0) return undefined;
    const batch = {
      boot: this.boot,
      sequence: ++this.sequence,
      began: this.began,
      rows: this.bytes.slice(0, this.at),
      devices: this.devices,
      reasons: this.reasons,
      counts,
      dropped: this.dropped,
    };
    this.lostBefore += this.dropped;
    this.at = this.rows = this.dropped = 0;
    this.devices = [];
    this.deviceNumbers = new Map();
    this.reasons = [];
    this.reasonNumbers = new Map();
    return batch;
  }

  private deviceNumber(id: string): number {
    const known = this.deviceNumbers.get(id);
    if (known !== undefined) return known;
    const number = this.devices.push(id) - 1;
    this.deviceNumbers.set(id, number);
    return number;
  }

  private reasonNumber(verdict: Verdict, policy: Policy): number {
    if (policy !== this.policy) {
      this.policy = policy;
      this.reasonNumbers = new Map();
    }
    const key = verdict.kind * 2 ** 24 + verdict.number;
    const known = this.reasonNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.reasons.push(reasonText(policy, verdict.kind, verdict.number)) - 1;
    this.reasonNumbers.set(key, number);
    return number;
  }
}
