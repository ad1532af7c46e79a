import type { Memory } from './give-back.ts';

export interface TidyingDeps {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly memory: Memory;
}

/** Attempts that leave something worth giving back, and how few in a flush say that their flood is over. */
const MANY = 20_000;
const FEW = 4000;
/** Milliseconds without a flush of more: several of its intervals. */
const CALM = 1500;
/** Attempts between two collections in a flood: some tens of megabytes of garbage. */
const COLLECT_EVERY = 3_000_000;
/** Octets of buffers, beside those that were left the last time, that are worth it without a flood: a large merge has them. */
const MUCH = 8 << 20;
/** Milliseconds between two times while pages are read: they leave so many buffers every second. */
const RARELY = 60_000;

/**
 * Gives memory back once what needed it is over. In a flood it says itself when garbage is collected, and seldom: V8
 * counts the buffers that flushes come in, and went through the whole heap for each ten megabytes of them, which took a
 * quarter of control's time. After a collection that was asked for it also compiles much anew.
 */
export class Tidying {
  private readonly deps: TidyingDeps;
  private attempts = 0;
  private collectAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private buffersLeft = 0;
  private tidied = Number.NEGATIVE_INFINITY;
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(deps: TidyingDeps) {
    this.deps = deps;
  }

  /** That many milliseconds after the last call. */
  after(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.attempts = this.collectAt = 0;
      this.deps.memory.giveBack();
      this.buffersLeft = this.deps.memory.buffers();
      this.tidied = this.deps.now();
    }, milliseconds).unref();
  }

  /** So many attempts came at once. */
  took(attempts: number): void {
    this.attempts += attempts;
    if (attempts <= FEW || this.attempts <= MANY) {
      if (!this.timer && this.isDue() && this.deps.memory.buffers() > this.buffersLeft + MUCH) this.after(CALM);
      return;
    }
    if (this.attempts >= this.collectAt) {
      this.collectAt = this.attempts + COLLECT_EVERY;
      this.deps.memory.collectAhead();
    }
    this.after(CALM);
  }

  /** A page was read. */
  read(): void {
    this.readAt = this.deps.now();
  }

  private isDue(): boolean {
    const now = this.deps.now();
    return now > this.tidied + (now < this.readAt + CALM ? RARELY : CALM);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
