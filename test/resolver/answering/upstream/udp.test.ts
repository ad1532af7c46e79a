import { afterEach, describe, expect, test } from 'vitest';
import { openLibc } from '../../../../resolver/answering/listen/libc.ts';
import { BatchSockets } from '../../../../resolver/answering/upstream/batch-sockets.ts';
import type { OpenSocket } from '../../../../resolver/answering/upstream/connected-socket.ts';
import { Deadlines } from '../../../../resolver/answering/upstream/deadlines.ts';
import { openDgramSocket } from '../../../../resolver/answering/upstream/dgram-socket.ts';
import { Randomness } from '../../../../resolver/answering/upstream/randomness.ts';
import { TcpUpstream } from '../../../../resolver/answering/upstream/tcp.ts';
import { UdpUpstream } from '../../../../resolver/answering/upstream/udp.ts';
import { UpstreamFailed } from '../../../../resolver/answering/upstream/upstream.ts';
import { ask } from './ask.ts';
import { addresses, answer, query, questionEnd, spelledName, truncated } from './messages.ts';
import { type Behaviour, honest, Server, silent } from './server.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const now = () => performance.now();

const batchSockets = new BatchSockets(await openLibc());
const connectBatchSocket: OpenSocket = (address, port, user) => batchSockets.connect(address, port, user);

describe.each([
  ['batch', connectBatchSocket],
  ['dgram', openDgramSocket],
])('by %s sockets', (_, openSocket) => {
  function upstreamAt(port: number, address = '127.0.0.1'): UdpUpstream {
    const deadlines = new Deadlines(now);
    const tcp = new TcpUpstream({ label: 'test', address, port, deadlines, now });
    const upstream = new UdpUpstream({
      label: 'test',
      address,
      port,
      tcp,
      openSocket,
      deadlines,
      randomness: new Randomness(),
      now,
    });
    stops.push(() => upstream.stop());
    return upstream;
  }

  async function pair(behaviour: Behaviour = honest): Promise<{ server: Server; upstream: UdpUpstream }> {
    const server = await new Server(behaviour).start();
    stops.push(() => server.stop());
    return { server, upstream: upstreamAt(server.port) };
  }

  /** The same id and question, but another address: what a forger would like us to believe. */
  const lie = (message: Uint8Array) => answer(message, ['203.0.113.66']);

  function withId(message: Buffer, id: number): Buffer {
    message.writeUInt16BE(id & 0xffff, 0);
    return message;
  }

  describe('a question over UDP', () => {
    test('comes back with the id and the spelling it was asked with', async () => {
      const { upstream } = await pair();
      const asked = query('Some-Phone.Example.com', { id: 0xbeef });
      const got = await ask(upstream, asked, 2000);
      expect(Buffer.from(got).readUInt16BE(0)).toBe(0xbeef);
      expect(spelledName(got)).toBe('Some-Phone.Example.com');
      expect(addresses(got)).toEqual(['192.0.2.1']);
    });

    test('leaves with nothing but id and capitals changed', async () => {
      const { server, upstream } = await pair();
      const asked = query('data.mistat.xiaomi.com');
      const before = Buffer.from(asked);
      await ask(upstream, asked, 2000);
      const sent = server.received[0].message;
      expect(asked).toEqual(before);
      expect(sent.length).toBe(asked.length);
      expect(sent.subarray(2, 12)).toEqual(asked.subarray(2, 12));
      expect(spelledName(sent).toLowerCase()).toBe('data.mistat.xiaomi.com');
      expect(sent.subarray(questionEnd(sent) - 4)).toEqual(asked.subarray(questionEnd(asked) - 4));
    });

    test('comes from ports, with ids and spellings that show no pattern', async () => {
      const { server, upstream } = await pair();
      for (let i = 0; i < 600; i++) await ask(upstream, query('abcdefghijkl.example'), 2000);
      const ports = new Set(server.received.map(({ from }) => from));
      const ids = server.received.map(({ message }) => message.readUInt16BE(0));
      const spellings = new Set(server.received.map(({ message }) => spelledName(message)));
      expect(ports.size).toBeGreaterThanOrEqual(60);
      // 600 draws of 65,536 repeat about three times by chance.
      expect(new Set(ids).size).toBeGreaterThan(580);
      const steps = new Set(ids.slice(1).map((id, i) => (id - ids[i]) & 0xffff));
      expect(steps.size).toBeGreaterThan(570);
      expect(spellings.size).toBeGreaterThan(580);
    });

    test('moves on to new ports after some hundred uses of each', async () => {
      const { server, upstream } = await pair();
      let left = 20_000;
      const asking = async () => {
        while (left-- > 0) await ask(upstream, query('many.example'), 5000);
      };
      await Promise.all(Array.from({ length: 50 }, asking));
      const uses = new Map<number, number>();
      for (const { from } of server.received) uses.set(from, (uses.get(from) ?? 0) + 1);
      expect(Math.max(...uses.values())).toBeLessThanOrEqual(600);
      expect(uses.size).toBeGreaterThan(64);
    });

    test('goes to an IPv6 upstream, and to it over TCP', async () => {
      const server = await new Server(
        ({ message, via, reply }) => reply(via === 'udp' ? truncated(message) : answer(message)),
        '::1',
      ).start();
      stops.push(() => server.stop());
      const got = await ask(upstreamAt(server.port, '::1'), query('six.example'), 2000);
      expect(addresses(got)).toEqual(['192.0.2.1']);
      expect(server.received.map(({ via }) => via)).toEqual(['udp', 'tcp']);
    });

    test('is asked beside many others, answered in any order', async () => {
      const held: (() => void)[] = [];
      const { server, upstream } = await pair(({ message, reply }) => {
        const number = Number(/\d+/.exec(spelledName(message))![0]);
        held.push(() => reply(answer(message, [`192.0.${number >> 8}.${number & 255}`])));
      });
      const asked = Array.from({ length: 150 }, (_, i) => ask(upstream, query(`n${i}.example`, { id: 7 }), 5000));
      await server.reached(150);
      for (const release of held.reverse()) release();
      const got = await Promise.all(asked);
      expect(got.map((message) => addresses(message)[0])).toEqual(
        Array.from({ length: 150 }, (_, i) => `192.0.${i >> 8}.${i & 255}`),
      );
    });
  });

  describe('a forged or broken answer over UDP', () => {
    const forgeries: [string, (message: Buffer) => Buffer][] = [
      ['with a wrong id', (message) => withId(lie(message), message.readUInt16BE(0) + 1)],
      [
        'to another name',
        (message) => {
          const forged = lie(message);
          forged[13] ^= 1;
          return forged;
        },
      ],
      [
        'to another type',
        (message) => {
          const forged = lie(message);
          forged[questionEnd(message) - 3] = 28;
          return forged;
        },
      ],
      [
        'to another class',
        (message) => {
          const forged = lie(message);
          forged[questionEnd(message) - 1] = 3;
          return forged;
        },
      ],
      [
        'that is a question itself',
        (message) => {
          const forged = lie(message);
          forged[2] &= 0x7f;
          return forged;
        },
      ],
      [
        'of another opcode',
        (message) => {
          const forged = lie(message);
          forged[2] |= 0x20;
          return forged;
        },
      ],
      [
        'without a question',
        (message) => {
          const forged = Buffer.from(message.subarray(0, 12));
          forged[2] = 0x81;
          forged[5] = 0;
          return forged;
        },
      ],
      [
        'with two questions',
        (message) => {
          const forged = lie(message);
          forged[5] = 2;
          return forged;
        },
      ],
      ['cut off inside the question', (message) => lie(message).subarray(0, 15)],
      ['of three bytes', (message) => message.subarray(0, 3)],
      ['of no bytes', () => Buffer.alloc(0)],
      ['of noise', () => Buffer.alloc(200, 0xa5)],
    ];

    test.each(forgeries)('%s is not believed, and counted', async (_, forge) => {
      const { upstream } = await pair(({ message, reply }) => {
        reply(forge(message));
        reply(answer(message));
      });
      const got = await ask(upstream, query('www.example.com'), 2000);
      expect(addresses(got)).toEqual(['192.0.2.1']);
      expect(upstream.mismatches).toBe(1);
    });

    test('to a type that differs like a small letter from a capital is not believed', async () => {
      const { upstream } = await pair(({ message, reply }) => {
        const forged = lie(message);
        forged[questionEnd(message) - 3] ^= 0x20;
        reply(forged);
        reply(answer(message));
      });
      const got = await ask(upstream, query('www.example.com', { type: 65 }), 2000);
      expect(addresses(got)).toEqual(['192.0.2.1']);
      expect(upstream.mismatches).toBe(1);
    });

    test('from another address never reaches us', async () => {
      const { server, upstream } = await pair(silent);
      const forger = await new Server().start();
      stops.push(() => forger.stop());
      const asked = ask(upstream, query('www.example.com'), 2000);
      await server.reached(1);
      const { message, from, reply } = server.received[0];
      const { createSocket } = await import('node:dgram');
      const socket = createSocket('udp4');
      await new Promise((sent) => socket.send(lie(message), from, '127.0.0.1', sent));
      socket.close();
      reply(answer(message));
      expect(addresses(await asked)).toEqual(['192.0.2.1']);
    });

    test('that comes second changes nothing', async () => {
      const { upstream } = await pair(({ message, reply }) => {
        reply(answer(message));
        reply(lie(message));
      });
      for (let i = 0; i < 20; i++) {
        expect(addresses(await ask(upstream, query('www.example.com'), 2000))).toEqual(['192.0.2.1']);
      }
    });

    test('that comes after the budget is ignored and does not answer the next question', async () => {
      const { server, upstream } = await pair(silent);
      await expect(ask(upstream, query('late.example'), 60)).rejects.toBeInstanceOf(UpstreamFailed);
      for (const { message, reply } of [...server.received]) reply(lie(message));
      server.behaviour = honest;
      expect(addresses(await ask(upstream, query('late.example'), 2000))).toEqual(['192.0.2.1']);
    });

    test('in numbers makes us leave the port', async () => {
      const { server, upstream } = await pair(({ message, reply }) => {
        for (let i = 1; i <= 20; i++) reply(withId(lie(message), message.readUInt16BE(0) + i));
        reply(answer(message));
      });
      for (let i = 0; i < 300; i++) await ask(upstream, query('flooded.example'), 2000);
      const uses = new Map<number, number>();
      for (const { from } of server.received) uses.set(from, (uses.get(from) ?? 0) + 1);
      // The system may hand a port out again by chance.
      expect(Math.max(...uses.values())).toBeLessThanOrEqual(3);
    });
  });

  describe('an upstream over UDP', () => {
    test('that loses packets is asked again, under another id, before the budget ends', async () => {
      const { server, upstream } = await pair(({ message, reply }) => {
        if (server.received.length > 1) reply(answer(message));
      });
      const got = await ask(upstream, query('lossy.example'), 800);
      expect(addresses(got)).toEqual(['192.0.2.1']);
      const [first, second] = server.received;
      expect(second.message.readUInt16BE(0)).not.toBe(first.message.readUInt16BE(0));
    });

    test('may still answer what it was asked first after it was asked again', async () => {
      const { server, upstream } = await pair(silent);
      const asked = ask(upstream, query('slow.example'), 2000);
      await server.reached(2);
      server.received[0].reply(answer(server.received[0].message));
      expect(addresses(await asked)).toEqual(['192.0.2.1']);
    });

    test('that stays silent fails within the budget, in words', async () => {
      const { upstream } = await pair(silent);
      const startedAt = now();
      await expect(ask(upstream, query('silent.example'), 200)).rejects.toThrow(/test gave no answer within 200 ms/);
      expect(now() - startedAt).toBeLessThan(600);
    });

    test('that stays silent for a whole budget is asked from new ports, as our own address may have changed', async () => {
      const { server, upstream } = await pair();
      const portsOfMany = async () => {
        const before = server.received.length;
        for (let i = 0; i < 300; i++) await ask(upstream, query('many.example'), 2000);
        return new Set(server.received.slice(before).map(({ from }) => from));
      };
      const earlier = await portsOfMany();
      server.behaviour = silent;
      await expect(ask(upstream, query('silent.example'), 100)).rejects.toThrow(/no answer/);
      server.behaviour = honest;
      const later = await portsOfMany();
      // The system may hand out some again by chance.
      expect(earlier.intersection(later).size).toBeLessThan(8);
    });

    test('that is not there fails at once, in words', async () => {
      const { server } = await pair();
      await stops.pop()!();
      await stops.pop()!();
      const startedAt = now();
      await expect(ask(upstreamAt(server.port), query('gone.example'), 5000)).rejects.toThrow(/refuses the connection/);
      expect(now() - startedAt).toBeLessThan(600);
    });

    test('that cuts answers short is asked over TCP', async () => {
      const many = Array.from({ length: 4000 }, (_, i) => `198.51.${i >> 8}.${i & 255}`);
      const { server, upstream } = await pair(({ message, via, reply }) =>
        reply(via === 'udp' ? truncated(message) : answer(message, many)),
      );
      const got = await ask(upstream, query('Big.example', { id: 5 }), 2000);
      expect(addresses(got)).toEqual(many);
      expect(got.length).toBeGreaterThan(64_000);
      expect(spelledName(got)).toBe('Big.example');
      expect(server.received.map(({ via }) => via)).toEqual(['udp', 'tcp']);
    });

    test('that sends more than we said we take is believed whole, or asked over TCP', async () => {
      const many = Array.from({ length: 300 }, (_, i) => `198.51.${i >> 8}.${i & 255}`);
      const { upstream } = await pair(({ message, reply }) => reply(answer(message, many)));
      expect(addresses(await ask(upstream, query('big.example'), 2000))).toEqual(many);
    });

    test('to which there is no way fails at once, in words', async () => {
      const startedAt = now();
      const asked = ask(upstreamAt(53, '255.255.255.255'), query('nowhere.example'), 5000);
      await expect(asked).rejects.toThrow(/test can not be reached because a firewall/);
      expect(now() - startedAt).toBeLessThan(600);
    });

    test('gets what is asked at once from few ports, and some time later from others', async () => {
      const { server, upstream } = await pair();
      for (let burst = 0; burst < 30; burst++) {
        await Promise.all(Array.from({ length: 100 }, (_, i) => ask(upstream, query(`n${i}.example`), 5000)));
      }
      const ids = server.received.map(({ message }) => message.readUInt16BE(0));
      expect(new Set(ids).size).toBeGreaterThan(2800);
      expect(new Set(server.received.map(({ from }) => from)).size).toBeGreaterThan(20);
    });

    test('that cuts answers short and has no TCP fails rather than giving half an answer', async () => {
      const { upstream } = await pair(({ message, via, reply, hangUp }) => {
        if (via === 'udp') reply(truncated(message));
        else hangUp();
      });
      await expect(ask(upstream, query('big.example'), 2000)).rejects.toBeInstanceOf(UpstreamFailed);
    });

    test('that loses the spelling is asked plainly, and after some times never with capitals', async () => {
      const { server, upstream } = await pair(({ message, reply }) => {
        const folded = answer(message);
        for (let at = 12; at < questionEnd(message) - 5; at++) {
          if (folded[at] >= 0x41 && folded[at] <= 0x5a) folded[at] |= 0x20;
        }
        reply(folded);
      });
      for (let i = 0; i < 40; i++) {
        const got = await ask(upstream, query('Folding-the-case.example'), 2000);
        expect(spelledName(got)).toBe('Folding-the-case.example');
        expect(addresses(got)).toEqual(['192.0.2.1']);
      }
      const later = server.received.slice(-30).map(({ message }) => spelledName(message));
      expect(new Set(later)).toEqual(new Set(['Folding-the-case.example']));
      expect(server.received.length).toBe(43);
    });

    test('can be stopped with questions in flight, which fail', async () => {
      const { server, upstream } = await pair(silent);
      const asked = ask(upstream, query('stopping.example'), 5000);
      const failed = expect(asked).rejects.toThrow(/no longer in use/);
      await server.reached(1);
      await upstream.stop();
      await failed;
    });
  });
});
