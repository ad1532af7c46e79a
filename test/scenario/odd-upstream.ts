import { createSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { Packet } from 'dns2';
import { type AnswerRecord, answerTo } from '../resolver/answering/messages.ts';
import { listenOnSamePort } from './same-port.ts';

/** A question as it reached the upstream, and the way back. */
export interface Asked {
  readonly message: Uint8Array;
  /** As it was spelled. */
  readonly name: string;
  readonly type: number;
  readonly transport: 'udp' | 'tcp';
  /** Where it came from. */
  readonly port: number;
  /** Sends these bytes as they are; over TCP their length goes before them. */
  send(bytes: Uint8Array): void;
  /** Ends the TCP connection. */
  hangUp(): void;
}

export type Behaviour = (asked: Asked) => void;

/** What every test has at hand: an upstream as it should be. */
export const honestly =
  (records: readonly AnswerRecord[], authorities: readonly AnswerRecord[] = [], rcode = 0): Behaviour =>
  (asked) =>
    asked.send(answerTo(asked.message, records, authorities, rcode));

export const truth: Behaviour = honestly([{ type: 'A', address: '198.51.100.7', ttl: 300 }]);

/** An upstream on loopback that does to each name what a test says, and tells the truth about all others. */
export class OddUpstream {
  readonly asked: Asked[] = [];
  private readonly behaviours = new Map<string, Behaviour>();
  private readonly udp = createSocket('udp4');
  private readonly tcp = createServer((socket) => this.converse(socket));
  private readonly sockets = new Set<Socket>();

  async start(): Promise<this> {
    this.udp.on('message', (message, { port, address }) => {
      const send = (bytes: Uint8Array) => this.udp.send(bytes, port, address);
      this.take(message, { transport: 'udp', port, send, hangUp() {} });
    });
    await listenOnSamePort(this.udp, this.tcp);
    return this;
  }

  get address(): string {
    return `udp://127.0.0.1:${this.udp.address().port}`;
  }

  /** From now on, for this name. */
  does(name: string, behaviour: Behaviour): void {
    this.behaviours.set(name, behaviour);
  }

  /** How often it was asked for a name. */
  times(name: string, transport?: Asked['transport']): number {
    return this.asked.filter((one) => one.name.toLowerCase() === name && (!transport || one.transport === transport))
      .length;
  }

  async stop(): Promise<void> {
    this.udp.close();
    for (const socket of this.sockets) socket.destroy();
    this.tcp.close();
  }

  private take(message: Uint8Array, way: Pick<Asked, 'transport' | 'port' | 'send' | 'hangUp'>): void {
    const [{ name, type }] = Packet.parse(Buffer.from(message)).questions;
    const asked = { ...way, message: new Uint8Array(message), name, type };
    this.asked.push(asked);
    (this.behaviours.get(name.toLowerCase()) ?? truth)(asked);
  }

  private converse(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => {});
    let unread = Buffer.alloc(0);
    const send = (bytes: Uint8Array) =>
      socket.write(Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]));
    socket.on('data', (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      while (unread.length >= 2 && unread.length >= 2 + unread.readUInt16BE()) {
        const end = 2 + unread.readUInt16BE();
        const port = socket.remotePort as number;
        this.take(unread.subarray(2, end), { transport: 'tcp', port, send, hangUp: () => socket.destroy() });
        unread = unread.subarray(end);
      }
    });
  }
}

/** The same message under another id. */
export function underId(message: Uint8Array, id: number): Uint8Array {
  const other = Uint8Array.from(message);
  other[0] = id >> 8;
  other[1] = id & 255;
  return other;
}

/** An answer made by hand: the question, and these octets as so many answer records. */
export function answerOf(
  question: Uint8Array,
  records: number,
  octets: Uint8Array | number[],
  flags = 0x8180,
): Uint8Array {
  let end = 12;
  while (question[end] !== 0) end += question[end] + 1;
  const message = Buffer.concat([question.subarray(0, end + 5), Uint8Array.from(octets)]);
  message.writeUInt16BE(flags, 2);
  message.writeUInt16BE(1, 4);
  message.writeUInt16BE(records, 6);
  message.writeUInt32BE(0, 8);
  return new Uint8Array(message);
}

/** A record of the name that was asked for. */
export const recordOf = (type: number, ttl: number, data: Uint8Array | number[]): number[] => [
  ...[0xc0, 12, type >> 8, type & 255, 0, 1],
  ...[ttl >>> 24, (ttl >> 16) & 255, (ttl >> 8) & 255, ttl & 255],
  ...[data.length >> 8, data.length & 255],
  ...data,
];
