import { Rows } from './rows.ts';
import type { Segment } from './segment.ts';

/** How many are kept for the next batch. */
const SPARE = 32;

const spare: HourRows[] = [];

/**
 * What one batch says of one device's hour, while it is gathered. A batch has the columns of the one before: in a
 * flood, making them anew was most of the garbage that recording made.
 */
export class HourRows implements Segment {
  readonly rows = new Rows();
  asked = 0;
  blocked = 0;
  /** Row + 1 that the latest attempt of each entry went into. */
  #latest = new Int32Array(256);

  /** @param entries numbers of entries are below it */
  static take(entries: number): HourRows {
    const hour = spare.pop() ?? new HourRows();
    if (entries > hour.#latest.length) hour.#latest = new Int32Array(entries * 2);
    return hour;
  }

  /** Equal attempts within one second become one row, see `Rows.takeIn`. @param offset milliseconds since the hour began */
  add(offset: number, entry: number, isBlocked: boolean, attempts: number): void {
    const row = this.#latest[entry] - 1;
    if (row >= 0 && this.rows.isInSecondOf(row, offset)) this.rows.add(row, attempts);
    else {
      this.rows.push(offset, entry, attempts);
      this.#latest[entry] = this.rows.length;
    }
    this.asked += attempts;
    if (isBlocked) this.blocked += attempts;
  }

  /** Nothing of it is used any more. */
  giveBack(): void {
    if (spare.length === SPARE) return;
    const { rows } = this;
    for (let row = 0; row < rows.length; row++) this.#latest[rows.entry(row)] = 0;
    rows.clear();
    this.asked = this.blocked = 0;
    spare.push(this);
  }
}
