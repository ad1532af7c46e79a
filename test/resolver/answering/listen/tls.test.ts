import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import type { ListenAddress, MessageHandler } from '../../../../resolver/answering/listen/carrier.ts';
import { Certificate } from '../../../../resolver/answering/listen/certificate.ts';
import { Frames } from '../../../../resolver/answering/listen/frames.ts';
import type { TcpDeps } from '../../../../resolver/answering/listen/tcp.ts';
import { Tls } from '../../../../resolver/answering/listen/tls.ts';
import { Addressing, Echo, Everybody, idOf, now, Postponed, question } from './answering.ts';
import { pemOf } from './certificates.ts';

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function listening(handler: MessageHandler, limits: TcpDeps['limits'] = {}) {
  const clients = new Everybody();
  const certificate = new Certificate(pemOf('first'));
  await certificate.start();
  ends.push(() => certificate.stop());
  const tls = new Tls({ handler, clients, now, certificate, at: [{ host: '127.0.0.1', port: 0 }], limits });
  ends.push(() => tls.stop());
  const [at] = await tls.start();
  return { tls, clients, at };
}

async function phone(at: ListenAddress, options: ConnectionOptions = {}) {
  const socket = connect({ host: at.host, port: at.port, rejectUnauthorized: false, ...options });
  ends.push(() => socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}

function ask(socket: TLSSocket, ...messages: Uint8Array[]) {
  for (const message of messages)
    socket.write(Buffer.concat([Uint8Array.of(message.length >> 8, message.length), message]));
}

/** So many answers, or fewer when the server hangs up. */
async function answers(socket: TLSSocket, count: number): Promise<number[]> {
  const frames = new Frames();
  const ids: number[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    frames.feed(chunk);
    while (frames.next()) ids.push(idOf(frames.bytes.subarray(frames.start)));
    if (ids.length >= count) break;
  }
  return ids;
}

it('answers pipelined questions over TLS', async () => {
  const handler = new Echo();
  const { at, clients } = await listening(handler);
  const socket = await phone(at);
  ask(socket, ...Array.from({ length: 100 }, (_, id) => question(id)));
  expect(await answers(socket, 100)).toEqual(Array.from({ length: 100 }, (_, id) => id));
  expect([...clients.known.keys()]).toEqual(['127.0.0.1']);
  expect([...handler.transports]).toEqual(['tls']);
});

it.each([
  ['annas-phone.dns.example', 'annas-phone@127.0.0.1'],
  ['Annas-Phone.dns.example', 'annas-phone@127.0.0.1'],
  ['localhost', '127.0.0.1'],
  ['under_score.dns.example', '127.0.0.1'],
])('knows a device that connects to %s as %s', async (servername, client) => {
  const { at, clients } = await listening(new Echo());
  const socket = await phone(at, { servername });
  ask(socket, question(1));
  expect(await answers(socket, 1)).toEqual([1]);
  expect([...clients.known.keys()]).toEqual([client]);
});

it('answers a client that offers the protocol "dot", as one that offers something else', async () => {
  const { at } = await listening(new Echo());
  for (const ALPNProtocols of [['dot'], ['h2']]) {
    const socket = await phone(at, { ALPNProtocols });
    ask(socket, question(1));
    expect(await answers(socket, 1)).toEqual([1]);
  }
});

it('sends answers that become ready later, and closes after a half-close', async () => {
  const handler = new Postponed();
  const { at } = await listening(handler);
  const socket = await phone(at);
  ask(socket, question(1), question(2));
  await handler.questions(2);
  handler.open[1].answer();
  expect(await answers(socket, 1)).toEqual([2]);
  socket.end();
  handler.open[0].answer();
  expect(await answers(socket, 2)).toEqual([1]);
});

it('lets go of who never finishes the handshake, and of who speaks no TLS', async () => {
  const { at } = await listening(new Echo(), { message: 50 });
  const silent = connectTcp(at.port, at.host);
  await once(silent, 'close');
  const plain = connectTcp(at.port, at.host);
  plain.on('error', () => {});
  plain.write('GET / HTTP/1.1\r\n\r\n');
  await once(plain, 'close');
});

it('closes idle connections', async () => {
  const { at } = await listening(new Echo(), { idle: 50 });
  expect(await answers(await phone(at), 1)).toEqual([]);
});

it('counts connections per address, and counts them out again', async () => {
  const { at } = await listening(new Echo(), { perAddress: 1 });
  const first = await phone(at);
  await expect(phone(at)).rejects.toThrow();
  first.destroy();
  // The server learns of it a moment later.
  for (let again: TLSSocket | undefined; !again; ) again = await phone(at).catch(() => undefined);
});

it('interoperates with kdig', async () => {
  const { at } = await listening(new Addressing('192.0.2.7'));
  const kdig = promisify(execFile)('kdig', ['@127.0.0.1', '-p', `${at.port}`, '+tls', '+short', 'quell.example', 'A']);
  expect((await kdig).stdout.trim()).toBe('192.0.2.7');
});
