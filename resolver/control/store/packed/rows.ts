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
    const places = new Map<number, number>();
    const folded = new Rows();
    for (let i = 0; i < this.length; i++) {
      const key = this.entries[i] * 3600 + Math.floor(this.offsets[i] / 1000);
      const place = places.get(key);
      if (place === undefined) {
        places.set(key, folded.length);
        folded.push(this.offsets[i], this.entries[i], this.counts[i]);
      } else folded.counts[place] += this.counts[i];
    }
    return folded;
  }

  byTime(): Rows {
    const order = Array.from(this.offsets.keys());
    order.sort((a, b) => this.offsets[a] - this.offsets[b] || this.entries[a] - this.entries[b]);
    const sorted = new Rows();
    for (const i of order) sorted.push(this.offsets[i], this.entries[i], this.counts[i]);
    return sorted;
  }
}
