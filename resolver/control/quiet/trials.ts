import type { WallMs } from '../../policy/model.ts';
import type { Candidate } from './candidates.ts';

const MINUTE = 60_000;
/** How long each way is measured. */
const TRIAL = 10 * MINUTE;
/** A device that is silent for so long has left, or sleeps: nothing can be learnt from it now. */
const PATIENCE = 60 * MINUTE;
/** With so small a part of the tries left, nothing better is looked for. */
const GOOD = 0.1;
/** With a larger part left, it was not worth the longer answers. */
const WORTHWHILE = 0.5;

/** What came of the trials: the way that is kept, with the tries per hour that are left. */
export type Found = { readonly kept: Candidate; readonly after: number } | 'nothing helps' | 'it left';

/** Tries one way of answering after the other on one name of one device, until it asks less. */
export class Trials {
  /** Tries per hour before the first trial. */
  readonly before: number;
  private readonly waiting: Candidate[];
  private readonly measured: { readonly candidate: Candidate; readonly perHour: number }[] = [];
  private current: Candidate;
  private startedAt: WallMs;
  private measureFrom: WallMs;
  private tries = 0;
  private activeEarly = false;
  private activeLate = false;

  constructor(start: {
    readonly candidates: readonly [Candidate, ...Candidate[]];
    readonly before: number;
    /** Seconds for which the answers given so far are good. */
    readonly ttlBefore: number;
    readonly now: WallMs;
  }) {
    [this.current, ...this.waiting] = start.candidates;
    this.before = start.before;
    this.startedAt = start.now;
    this.measureFrom = start.now + start.ttlBefore * 1000;
  }

  /** How the name is answered now. */
  get answer(): Candidate {
    return this.current;
  }

  /** The name was asked for once more. */
  tried(at: WallMs): void {
    if (at >= this.measureFrom) this.tries++;
  }

  /** The device asked for anything at all. */
  seen(at: WallMs): void {
    if (at < this.measureFrom) return;
    if (at < this.measureFrom + TRIAL / 2) this.activeEarly = true;
    else this.activeLate = true;
  }

  /** @returns undefined while it goes on */
  look(now: WallMs): Found | undefined {
    // Also when the clock was set back: begin this one again.
    if (now < this.startedAt) this.begin(this.current, now, now);
    if (now < this.measureFrom + TRIAL) return undefined;
    if (!this.activeEarly || !this.activeLate) return now - this.startedAt > PATIENCE ? 'it left' : undefined;
    const perHour = (this.tries / (now - this.measureFrom)) * 60 * MINUTE;
    this.measured.push({ candidate: this.current, perHour });
    if (perHour <= this.before * GOOD || this.waiting.length === 0) return this.best();
    // What is still good of the last answers must not be credited to the next.
    this.begin(this.waiting.shift()!, now, now + this.current.ttl * 1000);
    return undefined;
  }

  private best(): Found {
    const { candidate, perHour } = this.measured.reduce((best, one) => (one.perHour < best.perHour ? one : best));
    return perHour <= this.before * WORTHWHILE ? { kept: candidate, after: perHour } : 'nothing helps';
  }

  private begin(candidate: Candidate, now: WallMs, measureFrom: WallMs): void {
    this.current = candidate;
    this.startedAt = now;
    this.measureFrom = measureFrom;
    this.tries = 0;
    this.activeEarly = this.activeLate = false;
  }
}
