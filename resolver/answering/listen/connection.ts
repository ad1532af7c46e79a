import type { Socket } from 'node:net';
import type { Client } from '../client.ts';
import type { Carrier, MessageHandler, Reply } from './carrier.ts';
import { Frames } from './frames.ts';

const longestFrame = 65_537;

/** Bytes for the answers to one chunk; one arena serves all connections of a thread, handling is never interrupted. */
export const arenaSize = 4 * longestFrame;

export interface ConnectionLimits {
  /** Milliseconds without a message, an answer or a byte read by the client, after which it is closed. */
  idle: number;
  /** Milliseconds from a message's first byte to its last. */
  message: number;
  /** Milliseconds that open questions keep a silent connection open. */
  answer: number;
  /** Questions without answer yet; more are left unread until some are answered. */
  inFlight: number;
}

export interface ConnectionDeps {
  socket: Socket;
  transport: 'tcp' | 'tls';
  handler: MessageHandler;
  /** Asked again with every chunk: connections outlive what is known of their client. */
  client: () => Client;
  /** Of `arenaSize` bytes. */
  arena: Uint8Array;
  now: () => number;
  limits: ConnectionLimits;
}

/** One client's stream: questions in, answers out in whatever order they become ready (RFC 7766 section 6.2.1.1). */
export class Connection implements Carrier {
  readonly transport: 'tcp' | 'tls';
  private readonly deps: ConnectionDeps;
  private readonly frames = new Frames();
  private waiting = 0;
  private lastActive: number;
  private messageSince = 0;
  /** The chunk in hand still has questions that wait for room. */
  private paused = false;
  /** The client has asked all it wants to (half-closed). */
  private ended = false;

  constructor(deps: ConnectionDeps) {
    this.deps = deps;
    this.transport = deps.transport;
    this.lastActive = deps.now();
  }

  start(): void {
    const { socket } = this.deps;
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('drain', () => {
      this.lastActive = this.deps.now();
      this.resume();
    });
    socket.on('end', () => {
      this.ended = true;
      this.resume();
    });
  }

  /** Ends the connection if it has outstayed a limit. @returns whether it did */
  expire(now: number): boolean {
    const { limits, socket } = this.deps;
    const patience = this.waiting > 0 ? limits.answer : limits.idle;
    const slow = this.messageSince > 0 && !this.paused && now - this.messageSince > limits.message;
    if (!slow && now - this.lastActive <= patience) return false;
    socket.destroy();
    return true;
  }

  /** Idle for so many milliseconds; 0 while it has questions open. */
  idleFor(now: number): number {
    return this.waiting > 0 || this.frames.partial ? 0 : now - this.lastActive;
  }

  later(): Reply {
    this.waiting++;
    return {
      send: (answer) => {
        this.waiting--;
        this.write(answer);
      },
    };
  }

  private read(chunk: Uint8Array): void {
    this.frames.feed(chunk);
    this.answer();
  }

  private answer(): void {
    const { handler, socket, arena } = this.deps;
    const frames = this.frames;
    const client = this.deps.client();
    const now = this.deps.now();
    let at = 0;
    while (!this.full() && frames.next()) {
      this.lastActive = now;
      this.messageSince = 0;
      const length = handler.handle(frames.bytes, frames.start, frames.length, client, this, arena, at + 2, now);
      if (length === 0) continue;
      prefix(arena, at, length);
      at += length + 2;
      if (at > arena.length - longestFrame) at = this.flush(at);
    }
    this.flush(at);
    if (frames.broken) socket.destroy();
    if (frames.partial) this.messageSince ||= now;
    this.paused = this.full();
    if (this.paused) socket.pause();
  }

  /** Never from within `handle`: the frames and the arena are in use there. */
  private resume(): void {
    const { socket } = this.deps;
    if (this.paused && !this.full() && !socket.destroyed) {
      this.answer();
      if (!this.paused) socket.resume();
    }
    if (this.ended && this.waiting === 0 && !this.paused && !socket.writableEnded) socket.end();
  }

  /** Too many questions are open, or the client leaves its answers unread. */
  private full(): boolean {
    const { limits, socket } = this.deps;
    return this.waiting >= limits.inFlight || socket.writableNeedDrain;
  }

  private flush(used: number): number {
    if (used > 0) this.deps.socket.write(this.deps.arena.slice(0, used));
    return 0;
  }

  private write(answer: Uint8Array): void {
    const { socket } = this.deps;
    if (socket.destroyed || socket.writableEnded) return;
    this.lastActive = this.deps.now();
    const frame = new Uint8Array(answer.length + 2);
    prefix(frame, 0, answer.length);
    frame.set(answer, 2);
    // Answers that become ready together leave together.
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => {
        socket.uncork();
        this.resume();
      });
    }
    socket.write(frame);
  }
}

function prefix(bytes: Uint8Array, at: number, length: number): void {
  bytes[at] = length >> 8;
  bytes[at + 1] = length;
}
