import { offset, rcode } from '../../wire/header.ts';
import { Deadline, type Deadlines } from './deadlines.ts';
import type { Health } from './health.ts';
import type { Upstream, UpstreamFailed } from './upstream.ts';

export interface Runner {
  readonly upstream: Upstream;
  readonly health: Health;
}

export interface RaceOptions {
  /** At least one, in the order in which they are asked. */
  runners: readonly Runner[];
  /** How many are asked at once. */
  width: number;
  /** Milliseconds for all together. */
  budget: number;
  deadlines: Deadlines;
  /** Monotonic milliseconds. */
  now: () => number;
}

const refusals: Record<number, string | undefined> = {
  [rcode.formerr]: 'does not understand the questions (FORMERR)',
  [rcode.servfail]: 'could not look a name up (SERVFAIL)',
  [rcode.notimp]: 'does not do this kind of question (NOTIMP)',
  [rcode.refused]: 'refuses to answer us (REFUSED)',
};

/** Share of the budget after which silence lets the next one run, too. */
const PATIENCE = 1 / 3;
/** Share of the budget to wait before a second round, when all failed early: one of them may be just restarting. */
const SECOND_ROUND = 1 / 4;

/**
 * One question put to several upstreams: the next is asked when one fails, or is silent for long, and the
 * first good answer wins. All experience goes into the runners' health, also what comes after the end.
 */
export class Race extends Deadline {
  private readonly options: RaceOptions;
  private readonly query: Uint8Array;
  private readonly resolve: (answer: Uint8Array) => void;
  private readonly reject: (error: UpstreamFailed) => void;
  private readonly startedAt: number;
  private asked = 0;
  private running = 0;
  private rounds = 1;
  private won = false;
  private refusal: Uint8Array | undefined;
  private lastFailure: UpstreamFailed | undefined;

  constructor(
    options: RaceOptions,
    query: Uint8Array,
    resolve: (answer: Uint8Array) => void,
    reject: (error: UpstreamFailed) => void,
  ) {
    super();
    this.options = options;
    this.query = query;
    this.resolve = resolve;
    this.reject = reject;
    this.startedAt = options.now();
  }

  start(): void {
    const { runners, width } = this.options;
    while (this.asked < Math.min(width, runners.length)) this.askNext(this.startedAt);
    this.waitForNext();
  }

  due(): void {
    this.askNext(this.options.now());
    this.waitForNext();
  }

  private askNext(now: number): void {
    const runner = this.options.runners[this.asked++];
    const left = Math.max(this.startedAt + this.options.budget - now, 1);
    this.running++;
    runner.upstream.ask(this.query, left).then(
      (answer) => this.answered(runner, now, answer),
      (error: UpstreamFailed) => this.failed(runner, now, error),
    );
  }

  private waitForNext(): void {
    const { runners, budget, deadlines } = this.options;
    if (this.asked < runners.length) deadlines.arm(this, budget * Math.min(PATIENCE, 1 / runners.length));
    else deadlines.disarm(this);
  }

  private answered({ upstream, health }: Runner, askedAt: number, answer: Uint8Array): void {
    const now = this.options.now();
    this.running--;
    const refusal = refusals[answer[offset.rcode] & 15];
    if (refusal) {
      health.refused(askedAt, `${upstream.label} ${refusal}.`, now);
      this.refusal = answer;
      this.goOn(now);
      return;
    }
    health.answered(askedAt, now);
    if (!this.won) this.win(answer);
  }

  private failed({ health }: Runner, askedAt: number, error: UpstreamFailed): void {
    const now = this.options.now();
    this.running--;
    health.failed(askedAt, error.message, now);
    this.lastFailure = error;
    this.goOn(now);
  }

  /** One runner is out without a good answer. */
  private goOn(now: number): void {
    const { runners, budget, deadlines } = this.options;
    if (this.won) return;
    if (this.asked < runners.length) this.due();
    else if (this.running > 0) return;
    else if (this.refusal) this.win(this.refusal);
    else if (this.rounds++ === 1 && now - this.startedAt < budget / 2 && runners.some(({ health }) => health.healthy)) {
      this.asked = 0;
      deadlines.arm(this, budget * SECOND_ROUND);
    } else this.reject(this.lastFailure!);
  }

  private win(answer: Uint8Array): void {
    this.won = true;
    this.options.deadlines.disarm(this);
    this.resolve(answer);
  }
}
