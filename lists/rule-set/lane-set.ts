/** A set of names by their two lanes, 8 bytes an entry at half full or less. */
export class LaneSet {
  private table: Uint32Array;
  private capacity: number;
  private count = 0;
  /** The entry of two zero lanes, which marks an empty slot in the table. */
  private hasZero = false;

  constructor(expected = 512) {
    this.capacity = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)));
    this.table = new Uint32Array(this.capacity * 2);
  }

  get size(): number {
    return this.count;
  }

  has(first: number, second: number): boolean {
    if (first === 0 && second === 0) return this.hasZero;
    const slot = this.slotOf(first >>> 0, second >>> 0);
    return this.table[slot] !== 0 || this.table[slot + 1] !== 0;
  }

  /** @returns whether it was new */
  add(first: number, second: number): boolean {
    if (first === 0 && second === 0) {
      const isNew = !this.hasZero;
      this.hasZero = true;
      this.count += isNew ? 1 : 0;
      return isNew;
    }
    const slot = this.slotOf(first >>> 0, second >>> 0);
    if (this.table[slot] !== 0 || this.table[slot + 1] !== 0) return false;
    this.table[slot] = first;
    this.table[slot + 1] = second;
    if (++this.count * 2 > this.capacity) this.grow();
    return true;
  }

  private slotOf(first: number, second: number): number {
    const mask = this.capacity - 1;
    const { table } = this;
    let entry = (first ^ (first >>> 16)) & mask;
    for (;;) {
      const slot = 2 * entry;
      if (table[slot] === first && table[slot + 1] === second) return slot;
      if (table[slot] === 0 && table[slot + 1] === 0) return slot;
      entry = (entry + 1) & mask;
    }
  }

  private grow(): void {
    const old = this.table;
    this.capacity *= 2;
    this.table = new Uint32Array(this.capacity * 2);
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] === 0 && old[at + 1] === 0) continue;
      const slot = this.slotOf(old[at], old[at + 1]);
      this.table[slot] = old[at];
      this.table[slot + 1] = old[at + 1];
    }
  }
}
