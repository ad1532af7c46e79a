import type { HashedName } from '../policy/hashed-name.ts';
import type { WallMs } from '../policy/model.ts';
import type { Name } from '../wire/name.ts';
import { kindLayout } from './kinds.ts';
import { PARENT_LABELS, parent, readParent } from './many-names.ts';
import { KIND_BITS, kindOf, ONE_MORE, takesMore } from './row.ts';

/** Rows that there is room for between two flushes, and kinds, with their octets, in one table. */
const MOST_ROWS = 1 << 14;
const MOST_KINDS = 1 << KIND_BITS;
const MOST_OCTETS = 1 << 21;
/** When a table is soon full: three quarters. */
const MANY_KINDS = (MOST_KINDS / 4) * 3;
const MANY_OCTETS = (MOST_OCTETS / 4) * 3;
/** New kinds in one flush that are a flood's. */
const FLOOD = 6144;
/** Twice as many as there can be kinds, so that a free one is near. */
const SLOTS = MOST_KINDS * 2;
/** Words that tell one kind from another: both hash lanes of its name, and the layout's two from `device` on. */
const WORDS = 4;
/** Tells what stands for all names below one from that one, which has the same hash lanes. */
const BELOW = 0x2a2a2a2a;

/** Octets by which a parent may be longer than the name: its asterisk. */
const LONGER = 2;

/** Of the wall clock. */
const SECOND = 1000;

/** How much of a name is kept that the table does not have yet: the whole, or what stands for it and others. */
export type Detail = 'whole' | 'parent' | 'any';

/**
 * Gathers attempts as columns in fixed buffers: adding one makes no object. The table of kinds lasts for many flushes,
 * each of which brings only those that are new, until so many are in it that a new one is begun.
 */
export class AttemptWriter {
  began: WallMs = 0;
  /** Number of the table of kinds. */
  table = 0;
  private octets = new Uint8Array(MOST_OCTETS);
  private view = new DataView(this.octets.buffer);
  private readonly rowsBuffer = new Int32Array(MOST_ROWS * 2);
  /** Kind + 1 by the hash of all its parts. */
  private readonly slots = new Uint16Array(SLOTS);
  private readonly slotOf = new Int32Array(MOST_KINDS);
  private readonly words = new Int32Array(MOST_KINDS * WORDS);
  private end = 0;
  private kindCount = 0;
  private rowCount = 0;
  /** Row + 1 of the latest attempt of each kind; all 0 after a flush. */
  private readonly latest = new Int32Array(MOST_KINDS);
  /** When the latest attempt was, and when its second began, in milliseconds since `began`. */
  private latestAt: WallMs = 0;
  private second = 0;
  /** What flushes before had of the table. */
  private toldKinds = 0;
  private toldEnd = 0;
  /** Whether a flush builds on kinds that only `octets` has. */
  private isBuiltOn = false;

  get length(): number {
    return this.rowCount;
  }

  /** Kinds in the table. */
  get kindsInAll(): number {
    return this.kindCount;
  }

  get isHalfFull(): boolean {
    return this.rowCount > MOST_ROWS / 2 || this.kindCount > MANY_KINDS || this.end > MANY_OCTETS;
  }

  /** What was added since the last flush; good until the next. */
  get rows(): Int32Array {
    return this.rowsBuffer.subarray(0, this.rowCount * 2);
  }

  get kinds(): Uint8Array {
    return this.octets.subarray(this.toldEnd, this.end);
  }

  /** Kinds of the table that came before these, and their octets, which stay. */
  get before(): number {
    return this.toldKinds;
  }

  get kindsBefore(): Uint8Array {
    return this.octets.subarray(0, this.toldEnd);
  }

  /**
   * @param device position in the batch's devices, likewise `reason`
   * @param outcome position in `outcomes`
   * @param purpose position in `purposeIds` + 1, 0 for none
   * @param detail of a name that is new to the table
   * @returns false when there is no room
   */
  add(
    at: WallMs,
    device: number,
    reason: number,
    qtype: number,
    outcome: number,
    purpose: number,
    name: HashedName,
    detail: Detail = 'whole',
  ): boolean {
    if (this.rowCount === 0) this.began = at;
    if (this.rowCount === 0 || at !== this.latestAt) this.readSecond(at);
    if (!this.hasRoom(at, name.name.length)) return false;
    const who = device | (reason << 16);
    const what = qtype | (outcome << 16) | (purpose << 24);
    this.addRow(at - this.began, this.kind(who, what, name, detail));
    return true;
  }

  private readSecond(at: WallMs): void {
    this.latestAt = at;
    this.second = at - (at % SECOND) - this.began;
  }

  private addRow(offset: number, kind: number): void {
    const { rowsBuffer, latest, second } = this;
    const last = (latest[kind] - 1) * 2;
    const isRepeated = last >= 0 && rowsBuffer[last] >= second && rowsBuffer[last] < second + SECOND;
    if (isRepeated && takesMore(rowsBuffer[last + 1])) {
      rowsBuffer[last + 1] += ONE_MORE;
      return;
    }
    const row = this.rowCount++;
    rowsBuffer[row * 2] = offset;
    rowsBuffer[row * 2 + 1] = kind;
    latest[kind] = row + 1;
  }

  /** A clock that was set may be years from where the batch began: then it has to be another batch. */
  hasRoom(at: WallMs, length: number): boolean {
    const isNear = this.rowCount === 0 || Math.abs(at - this.began) < 2 ** 31;
    if (!isNear || this.rowCount >= MOST_ROWS || this.kindCount >= MOST_KINDS) return false;
    return this.end + kindLayout.name + length + LONGER <= MOST_OCTETS;
  }

  /** What was added is flushed. */
  flushed(): void {
    if (this.toldKinds > 0) this.isBuiltOn = true;
    // What brings so many that are new won't ask for them again soon.
    const isFlood = this.kindCount - this.toldKinds > FLOOD;
    this.endRows();
    this.toldKinds = this.kindCount;
    this.toldEnd = this.end;
    if (isFlood || this.kindCount > MANY_KINDS || this.end > MANY_OCTETS) this.clear();
  }

  private endRows(): void {
    const { rowsBuffer, latest } = this;
    for (let i = 1; i < this.rowCount * 2; i += 2) latest[kindOf(rowsBuffer[i])] = 0;
    this.rowCount = 0;
  }

  /** The next flush has all kinds of the table. */
  tellAgain(): void {
    this.toldKinds = this.toldEnd = 0;
  }

  /** Begins a table. */
  clear(): void {
    // A household has few kinds: wiping all slots would cost more than they did.
    for (let kind = 0; kind < this.kindCount; kind++) this.slots[this.slotOf[kind]] = 0;
    if (this.isBuiltOn) {
      this.octets = new Uint8Array(MOST_OCTETS);
      this.view = new DataView(this.octets.buffer);
      this.isBuiltOn = false;
    }
    this.endRows();
    this.end = this.kindCount = 0;
    this.tellAgain();
    this.table++;
  }

  /** Names are compared by their lanes, as everywhere in policy. */
  private kind(who: number, what: number, { name, lanes }: HashedName, detail: Detail): number {
    const first = firstLane(lanes, name.count);
    const second = secondLane(lanes, name.count);
    const known = this.find(first, second, who, what);
    if (known >= 0) return known;
    if (detail === 'whole') return this.begin(known, first, second, who, what, name.bytes, name.length);
    return this.kindBelow(who, what, name, lanes, detail === 'parent' ? PARENT_LABELS : 0);
  }

  private kindBelow(who: number, what: number, name: Name, lanes: Uint32Array, labels: typeof PARENT_LABELS | 0) {
    const first = firstLane(lanes, Math.min(name.count, labels)) ^ BELOW;
    const second = secondLane(lanes, Math.min(name.count, labels));
    const known = this.find(first, second, who, what);
    if (known >= 0) return known;
    return this.begin(known, first, second, who, what, parent, readParent(name.bytes, 0, labels));
  }

  /** @returns the kind, or the free slot for it, as -1 - slot */
  private find(first: number, second: number, who: number, what: number): number {
    const { slots, words } = this;
    let slot = placeOf(first, who, what) & (SLOTS - 1);
    for (; slots[slot] !== 0; slot = (slot + 1) & (SLOTS - 1)) {
      const word = (slots[slot] - 1) * WORDS;
      if (words[word] !== first || words[word + 1] !== second) continue;
      if (words[word + 2] === who && words[word + 3] === what) return slots[slot] - 1;
    }
    return -1 - slot;
  }

  /** @param free see `find` */
  private begin(
    free: number,
    first: number,
    second: number,
    who: number,
    what: number,
    name: Uint8Array,
    length: number,
  ): number {
    const { words } = this;
    const kind = this.kindCount++;
    this.slots[-1 - free] = kind + 1;
    this.slotOf[kind] = -1 - free;
    words[kind * WORDS] = first;
    words[kind * WORDS + 1] = second;
    words[kind * WORDS + 2] = who;
    words[kind * WORDS + 3] = what;
    this.append(who, what, first, name, length);
    return kind;
  }

  private append(who: number, what: number, hash: number, name: Uint8Array, length: number): void {
    const { view, octets, end } = this;
    view.setInt32(end, hash, true);
    view.setInt32(end + kindLayout.device, who, true);
    view.setInt32(end + kindLayout.qtype, what, true);
    octets[end + kindLayout.length] = length;
    for (let i = 0, to = end + kindLayout.name; i < length; i++) octets[to + i] = name[i];
    this.end = end + kindLayout.name + length;
  }
}

// The root has no lanes.
const firstLane = (lanes: Uint32Array, labels: number) => (labels > 0 ? lanes[2 * labels - 2] | 0 : 0);
const secondLane = (lanes: Uint32Array, labels: number) => (labels > 0 ? lanes[2 * labels - 1] | 0 : 0);

/** Spread over all bits, because tables take their positions from the low ones. */
function placeOf(hash: number, who: number, what: number): number {
  const mixed = Math.imul(hash ^ Math.imul(who, 0x9e3779b1) ^ Math.imul(what, 0x85ebca6b), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 15);
}
