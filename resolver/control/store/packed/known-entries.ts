import type { Kinds } from '../../../between/kinds.ts';
import type { Dictionary } from './dictionary.ts';

/** Which entries of the dictionaries are those for the kinds of one table: what was found once need not be looked for again. */
export class KnownEntries {
  /** By kind; 0: not known. */
  numbers = new Int32Array(64);
  /** What the numbers are of, by position of the device; missing where there are none yet. */
  #dictionaries: readonly (Dictionary | undefined)[] = [];

  /** To be called before each use. @param dictionaries by position of the device in the batch */
  prepare(kinds: Kinds, dictionaries: readonly (Dictionary | undefined)[]): void {
    if (kinds.count > this.numbers.length) {
      const larger = new Int32Array(Math.max(kinds.count, this.numbers.length * 2));
      larger.set(this.numbers);
      this.numbers = larger;
    }
    // Entries are never renumbered, and whatever else happens to a dictionary makes another one of it. Devices that
    // have no attempts in a batch have no dictionary in it.
    const isSame = dictionaries.every((one, place) => !one || (this.#dictionaries[place] ?? one) === one);
    if (!isSame) this.numbers.fill(0);
    this.#dictionaries = isSame
      ? dictionaries.map((one, place) => one ?? this.#dictionaries[place])
      : [...dictionaries];
  }
}
