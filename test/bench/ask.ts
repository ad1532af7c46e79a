import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

export interface Heard {
  readonly rcode: number;
  readonly answers: number;
  /** What stands behind the question. */
  readonly rest: Uint8Array;
}

/** A question for A, in wire form. */
function question(name: string): Buffer {
  const labels = name.split('.').flatMap((label) => [Buffer.of(label.length), Buffer.from(label)]);
  const head = Buffer.of(...crypto.getRandomValues(new Uint8Array(2)), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0);
  return Buffer.concat([head, ...labels, Buffer.of(0, 0, 1, 0, 1)]);
}

/**
 * Asks a server of this machine once; undefined when it stays silent for 50 ms or is not there.
 * @param from address on loopback that it is asked from
 */
export async function ask(port: number, name: string, from?: string): Promise<Heard | undefined> {
  const packet = question(name);
  const socket = createSocket('udp4');
  try {
    if (from) socket.bind(0, from);
    const heard = once(socket, 'message', { signal: AbortSignal.timeout(50) });
    socket.connect(port, '127.0.0.1', () => socket.send(packet));
    const [answer] = (await heard) as [Buffer];
    return read(answer, packet);
  } catch {
    return undefined;
  } finally {
    close(socket);
  }
}

/** As `ask`, over TCP. */
export async function askTcp(port: number, name: string): Promise<Heard | undefined> {
  const packet = question(name);
  const socket = connect(port, '127.0.0.1');
  try {
    const heard = once(socket, 'data', { signal: AbortSignal.timeout(200) });
    socket.write(Buffer.concat([Buffer.of(0, packet.length), packet]));
    const [answer] = (await heard) as [Buffer];
    return read(answer.subarray(2), packet);
  } catch {
    return undefined;
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}

function read(answer: Buffer, asked: Buffer): Heard | undefined {
  if (answer.length < 12 || answer.readUInt16BE(0) !== asked.readUInt16BE(0)) return undefined;
  return { rcode: answer[3] & 15, answers: answer.readUInt16BE(6), rest: answer.subarray(asked.length) };
}

function close(socket: Socket): void {
  // A refused packet is reported after the answer was given up.
  socket.on('error', () => {});
  socket.close();
}

/** NXDOMAIN, no data, or 0.0.0.0. */
export function isBlocked(heard: Heard | undefined): boolean {
  if (heard === undefined) return false;
  if (heard.rcode === 3) return true;
  return heard.rcode === 0 && (heard.answers === 0 || heard.rest.subarray(12, 16).every((octet) => octet === 0));
}

export const isResolved = (heard: Heard | undefined): boolean =>
  heard !== undefined && heard.rcode === 0 && heard.answers > 0 && !isBlocked(heard);

/** A port that is free for UDP and TCP. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const socket = createSocket('udp4');
    const isFree = await new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false));
      socket.bind(port, '127.0.0.1', () => resolve(true));
    });
    close(socket);
    server.close();
    await once(server, 'close');
    if (isFree) return port;
  }
}
