import type { Connection } from './connection.ts';
import { Deadline, type Deadlines } from './deadlines.ts';
import { failureOf, silence } from './failure.ts';
import { answerTo, matchQuestion, questionEnd } from './question-match.ts';
import type { UpstreamFailed } from './upstream.ts';

/** What the questions to one upstream share. */
export interface StreamPath {
  readonly label: string;
  readonly deadlines: Deadlines;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** One question on its way over a connection. */
export class StreamExchange extends Deadline {
  readonly query: Uint8Array;
  readonly end: number;
  readonly startedAt: number;
  /** Connections it has been on. */
  attempts = 0;
  connection: Connection | undefined;
  id = 0;
  private readonly path: StreamPath;
  private readonly budget: number;
  private readonly resolve: (answer: Uint8Array) => void;
  private readonly reject: (error: UpstreamFailed) => void;

  constructor(
    path: StreamPath,
    query: Uint8Array,
    budget: number,
    resolve: (answer: Uint8Array) => void,
    reject: (error: UpstreamFailed) => void,
  ) {
    super();
    this.path = path;
    this.query = query;
    this.end = questionEnd(query);
    this.budget = budget;
    this.resolve = resolve;
    this.reject = reject;
    this.startedAt = path.now();
    path.deadlines.arm(this, budget);
  }

  due(): void {
    this.connection?.unanswered(this);
    this.failed(silence(this.path.label, this.budget));
  }

  /** @returns false when the message answers something else */
  received(message: Uint8Array): boolean {
    if (matchQuestion(this.query, this.end, message) === 'other') return false;
    this.path.deadlines.disarm(this);
    this.resolve(answerTo(this.query, this.end, message));
    return true;
  }

  failed(error: Error): void {
    this.path.deadlines.disarm(this);
    this.reject(failureOf(this.path.label, error));
  }
}
