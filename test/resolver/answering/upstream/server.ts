import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { listenOnSamePort } from '../../../scenario/same-port.ts';
import { answer } from './messages.ts';

export interface Received {
  message: Buffer;
  via: 'udp' | 'tcp';
  /** Port the question came from. */
  from: number;
  /** Sends something back whenever the test wants. */
  reply(message: Uint8Array): void;
  /** Closes the connection (tcp). */
  hangUp(): void;
}

/** Answers one question; the test decides how badly. */
export type Behaviour = (received: Received) => void;

export const honest: Behaviour = ({ message, reply }) => reply(answer(message));
export const silent: Behaviour = () => {};

/** A DNS server on loopback, on UDP and TCP at one port, that behaves as it is told. */
export class Server {
  behaviour: Behaviour;
  readonly received: Received[] = [];
  readonly connections = new Set<net.Socket>();
  connectionsSeen = 0;
  port = 0;
  private running = false;
  private udp = dgram.createSocket('udp4');
  private readonly address: string;
  private tcp = net.createServer();
  private readonly waiting: { count: number; resolve: () => void }[] = [];

  constructor(behaviour: Behaviour = honest, address = '127.0.0.1') {
    this.behaviour = behaviour;
    this.address = address;
  }

  async start(): Promise<this> {
    const udp = dgram.createSocket(this.address.includes(':') ? 'udp6' : 'udp4');
    this.udp = udp;
    this.tcp = this.createListener((socket) => this.accept(socket));
    this.udp.on('message', (message, { port }) => {
      const reply = (out: Uint8Array) => {
        if (this.running) udp.send(out, port, this.address);
      };
      this.take({ message, via: 'udp', from: port, reply, hangUp: () => {} });
    });
    const { address, port } = this;
    this.port = await listenOnSamePort(this.udp, this.tcp, { address, port });
    this.running = true;
    return this;
  }

  /** When so many questions have come in all. */
  async reached(count: number): Promise<void> {
    if (this.received.length < count) await new Promise<void>((resolve) => this.waiting.push({ count, resolve }));
  }

  async stop(): Promise<void> {
    this.running = false;
    for (const socket of this.connections) socket.destroy();
    this.udp.close();
    this.tcp.close();
    await Promise.all([once(this.udp, 'close'), once(this.tcp, 'close')]);
  }

  protected createListener(accept: (socket: net.Socket) => void): net.Server {
    return net.createServer(accept);
  }

  private take(received: Received): void {
    this.received.push(received);
    this.behaviour(received);
    for (const { count, resolve } of this.waiting) if (this.received.length >= count) resolve();
  }

  private accept(socket: net.Socket): void {
    this.connections.add(socket);
    this.connectionsSeen++;
    socket.on('error', () => {});
    socket.on('close', () => this.connections.delete(socket));
    let unread = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      while (unread.length >= 2 && unread.length >= 2 + unread.readUInt16BE(0)) {
        const end = 2 + unread.readUInt16BE(0);
        const message = unread.subarray(2, end);
        unread = unread.subarray(end);
        const reply = (out: Uint8Array) => socket.write(framed(out));
        const hangUp = () => socket.destroy();
        this.take({ message, via: 'tcp', from: socket.remotePort ?? 0, reply, hangUp });
      }
    });
  }
}

export function framed(message: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
