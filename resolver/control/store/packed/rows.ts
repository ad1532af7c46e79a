/**
 * Attempts of one device within one hour, as columns: milliseconds since the hour began, dictionary entry, and how
 * many equal attempts the row stands for. Columns are longer than what is in them; `length` says how many rows there
 * are. Numbers of a flood in plain arrays were most of the garbage that recording made.
 */
export class Rows {
  #offsets: Int32Array<ArrayBuffer>;
  #entries: Uint32Array<ArrayBuffer>;
  #counts: Float64Array<ArrayBuffer>;
  #length = 0;

  /** @param room rows to make room for; it grows where these don't suffice */
  constructor(room = 16) {
    this.#offsets = new Int32Array(room);
    this.#entries = new Uint32Array(room);
    this.#counts = new Float64Array(room);
  }

  get length(): number {
    return this.#length;
  }

  offset(row: number): number {
    return this.#offsets[row];
  }

  entry(row: number): number {
    return this.#entries[row];
  }

  count(row: number): number {
    return this.#counts[row];
  }

  push(offset: number, entry: number, count: number): void {
    const row = this.#length++;
    if (row === this.#offsets.length) this.#grow();
    this.#offsets[row] = offset;
    this.#entries[row] = entry;
    this.#counts[row] = count;
  }

  /** The row stands for more attempts. */
  add(row: number, count: number): void {
    this.#counts[row] += count;
  }

  /** The columns stay for what comes next. */
  clear(): void {
    this.#length = 0;
  }

  /** Whether the row is of the same second; equal attempts within one are one row. */
  isInSecondOf(row: number, offset: number): boolean {
    return secondOf(this.#offsets[row]) === secondOf(offset);
  }

  /**
   * In order of arrival; equal attempts within one second become one row, at the time of the one that arrived first.
   * A phone that repeats a question a thousand times a second so costs one row a second, and what a reader has
   * seen of a row stays true when more is folded into it: its time never changes.
   */
  folded(): Rows {
    const folded = new Rows(this.length);
    // Row + 1 by entry and second; a Map of as many keys would cost more than all else here.
    const slots = new Int32Array(2 ** Math.ceil(Math.log2(this.length * 2 + 1)));
    const mask = slots.length - 1;
    for (let i = 0; i < this.length; i++) {
      const entry = this.#entries[i];
      const second = secondOf(this.#offsets[i]);
      let slot = (Math.imul(entry, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) >>> 7;
      for (slot &= mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
        const row = slots[slot] - 1;
        if (folded.#entries[row] === entry && secondOf(folded.#offsets[row]) === second) break;
      }
      if (slots[slot] !== 0) folded.add(slots[slot] - 1, this.#counts[i]);
      else {
        slots[slot] = folded.length + 1;
        folded.push(this.#offsets[i], entry, this.#counts[i]);
      }
    }
    return folded;
  }

  /** Ordered by time, and by entry where that is the same. Of rows that are folded: no two are alike in both. */
  byTime(): Rows {
    const keys = new Float64Array(this.length);
    let inOrder = true;
    for (let row = 0; row < this.length; row++) {
      // An hour's milliseconds take 22 bits, entries at most 31: together they fit a number exactly.
      keys[row] = this.#offsets[row] * ENTRIES + this.#entries[row];
      if (row > 0 && keys[row] < keys[row - 1]) inOrder = false;
    }
    if (inOrder) return this;
    const repeated = new Map<number, number>();
    for (let row = 0; row < this.length; row++) if (this.#counts[row] > 1) repeated.set(keys[row], this.#counts[row]);
    keys.sort();
    const sorted = new Rows(this.length);
    for (const key of keys) {
      const offset = Math.floor(key / ENTRIES);
      sorted.push(offset, key - offset * ENTRIES, repeated.get(key) ?? 1);
    }
    return sorted;
  }

  #grow(): void {
    const room = Math.max(this.#offsets.length * 2, 16);
    this.#offsets = widened(this.#offsets, new Int32Array(room));
    this.#entries = widened(this.#entries, new Uint32Array(room));
    this.#counts = widened(this.#counts, new Float64Array(room));
  }
}

/** Below it are the numbers of entries. */
const ENTRIES = 2 ** 31;

const secondOf = (offset: number): number => (offset / 1000) | 0;

function widened<Column extends { set(from: Column): void }>(column: Column, wider: Column): Column {
  wider.set(column);
  return wider;
}
