import type { EncodedAttempts } from '../between/attempt-batch.ts';
import type { ToControl } from '../between/messages.ts';
import type { Clients } from './identify.ts';
import type { Ring } from './ring.ts';

/** Milliseconds between flushes: what a kill of the process may lose. */
const EVERY = 400;
/** Batches that control has not confirmed; more are not sent while it is away. */
const MAX_UNCONFIRMED = 64;

/**
 * Takes attempts from the ring to control and keeps each batch until control has it safe, so that a control
 * that dies loses none. While control is away the ring fills and then drops: answering never waits.
 */
export class Courier {
  private readonly ring: Ring;
  private readonly clients: Clients;
  private readonly send: (message: ToControl) => void;
  private unconfirmed: EncodedAttempts[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(ring: Ring, clients: Clients, send: (message: ToControl) => void) {
    this.ring = ring;
    this.clients = clients;
    this.send = send;
  }

  start(): void {
    this.timer = setInterval(() => this.flush(), EVERY);
  }

  stop(): void {
    clearInterval(this.timer);
    this.flush();
  }

  /** Called after every burst of packets too: a busy household does not wait for the timer. */
  flushIfPressed(): void {
    if (this.ring.isPressed) this.flush();
  }

  confirm(boot: string, sequence: number): void {
    this.unconfirmed = this.unconfirmed.filter((batch) => batch.boot !== boot || batch.sequence > sequence);
  }

  /** Control was started anew and knows nothing of what it had not stored. */
  resend(): void {
    for (const batch of this.unconfirmed) this.send({ kind: 'attempts', batch });
  }

  private flush(): void {
    if (this.unconfirmed.length >= MAX_UNCONFIRMED) return;
    const batch = this.ring.flush(this.clients.states);
    if (!batch) return;
    this.unconfirmed.push(batch);
    this.send({ kind: 'attempts', batch });
  }
}
