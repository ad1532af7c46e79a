import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { flag, HEADER_LENGTH, offset, rcode, readUint16, type, writeUint16 } from '../wire/header.ts';
import { nameFromText } from '../wire/name.ts';
import type { ListenAddress } from './listen/carrier.ts';

export interface WatchdogDeps {
  /** Where questions are taken; the first is asked. */
  readonly at: () => readonly ListenAddress[];
  /** Closes the listeners and opens them again. */
  readonly reopen: () => Promise<unknown>;
  readonly say: (sentence: string) => void;
  /** Milliseconds between two questions, and for how long an answer is waited for. */
  readonly every?: number;
  readonly patience?: number;
}

/** Unanswered questions in a row after which listeners are opened anew. */
const ENOUGH = 3;

/** A name that the house itself always has an answer to. */
const question = localhostQuestion();

/** Asks a real question from outside, as a phone would, and does something when nobody answers. */
export class Watchdog {
  /** Unanswered questions in a row. */
  failures = 0;
  private readonly deps: WatchdogDeps;
  private timer: NodeJS.Timeout | undefined;

  constructor(deps: WatchdogDeps) {
    this.deps = deps;
  }

  start(): void {
    const { every = 10_000 } = this.deps;
    this.timer = setInterval(() => void this.look(), every);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** One question and what follows from it. */
  async look(): Promise<void> {
    const { at, patience = 2000, reopen, say } = this.deps;
    const [address] = at();
    if (!address) return;
    if (await isAnswered(address, patience)) {
      if (this.failures >= ENOUGH) say('Questions are answered again.');
      this.failures = 0;
      return;
    }
    this.failures++;
    if (!this.timer || this.failures % ENOUGH !== 0) return;
    say(
      `Nobody answered on ${address.host} port ${address.port} ${this.failures} times; the listeners are opened anew.`,
    );
    try {
      await reopen();
    } catch (error) {
      say((error as Error).message);
    }
  }
}

/** @param patience milliseconds */
async function isAnswered({ host, port }: ListenAddress, patience: number): Promise<boolean> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    const query = Uint8Array.from(question);
    writeUint16(query, 0, Math.floor(Math.random() * 0x10000));
    socket.connect(port, host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);
    await once(socket, 'connect');
    socket.send(query);
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(patience) })) as [Buffer];
    return (
      readUint16(answer, 0) === readUint16(query, 0) &&
      (answer[offset.rcode] & 15) === rcode.noerror &&
      readUint16(answer, offset.ancount) > 0
    );
  } catch {
    return false; // refused, unreachable or silent: all the same to a phone
  } finally {
    socket.close();
  }
}

function localhostQuestion(): Uint8Array {
  const name = nameFromText('localhost')!;
  const query = new Uint8Array(HEADER_LENGTH + name.length + 4);
  writeUint16(query, offset.flags, flag.rd);
  writeUint16(query, offset.qdcount, 1);
  query.set(name, HEADER_LENGTH);
  writeUint16(query, HEADER_LENGTH + name.length, type.A);
  writeUint16(query, HEADER_LENGTH + name.length + 2, 1);
  return query;
}
