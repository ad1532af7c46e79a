/** Attempts up to which frequencies are told apart by `cut`. */
const LEAST_KNOWN = 256;

/**
 * Entries, and how often rows name each, at places in order of first appearance. A table of numbers: a Map made for a
 * flood's thousands of names cost more than packing them.
 */
export class Frequencies {
  #entries = new Uint32Array(32);
  #rows = new Uint32Array(32);
  #attempts = new Float64Array(32);
  /** Place + 1 by entry. At most half of them are taken. */
  #slots = new Uint32Array(64);
  #size = 0;

  /** Entries in all. */
  get size(): number {
    return this.#size;
  }

  /** Entries that fit without more memory. */
  get room(): number {
    return this.#entries.length;
  }

  /** One more row names the entry. @returns the entry's place */
  add(entry: number, attempts: number): number {
    const place = this.#placeFor(entry);
    this.#rows[place]++;
    this.#attempts[place] += attempts;
    return place;
  }

  entry(place: number): number {
    return this.#entries[place];
  }

  /** How many rows name the entry. */
  rows(place: number): number {
    return this.#rows[place];
  }

  /** How many attempts these rows stand for. */
  attempts(place: number): number {
    return this.#attempts[place];
  }

  /** Of an entry that is in the rows. */
  placeOf(entry: number): number {
    return this.#slots[this.#slotOf(entry)] - 1;
  }

  /** @returns which entries are the `most` most frequent: all with more attempts than `least`, and so many that have as many */
  cut(most: number): { least: number; ties: number } {
    const having = new Uint32Array(LEAST_KNOWN + 1);
    for (let place = 0; place < this.#size; place++) having[Math.min(this.#attempts[place], LEAST_KNOWN)]++;
    let [least, above] = [LEAST_KNOWN, 0];
    while (least > 0 && above + having[least] < most) above += having[least--];
    // Those of the last are not told apart: all of them are frequent.
    return least === LEAST_KNOWN ? { least: LEAST_KNOWN - 1, ties: 0 } : { least, ties: most - above };
  }

  /** The tables stay for what comes next. */
  clear(): void {
    this.#slots.fill(0);
    this.#rows.fill(0, 0, this.#size);
    this.#attempts.fill(0, 0, this.#size);
    this.#size = 0;
  }

  #placeFor(entry: number): number {
    const slot = this.#slotOf(entry);
    if (this.#slots[slot] !== 0) return this.#slots[slot] - 1;
    if (this.#size === this.#entries.length) {
      this.#grow();
      return this.#placeFor(entry);
    }
    this.#slots[slot] = ++this.#size;
    this.#entries[this.#size - 1] = entry;
    return this.#size - 1;
  }

  /** Where the entry is, or would be. */
  #slotOf(entry: number): number {
    const mask = this.#slots.length - 1;
    const mixed = Math.imul(entry, 0x9e3779b1);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    while (this.#slots[slot] !== 0 && this.#entries[this.#slots[slot] - 1] !== entry) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const size = this.#entries.length * 2;
    const [entries, rows, attempts] = [this.#entries, this.#rows, this.#attempts];
    this.#entries = new Uint32Array(size);
    this.#rows = new Uint32Array(size);
    this.#attempts = new Float64Array(size);
    this.#entries.set(entries);
    this.#rows.set(rows);
    this.#attempts.set(attempts);
    this.#slots = new Uint32Array(size * 2);
    for (let place = 0; place < this.#size; place++) this.#slots[this.#slotOf(entries[place])] = place + 1;
  }
}
