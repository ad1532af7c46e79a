import dgram from 'node:dgram';
import { isIPv6 } from 'node:net';
import { HEADER_LENGTH, readUint16, writeUint16 } from '../../wire/header.ts';

/** What waits for an answer on ports. */
export interface Waiting {
  /** A message under the id it waits for; anything else about it is unchecked. */
  received(message: Uint8Array): void;
  /** The port can't reach the upstream. */
  failed(error: Error): void;
}

export interface PortEvents {
  /** Nobody waits for the message: late, or forged. */
  unexpected(): void;
  broken(port: Port): void;
  closed(port: Port): void;
}

type Found = (error: null, address: string, family: number) => void;

/** One socket connected to the upstream, on a port of the system's random choice: others' packets don't reach it. */
export class Port {
  readonly openedAt: number;
  uses = 0;
  mismatches = 0;
  private readonly socket: dgram.Socket;
  private readonly events: PortEvents;
  private readonly waiting = new Map<number, Waiting>();
  private state: 'open' | 'unreachable' | 'retired' | 'closed' = 'open';

  constructor(address: string, port: number, events: PortEvents, now: number) {
    this.events = events;
    this.openedAt = now;
    const family = isIPv6(address) ? 6 : 4;
    // The address is literal: a look-up that answers at once lets bind and connect happen here and now.
    const lookup = (host: string, _: unknown, found: Found) => found(null, host, family);
    this.socket = dgram.createSocket({
      type: `udp${family}`,
      lookup: lookup as unknown as dgram.SocketOptions['lookup'],
    });
    this.socket.on('message', (message) => this.receive(message));
    // Binding may fail inside this constructor: who takes the port must have asked before it is told.
    this.socket.on('error', (error) => queueMicrotask(() => this.fail(error)));
    this.socket.connect(port, address);
    try {
      this.socket.remoteAddress();
    } catch {
      // Why follows in an `error` event.
      this.state = 'unreachable';
    }
  }

  get connected(): boolean {
    return this.state === 'open';
  }

  /**
   * Sends `packet` under an id that is free here, beginning the search at `id`; the id is written into it.
   * @returns the id, to be released
   */
  send(packet: Uint8Array, id: number, waiting: Waiting): number {
    while (this.waiting.has(id)) id = (id + 1) & 0xffff;
    writeUint16(packet, 0, id);
    this.waiting.set(id, waiting);
    this.uses++;
    if (this.connected) this.socket.send(packet, 0, packet.length);
    return id;
  }

  /** Answers under this id are late from now on. */
  release(id: number): void {
    this.waiting.delete(id);
    if (this.state === 'retired' && this.waiting.size === 0) this.close();
  }

  /** Takes no more questions; closes when the last one is gone. */
  retire(): void {
    if (this.state === 'closed') return;
    this.state = 'retired';
    if (this.waiting.size === 0) this.close();
  }

  /** Fails whatever waits here, and closes. */
  stop(reason: Error): void {
    this.retire();
    for (const waiting of [...this.waiting.values()]) waiting.failed(reason);
  }

  private close(): void {
    this.state = 'closed';
    this.socket.close();
    this.events.closed(this);
  }

  private receive(message: Uint8Array): void {
    const waiting = message.length < HEADER_LENGTH ? undefined : this.waiting.get(readUint16(message, 0));
    if (waiting) waiting.received(message);
    else {
      this.mismatches++;
      this.events.unexpected();
    }
  }

  private fail(error: Error): void {
    this.events.broken(this);
    this.stop(error);
  }
}
