import type { Connection } from './connection.ts';
import { Deadline, type Deadlines } from './deadlines.ts';
import { failureOf, silence } from './failure.ts';
import { answerTo, matchQuestion, questionEnd } from './question-match.ts';
import type { Asker } from './upstream.ts';

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
  private readonly asker: Asker;

  constructor(path: StreamPath, query: Uint8Array, budget: number, asker: Asker) {
    super();
    this.path = path;
    this.query = query;
    this.end = questionEnd(query);
    this.budget = budget;
    this.asker = asker;
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
    this.asker.answered(answerTo(this.query, this.end, message));
    return true;
  }

  failed(error: Error): void {
    this.path.deadlines.disarm(this);
    this.asker.failed(failureOf(this.path.label, error));
  }
}
