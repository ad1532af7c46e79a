import type { Socket } from 'node:net';
import { Connection } from './connection.ts';
import type { Deadlines } from './deadlines.ts';
import { stopped } from './failure.ts';
import { StreamExchange } from './stream-exchange.ts';
import { type Asker, type Upstream, UpstreamFailed } from './upstream.ts';

/** A question whose connection breaks goes on another one, once. */
const ATTEMPTS = 2;

export interface StreamDeps {
  label: string;
  /** A new socket on its way to the upstream. */
  open: () => Socket;
  /** Whether lengths are to be hidden (RFC 8467): only worth it where nobody can read along. */
  padded: boolean;
  deadlines: Deadlines;
  /** Monotonic milliseconds. */
  now: () => number;
}

/** DNS over one connection at a time, opened by the first question, kept while it is used (RFC 7766, 7858). */
export class StreamUpstream implements Upstream {
  readonly label: string;
  private readonly deps: StreamDeps;
  private readonly open = new Set<Connection>();
  private current: Connection | undefined;
  private over = false;

  constructor(deps: StreamDeps) {
    this.label = deps.label;
    this.deps = deps;
  }

  ask(query: Uint8Array, budget: number, asker: Asker): void {
    if (this.over) queueMicrotask(() => asker.failed(stopped(this.label)));
    else this.put(new StreamExchange(this.deps, query, budget, asker));
  }

  async stop(): Promise<void> {
    this.over = true;
    for (const connection of this.open) connection.stop(stopped(this.label));
  }

  private put(exchange: StreamExchange): void {
    if (this.over) {
      exchange.failed(stopped(this.label));
      return;
    }
    exchange.attempts++;
    if (!this.current?.usable) this.connect();
    this.current!.add(exchange);
  }

  private connect(): void {
    const { open, padded, now } = this.deps;
    this.current = new Connection({
      socket: open(),
      padded,
      now,
      closed: (connection, unanswered, error) => this.closed(connection, unanswered, error),
    });
    this.open.add(this.current);
  }

  private closed(connection: Connection, unanswered: StreamExchange[], error: Error | undefined): void {
    this.open.delete(connection);
    if (this.current === connection) this.current = undefined;
    const reason = error ?? new UpstreamFailed(`${this.label} closed the connection without an answer.`);
    for (const exchange of unanswered) {
      // Servers close idle connections at any time, also in the moment in which a question leaves.
      if (connection.proven && exchange.attempts < ATTEMPTS) this.put(exchange);
      else exchange.failed(reason);
    }
  }
}
