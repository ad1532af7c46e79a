/** Kinds of attempts as columns, numbered from 1: found by their parts without a text being made of any. */
export class KindTable {
  #hashes = new Int32Array(32);
  /** Type, outcome and purpose as a batch has them in one word. */
  #whats = new Int32Array(32);
  #reasons = new Int32Array(32);
  #times = new Float64Array(32);
  #nameStarts = new Int32Array(33);
  #names = new Uint8Array(1024);
  /** Number by hash; 0: free. At most half of them are taken. */
  #slots = new Int32Array(64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Takes the next number. @param firstAt wall-clock milliseconds; of what is not to be found, `NaN` */
  add(hash: number, what: number, reason: number, firstAt: number, name: Uint8Array, length: number): void {
    const number = ++this.#size;
    if (number >= this.#hashes.length) this.#growColumns();
    const start = this.#nameStarts[number];
    while (start + length > this.#names.length) this.#names = enlarged(this.#names);
    this.#hashes[number] = hash;
    this.#whats[number] = what;
    this.#reasons[number] = reason;
    this.#times[number] = firstAt;
    for (let i = 0; i < length; i++) this.#names[start + i] = name[i];
    this.#nameStarts[number + 1] = start + length;
    if (Number.isNaN(firstAt)) return;
    if (number * 2 > this.#slots.length) this.#growSlots();
    else this.#place(number);
  }

  /** @returns the latest that was met no later than `before`; 0: none */
  find(
    hash: number,
    what: number,
    reason: number,
    before: number,
    names: Uint8Array,
    at: number,
    length: number,
  ): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let found = 0;
    for (let slot = placeOf(hash, what, reason) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = slots[slot];
      if (this.#hashes[number] !== hash || this.#whats[number] !== what || this.#reasons[number] !== reason) continue;
      if (number > found && this.#times[number] <= before && this.#isNamed(number, names, at, length)) found = number;
    }
    return found;
  }

  whatOf = (number: number): number => this.#whats[number];
  reasonOf = (number: number): number => this.#reasons[number];
  firstAtOf = (number: number): number => this.#times[number];
  nameOf = (number: number): Uint8Array => this.#names.subarray(this.#nameStarts[number], this.#nameStarts[number + 1]);

  #isNamed(number: number, names: Uint8Array, at: number, length: number): boolean {
    const start = this.#nameStarts[number];
    if (this.#nameStarts[number + 1] - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.#names[start + i] !== names[at + i]) return false;
    return true;
  }

  #place(number: number): void {
    const mask = this.#slots.length - 1;
    let slot = placeOf(this.#hashes[number], this.#whats[number], this.#reasons[number]) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number;
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let number = 1; number <= this.#size; number++) if (!Number.isNaN(this.#times[number])) this.#place(number);
  }

  #growColumns(): void {
    this.#hashes = enlarged(this.#hashes);
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

/** Spread over all bits, because the position is taken from the low ones. */
function placeOf(hash: number, what: number, reason: number): number {
  const mixed = Math.imul(hash ^ Math.imul(what, 0x9e3779b1) ^ Math.imul(reason, 0x85ebca6b), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 15);
}
