import type { Socket } from 'node:net';
import { withoutZone } from './addresses.ts';
import type { ListenerDeps } from './carrier.ts';
import { arenaSize, Connection, type ConnectionLimits } from './connection.ts';

export interface ConnectionsLimits extends ConnectionLimits {
  /** Connections at one time, of everybody. */
  total: number;
  /** Connections at one time from one address. */
  perAddress: number;
}

/** Milliseconds that a connection may say nothing. Phones keep TLS open: its handshake is dear. */
export const idleTime = { tcp: 15_000, tls: 30_000 } as const;

/** Enough for a household behind one forwarder; small enough that nobody fills the memory of a router. */
export const usualLimits: ConnectionsLimits = {
  total: 512,
  perAddress: 64,
  idle: idleTime.tcp,
  message: 5_000,
  answer: 60_000,
  inFlight: 128,
};

export interface ConnectionsDeps extends Pick<ListenerDeps, 'handler' | 'clients' | 'now'> {
  limits: ConnectionsLimits;
}

/** All streams of one listener: who may connect, and when it's time to go. */
export class Connections {
  private readonly deps: ConnectionsDeps;
  private readonly arena = new Uint8Array(arenaSize);
  private readonly sockets = new Set<Socket>();
  private readonly talking = new Map<Connection, Socket>();
  private readonly perAddress = new Map<string, number>();
  private sweeper: NodeJS.Timeout | undefined;

  constructor(deps: ConnectionsDeps) {
    this.deps = deps;
  }

  start(): void {
    const { idle, message } = this.deps.limits;
    this.sweeper = setInterval(() => this.sweep(), Math.max(10, Math.min(idle, message, 4_000) / 4));
    this.sweeper.unref();
  }

  stop(): void {
    clearInterval(this.sweeper);
    for (const socket of this.sockets) socket.destroy();
  }

  /** Counts the socket in, or closes it. @returns whether it may stay */
  admit(socket: Socket): boolean {
    // A reset by the other side; 'close' follows and is what counts.
    socket.on('error', () => {});
    const { limits } = this.deps;
    const address = socket.remoteAddress;
    const sameAddress = (address && this.perAddress.get(address)) || 0;
    const room = this.sockets.size < limits.total || this.retireIdlest();
    if (!address || sameAddress >= limits.perAddress || !room) {
      socket.destroy();
      return false;
    }
    this.sockets.add(socket);
    this.perAddress.set(address, sameAddress + 1);
    socket.once('close', () => this.release(socket, address));
    return true;
  }

  /** Begins to answer on an admitted socket. @param name device name from SNI */
  serve(socket: Socket, transport: 'tcp' | 'tls', name?: string): void {
    const { handler, clients, now, limits } = this.deps;
    if (!socket.remoteAddress) {
      socket.destroy();
      return;
    }
    const address = withoutZone(socket.remoteAddress);
    socket.on('error', () => {});
    const client = name === undefined ? () => clients.ofText(address) : () => clients.ofName(name, address);
    const connection = new Connection({ socket, transport, handler, client, arena: this.arena, now, limits });
    this.talking.set(connection, socket);
    socket.once('close', () => this.talking.delete(connection));
    connection.start();
  }

  private release(socket: Socket, address: string): void {
    this.sockets.delete(socket);
    const left = this.perAddress.get(address)! - 1;
    if (left > 0) this.perAddress.set(address, left);
    else this.perAddress.delete(address);
  }

  /** A newcomer matters more than somebody who has said nothing for a second. */
  private retireIdlest(): boolean {
    const now = this.deps.now();
    let longest = 1_000;
    let idlest: Connection | undefined;
    for (const connection of this.talking.keys()) {
      const idle = connection.idleFor(now);
      if (idle < longest) continue;
      longest = idle;
      idlest = connection;
    }
    if (!idlest) return false;
    this.talking.get(idlest)!.destroy();
    this.talking.delete(idlest);
    return true;
  }

  private sweep(): void {
    const now = this.deps.now();
    for (const connection of this.talking.keys()) connection.expire(now);
  }
}
