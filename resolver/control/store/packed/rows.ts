/**
 * Attempts of one device within one hour, as columns: milliseconds since the hour began, dictionary entry, and how
 * many equal attempts the row stands for.
 */
export class Rows {
  readonly offsets: number[] = [];
  readonly entries: number[] = [];
  readonly counts: number[] = [];

  get length(): number {
    return this.offsets.length;
  }

  push(offset: number, entry: number, count: number): void {
    this.offsets.push(offset);
    this.entries.push(entry);
    this.counts.push(count);
  }

  /**
   * In order of arrival; equal attempts within one second become one row, at the time of the one that arrived first.
   * A phone that repeats a question a thousand times a second so costs one row a second, and what a reader has
   * seen of a row stays true when more is folded into it: its time never changes.
   */
  folded(): Rows {
    const folded = new Rows();
    // Row + 1 by entry and second; a Map of as many keys would cost more than all else here.
    const slots = new Int32Array(2 ** Math.ceil(Math.log2(this.length * 2 + 1)));
    const mask = slots.length - 1;
    for (let i = 0; i < this.length; i++) {
      const entry = this.entries[i];
      const second = Math.floor(this.offsets[i] / 1000);
      let slot = (Math.imul(entry, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) >>> 7;
      for (slot &= mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
        const row = slots[slot] - 1;
        if (folded.entries[row] === entry && Math.floor(folded.offsets[row] / 1000) === second) break;
      }
      if (slots[slot] !== 0) folded.counts[slots[slot] - 1] += this.counts[i];
      else {
        slots[slot] = folded.length + 1;
        folded.push(this.offsets[i], entry, this.counts[i]);
      }
    }
    return folded;
  }

  byTime(): Rows {
    const order = Uint32Array.from(this.offsets.keys());
    order.sort((a, b) => this.offsets[a] - this.offsets[b] || this.entries[a] - this.entries[b]);
    const sorted = new Rows();
    for (const i of order) sorted.push(this.offsets[i], this.entries[i], this.counts[i]);
    return sorted;
  }
}
