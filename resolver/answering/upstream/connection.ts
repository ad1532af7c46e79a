import type { Socket } from 'node:net';
import { HEADER_LENGTH, readUint16, writeUint16 } from '../../wire/header.ts';
import { pad } from './padding.ts';
import type { StreamExchange } from './stream-exchange.ts';

const LENGTH_PREFIX = 2;
const PADDING_ROOM = 132;
/** Milliseconds without a question after which the connection is given back; servers keep it about as long. */
const IDLE = 30_000;
/** Questions on one connection at once, a fraction of the ids there are. */
const MAX_IN_FLIGHT = 4096;

export interface ConnectionOptions {
  /** Connected or connecting; what is written before it is connected waits. */
  socket: Socket;
  padded: boolean;
  now: () => number;
  /** Called once; what had no answer yet is handed back. */
  closed(connection: Connection, unanswered: StreamExchange[], error: Error | undefined): void;
}

/** One connection with many questions in flight, answered in any order (RFC 7766). */
export class Connection {
  /** Something came back: the server speaks DNS here, so a later break is no reason to give up on it. */
  proven = false;
  private readonly options: ConnectionOptions;
  private readonly socket: Socket;
  private readonly inFlight = new Map<number, StreamExchange>();
  private outbox: Uint8Array[] = [];
  private unread: Buffer | undefined;
  private nextId = 0;
  private heardAt = 0;
  private error: Error | undefined;

  constructor(options: ConnectionOptions) {
    this.options = options;
    const { socket } = options;
    this.socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(IDLE, () => this.inFlight.size === 0 && socket.end());
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('error', (error) => {
      this.error = error;
    });
    socket.on('close', () => this.close());
  }

  get usable(): boolean {
    return this.socket.writable && !this.socket.readableEnded && this.inFlight.size < MAX_IN_FLIGHT;
  }

  add(exchange: StreamExchange): void {
    let id = this.nextId;
    while (this.inFlight.has(id)) id = (id + 1) & 0xffff;
    this.nextId = (id + 1) & 0xffff;
    this.inFlight.set(id, exchange);
    exchange.connection = this;
    exchange.id = id;
    if (this.outbox.push(this.frame(exchange.query, id)) === 1) setImmediate(() => this.flush());
  }

  /** The exchange's time is over. Silence on the whole connection since then means that the path is dead. */
  unanswered(exchange: StreamExchange): void {
    this.inFlight.delete(exchange.id);
    if (this.heardAt < exchange.startedAt) this.socket.destroy();
  }

  stop(reason: Error): void {
    this.proven = false;
    this.socket.destroy(reason);
  }

  private frame(query: Uint8Array, id: number): Uint8Array {
    const room = LENGTH_PREFIX + query.length;
    const frame = Buffer.allocUnsafe(this.options.padded ? room + PADDING_ROOM : room);
    frame.set(query, LENGTH_PREFIX);
    writeUint16(frame, LENGTH_PREFIX, id);
    const end = this.options.padded ? pad(frame, LENGTH_PREFIX, room) : room;
    writeUint16(frame, 0, end - LENGTH_PREFIX);
    return frame.subarray(0, end);
  }

  /** All questions of one turn of the event loop leave together. */
  private flush(): void {
    const frames = this.outbox;
    this.outbox = [];
    if (!this.socket.destroyed) this.socket.write(frames.length === 1 ? frames[0] : Buffer.concat(frames));
  }

  private read(chunk: Buffer): void {
    this.heardAt = this.options.now();
    const bytes = this.unread ? Buffer.concat([this.unread, chunk]) : chunk;
    let at = 0;
    while (bytes.length - at >= LENGTH_PREFIX) {
      const end = at + LENGTH_PREFIX + readUint16(bytes, at);
      if (end > bytes.length) break;
      this.receive(bytes.subarray(at + LENGTH_PREFIX, end));
      at = end;
    }
    this.unread = at < bytes.length ? bytes.subarray(at) : undefined;
  }

  private receive(message: Uint8Array): void {
    if (message.length < HEADER_LENGTH) return;
    const id = readUint16(message, 0);
    const exchange = this.inFlight.get(id);
    if (!exchange?.received(message)) return;
    this.inFlight.delete(id);
    this.proven = true;
  }

  private close(): void {
    const unanswered = [...this.inFlight.values()];
    this.inFlight.clear();
    this.options.closed(this, unanswered, this.error);
  }
}
