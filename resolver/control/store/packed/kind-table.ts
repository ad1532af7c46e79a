/** What is no kind: its number is taken, and never found. */
export const NO_KIND = -1;

/** Kinds of attempts as columns, numbered from 1: found by their parts without a text being made of any. */
export class KindTable {
  /** Type, outcome and purpose as a batch has them in one word. */
  #whats = new Int32Array(32);
  #reasons = new Int32Array(32);
  #times = new Float64Array(32);
  #nameStarts = new Int32Array(33);
  #names = new Uint8Array(1024);
  /** Two words each, hash and number, which is 0 where it is free: what is not there is mostly told by one look. At most half are taken. */
  #slots = new Int32Array(128);
  #size = 0;
  /** Means nothing; what is read must be of use, or it would not be read. */
  expected = 0;
  /** When the newest that can be found was met. */
  newestAt = Number.NEGATIVE_INFINITY;

  get size(): number {
    return this.#size;
  }

  /** Takes the next number. @param what `NO_KIND`, or as batches have it @param firstAt wall-clock milliseconds */
  add(hash: number, what: number, reason: number, firstAt: number, name: Uint8Array, length: number): void {
    const number = ++this.#size;
    if (number >= this.#whats.length) this.#growColumns();
    const start = this.#nameStarts[number];
    while (start + length > this.#names.length) this.#names = enlarged(this.#names);
    this.#whats[number] = what;
    this.#reasons[number] = reason;
    this.#times[number] = firstAt;
    for (let i = 0; i < length; i++) this.#names[start + i] = name[i];
    this.#nameStarts[number + 1] = start + length;
    if (what === NO_KIND) return;
    this.newestAt = Math.max(this.newestAt, firstAt);
    if (number * 4 > this.#slots.length) this.#growSlots();
    this.#place(placeOf(hash, what, reason), number);
  }

  /** @returns the latest that was met no later than `before`, if that is given; 0: none */
  find(
    place: number,
    what: number,
    reason: number,
    before: number | undefined,
    names: Uint8Array,
    at: number,
    length: number,
  ): number {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    let found = 0;
    for (let slot = place & mask; slots[slot * 2 + 1] !== 0; slot = (slot + 1) & mask) {
      if (slots[slot * 2] !== place) continue;
      const number = slots[slot * 2 + 1];
      if (this.#whats[number] !== what || this.#reasons[number] !== reason) continue;
      if (number < found || (before !== undefined && this.#times[number] > before)) continue;
      if (this.isNamed(number, names, at, length)) found = number;
    }
    return found;
  }

  /** See `Dictionary.expect`. */
  expect(places: Int32Array, count: number): void {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    let read = 0;
    for (let i = 0; i < count; i++) read ^= slots[(places[i] & mask) * 2];
    this.expected = read;
  }

  whatOf(number: number): number {
    return this.#whats[number];
  }

  reasonOf(number: number): number {
    return this.#reasons[number];
  }

  firstAtOf(number: number): number {
    return this.#times[number];
  }

  nameOf(number: number): Uint8Array {
    return this.#names.subarray(this.#nameStarts[number], this.#nameStarts[number + 1]);
  }

  isNamed(number: number, names: Uint8Array, at: number, length: number): boolean {
    const start = this.#nameStarts[number];
    if (this.#nameStarts[number + 1] - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.#names[start + i] !== names[at + i]) return false;
    return true;
  }

  /** Whether the name is the given one or below it. */
  isWithin(number: number, name: Uint8Array, length: number): boolean {
    const names = this.#names;
    const start = this.#nameStarts[number + 1] - length;
    let label = this.#nameStarts[number];
    while (label < start) label += names[label] + 1;
    if (label !== start) return false;
    for (let i = 0; i < length; i++) if (names[start + i] !== name[i]) return false;
    return true;
  }

  #place(place: number, number: number): void {
    const mask = this.#slots.length / 2 - 1;
    let slot = place & mask;
    while (this.#slots[slot * 2 + 1] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot * 2] = place;
    this.#slots[slot * 2 + 1] = number;
  }

  #growSlots(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(before.length * 2);
    for (let slot = 0; slot < before.length; slot += 2) {
      if (before[slot + 1] !== 0) this.#place(before[slot], before[slot + 1]);
    }
  }

  #growColumns(): void {
    this.#whats = enlarged(this.#whats);
    this.#reasons = enlarged(this.#reasons);
    this.#times = enlarged(this.#times);
    this.#nameStarts = enlarged(this.#nameStarts);
  }
}

function enlarged<Column extends Int32Array | Uint8Array | Float64Array>(column: Column): Column {
  const larger = new (column.constructor as new (length: number) => Column)(column.length * 2);
  larger.set(column);
  return larger;
}

/** Where a kind may be, in any table: spread over all bits, because the position is taken from the low ones. */
export function placeOf(hash: number, what: number, reason: number): number {
  const mixed = Math.imul(hash ^ Math.imul(what, 0x9e3779b1) ^ Math.imul(reason, 0x85ebca6b), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 15);
}
