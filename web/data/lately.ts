import type { Row } from './model.ts';

/** Milliseconds after which the log has what the stream told; both know it within one. */
const KNOWN_AFTER = 10_000;
/** Equal attempts within so many milliseconds are one row of the log. */
const ONE_ROW = 1000;
const MOST = 500;

/** What the stream told lately: it comes sooner than the log has it, and a log that is read just then lacks it. */
export class Lately {
  #told: readonly { readonly row: Row; readonly at: number }[] = [];

  /** @param now monotonic milliseconds */
  add(row: Row, now: number): void {
    this.#told = [{ row, at: now }, ...this.#told.filter(({ at }) => now - at < KNOWN_AFTER)].slice(0, MOST);
  }

  clear(): void {
    this.#told = [];
  }

  /** The log as it was read, newest first, with what it lacks. */
  completed(log: readonly Row[], now: number): Row[] {
    const lacking = this.#told.filter(
      ({ row, at }) => now - at < KNOWN_AFTER && !log.some((other) => isSame(row, other)),
    );
    return [...lacking.map(({ row }) => row), ...log];
  }
}

const isSame = (a: Row, b: Row): boolean =>
  a.device === b.device &&
  a.domain === b.domain &&
  a.qtype === b.qtype &&
  a.outcome === b.outcome &&
  Math.abs(a.at - b.at) < ONE_ROW;
