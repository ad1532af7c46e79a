import type { Client } from '../client.ts';
import type { Clients } from '../identify.ts';

/** How a question came and how its answer goes back. Listeners keep one per socket or connection, not per packet. */
export interface Carrier {
  readonly transport: 'udp' | 'tcp' | 'tls' | 'https';
  /**
   * For a question that can't be answered at once; valid only while `handle` runs, when the carrier
   * still knows which question it is. Costs an object, so only misses ask for it.
   */
  later(): Reply;
}

export interface Reply {
  /** Sends a finished answer; the bytes are copied or sent before it returns. Called at most once. */
  send(answer: Uint8Array): void;
}

/** What listeners hand every message to: bytes in, bytes out, no promise and no object per packet. Never throws. */
export interface MessageHandler {
  /**
   * @param message holds the message from `start` on; only read, and only until this returns
   * @param answer takes the answer from `at` on; at least 65,535 bytes from there, on UDP at least 4,096
   * @param now monotonic milliseconds
   * @returns length of the answer, or 0 when nothing is to be sent now (dropped, or a `Reply` was taken)
   */
  handle(
    message: Uint8Array,
    start: number,
    length: number,
    client: Client,
    carrier: Carrier,
    answer: Uint8Array,
    at: number,
    now: number,
  ): number;
}

/** Who asks, by what a listener knows of them. Listeners hold on to a client for a second at most. */
export type ClientLookup = Pick<Clients, 'ofText' | 'ofIPv4' | 'ofIPv6' | 'ofName'>;

/** What every listener is built from; each adds its own options. */
export interface ListenerDeps {
  handler: MessageHandler;
  clients: ClientLookup;
  /** Monotonic milliseconds. */
  now: () => number;
  /** Where to listen; port 0 takes one from the system. */
  at: ListenAddress[];
  /** Several threads listen on the same port and the kernel spreads the askers over them. */
  reusePort?: boolean;
}

export interface ListenAddress {
  /** IPv4 or IPv6 literal; `::` means IPv6 only. */
  host: string;
  port: number;
}

export interface Listener {
  /** @returns the bound addresses, in the order asked for @throws ListenFailed; then nothing stays bound */
  start(): Promise<ListenAddress[]>;
  /** Closes sockets and connections; answers still owed are not sent any more. */
  stop(): Promise<void>;
}
