import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { openDatagramSocket } from '../../../../resolver/answering/listen/datagram-socket.ts';
import { askerSize } from '../../../../resolver/answering/listen/inbox.ts';
import { KernelMemory } from '../../../../resolver/answering/listen/kernel-memory.ts';
import { openLibc } from '../../../../resolver/answering/listen/libc.ts';
import { openUdp } from '../../../../resolver/answering/listen/open-udp.ts';
import { Outbox } from '../../../../resolver/answering/listen/outbox.ts';
import { BatchUdp } from '../../../../resolver/answering/listen/udp-batch.ts';
import { DgramUdp } from '../../../../resolver/answering/listen/udp-dgram.ts';
import { Echo, Everybody, idOf, now, Postponed, question } from './answering.ts';
import { asker } from './asker.ts';

const libc = await openLibc();
const ends: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

async function phoneOf(to: { host: string; port: number }) {
  const phone = await asker(to);
  ends.push(() => phone.socket.close());
  return phone;
}

const anywhere = { clients: new Everybody(), now, at: [{ host: '0.0.0.0', port: 0 }] };

it('answers from the address that was asked', async () => {
  const udp = new BatchUdp({ handler: new Echo(), ...anywhere }, libc);
  ends.push(() => udp.stop());
  const [{ port }] = await udp.start();
  const phone = await phoneOf({ host: '127.0.0.1', port });
  for (const host of ['127.0.0.2', '127.0.0.3', '127.0.0.1']) {
    phone.ask(question(1), host);
    expect((await phone.next()).address).toBe(host);
  }
});

it('answers later from the address that was asked', async () => {
  const handler = new Postponed();
  const udp = new BatchUdp({ handler, ...anywhere }, libc);
  ends.push(() => udp.stop());
  const [{ port }] = await udp.start();
  const phone = await phoneOf({ host: '127.0.0.1', port });
  phone.ask(question(1), '127.0.0.2');
  await handler.questions(1);
  phone.ask(question(2), '127.0.0.3');
  await handler.questions(2);
  handler.open[1].answer();
  handler.open[0].answer();
  expect((await phone.next()).address).toBe('127.0.0.3');
  expect((await phone.next()).address).toBe('127.0.0.2');
});

it('sends the other answers when one can not be sent', async () => {
  const { fd, sends } = openDatagramSocket(libc, { host: '127.0.0.1', port: 0 }, false);
  ends.push(() => [fd, sends].map((each) => closeSync(each)));
  const phone = await phoneOf({ host: '127.0.0.1', port: 1 });
  const { port } = phone.socket.address();
  const memory = new KernelMemory(libc, Outbox.size + 4096);
  const outbox = new Outbox(libc, memory, 16, 0);
  for (const [id, to] of [port, 0, port, 0, 0, port].entries()) {
    const at = memory.take(askerSize);
    memory.bytes.set([2, 0, to >> 8, to & 255, 127, 0, 0, 1], at);
    memory.bytes.set(question(id), outbox.at);
    outbox.add(question(id).length, at);
  }
  outbox.send(sends);
  expect([outbox.answered, outbox.unsendable]).toEqual([3, 3]);
  expect(outbox.empty).toBe(true);
  for (const id of [0, 2, 5]) expect(idOf((await phone.next()).message)).toBe(id);
});

it.each([
  { listen: '127.0.0.1', asked: '127.0.0.1' },
  { listen: '0.0.0.0', asked: '127.0.0.1' },
  { listen: '0.0.0.0', asked: '127.0.0.2' },
  { listen: '::1', asked: '::1' },
  { listen: '::', asked: '::1' },
])('hears at $listen by one socket alone what is sent to $asked', async ({ listen, asked }) => {
  const socket = openDatagramSocket(libc, { host: listen, port: 0 }, false);
  const { fd, sends, port } = socket;
  ends.push(() => [fd, sends].map((each) => closeSync(each)));
  expect(sends).not.toBe(fd);
  const phones = await Promise.all(Array.from({ length: 20 }, () => phoneOf({ host: asked, port })));
  // To the loopback interface: what was sent is there when the call is over.
  await Promise.all(phones.map((phone) => new Promise((sent) => phone.socket.send(question(7), port, asked, sent))));
  const message = new Uint8Array(512);
  for (const _ of phones) expect(libc.recv(fd, message, message.length, 0)).toBe(question(7).length);
  for (const each of [fd, sends]) expect(libc.recv(each, message, message.length, 0)).toBe(-1);
});

it('keeps its port for itself, also from those who would share it', async () => {
  const udp = new BatchUdp({ handler: new Echo(), ...anywhere }, libc);
  ends.push(() => udp.stop());
  const [at] = await udp.start();
  for (const host of ['0.0.0.0', '127.0.0.1']) {
    expect(() => openDatagramSocket(libc, { ...at, host }, false)).toThrow(/EADDRINUSE/);
    expect(() => openDatagramSocket(libc, { ...at, host }, true)).toThrow(/EADDRINUSE/);
    const other = createSocket({ type: 'udp4', reuseAddr: true });
    ends.push(() => other.close());
    await expect(once(other.bind(at.port, host), 'listening')).rejects.toThrow(/EADDRINUSE/);
  }
});

it('is what openUdp opens, and dgram with a reason on machines it is not made for', async () => {
  const deps = { handler: new Echo(), clients: new Everybody(), now, at: [] };
  const notices: string[] = [];
  const notice = (sentence: string) => notices.push(sentence);
  expect(await openUdp({ ...deps, notice })).toBeInstanceOf(BatchUdp);
  const arch = Object.getOwnPropertyDescriptor(process, 'arch')!;
  Object.defineProperty(process, 'arch', { value: 'riscv64' });
  try {
    expect(await openUdp({ ...deps, notice })).toBeInstanceOf(DgramUdp);
  } finally {
    Object.defineProperty(process, 'arch', arch);
  }
  expect(notices).toEqual([
    expect.stringMatching(/without batch sockets.* because there are none for linux on riscv64/),
  ]);
});
