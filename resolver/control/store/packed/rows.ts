/** Numbers of entries that tables by number are made for; a device's dictionary has no more in it, see `DevicePacker`. */
export const USUAL = 1 << 15;

/**
 * Attempts of one device within one hour, as columns: milliseconds since the hour began, dictionary entry, and how
 * many equal attempts the row stands for. Columns are longer than what is in them; `length` says how many rows there
 * are. Numbers of a flood in plain arrays were most of the garbage that recording made.
 */
export class Rows {
  #length = 0;
  #offsets = new Int32Array(FIRST);
  #entries = new Uint32Array(FIRST);
  #counts = new Float64Array(FIRST);

  get length(): number {
    return this.#length;
  }

  /** Rows that fit without more memory. */
  get room(): number {
    return this.#offsets.length;
  }

  /** For so many rows in all; more fit, too, but growing step by step leaves garbage. */
  makeRoom(rows: number): void {
    if (rows > this.room) this.#widen(rows);
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
    if (row === this.#offsets.length) this.#widen(row * 2);
    this.#offsets[row] = offset;
    this.#entries[row] = entry;
    this.#counts[row] = count;
  }

  /** The row stands for more attempts. */
  add(row: number, count: number): void {
    this.#counts[row] += count;
  }

  /** The columns stay for what comes next, unless they are large. */
  clear(): void {
    this.#length = 0;
    if (this.room <= KEEP) return;
    for (const column of [this.#offsets, this.#entries, this.#counts]) free(column);
    this.#offsets = new Int32Array(FIRST);
    this.#entries = new Uint32Array(FIRST);
    this.#counts = new Float64Array(FIRST);
  }

  /** Whether the row is of the same second; equal attempts within one are one row. */
  isInSecondOf(row: number, offset: number): boolean {
    return secondOf(this.#offsets[row]) === secondOf(offset);
  }

  /**
   * Takes in rows in their order of arrival; equal attempts within one second become one row, at the time of the one
   * that arrived first. A phone that repeats a question a thousand times a second so costs one row a second, and what
   * a reader has seen of a row stays true when more is folded into it: its time never changes. Then the rows are
   * ordered by time, and by entry where that is the same. Those that were there before must be so already.
   */
  takeIn(arrived: Rows, wanted?: (entry: number) => boolean): this {
    if (arrived.#length === 0) return this;
    this.makeRoom(this.#length + arrived.#length);
    const from = this.#firstSince(arrived);
    if (this.#areInOrder(from, arrived)) this.#foldInOrder(from, arrived, wanted);
    else this.#fold(from, arrived, wanted);
    this.#sort(from);
    return this;
  }

  /**
   * Whether no second of the rows from `from` on, and then of those that arrived, is earlier than the one before; and
   * all entries have numbers that there are tables for.
   */
  #areInOrder(from: number, arrived: Rows): boolean {
    let second = from < this.#length ? secondOf(this.#offsets[this.#length - 1]) : 0;
    for (let row = from; row < this.#length; row++) if (this.#entries[row] >= USUAL) return false;
    for (let i = 0; i < arrived.#length; i++) {
      const next = secondOf(arrived.#offsets[i]);
      if (next < second || arrived.#entries[i] >= USUAL) return false;
      second = next;
    }
    return true;
  }

  /** An equal attempt of the same second can only be the latest of its entry. */
  #foldInOrder(from: number, arrived: Rows, wanted?: (entry: number) => boolean): void {
    try {
      for (let row = from; row < this.#length; row++) latest[this.#entries[row]] = row + 1;
      for (let i = 0; i < arrived.#length; i++) {
        const entry = arrived.#entries[i];
        if (wanted && !wanted(entry)) continue;
        const offset = arrived.#offsets[i];
        const row = latest[entry] - 1;
        if (row >= 0 && this.isInSecondOf(row, offset)) this.#counts[row] += arrived.#counts[i];
        else {
          this.push(offset, entry, arrived.#counts[i]);
          latest[entry] = this.#length;
        }
      }
    } finally {
      for (let row = from; row < this.#length; row++) latest[this.#entries[row]] = 0;
    }
  }

  #fold(from: number, arrived: Rows, wanted?: (entry: number) => boolean): void {
    const slots = freeSlots((this.#length - from + arrived.length) * 2);
    const mask = slots.length - 1;
    for (let row = from; row < this.#length; row++) slots[this.#slotOf(slots, mask, row, this)] = row + 1;
    for (let i = 0; i < arrived.#length; i++) {
      if (wanted && !wanted(arrived.#entries[i])) continue;
      const slot = this.#slotOf(slots, mask, i, arrived);
      if (slots[slot] !== 0) this.#counts[slots[slot] - 1] += arrived.#counts[i];
      else {
        this.push(arrived.#offsets[i], arrived.#entries[i], arrived.#counts[i]);
        slots[slot] = this.#length;
      }
    }
  }

  /** First row that can be of one second with any of `arrived`. */
  #firstSince(arrived: Rows): number {
    let earliest = Number.MAX_SAFE_INTEGER;
    for (let i = 0; i < arrived.#length; i++) earliest = Math.min(earliest, arrived.#offsets[i]);
    let row = this.#length;
    while (row > 0 && secondOf(this.#offsets[row - 1]) >= secondOf(earliest)) row--;
    return row;
  }

  /** Where the row of an equal attempt is named, as its number + 1; else where it may be. */
  #slotOf(slots: Uint32Array, mask: number, row: number, of: Rows): number {
    const entry = of.#entries[row];
    const second = secondOf(of.#offsets[row]);
    let slot = (Math.imul(entry, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) >>> 7;
    for (slot &= mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const other = slots[slot] - 1;
      if (this.#entries[other] === entry && secondOf(this.#offsets[other]) === second) break;
    }
    return slot;
  }

  /** What arrives is nearly in order: mostly only rows of one millisecond change places. */
  #sort(from: number): void {
    const offsets = this.#offsets;
    for (let row = from + 1; row < this.#length; row++) {
      if (offsets[row] >= offsets[row - 1]) continue;
      this.#sortBetween(from, this.#length);
      return;
    }
    for (let start = from, row = from + 1; row <= this.#length; row++) {
      if (row < this.#length && offsets[row] === offsets[start]) continue;
      if (row - start > FEW) this.#sortBetween(start, row);
      else this.#insertBetween(start, row);
      start = row;
    }
  }

  /** By insertion, rows of one millisecond. */
  #insertBetween(from: number, to: number): void {
    const entries = this.#entries;
    const counts = this.#counts;
    for (let row = from + 1; row < to; row++) {
      const entry = entries[row];
      if (entries[row - 1] <= entry) continue;
      const count = counts[row];
      let place = row;
      for (; place > from && entries[place - 1] > entry; place--) {
        entries[place] = entries[place - 1];
        counts[place] = counts[place - 1];
      }
      entries[place] = entry;
      counts[place] = count;
    }
  }

  #sortBetween(from: number, to: number): void {
    const keys = new Float64Array(to - from);
    let inOrder = true;
    const repeated = new Map<number, number>();
    for (let row = from; row < to; row++) {
      // An hour's milliseconds take 22 bits, entries at most 31: together they fit a number exactly.
      const key = this.#offsets[row] * ENTRIES + this.#entries[row];
      keys[row - from] = key;
      if (row > from && key < keys[row - from - 1]) inOrder = false;
      if (this.#counts[row] > 1) repeated.set(key, this.#counts[row]);
    }
    if (inOrder) return;
    keys.sort();
    for (let row = from; row < to; row++) {
      const key = keys[row - from];
      this.#offsets[row] = Math.floor(key / ENTRIES);
      this.#entries[row] = key - this.#offsets[row] * ENTRIES;
      this.#counts[row] = repeated.get(key) ?? 1;
    }
  }

  #widen(room: number): void {
    this.#offsets = widened(this.#offsets, new Int32Array(room));
    this.#entries = widened(this.#entries, new Uint32Array(room));
    this.#counts = widened(this.#counts, new Float64Array(room));
  }
}

/** Rows that there is room for at first. */
const FIRST = 16;
/** Below it are the numbers of entries. */
const ENTRIES = 2 ** 31;
/** Rows that are sorted faster one by one than all at once. */
const FEW = 24;
/** Rows whose columns stay, and octets of slots that do. */
const KEEP = 1 << 15;
const KEEP_SLOTS = 1 << 20;

let slots = new Uint32Array(64);

/** At least so many, a power of two, all free; good until the next call. */
function freeSlots(atLeast: number): Uint32Array {
  const size = 2 ** Math.ceil(Math.log2(Math.max(atLeast, 64)));
  if (size * 4 > KEEP_SLOTS) return new Uint32Array(size);
  if (size > slots.length) slots = new Uint32Array(size);
  return slots.subarray(0, size).fill(0);
}

/** Row + 1 of the latest attempt of each entry; all 0 between two uses. */
const latest = new Int32Array(USUAL);

const secondOf = (offset: number): number => (offset / 1000) | 0;

/** @returns `wider`, beginning with what `column` has */
export function widened<Column extends { readonly buffer: ArrayBuffer; set(from: Column): void }>(
  column: Column,
  wider: Column,
): Column {
  wider.set(column);
  free(column);
  return wider;
}

/** At once: V8 would keep its memory until it next went through the whole heap. */
export function free({ buffer }: { readonly buffer: ArrayBuffer }): void {
  buffer.transfer(0);
}
