import { offset, rcode } from '../../wire/header.ts';
import { Deadline, type Deadlines } from './deadlines.ts';
import type { Health } from './health.ts';
import type { Asker, Upstream, UpstreamFailed } from './upstream.ts';

export interface Runner {
  readonly upstream: Upstream;
  readonly health: Health;
}

export interface RaceTerms {
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
  private readonly terms: RaceTerms;
  private readonly runners: readonly Runner[];
  private readonly query: Uint8Array;
  private readonly asker: Asker;
  private readonly startedAt: number;
  private asked = 0;
  private running = 0;
  private rounds = 1;
  private won = false;
  private refusal: Uint8Array | undefined;

  /** @param runners at least one, in the order in which they are asked */
  constructor(terms: RaceTerms, runners: readonly Runner[], query: Uint8Array, asker: Asker) {
    super();
    this.terms = terms;
    this.runners = runners;
    this.query = query;
    this.asker = asker;
    this.startedAt = terms.now();
  }

  /** @param width how many are asked at once */
  start(width: number): void {
    while (this.asked < Math.min(width, this.runners.length)) this.askNext(this.startedAt);
    this.waitForNext();
  }

  due(): void {
    this.askNext(this.terms.now());
    this.waitForNext();
  }

  answered({ upstream, health }: Runner, askedAt: number, answer: Uint8Array): void {
    const now = this.terms.now();
    this.running--;
    const refusal = refusals[answer[offset.rcode] & 15];
    if (refusal) {
      health.refused(askedAt, `${upstream.label} ${refusal}.`, now);
      this.refusal = new Uint8Array(answer);
      this.goOn(now);
      return;
    }
    health.answered(askedAt, now);
    if (!this.won) this.win(answer);
  }

  failed({ health }: Runner, askedAt: number, error: UpstreamFailed): void {
    const now = this.terms.now();
    this.running--;
    health.failed(askedAt, error.message, now);
    this.goOn(now, error);
  }

  private askNext(now: number): void {
    const runner = this.runners[this.asked++];
    const left = Math.max(this.startedAt + this.terms.budget - now, 1);
    this.running++;
    runner.upstream.ask(this.query, left, new Run(this, runner, now));
  }

  private waitForNext(): void {
    const { budget, deadlines } = this.terms;
    const { length } = this.runners;
    if (this.asked < length) deadlines.arm(this, budget * Math.min(PATIENCE, 1 / length));
    else deadlines.disarm(this);
  }

  /** One runner is out without a good answer. @param error undefined when it answered with a refusal */
  private goOn(now: number, error?: UpstreamFailed): void {
    const { runners, terms } = this;
    if (this.won) return;
    if (this.asked < runners.length) this.due();
    else if (this.running > 0) return;
    else if (this.refusal) this.win(this.refusal);
    else if (
      this.rounds++ === 1 &&
      now - this.startedAt < terms.budget / 2 &&
      runners.some(({ health }) => health.healthy)
    ) {
      this.asked = 0;
      terms.deadlines.arm(this, terms.budget * SECOND_ROUND);
    } else this.asker.failed(error!);
  }

  private win(answer: Uint8Array): void {
    this.won = true;
    this.terms.deadlines.disarm(this);
    this.asker.answered(answer);
  }
}

/** One runner's part in a race. */
class Run implements Asker {
  private readonly race: Race;
  private readonly runner: Runner;
  private readonly askedAt: number;

  constructor(race: Race, runner: Runner, askedAt: number) {
    this.race = race;
    this.runner = runner;
    this.askedAt = askedAt;
  }

  answered(answer: Uint8Array): void {
    this.race.answered(this.runner, this.askedAt, answer);
  }

  failed(error: UpstreamFailed): void {
    this.race.failed(this.runner, this.askedAt, error);
  }
}
