import type { WallMs } from '../policy/model.ts';

/** Milliseconds between two looks at the store's clock, and at this machine's. */
const EVERY = 2000;
/** A reply that took longer says too little about when it was given. */
const TOO_SLOW = 1000;
/** Differences up to this many milliseconds are the way's and not the clocks'. */
const NOISE = 20;

export interface HouseholdClockDeps {
  /** The clock that all nodes of the household can ask; missing where there is one node only. */
  readonly time?: () => Promise<WallMs>;
  /** Milliseconds that never jump. */
  readonly monotonic: () => number;
  readonly wall: () => WallMs;
}

export interface ClockFollower {
  /** By how many milliseconds this machine's clock is ahead of the household's, whenever that is different. */
  changed(ahead: number): void;
  /** The household's time is known at last; what was believed before was this machine's own clock. */
  found(): void;
}

/**
 * The household's time: the store's where several nodes share one, so that what ends and what is recorded has the same
 * time on all of them, however their own clocks are set; else this machine's. While the store is away time goes on
 * from what it said last.
 */
export class HouseholdClock {
  private readonly deps: HouseholdClockDeps;
  /** What is to be added to the clock that never jumps. */
  private base: number | undefined;
  private follower: ClockFollower | undefined;
  private told = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(deps: HouseholdClockDeps) {
    this.deps = deps;
  }

  follow(follower: ClockFollower): void {
    this.follower = follower;
    this.tell();
  }

  /** Resolves when the store's clock was asked once, whether it answered or not. */
  async start(): Promise<void> {
    if (!this.deps.time) return;
    this.timer = setInterval(() => void this.look(), EVERY).unref();
    await this.look();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  readonly now = (): WallMs =>
    this.base === undefined ? this.deps.wall() : Math.round(this.base + this.deps.monotonic());

  /** Milliseconds by which this machine's clock is ahead of the household's; negative when it is behind. */
  get ahead(): number {
    return this.base === undefined ? 0 : this.deps.wall() - this.now();
  }

  private async look(): Promise<void> {
    const { time, monotonic } = this.deps;
    const asked = monotonic();
    // A store that is away is told of by those who need it.
    const at = await time?.().catch(() => undefined);
    if (at !== undefined) this.heard(at, asked, monotonic());
    this.tell();
  }

  private tell(): void {
    const { ahead, follower } = this;
    if (!follower || Math.abs(ahead - this.told) <= NOISE) return;
    this.told = ahead;
    follower.changed(ahead);
  }

  private heard(at: WallMs, asked: number, answered: number): void {
    const took = answered - asked;
    if (took > TOO_SLOW) return;
    const base = at - (asked + answered) / 2;
    if (this.base !== undefined && Math.abs(base - this.base) <= took / 2 + NOISE) return;
    const isFirst = this.base === undefined;
    this.base = base;
    if (isFirst) this.follower?.found();
  }
}
