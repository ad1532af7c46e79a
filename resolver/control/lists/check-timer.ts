import type { WallMs } from '../../policy/model.ts';
import type { Subscription } from './subscription.ts';

const LONGEST_WAIT = 60 * 60_000;

export interface CheckTimerDeps {
  readonly subscriptions: () => readonly Subscription[];
  readonly now: () => WallMs;
  readonly check: (due: readonly Subscription[]) => void;
}

/** One timer, set to the list that is due first. */
export class CheckTimer {
  private readonly deps: CheckTimerDeps;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(deps: CheckTimerDeps) {
    this.deps = deps;
  }

  /** To be called whenever something about lists is over. */
  set(): void {
    clearTimeout(this.timer);
    const due = Math.min(...this.waiting().map(({ state }) => state.nextAt));
    if (this.isStopped || due === Infinity) return;
    this.timer = setTimeout(() => this.ring(), Math.min(Math.max(due - this.deps.now(), 0), LONGEST_WAIT));
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private ring(): void {
    const now = this.deps.now();
    this.deps.check(this.waiting().filter(({ state }) => state.nextAt <= now));
  }

  /** A list with a candidate has been looked for, which its state says once the candidate is live or refused. */
  private waiting(): Subscription[] {
    return this.deps
      .subscriptions()
      .filter(({ document, search, hasCandidate }) => document.enabled && !search.isChecking && !hasCandidate);
  }
}
