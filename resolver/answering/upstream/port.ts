import { HEADER_LENGTH, readUint16, writeUint16 } from '../../wire/header.ts';
import type { ConnectedSocket, OpenSocket, SocketUser } from './connected-socket.ts';

/** What waits for an answer on ports. */
export interface Waiting {
  /** A message under the id it waits for; anything else about it is unchecked. Valid until this returns. */
  received(message: Uint8Array): void;
  /** The port can't reach the upstream; all its ids are to be released. */
  failed(error: Error): void;
}

export interface PortEvents {
  /** Nobody waits for the message: late, or forged. */
  unexpected(): void;
  broken(port: Port): void;
  closed(port: Port): void;
}

/** One port towards the upstream, and the questions that wait on it. */
export class Port implements SocketUser {
  readonly openedAt: number;
  uses = 0;
  mismatches = 0;
  private readonly socket: ConnectedSocket;
  private readonly events: PortEvents;
  /** Ids that are waited for, and by whom: some at a time, 256 at most. */
  private readonly ids: number[] = [];
  private readonly waiting: Waiting[] = [];
  private state: 'open' | 'retired' | 'closed' = 'open';

  constructor(open: OpenSocket, address: string, port: number, events: PortEvents, now: number) {
    this.events = events;
    this.openedAt = now;
    this.socket = open(address, port, this);
  }

  get connected(): boolean {
    return this.state === 'open' && this.socket.connected;
  }

  /** Whether another question leaves together with those before. */
  get isLoading(): boolean {
    return this.state === 'open' && this.socket.isLoading;
  }

  /**
   * Sends `packet` under an id that is free here, beginning the search at `id`; the id is written into it.
   * @returns the id, to be released
   */
  send(packet: Uint8Array, id: number, waiting: Waiting): number {
    while (this.ids.includes(id)) id = (id + 1) & 0xffff;
    writeUint16(packet, 0, id);
    this.ids.push(id);
    this.waiting.push(waiting);
    this.uses++;
    if (this.connected) this.socket.send(packet);
    return id;
  }

  /** Answers under this id are late from now on. */
  release(id: number): void {
    const place = this.ids.indexOf(id);
    if (place < 0) return;
    const lastId = this.ids.pop()!;
    const last = this.waiting.pop()!;
    if (place < this.ids.length) {
      this.ids[place] = lastId;
      this.waiting[place] = last;
    }
    if (this.state === 'retired' && this.ids.length === 0) this.close();
  }

  /** Takes no more questions; closes when the last one is gone. */
  retire(): void {
    if (this.state === 'closed') return;
    this.state = 'retired';
    if (this.ids.length === 0) this.close();
  }

  /** Fails whatever waits here, and closes. */
  stop(reason: Error): void {
    this.retire();
    while (this.waiting.length > 0) this.waiting[0].failed(reason);
  }

  received(message: Uint8Array): void {
    const place = message.length < HEADER_LENGTH ? -1 : this.ids.indexOf(readUint16(message, 0));
    if (place >= 0) this.waiting[place].received(message);
    else {
      this.mismatches++;
      this.events.unexpected();
    }
  }

  failed(error: Error): void {
    this.events.broken(this);
    this.stop(error);
  }

  private close(): void {
    this.state = 'closed';
    this.socket.close();
    this.events.closed(this);
  }
}
