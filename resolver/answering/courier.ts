import { withKindsBefore } from '../between/batch-bytes.ts';
import type { ToControl } from '../between/messages.ts';
import type { Clients } from './identify.ts';
import type { Flushed, Ring } from './ring.ts';

/** Milliseconds between flushes: what a kill of the process may lose. */
const EVERY = 400;
/** Octets that control has not confirmed; beyond it nothing is sent, and the ring fills. */
const MAX_UNCONFIRMED = 4 << 20;
/** Milliseconds without a confirmation after which all is sent again: a control that hung was not sent everything. */
const RESEND_AFTER = 5000;

/**
 * Takes attempts from the ring to control and keeps each batch until control has it safe, so that a control
 * that dies loses none. While control is away the ring fills and then drops: answering never waits.
 */
export class Courier {
  private readonly ring: Ring;
  private readonly clients: Clients;
  private readonly send: (message: ToControl) => void;
  private unconfirmed: Flushed[] = [];
  private octets = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Monotonic: when the oldest of them was sent, or one before it confirmed. */
  private waitingSince = 0;

  constructor(ring: Ring, clients: Clients, send: (message: ToControl) => void) {
    this.ring = ring;
    this.clients = clients;
    this.send = send;
  }

  start(): void {
    this.timer = setInterval(() => this.flush(), EVERY);
    this.ring.onHalfFull = () => {
      // What is left when its time comes would be few for a flood, and looked at one by one.
      this.timer?.refresh();
      this.flush();
    };
  }

  stop(): void {
    clearInterval(this.timer);
    this.flush();
  }

  confirm(boot: string, sequence: number): void {
    if (boot !== this.ring.boot) return;
    while (this.unconfirmed.length > 0 && this.unconfirmed[0].sequence <= sequence) {
      this.octets -= this.unconfirmed.shift()!.bytes.length;
      this.waitingSince = performance.now();
    }
    if (this.ring.waits) this.flush();
  }

  /** Control was started anew and knows nothing of what it had not stored. */
  resend(): void {
    this.waitingSince = performance.now();
    let table: number | undefined;
    for (const batch of this.unconfirmed) {
      this.tell(batch.table === table ? batch : withAllKinds(batch));
      table = batch.table;
    }
    this.ring.tellAgain();
  }

  private flush(): void {
    if (this.unconfirmed.length === 0) this.waitingSince = performance.now();
    else if (performance.now() - this.waitingSince > RESEND_AFTER) this.resend();
    if (this.octets >= MAX_UNCONFIRMED) return;
    const batch = this.ring.flush(this.clients.states);
    if (!batch) return;
    this.unconfirmed.push(batch);
    this.octets += batch.bytes.length;
    this.tell(batch);
  }

  private tell({ bytes, table, before }: Flushed): void {
    const { boot } = this.ring;
    this.send({ kind: 'attempts', batch: bytes, boot, table, before, oldest: this.unconfirmed[0].sequence });
  }
}

function withAllKinds(batch: Flushed): Flushed {
  if (batch.before === 0) return batch;
  return { ...batch, before: 0, bytes: withKindsBefore(batch.bytes, batch.kindsBefore) };
}
