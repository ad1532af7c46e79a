import { afterEach, describe, expect, test } from 'vitest';
import type { UpstreamAddress, UpstreamsConfig } from '../../../../resolver/answering/upstream/config.ts';
import { Upstreams } from '../../../../resolver/answering/upstream/upstreams.ts';
import { certificateFor } from './certificate.ts';
import {
  addresses,
  answer,
  query,
  questionType,
  REFUSED,
  rcodeOf,
  SERVFAIL,
  spelledName,
  wireName,
} from './messages.ts';
import { type Behaviour, Server, silent } from './server.ts';
import { TlsServer } from './tls-server.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A server whose answers tell which one it is. */
async function serverOf(address: string): Promise<Server> {
  const server = await new Server(answering(address)).start();
  stops.push(() => server.stop());
  return server;
}

const answering =
  (address: string): Behaviour =>
  ({ message, reply }) =>
    reply(answer(message, [address]));

const refusing =
  (rcode: number): Behaviour =>
  ({ message, reply }) =>
    reply(answer(message, [], rcode));

const at = ({ port }: Server): UpstreamAddress => ({ protocol: 'udp', address: '127.0.0.1', port });

function upstreamsOf(config: Partial<UpstreamsConfig>, clock?: () => number): Upstreams {
  const none = { upstreams: [], fallback: [], conditional: [], bootstrap: [] };
  const upstreams = new Upstreams({ ...none, strategy: 'strict', budget: 600, ...config }, clock);
  stops.push(() => upstreams.stop());
  return upstreams;
}

const ask = (upstreams: Upstreams, name = 'www.example.com') =>
  new Promise<Uint8Array>((answered, failed) => {
    upstreams.ask(query(name), wireName(name), { answered: (answer) => answered(new Uint8Array(answer)), failed });
  });

async function addressFor(upstreams: Upstreams, name?: string): Promise<string> {
  return addresses(await ask(upstreams, name))[0];
}

/** A clock that runs, and can be set forward. */
function adjustableClock() {
  let ahead = 0;
  return Object.assign(() => performance.now() + ahead, { forward: (ms: number) => (ahead += ms) });
}

describe('strict order', () => {
  test('asks the second only when the first fails', async () => {
    const [first, second] = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2')];
    const upstreams = upstreamsOf({ upstreams: [at(first), at(second)] });
    for (let i = 0; i < 10; i++) expect(await addressFor(upstreams)).toBe('192.0.2.1');
    expect(second.received).toEqual([]);
    await first.stop();
    stops.splice(0, 1);
    for (let i = 0; i < 10; i++) expect(await addressFor(upstreams)).toBe('192.0.2.2');
    expect(upstreams.state().map(({ healthy }) => healthy)).toEqual([false, true]);
    expect(upstreams.state()[0].lastError).toMatch(/refuses the connection/);
  });

  test('answers within the budget while the first is silent, and soon without waiting for it', async () => {
    const [first, second] = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2')];
    first.behaviour = silent;
    const upstreams = upstreamsOf({ upstreams: [at(first), at(second)], budget: 900 });
    // What fails is known when the budget of the first questions is over.
    const early = await Promise.all([1, 2, 3].map(() => addressFor(upstreams)));
    expect(early).toEqual(['192.0.2.2', '192.0.2.2', '192.0.2.2']);
    await expect.poll(() => upstreams.state()[0].healthy).toBe(false);
    const startedAt = performance.now();
    expect(await addressFor(upstreams)).toBe('192.0.2.2');
    expect(performance.now() - startedAt).toBeLessThan(250);
  });

  test('tries a silent one again beside the second, so that no question waits for it', async () => {
    const clock = adjustableClock();
    const [first, second] = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2')];
    first.behaviour = silent;
    const upstreams = upstreamsOf({ upstreams: [at(first), at(second)], budget: 900 }, clock);
    await Promise.all([1, 2, 3].map(() => addressFor(upstreams)));
    await expect.poll(() => upstreams.state()[0].healthy).toBe(false);
    const before = first.received.length;
    clock.forward(1_500);
    const startedAt = performance.now();
    expect(await addressFor(upstreams)).toBe('192.0.2.2');
    expect(performance.now() - startedAt).toBeLessThan(250);
    await first.reached(before + 1);
  });

  test('goes back to the first when it recovers, without a question lost', async () => {
    const clock = adjustableClock();
    const [first, second] = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2')];
    const upstreams = upstreamsOf({ upstreams: [at(first), at(second)] }, clock);
    await first.stop();
    for (let i = 0; i < 4; i++) expect(await addressFor(upstreams)).toBe('192.0.2.2');
    expect(upstreams.state()[0].healthy).toBe(false);
    clock.forward(1_500);
    expect(await addressFor(upstreams)).toBe('192.0.2.2');
    await first.start();
    clock.forward(2_500);
    await addressFor(upstreams);
    await expect.poll(() => upstreams.state()[0].healthy).toBe(true);
    expect(await addressFor(upstreams)).toBe('192.0.2.1');
  });
});

describe('parallel best', () => {
  test('gives the quicker answer, and asks no third', async () => {
    const [slow, quick, third] = [
      await serverOf('192.0.2.1'),
      await serverOf('192.0.2.2'),
      await serverOf('192.0.2.3'),
    ];
    const late: (() => void)[] = [];
    slow.behaviour = ({ message, reply }) => late.push(() => reply(answer(message, ['192.0.2.1'])));
    const upstreams = upstreamsOf({ upstreams: [at(slow), at(quick), at(third)], strategy: 'parallel' });
    expect(await addressFor(upstreams)).toBe('192.0.2.2');
    await slow.reached(1);
    expect(third.received).toEqual([]);
    late[0]();
    await expect.poll(() => upstreams.state()[0].latency).toBeGreaterThan(0);
  });

  test('settles on the two quickest, and still looks at the others now and then', async () => {
    const servers = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2'), await serverOf('192.0.2.3')];
    servers[0].behaviour = ({ message, reply }) => setTimeout(() => reply(answer(message, ['192.0.2.1'])), 60);
    const upstreams = upstreamsOf({ upstreams: servers.map(at), strategy: 'parallel', budget: 3000 });
    await addressFor(upstreams);
    await expect.poll(() => upstreams.state()[0].latency).toBeGreaterThan(50);
    for (let i = 0; i < 100; i++) await addressFor(upstreams);
    const [slow, ...quick] = servers.map(({ received }) => received.length);
    expect(slow).toBeGreaterThanOrEqual(2);
    expect(slow).toBeLessThan(10);
    for (const count of quick) expect(count).toBeGreaterThan(80);
  });

  test('loses nothing when one of the two dies', async () => {
    const [first, second] = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2')];
    const upstreams = upstreamsOf({ upstreams: [at(first), at(second)], strategy: 'parallel' });
    await addressFor(upstreams);
    await second.stop();
    stops.splice(1, 1);
    for (let i = 0; i < 20; i++) expect(await addressFor(upstreams)).toBe('192.0.2.1');
  });
});

describe('an answer that is no help', () => {
  test.each([
    ['SERVFAIL', SERVFAIL],
    ['REFUSED', REFUSED],
  ])('%s of one upstream lets the next try', async (word, rcode) => {
    const [first, second] = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2')];
    first.behaviour = refusing(rcode);
    const upstreams = upstreamsOf({ upstreams: [at(first), at(second)] });
    expect(await addressFor(upstreams)).toBe('192.0.2.2');
    expect(upstreams.state()[0].lastError).toContain(word);
  });

  test('leaves the rest of the budget to the next, however slow that is', async () => {
    const [first, second] = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2')];
    first.behaviour = refusing(SERVFAIL);
    second.behaviour = ({ message, reply }) => setTimeout(() => reply(answer(message, ['192.0.2.2'])), 400);
    expect(await addressFor(upstreamsOf({ upstreams: [at(first), at(second)] }))).toBe('192.0.2.2');
  });

  test('is handed on when all say so', async () => {
    const [first, second] = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2')];
    first.behaviour = second.behaviour = refusing(SERVFAIL);
    const got = await ask(upstreamsOf({ upstreams: [at(first), at(second)] }));
    expect(rcodeOf(got)).toBe(SERVFAIL);
    expect(spelledName(got)).toBe('www.example.com');
  });

  test('about a few broken names does not count as being down, about all names it does', async () => {
    const [first, second] = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2')];
    const upstreams = upstreamsOf({ upstreams: [at(first), at(second)] });
    first.behaviour = (received) =>
      (spelledName(received.message).toLowerCase().startsWith('bogus') ? refusing(SERVFAIL) : answering('192.0.2.1'))(
        received,
      );
    for (let i = 0; i < 40; i++) await addressFor(upstreams, i % 2 ? 'bogus.example' : 'good.example');
    expect(upstreams.state()[0].healthy).toBe(true);
    for (let i = 0; i < 12; i++) await addressFor(upstreams, 'bogus.example');
    expect(upstreams.state()[0].healthy).toBe(false);
  });

  test('NXDOMAIN is an answer, and nobody else is asked', async () => {
    const [first, second] = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2')];
    first.behaviour = refusing(3);
    expect(rcodeOf(await ask(upstreamsOf({ upstreams: [at(first), at(second)] })))).toBe(3);
    expect(second.received).toEqual([]);
  });
});

describe('when upstreams are down', () => {
  test('the fall-back is asked, and no more when they are back', async () => {
    const clock = adjustableClock();
    const [main, fallback] = [await serverOf('192.0.2.1'), await serverOf('192.0.2.9')];
    const upstreams = upstreamsOf({ upstreams: [at(main)], fallback: [at(fallback)] }, clock);
    await addressFor(upstreams);
    expect(fallback.received).toEqual([]);
    await main.stop();
    for (let i = 0; i < 5; i++) expect(await addressFor(upstreams)).toBe('192.0.2.9');
    await main.start();
    clock.forward(1_500);
    await addressFor(upstreams);
    await expect.poll(() => upstreams.state()[0].healthy).toBe(true);
    const asked = fallback.received.length;
    expect(await addressFor(upstreams)).toBe('192.0.2.1');
    expect(fallback.received.length).toBe(asked);
  });

  test('a question waits a moment for one that is just restarting', async () => {
    const server = await serverOf('192.0.2.1');
    const upstreams = upstreamsOf({ upstreams: [at(server)], budget: 2000 });
    await addressFor(upstreams);
    await server.stop();
    const asked = addressFor(upstreams);
    await expect.poll(() => upstreams.state()[0].failures).toBe(1);
    await server.start();
    expect(await asked).toBe('192.0.2.1');
  });

  test('questions fail in words, and the first one after they are back is answered', async () => {
    const [first, second] = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2')];
    const upstreams = upstreamsOf({ upstreams: [at(first), at(second)], budget: 200 });
    await Promise.all([first.stop(), second.stop()]);
    for (let i = 0; i < 4; i++) await expect(ask(upstreams)).rejects.toThrow(/refuses the connection/);
    expect(upstreams.state().map(({ healthy }) => healthy)).toEqual([false, false]);
    await second.start();
    await first.start();
    expect(await addressFor(upstreams)).toMatch(/^192\.0\.2\.[12]$/);
  });

  test('none at all is said in words', async () => {
    await expect(ask(upstreamsOf({}))).rejects.toThrow('No upstream is set; add one in the DNS settings.');
  });
});

describe('conditional forwarding', () => {
  test('sends names at and below a domain to its own upstreams, the longest domain first', async () => {
    const servers = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2'), await serverOf('192.0.2.3')];
    const [general, lan, kitchen] = servers;
    const conditional = [
      { domain: 'Lan', to: [at(lan)] },
      { domain: 'kitchen.lan', to: [at(kitchen)] },
      { domain: '168.192.in-addr.arpa', to: [at(lan)] },
    ];
    const upstreams = upstreamsOf({ upstreams: [at(general)], conditional });
    const expected = {
      'www.example.com': '192.0.2.1',
      lan: '192.0.2.2',
      'Phone.LAN': '192.0.2.2',
      wlan: '192.0.2.1',
      'phone.lan.example': '192.0.2.1',
      'toaster.kitchen.lan': '192.0.2.3',
      'kitchen.lan': '192.0.2.3',
      'xkitchen.lan': '192.0.2.2',
      // A label that holds what looks like the domain, length octet and all.
      'x\\003lan': '192.0.2.1',
      '5.1.168.192.in-addr.arpa': '192.0.2.2',
    };
    for (const [name, address] of Object.entries(expected)) {
      expect([name, await addressFor(upstreams, name)]).toEqual([name, address]);
    }
  });

  test('never tells anybody else about these names, even if their upstream is gone', async () => {
    const [general, lan] = [await serverOf('192.0.2.1'), await serverOf('192.0.2.2')];
    const conditional = [{ domain: 'lan', to: [at(lan)] }];
    const upstreams = upstreamsOf({ upstreams: [at(general)], fallback: [at(general)], conditional, budget: 200 });
    lan.behaviour = silent;
    await expect(ask(upstreams, 'phone.lan')).rejects.toThrow(/no answer/);
    lan.behaviour = refusing(REFUSED);
    expect(rcodeOf(await ask(upstreams, 'phone.lan'))).toBe(REFUSED);
    expect(general.received).toEqual([]);
  });
});

describe('an upstream given by host name', () => {
  const name = 'dns.test.home.arpa';

  test('is found through the bootstrap server, once', async () => {
    const certificate = certificateFor(`DNS:${name}`);
    const secure = new TlsServer(certificate);
    await secure.start();
    stops.push(() => secure.stop());
    const bootstrap = await serverOf('127.0.0.1');
    bootstrap.behaviour = ({ message, reply }) =>
      reply(answer(message, questionType(message) === 1 ? ['127.0.0.1'] : []));
    const upstreams = upstreamsOf({
      upstreams: [{ protocol: 'tls', name, port: secure.port, ca: certificate.cert }],
      bootstrap: [{ address: '127.0.0.1', port: bootstrap.port }],
      budget: 3000,
    });
    expect(await addressFor(upstreams)).toBe('192.0.2.1');
    for (const socket of secure.connections) socket.destroy();
    expect(await addressFor(upstreams)).toBe('192.0.2.1');
    expect(secure.handshakes.map((handshake) => handshake.name)).toEqual([name, name]);
    expect(bootstrap.received.map(({ message }) => spelledName(message).toLowerCase())).toEqual([name, name]);
    expect(bootstrap.received.map(({ message }) => questionType(message)).sort()).toEqual([1, 28]);
  });

  test('whom no bootstrap server knows fails in words', async () => {
    const bootstrap = await serverOf('127.0.0.1');
    bootstrap.behaviour = refusing(3);
    const upstreams = upstreamsOf({
      upstreams: [{ protocol: 'tls', name, port: 853 }],
      bootstrap: [{ address: '127.0.0.1', port: bootstrap.port }],
    });
    await expect(ask(upstreams)).rejects.toThrow(`No bootstrap server knows the address of ${name}`);
  });
});

describe('the state of upstreams', () => {
  test('names each once, as its owner wrote it', () => {
    const quad9 = { address: '9.9.9.9', name: 'dns.quad9.net' };
    const upstreams = upstreamsOf({
      upstreams: [
        { protocol: 'udp', address: '9.9.9.9', port: 53 },
        { protocol: 'udp', address: '127.0.0.1', port: 5399 },
        { protocol: 'udp', address: 'fd00::1', port: 5399 },
        { protocol: 'tcp', address: '9.9.9.9', port: 53 },
        { protocol: 'tls', ...quad9, port: 853 },
        { protocol: 'https', ...quad9, port: 443, path: '/dns-query' },
      ],
      fallback: [{ protocol: 'udp', address: '9.9.9.9', port: 53 }],
    });
    expect(upstreams.state().map(({ label }) => label)).toEqual([
      '9.9.9.9',
      'udp://127.0.0.1:5399',
      'udp://[fd00::1]:5399',
      'tcp://9.9.9.9',
      'tls://9.9.9.9#dns.quad9.net',
      'https://dns.quad9.net/dns-query#9.9.9.9',
    ]);
  });
});

describe('a server that knows no EDNS', () => {
  const hasOpt = (message: Uint8Array) => message[11] === 1;

  test.each([1, 4])('and answers it with rcode %i is asked again without, and from then on', async (rcode) => {
    const old = await new Server(({ message, reply }) =>
      reply(hasOpt(message) ? answer(message, [], rcode) : answer(message, ['10.0.0.1'])),
    ).start();
    stops.push(() => old.stop());
    const clock = adjustableClock();
    for (const protocol of ['udp', 'tcp'] as const) {
      old.received.length = 0;
      const upstreams = upstreamsOf({ upstreams: [{ ...at(old), protocol }] }, clock);
      expect(await addressFor(upstreams)).toBe('10.0.0.1');
      expect(await addressFor(upstreams, 'b.example')).toBe('10.0.0.1');
      expect(old.received.map(({ message }) => hasOpt(message))).toEqual([true, false, false]);
      expect(upstreams.state()[0]).toMatchObject({ healthy: true, failures: 0 });
      clock.forward(3_700_000);
      expect(await addressFor(upstreams, 'c.example')).toBe('10.0.0.1');
      expect(hasOpt(old.received[3].message)).toBe(true);
    }
  });

  test('is told from one that refuses the question itself', async () => {
    const strict = await new Server(refusing(1)).start();
    stops.push(() => strict.stop());
    const upstreams = upstreamsOf({ upstreams: [at(strict)] });
    expect(rcodeOf(await ask(upstreams))).toBe(1);
    expect(rcodeOf(await ask(upstreams, 'b.example'))).toBe(1);
    expect(strict.received.map(({ message }) => hasOpt(message))).toEqual([true, false, true, false]);
  });
});
