import type { Client } from '../../../../resolver/answering/client.ts';
import type { Carrier, ClientLookup, MessageHandler, Reply } from '../../../../resolver/answering/listen/carrier.ts';

/** A handler that sends the question back with QR set and notes who asked. */
export class Echo implements MessageHandler {
  readonly asked: Client[] = [];
  readonly transports = new Set<string>();

  handle(
    message: Uint8Array,
    start: number,
    length: number,
    client: Client,
    carrier: Carrier,
    answer: Uint8Array,
    at: number,
    _now: number,
  ): number {
    this.asked.push(client);
    this.transports.add(carrier.transport);
    answer.set(message.subarray(start, start + length), at);
    answer[at + 2] |= 0x80;
    return length;
  }
}

/** Takes a reply for every question; the test sends them. */
export class Postponed implements MessageHandler {
  readonly open: { question: Uint8Array; reply: Reply; answer(): void }[] = [];
  private awaited: (() => void) | undefined;

  handle(message: Uint8Array, start: number, length: number, _client: Client, carrier: Carrier): number {
    const question = message.slice(start, start + length);
    const reply = carrier.later();
    const answer = () => reply.send(answerTo(question));
    this.open.push({ question, reply, answer });
    this.awaited?.();
    return 0;
  }

  /** Resolves as soon as so many questions are open. */
  async questions(count: number): Promise<void> {
    while (this.open.length < count) await new Promise<void>((resolve) => (this.awaited = resolve));
  }
}

/** Answers with so many bytes, the question's id first. */
export class Sized implements MessageHandler {
  readonly size: number;
  handled = 0;

  constructor(size: number) {
    this.size = size;
  }

  handle(
    message: Uint8Array,
    start: number,
    _length: number,
    _client: Client,
    _carrier: Carrier,
    answer: Uint8Array,
    at: number,
  ): number {
    this.handled++;
    answer.fill(0x5a, at, at + this.size);
    answer.set(message.subarray(start, start + 12), at);
    answer[at + 2] |= 0x80;
    return this.size;
  }
}

export class Silent implements MessageHandler {
  handled = 0;

  handle(): number {
    this.handled++;
    return 0;
  }
}

/** Knows everybody by what is told of them. */
export class Everybody implements ClientLookup {
  readonly known = new Map<string, Client>();

  ofText(address: string): Client {
    return this.of(address);
  }

  ofIPv4(word: number): Client {
    return this.of([word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join('.'));
  }

  ofIPv6(bytes: Uint8Array, at: number): Client {
    if (bytes.subarray(at, at + 15).every((byte) => byte === 0) && bytes[at + 15] === 1) return this.of('::1');
    return this.of(Buffer.from(bytes.subarray(at, at + 16)).toString('hex'));
  }

  ofName(name: string, address: string): Client {
    return this.of(`${name}@${address}`);
  }

  private of(key: string): Client {
    const client = this.known.get(key) ?? ({ address: key } as Client);
    this.known.set(key, client);
    return client;
  }
}

/** A question for `name`, type A. */
export function question(id: number, name = 'data.mistat.xiaomi.com'): Uint8Array {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Uint8Array.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);
}

export function answerTo(message: Uint8Array): Uint8Array {
  const answer = Uint8Array.from(message);
  answer[2] |= 0x80;
  return answer;
}

export function idOf(message: Uint8Array): number {
  return (message[0] << 8) | message[1];
}

export const now = () => performance.now();

/** Answers every A question with one address; has nothing of other types. */
export class Addressing implements MessageHandler {
  readonly asked: Client[] = [];
  private readonly address: number[];

  constructor(address: string) {
    this.address = address.split('.').map(Number);
  }

  handle(
    message: Uint8Array,
    start: number,
    length: number,
    client: Client,
    _carrier: Carrier,
    answer: Uint8Array,
    at: number,
  ): number {
    this.asked.push(client);
    let end = start + 12;
    while (message[end] !== 0) end += message[end] + 1;
    end += 5;
    answer.set(message.subarray(start, end), at);
    const record = message[end - 3] === 1 ? [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...this.address] : [];
    answer.set([0x81, 0x80, 0, 1, 0, record.length > 0 ? 1 : 0, 0, 0, 0, 0], at + 2);
    answer.set(record, at + end - start);
    return length === 0 ? 0 : end - start + record.length;
  }
}
