import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { ListenAddress, ListenerDeps, MessageHandler } from '../../../../resolver/answering/listen/carrier.ts';
import { Frames } from '../../../../resolver/answering/listen/frames.ts';
import { Tcp, type TcpDeps } from '../../../../resolver/answering/listen/tcp.ts';
import { answerTo, Echo, Everybody, idOf, now, Postponed, question, Silent, Sized } from './answering.ts';

const listeners: Tcp[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(listeners.splice(0).map((listener) => listener.stop()));
});

async function listening(handler: MessageHandler, limits: TcpDeps['limits'] = {}, deps: Partial<ListenerDeps> = {}) {
  const clients = new Everybody();
  const tcp = new Tcp({ handler, clients, now, at: [{ host: '127.0.0.1', port: 0 }], limits, ...deps });
  listeners.push(tcp);
  const [at] = await tcp.start();
  return { tcp, clients, at };
}

/** A connection whose messages can be awaited one after the other. */
async function phone(at: ListenAddress, from?: string) {
  const socket = connect({ host: at.host, port: at.port, localAddress: from, allowHalfOpen: true, noDelay: true });
  sockets.push(socket);
  socket.on('error', () => {});
  const frames = new Frames();
  const answers: Buffer[] = [];
  let arrived: (() => void) | undefined;
  let over = false;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  for (const event of ['end', 'close']) {
    socket.on(event, () => {
      over = true;
      arrived?.();
    });
  }
  const listen = () =>
    socket.on('data', (chunk: Buffer) => {
      frames.feed(chunk);
      while (frames.next()) answers.push(Buffer.from(frames.bytes.slice(frames.start, frames.start + frames.length)));
      arrived?.();
    });
  await once(socket, 'connect').catch(() => {});
  return {
    socket,
    closed,
    ask: (...messages: Uint8Array[]) => socket.write(Buffer.concat(messages.map(framed))),
    /** The next answer; undefined when the server has said its last word. */
    async next() {
      if (socket.listenerCount('data') === 0) listen();
      socket.resume();
      while (answers.length === 0 && !over) await new Promise<void>((resolve) => (arrived = resolve));
      return answers.shift();
    },
  };
}

const framed = (message: Uint8Array) => Buffer.concat([Uint8Array.of(message.length >> 8, message.length), message]);

it('answers pipelined questions in one go', async () => {
  const { at, clients } = await listening(new Echo());
  const { ask, next } = await phone(at);
  ask(...Array.from({ length: 500 }, (_, id) => question(id)));
  for (let id = 0; id < 500; id++) expect(await next()).toEqual(Buffer.from(answerTo(question(id))));
  expect([...clients.known.keys()]).toEqual(['127.0.0.1']);
});

it('answers over IPv6', async () => {
  const { at, clients } = await listening(new Echo(), {}, { at: [{ host: '::1', port: 0 }] });
  const { ask, next } = await phone(at);
  ask(question(1));
  expect(idOf((await next())!)).toBe(1);
  expect([...clients.known.keys()]).toEqual(['::1']);
});

it('answers a question that arrives one byte at a time', async () => {
  const { at } = await listening(new Echo());
  const { socket, next } = await phone(at);
  for (const byte of framed(question(4))) {
    socket.write(Uint8Array.of(byte));
    await new Promise(setImmediate);
  }
  expect(idOf((await next())!)).toBe(4);
});

it('sends answers in the order they become ready', async () => {
  const handler = new Postponed();
  const { at } = await listening(handler);
  const { ask, next } = await phone(at);
  ask(question(1), question(2), question(3));
  await handler.questions(3);
  for (const n of [2, 0, 1]) handler.open[n].answer();
  expect([idOf((await next())!), idOf((await next())!), idOf((await next())!)]).toEqual([3, 1, 2]);
});

it('sends answers of 65,535 bytes, many behind each other', async () => {
  const { at } = await listening(new Sized(65_535));
  const { ask, next } = await phone(at);
  ask(...Array.from({ length: 40 }, (_, id) => question(id)));
  for (let id = 0; id < 40; id++) {
    const answer = (await next())!;
    expect(idOf(answer)).toBe(id);
    expect(answer.length).toBe(65_535);
    expect(answer.subarray(12).every((byte) => byte === 0x5a)).toBe(true);
  }
});

it('answers what was asked before the client half-closed, then closes', async () => {
  const handler = new Postponed();
  const { at } = await listening(handler);
  const { socket, ask, next } = await phone(at);
  ask(question(1), question(2));
  socket.end();
  await handler.questions(2);
  for (const { answer } of handler.open) answer();
  expect(idOf((await next())!)).toBe(1);
  expect(idOf((await next())!)).toBe(2);
  expect(await next()).toBeUndefined();
});

it('hangs up on a length that no message has', async () => {
  const { at } = await listening(new Echo());
  const { socket, next } = await phone(at);
  socket.write(Uint8Array.of(0, 3, 1, 2, 3));
  expect(await next()).toBeUndefined();
});

it('answers what came before the garbage', async () => {
  const { at } = await listening(new Echo());
  const { socket, next } = await phone(at);
  socket.write(Buffer.concat([framed(question(8)), Uint8Array.of(0, 0)]));
  expect(idOf((await next())!)).toBe(8);
  expect(await next()).toBeUndefined();
});

it('closes a connection that says nothing', async () => {
  const { at } = await listening(new Echo(), { idle: 50 });
  expect(await (await phone(at)).next()).toBeUndefined();
});

it('closes a connection whose message does not come to an end, however busily it sends', async () => {
  const { at } = await listening(new Echo(), { idle: 60_000, message: 50 });
  const { socket, next } = await phone(at);
  socket.write(Uint8Array.of(0xff, 0xff));
  const trickle = setInterval(() => socket.write(Uint8Array.of(0)), 5);
  expect(await next()).toBeUndefined();
  clearInterval(trickle);
});

it('keeps a connection open while an answer is still to come', async () => {
  const handler = new Postponed();
  const { at } = await listening(handler, { idle: 50 });
  const idler = await phone(at);
  const waiting = await phone(at);
  waiting.ask(question(1));
  await handler.questions(1);
  // The idle one, opened before, is gone: more than the idle time has passed.
  expect(await idler.next()).toBeUndefined();
  await (await phone(at)).next();
  handler.open[0].answer();
  expect(idOf((await waiting.next())!)).toBe(1);
});

it('does not read further questions while too many are open, and goes on as they are answered', async () => {
  const handler = new Postponed();
  const { at } = await listening(handler, { inFlight: 10 });
  const { ask, next } = await phone(at);
  ask(...Array.from({ length: 35 }, (_, id) => question(id)));
  for (let answered = 0; answered < 35; answered++) {
    await handler.questions(Math.min(35, answered + 10));
    expect(handler.open.length).toBeLessThanOrEqual(answered + 10);
    handler.open[answered].answer();
    expect(idOf((await next())!)).toBe(answered);
  }
});

it('stops answering a client that does not read, and lets it go', async () => {
  const handler = new Sized(60_000);
  const { at } = await listening(handler, { idle: 300 });
  const { socket, ask, closed } = await phone(at);
  socket.pause();
  for (let n = 0; n < 50; n++) ask(...Array.from({ length: 100 }, (_, id) => question(id)));
  // 5,000 answers would be 300 MB; what the kernel's buffers hold and a little more is all we ever make.
  const asking = setInterval(() => ask(question(1)), 20);
  await closed;
  clearInterval(asking);
  expect(handler.handled).toBeLessThan(500);
});

it('finishes everything once a slow client reads on', async () => {
  const { at } = await listening(new Sized(60_000));
  const { socket, ask, next } = await phone(at);
  socket.pause();
  ask(...Array.from({ length: 300 }, (_, id) => question(id)));
  for (let id = 0; id < 300; id++) expect(idOf((await next())!)).toBe(id);
});

it('lets one address have so many connections and no more', async () => {
  const { at } = await listening(new Echo(), { perAddress: 3 });
  const allowed = [await phone(at), await phone(at), await phone(at)];
  for (const { ask, next } of allowed) {
    ask(question(1));
    expect(idOf((await next())!)).toBe(1);
  }
  expect(await (await phone(at)).next()).toBeUndefined();
  const neighbour = await phone(at, '127.0.0.2');
  neighbour.ask(question(2));
  expect(idOf((await neighbour.next())!)).toBe(2);
  allowed[0].socket.destroy();
  await allowed[0].closed;
  for (let answer: Buffer | undefined; answer === undefined; ) {
    const again = await phone(at);
    again.ask(question(3));
    answer = await again.next();
  }
});

it('turns newcomers away when full of busy connections', async () => {
  const handler = new Postponed();
  const { at } = await listening(handler, { total: 2 });
  const busy = [await phone(at), await phone(at)];
  for (const { ask } of busy) ask(question(1));
  await handler.questions(2);
  expect(await (await phone(at)).next()).toBeUndefined();
});

it('closes the longest idle connection for a newcomer when full', async () => {
  let time = 1_000;
  const { at } = await listening(new Echo(), { total: 2 }, { now: () => time });
  const first = await phone(at);
  first.ask(question(1));
  await first.next();
  time += 500;
  const second = await phone(at);
  second.ask(question(2));
  await second.next();
  time += 2_000;
  const third = await phone(at);
  third.ask(question(3));
  expect(idOf((await third.next())!)).toBe(3);
  expect(await first.next()).toBeUndefined();
  second.ask(question(4));
  expect(idOf((await second.next())!)).toBe(4);
});

it('serves many clients at once', async () => {
  const { at } = await listening(new Echo(), { perAddress: 200 });
  const phones = await Promise.all(Array.from({ length: 150 }, () => phone(at)));
  phones.forEach(({ ask }, n) => {
    ask(question(n), question(n + 1000));
  });
  for (const [n, { next }] of phones.entries()) {
    expect(idOf((await next())!)).toBe(n);
    expect(idOf((await next())!)).toBe(n + 1000);
  }
});

it('takes no harm from clients that vanish or answers that come too late', async () => {
  const handler = new Postponed();
  const { tcp, at } = await listening(handler);
  const gone = await phone(at);
  gone.ask(question(1));
  await handler.questions(1);
  gone.socket.resetAndDestroy();
  await gone.closed;
  const other = await phone(at);
  other.ask(question(2));
  await handler.questions(2);
  expect(() => handler.open[0].answer()).not.toThrow();
  await tcp.stop();
  expect(() => handler.open[1].answer()).not.toThrow();
});

it('stays silent where the handler says nothing', async () => {
  const handler = new Silent();
  const { at } = await listening(handler, { idle: 50 });
  const { ask, next } = await phone(at);
  ask(question(1));
  expect(await next()).toBeUndefined();
  expect(handler.handled).toBe(1);
});

it('says in a sentence why it cannot listen', async () => {
  const { at } = await listening(new Echo());
  await expect(listening(new Echo(), {}, { at: [at] })).rejects.toThrow(/\(TCP, EADDRINUSE\): another program/);
});
