import type { Client } from './client.ts';
import type { Exchange } from './exchange.ts';
import type { Clients } from './identify.ts';
import type { Carrier, MessageHandler, Reply } from './listen/carrier.ts';
import type { Neighbours } from './neighbours/neighbours.ts';

/** Milliseconds after which the kernel is asked again. A phone that has just asked is awake, and answers within a few. */
const looks = [1, 2, 4, 8, 16, 32];
/** Questions held at a time, of all newcomers together; others go on as a stranger's. */
const MOST_HELD = 64;

interface Held {
  readonly message: Uint8Array;
  readonly transport: Carrier['transport'];
  readonly reply: Reply;
}

export interface HesitationDeps {
  readonly clients: Pick<Clients, 'settle'>;
  readonly neighbours: Pick<Neighbours, 'macOf' | 'seek'>;
  readonly handler: MessageHandler;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/**
 * A phone that has taken a new IPv6 address may ask from it before the kernel knows whose it is: its first questions
 * wait for a blink until the wire has told. Once per address, and for the wire alone.
 */
export class Hesitation {
  private readonly deps: HesitationDeps;
  private readonly held = new Map<Client, Held[]>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly out = new Uint8Array(65_535);
  private count = 0;

  constructor(deps: HesitationDeps) {
    this.deps = deps;
  }

  /** @returns whether the question waits; it is handled from the start when the wait is over */
  holds(x: Exchange, carrier: Carrier): boolean {
    if (this.count >= MOST_HELD) return false;
    this.count++;
    const one = {
      message: x.message.slice(x.start, x.start + x.length),
      transport: x.transport,
      reply: carrier.later(),
    };
    const others = this.held.get(x.client);
    if (others) others.push(one);
    else {
      this.held.set(x.client, [one]);
      this.deps.neighbours.seek(x.client.address);
      this.lookIn(x.client, 0);
    }
    return true;
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private lookIn(client: Client, nth: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const { neighbours } = this.deps;
      if (nth + 1 < looks.length && neighbours.macOf(client.address) < 0) this.lookIn(client, nth + 1);
      else this.release(client);
    }, looks[nth]);
    this.timers.add(timer);
  }

  private release(client: Client): void {
    const { clients, handler, now } = this.deps;
    clients.settle(client, now());
    const held = this.held.get(client) ?? [];
    this.held.delete(client);
    this.count -= held.length;
    for (const { message, transport, reply } of held) {
      const carrier = { transport, later: () => reply };
      const length = handler.handle(message, 0, message.length, client, carrier, this.out, 0, now());
      if (length > 0) reply.send(this.out.subarray(0, length));
    }
  }
}
