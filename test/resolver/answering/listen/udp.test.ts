import type { Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import type {
  ListenAddress,
  Listener,
  ListenerDeps,
  MessageHandler,
} from '../../../../resolver/answering/listen/carrier.ts';
import { openLibc } from '../../../../resolver/answering/listen/libc.ts';
import { ListenFailed } from '../../../../resolver/answering/listen/listen-failed.ts';
import type { Udp } from '../../../../resolver/answering/listen/open-udp.ts';
import { BatchUdp } from '../../../../resolver/answering/listen/udp-batch.ts';
import { DgramUdp } from '../../../../resolver/answering/listen/udp-dgram.ts';
import { answerTo, Echo, Everybody, idOf, now, Postponed, question, Silent, Sized } from './answering.ts';
import { asker } from './asker.ts';

const libc = await openLibc();
const kinds = [
  { kind: 'dgram', create: (deps: ListenerDeps): Udp => new DgramUdp(deps) },
  { kind: 'batch', create: (deps: ListenerDeps): Udp => new BatchUdp(deps, libc) },
];

describe.each(kinds)('UDP by $kind', ({ create }) => {
  const open: { listeners: Listener[]; sockets: Socket[] } = { listeners: [], sockets: [] };

  afterEach(async () => {
    for (const socket of open.sockets.splice(0)) socket.close();
    await Promise.all(open.listeners.splice(0).map((listener) => listener.stop()));
  });

  async function listening(handler: MessageHandler, options: Partial<ListenerDeps> = {}) {
    const clients = new Everybody();
    const udp = create({ handler, clients, now, at: [{ host: '127.0.0.1', port: 0 }], ...options });
    open.listeners.push(udp);
    return { udp, clients, at: await udp.start() };
  }

  async function phoneOf(to: ListenAddress, from?: string) {
    const phone = await asker(to, from);
    open.sockets.push(phone.socket);
    return phone;
  }

  it('answers a question', async () => {
    const { at, clients } = await listening(new Echo());
    const phone = await phoneOf(at[0]);
    phone.ask(question(7));
    expect((await phone.next()).message).toEqual(Buffer.from(answerTo(question(7))));
    expect([...clients.known.keys()]).toEqual(['127.0.0.1']);
  });

  it('answers over IPv6', async () => {
    const { at, clients } = await listening(new Echo(), { at: [{ host: '::1', port: 0 }] });
    const phone = await phoneOf(at[0]);
    phone.ask(question(7));
    expect(idOf((await phone.next()).message)).toBe(7);
    expect([...clients.known.keys()]).toEqual(['::1']);
  });

  it('listens on IPv4 and IPv6 wildcards side by side on one port', async () => {
    const {
      at: [four],
    } = await listening(new Echo(), { at: [{ host: '0.0.0.0', port: 0 }] });
    const {
      at: [six],
    } = await listening(new Echo(), { at: [{ host: '::', port: four.port }] });
    const phones = [
      await phoneOf({ host: '127.0.0.1', port: four.port }),
      await phoneOf({ host: '::1', port: six.port }),
    ];
    for (const phone of phones) phone.ask(question(1));
    for (const phone of phones) expect(idOf((await phone.next()).message)).toBe(1);
  });

  it('answers hundreds of questions in one burst, each asker getting its own', async () => {
    const { at, clients } = await listening(new Echo());
    const phones = await Promise.all([1, 2, 3, 4, 5].map((n) => phoneOf(at[0], `127.0.0.${n}`)));
    for (let id = 0; id < 200; id++) {
      phones.forEach((phone, n) => {
        phone.ask(question(id, `phone-${n}.example`));
      });
    }
    for (const [n, phone] of phones.entries()) {
      const ids = new Set<number>();
      while (ids.size < 200) {
        const { message } = await phone.next();
        expect(message).toEqual(Buffer.from(answerTo(question(idOf(message), `phone-${n}.example`))));
        ids.add(idOf(message));
      }
    }
    expect(clients.known.size).toBe(5);
  });

  it('sends an answer that comes later to the one who asked', async () => {
    const handler = new Postponed();
    const { at } = await listening(handler);
    const phones = [await phoneOf(at[0]), await phoneOf(at[0])];
    phones[0].ask(question(1, 'first.example'));
    await handler.questions(1);
    phones[1].ask(question(2, 'second.example'));
    await handler.questions(2);
    for (const { answer } of handler.open.reverse()) answer();
    expect(idOf((await phones[0].next()).message)).toBe(1);
    expect(idOf((await phones[1].next()).message)).toBe(2);
  });

  it('sends hundreds of later answers at once without mixing them', async () => {
    const handler = new Postponed();
    const { at } = await listening(handler);
    const phone = await phoneOf(at[0]);
    for (let id = 0; id < 300; id++) phone.ask(question(id, `name-${id}.example`));
    await handler.questions(300);
    for (const { answer } of handler.open) answer();
    for (let n = 0; n < 300; n++) {
      const { message } = await phone.next();
      expect(message).toEqual(Buffer.from(answerTo(question(idOf(message), `name-${idOf(message)}.example`))));
    }
  });

  it('copies a later answer before send returns', async () => {
    const handler = new Postponed();
    const { at } = await listening(handler);
    const phone = await phoneOf(at[0]);
    phone.ask(question(3));
    await handler.questions(1);
    const scratch = answerTo(question(3));
    handler.open[0].reply.send(scratch);
    scratch.fill(0xff);
    expect(idOf((await phone.next()).message)).toBe(3);
  });

  it('sends answers of 4,096 bytes', async () => {
    const { at } = await listening(new Sized(4096));
    const phone = await phoneOf(at[0]);
    for (let id = 0; id < 100; id++) phone.ask(question(id));
    const ids = new Set<number>();
    while (ids.size < 100) {
      const { message } = await phone.next();
      expect(message.length).toBe(4096);
      expect(message.subarray(12).every((byte) => byte === 0x5a)).toBe(true);
      ids.add(idOf(message));
    }
  });

  it('hands over garbage as it is and drops what is longer than any question', async () => {
    const handler = new Echo();
    const { at, udp } = await listening(handler);
    const phone = await phoneOf(at[0]);
    phone.ask(new Uint8Array(0));
    phone.ask(Uint8Array.of(1, 2, 3));
    phone.ask(new Uint8Array(3000));
    phone.ask(question(9));
    expect((await phone.next()).message).toHaveLength(3);
    expect(idOf((await phone.next()).message)).toBe(9);
    expect(udp.counts).toMatchObject({ received: 4, oversized: 1, unsendable: 0 });
  });

  it('says nothing where the handler says nothing', async () => {
    const handler = new Silent();
    const { at, udp } = await listening(handler);
    const phone = await phoneOf(at[0]);
    phone.ask(question(1));
    while (handler.handled === 0) await new Promise(setImmediate);
    expect(udp.counts).toMatchObject({ received: 1, answered: 0 });
    expect(phone.answers).toEqual([]);
  });

  it('frees the port when stopped', async () => {
    const first = await listening(new Echo());
    await first.udp.stop();
    const second = await listening(new Echo(), { at: first.at });
    expect(second.at).toEqual(first.at);
  });

  it('takes no harm from a late answer after stop', async () => {
    const handler = new Postponed();
    const { at, udp } = await listening(handler);
    const phone = await phoneOf(at[0]);
    phone.ask(question(1));
    await handler.questions(1);
    await udp.stop();
    expect(() => handler.open[0].answer()).not.toThrow();
  });

  it('says in a sentence why it cannot listen, and leaves nothing bound', async () => {
    const { at } = await listening(new Echo());
    const other = { host: '127.0.0.1', port: 0 };
    const failing = listening(new Echo(), { at: [other, at[0]] });
    await expect(failing).rejects.toThrow(ListenFailed);
    await expect(failing).rejects.toThrow(/127\.0\.0\.1:\d+ \(UDP, EADDRINUSE\): another program/);
  });

  it('shares a port among several listeners when told so', async () => {
    const first = await listening(new Echo(), { reusePort: true });
    const second = await listening(new Echo(), { reusePort: true, at: first.at });
    const phones = await Promise.all(Array.from({ length: 32 }, () => phoneOf(first.at[0])));
    for (const phone of phones) phone.ask(question(5));
    for (const phone of phones) expect(idOf((await phone.next()).message)).toBe(5);
    expect(first.udp.counts.received).toBeGreaterThan(0);
    expect(second.udp.counts.received).toBeGreaterThan(0);
  });
});
