import type { WallMs } from '../../policy/model.ts';
import type { Flush } from './frames.ts';

/** Flushes that the store has confirmed lately, for the case that it turns out to have lost them. Bounded. */
export class Recent {
  readonly #keepFor: number;
  readonly #atMost: number;
  #flushes: Flush[] = [];
  #rows = 0;

  /** `keepFor` in milliseconds, `atMost` in rows. */
  constructor(keepFor = 60_000, atMost = 100_000) {
    this.#keepFor = keepFor;
    this.#atMost = atMost;
  }

  add(flush: Flush, now: WallMs): void {
    this.#flushes.push(flush);
    this.#rows += flush.batch.rowCount;
    let old = 0;
    while (old < this.#flushes.length - 1 && this.#isTooMuch(this.#flushes[old], now)) {
      this.#rows -= this.#flushes[old++].batch.rowCount;
    }
    if (old > 0) this.#flushes.splice(0, old);
  }

  has({ batch }: Flush): boolean {
    const newest = this.#flushes.findLast((flush) => flush.batch.boot === batch.boot);
    return newest !== undefined && newest.batch.sequence >= batch.sequence;
  }

  /** Those of a boot after the given sequence, in order. */
  after(boot: string, last: number | undefined): Flush[] {
    return this.#flushes.filter(({ batch }) => batch.boot === boot && batch.sequence > (last ?? -1));
  }

  change(change: (flush: Flush) => Flush): void {
    this.#flushes = this.#flushes.map(change);
  }

  #isTooMuch(oldest: Flush, now: WallMs): boolean {
    return oldest.at < now - this.#keepFor || this.#rows > this.#atMost;
  }
}
