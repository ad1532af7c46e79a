import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Deadlines } from '../../../../resolver/answering/upstream/deadlines.ts';
import { TcpUpstream } from '../../../../resolver/answering/upstream/tcp.ts';
import { TlsUpstream } from '../../../../resolver/answering/upstream/tls.ts';
import type { Upstream } from '../../../../resolver/answering/upstream/upstream.ts';
import { ask } from './ask.ts';
import { type Certificate, certificateFor } from './certificate.ts';
import { addresses, answer, query, spelledName } from './messages.ts';
import { type Behaviour, framed, honest, Server, silent } from './server.ts';
import { TlsServer } from './tls-server.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const now = () => performance.now();
const name = 'dns.test.home.arpa';
let certificate: Certificate;
let othersCertificate: Certificate;
beforeAll(() => {
  certificate = certificateFor(`DNS:${name},IP:127.0.0.1`);
  othersCertificate = certificateFor('DNS:other.home.arpa');
});

const noLookup = () => {
  throw new Error('nothing is to be looked up');
};

function tlsAt(port: number, { trusted = certificate, as = name as string | undefined } = {}): Upstream {
  const options = { label: 'test', address: '127.0.0.1', port, name: as, ca: trusted.cert, lookup: noLookup };
  const upstream = new TlsUpstream({ ...options, deadlines: new Deadlines(now), now });
  stops.push(() => upstream.stop());
  return upstream;
}

function tcpAt(port: number): Upstream {
  const deadlines = new Deadlines(now);
  const upstream = new TcpUpstream({ label: 'test', address: '127.0.0.1', port, deadlines, now });
  stops.push(() => upstream.stop());
  return upstream;
}

async function tlsServer(behaviour: Behaviour = honest, shown = certificate): Promise<TlsServer> {
  const server = new TlsServer(shown, behaviour);
  await server.start();
  stops.push(() => server.stop());
  return server;
}

const kinds = [
  {
    kind: 'TCP',
    pair: async (behaviour: Behaviour) => {
      const server = await new Server(behaviour).start();
      stops.push(() => server.stop());
      return { server, upstream: tcpAt(server.port) };
    },
  },
  {
    kind: 'TLS',
    pair: async (behaviour: Behaviour) => {
      const server: Server = await tlsServer(behaviour);
      return { server, upstream: tlsAt(server.port) };
    },
  },
];

const hangUpAll = (server: Server) => {
  for (const socket of server.connections) socket.destroy();
};

describe.each(kinds)('an upstream over $kind', ({ pair }) => {
  test('answers many questions on one connection, in any order', async () => {
    const held: (() => void)[] = [];
    const { server, upstream } = await pair(({ message, reply }) => {
      const number = Number(/\d+/.exec(spelledName(message))![0]);
      held.push(() => reply(answer(message, [`192.0.${number >> 8}.${number & 255}`])));
    });
    const asked = Array.from({ length: 400 }, (_, i) => ask(upstream, query(`N${i}.example`, { id: 7 }), 5000));
    await server.reached(400);
    for (const release of held.reverse()) release();
    const got = await Promise.all(asked);
    got.forEach((message, i) => {
      expect(addresses(message)).toEqual([`192.0.${i >> 8}.${i & 255}`]);
      expect(spelledName(message)).toBe(`N${i}.example`);
      expect(message[1]).toBe(7);
    });
    expect(server.connectionsSeen).toBe(1);
  });

  test('may send an answer in single bytes, and several at once', async () => {
    const { server, upstream } = await pair(({ message }) => {
      const [socket] = server.connections;
      if (server.received.length === 1) for (const byte of framed(answer(message))) socket.write(Uint8Array.of(byte));
      if (server.received.length === 3) {
        socket.write(Buffer.concat(server.received.slice(1).map((received) => framed(answer(received.message)))));
      }
    });
    expect(addresses(await ask(upstream, query('bytes.example'), 2000))).toEqual(['192.0.2.1']);
    const both = await Promise.all(['a', 'b'].map((host) => ask(upstream, query(`${host}.example`), 2000)));
    expect(both.map(spelledName)).toEqual(['a.example', 'b.example']);
  });

  test('may close the connection between two questions', async () => {
    const { server, upstream } = await pair(honest);
    for (let i = 0; i < 5; i++) {
      expect(addresses(await ask(upstream, query('again.example'), 2000))).toEqual(['192.0.2.1']);
      hangUpAll(server);
    }
    expect(server.connectionsSeen).toBeGreaterThan(1);
  });

  test('may close a connection that has worked in the middle of a question, which is asked again', async () => {
    const { server, upstream } = await pair(({ message, reply, hangUp }) => {
      if (server.received.length === 2) hangUp();
      else reply(answer(message));
    });
    await ask(upstream, query('first.example'), 2000);
    expect(addresses(await ask(upstream, query('second.example'), 2000))).toEqual(['192.0.2.1']);
    expect(server.connectionsSeen).toBe(2);
  });

  test('that always closes the connection fails, and is not asked for ever', async () => {
    const { server, upstream } = await pair(({ hangUp }) => hangUp());
    await expect(ask(upstream, query('closing.example'), 5000)).rejects.toThrow(/closed|closes/);
    expect(server.received.length).toBe(1);
  });

  test('that answers another question, under another id, or noise, is not believed', async () => {
    const { upstream } = await pair(({ message, reply }) => {
      const other = answer(message, ['203.0.113.66']);
      other[13] ^= 1;
      const otherId = answer(message, ['203.0.113.66']);
      otherId.writeUInt16BE(otherId.readUInt16BE(0) ^ 0x8000, 0);
      for (const wrong of [other, otherId, Buffer.alloc(3), Buffer.alloc(0), Buffer.alloc(99, 0xa5)]) reply(wrong);
      reply(answer(message));
    });
    expect(addresses(await ask(upstream, query('www.example.com'), 2000))).toEqual(['192.0.2.1']);
  });

  test('that falls silent is left for a new connection', async () => {
    const { server, upstream } = await pair(silent);
    await expect(ask(upstream, query('silent.example'), 150)).rejects.toThrow(/no answer within 150 ms/);
    server.behaviour = honest;
    expect(addresses(await ask(upstream, query('back.example'), 2000))).toEqual(['192.0.2.1']);
    expect(server.connectionsSeen).toBe(2);
  });

  test('that leaves one question unanswered keeps its connection', async () => {
    const { server, upstream } = await pair(({ message, reply }) => {
      if (!spelledName(message).startsWith('dead')) reply(answer(message));
    });
    await ask(upstream, query('first.example'), 2000);
    const dead = expect(ask(upstream, query('dead.example'), 200)).rejects.toThrow(/no answer/);
    await server.reached(2);
    await ask(upstream, query('alive.example'), 2000);
    await dead;
    await ask(upstream, query('alive.example'), 2000);
    expect(server.connectionsSeen).toBe(1);
  });

  test('that is not there fails at once, in words', async () => {
    const { server, upstream } = await pair(honest);
    const [stopServer] = stops.splice(0, 1);
    await stopServer();
    await expect(ask(upstream, query('gone.example'), 5000)).rejects.toThrow(/refuses the connection/);
    await server.start();
    stops.push(() => server.stop());
    expect(addresses(await ask(upstream, query('back.example'), 2000))).toEqual(['192.0.2.1']);
  });

  test('can be stopped with questions in flight, which fail', async () => {
    const { server, upstream } = await pair(silent);
    const failed = expect(ask(upstream, query('stopping.example'), 5000)).rejects.toThrow(/no longer in use/);
    await server.reached(1);
    await upstream.stop();
    await failed;
    await expect(ask(upstream, query('later.example'), 5000)).rejects.toThrow(/no longer in use/);
  });
});

describe('an upstream over TLS', () => {
  test('is named in the handshake, and its session is resumed', async () => {
    const server = await tlsServer();
    const upstream = tlsAt(server.port);
    await ask(upstream, query('first.example'), 2000);
    hangUpAll(server);
    await ask(upstream, query('second.example'), 2000);
    expect(server.handshakes).toEqual([
      { name, resumed: false },
      { name, resumed: true },
    ]);
  });

  test('gets questions whose length tells nothing about the name', async () => {
    const server = await tlsServer();
    const upstream = tlsAt(server.port);
    for (const host of ['a.example', 'a-much-longer-name-than-the-other.example.com']) {
      await ask(upstream, query(host), 2000);
    }
    expect(server.received.map(({ message }) => message.length)).toEqual([128, 128]);
  });

  test('may be known by its address alone', async () => {
    const server = await tlsServer();
    const got = await ask(tlsAt(server.port, { as: undefined }), query('by-address.example'), 2000);
    expect(addresses(got)).toEqual(['192.0.2.1']);
  });

  const impostors = [
    { who: 'has a certificate for another name', shown: () => othersCertificate, trusted: () => othersCertificate },
    {
      who: 'has a certificate that nobody known has signed',
      shown: () => certificate,
      trusted: () => othersCertificate,
    },
  ];
  test.each(impostors)('that $who gets no question', async ({ shown, trusted }) => {
    const server = await tlsServer(honest, shown());
    const upstream = tlsAt(server.port, { trusted: trusted() });
    await expect(ask(upstream, query('secret.example'), 2000)).rejects.toThrow(/shows a certificate/);
    expect(server.received).toEqual([]);
  });

  test('that speaks no TLS fails in words', async () => {
    const server = await new Server(({ reply }) => reply(Buffer.alloc(50))).start();
    stops.push(() => server.stop());
    await expect(ask(tlsAt(server.port), query('plain.example'), 1000)).rejects.toThrow(/^test /);
  });
});
