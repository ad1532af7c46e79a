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
  const { fd } = openDatagramSocket(libc, { host: '127.0.0.1', port: 0 }, false);
  ends.push(() => closeSync(fd));
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
  outbox.send(fd);
  expect([outbox.answered, outbox.unsendable]).toEqual([3, 3]);
  expect(outbox.empty).toBe(true);
  for (const id of [0, 2, 5]) expect(idOf((await phone.next()).message)).toBe(id);
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
