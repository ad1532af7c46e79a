/** Questions in a row without answer after which an upstream counts as down. */
const FAILURES = 3;
/** The same for answers like SERVFAIL, which may be about the name alone. */
const REFUSALS = 12;
/** Milliseconds until a real question tries it again; doubled each time that it fails. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** Weight of the newest latency. */
const WEIGHT = 1 / 8;

/** What experience says about one upstream. Times are monotonic milliseconds. */
export class Health {
  /** Smoothed milliseconds from question to answer; 0 while unknown. */
  latency = 0;
  /** Questions without a usable answer since start. */
  failures = 0;
  lastError: string | undefined;
  private inARow = 0;
  private refusals = 0;
  private pause = FIRST_PAUSE;
  private down = false;
  private retryAt = 0;
  /** Questions asked before this say nothing about the present any more. */
  private changedAt = 0;

  get healthy(): boolean {
    return !this.down;
  }

  /** Whether it is down, and the time has come to try it beside another one. True once per pause. */
  wantsProbe(now: number): boolean {
    if (!this.down || now < this.retryAt) return false;
    this.retryAt = now + this.pause;
    return true;
  }

  answered(askedAt: number, now: number): void {
    const took = now - askedAt;
    this.latency = this.latency === 0 ? took : this.latency + (took - this.latency) * WEIGHT;
    this.refusals = 0;
    this.recover(now);
  }

  /** It answered, but would not or could not look the name up. */
  refused(askedAt: number, reason: string, now: number): void {
    this.lastError = reason;
    this.failures++;
    if (++this.refusals >= REFUSALS) this.goDown(askedAt, now);
  }

  failed(askedAt: number, reason: string, now: number): void {
    this.lastError = reason;
    this.failures++;
    if (askedAt >= this.changedAt && ++this.inARow >= FAILURES) this.goDown(askedAt, now);
  }

  private recover(now: number): void {
    this.inARow = 0;
    this.changedAt = now;
    this.down = false;
    this.pause = FIRST_PAUSE;
  }

  private goDown(askedAt: number, now: number): void {
    if (askedAt < this.changedAt) return;
    if (this.down) this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    this.down = true;
    this.changedAt = now;
    this.retryAt = now + this.pause;
  }
}
