import { USUAL, widened } from './rows.ts';

/** Attempts up to which frequencies are told apart by `cut`. */
const LEAST_KNOWN = 256;

/**
 * Entries, and how often rows name each, at places in order of first appearance. Numbers of entries are small, so a
 * table by number tells the place: a Map made for a flood's thousands of names cost more than packing them.
 */
export class Frequencies {
  #entries = new Uint32Array(32);
  #rows = new Uint32Array(32);
  #attempts = new Float64Array(32);
  /** Place + 1 by entry. */
  #places = new Uint32Array(64);
  readonly #unusual = new Map<number, number>();
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
    return (entry < USUAL ? this.#places[entry] : this.#unusual.get(entry)!) - 1;
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
    for (let place = 0; place < this.#size; place++) {
      if (this.#entries[place] < USUAL) this.#places[this.#entries[place]] = 0;
    }
    this.#unusual.clear();
    this.#rows.fill(0, 0, this.#size);
    this.#attempts.fill(0, 0, this.#size);
    this.#size = 0;
  }

  #placeFor(entry: number): number {
    const isUsual = entry < USUAL;
    if (isUsual && entry >= this.#places.length) this.#places = widened(this.#places, new Uint32Array(entry * 2));
    const known = isUsual ? this.#places[entry] : (this.#unusual.get(entry) ?? 0);
    if (known > 0) return known - 1;
    if (this.#size === this.#entries.length) this.#grow();
    this.#entries[this.#size++] = entry;
    if (isUsual) this.#places[entry] = this.#size;
    else this.#unusual.set(entry, this.#size);
    return this.#size - 1;
  }

  #grow(): void {
    const size = this.#entries.length * 2;
    this.#entries = widened(this.#entries, new Uint32Array(size));
    this.#rows = widened(this.#rows, new Uint32Array(size));
    this.#attempts = widened(this.#attempts, new Float64Array(size));
  }
}
