/** Milliseconds between two measurements, and how many in a row must say the same: a single stall is no overload. */
const EVERY = 100;
const IN_A_ROW = 3;

/** From which lateness of the event loop (milliseconds), or share of the questions that may be under way, on. */
const steps = [
  { late: 100, share: 0.5 },
  { late: 200, share: 0.7 },
  { late: 400, share: 0.9 },
] as const;

/**
 * How much more is asked of this machine than it can do, and what is let go for it, the dearest last:
 * 1 recording, 2 prefetch too, 3 questions that would go upstream too.
 */
export class Pressure {
  level = 0;
  private readonly recent = new Uint8Array(IN_A_ROW);
  private at = 0;
  private timer: NodeJS.Timeout | undefined;

  get shedsRecording(): boolean {
    return this.level >= 1;
  }

  get shedsPrefetch(): boolean {
    return this.level >= 2;
  }

  get shedsMisses(): boolean {
    return this.level >= 3;
  }

  /**
   * @param share of the questions that may be under way
   * @param now monotonic milliseconds
   */
  start(share: () => number, now: () => number): void {
    let due = now() + EVERY;
    this.timer = setInterval(() => {
      const at = now();
      this.measure(at - due, share());
      due = at + EVERY;
    }, EVERY);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Up or down as soon as all of the last measurements agree on at least so much. */
  measure(late: number, share: number): void {
    const reached = steps.filter((step) => late >= step.late || share >= step.share).length;
    this.recent[this.at++ % IN_A_ROW] = reached;
    this.level = Math.min(...this.recent);
  }
}
