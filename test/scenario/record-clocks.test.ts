import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisServer } from '../contract/redis-servers.ts';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

const TELEMETRY = 'data.mistat.xiaomi.com';
const OTHER = 'api.ad.xiaomi.com';
const HOUR = 3_600_000;
const intoHour = (Date.now() % HOUR) / 1000;
/** Seconds by which each node's clock is ahead of the household's; one of them is still in the hour before. */
const AHEAD = { kitchen: 0, attic: 7, cellar: -Math.ceil(intoHour) - 20 };
type Name = keyof typeof AHEAD;

interface State {
  readonly now: string;
  readonly nodes: readonly { readonly name: string; readonly clockAhead: number }[];
  readonly notices: readonly { readonly id: string; readonly sentence: string }[];
}
interface Attempt {
  readonly at: string;
  readonly domain: string;
}

/** The command runs with its wall clock so many seconds ahead; the clock that never jumps stays as it is. */
const clockAhead = (seconds: number) => [
  'env',
  `LD_PRELOAD=${process.arch === 'arm64' ? '/usr/lib/aarch64-linux-gnu' : '/usr/lib/x86_64-linux-gnu'}/faketime/libfaketime.so.1`,
  'FAKETIME_DONT_FAKE_MONOTONIC=1',
  `FAKETIME=${seconds < 0 ? '' : '+'}${seconds}s`,
];

let internet: FakeInternet;
let server: RedisServer;
const nodes = {} as Record<Name, Quell>;

beforeAll(async () => {
  internet = await new FakeInternet().start();
  server = await RedisServer.create();
  const start = async ([name, ahead]: [string, number]) => {
    nodes[name as Name] = await Quell.start({
      before: clockAhead(ahead),
      env: {
        QUELL_UPSTREAMS: internet.address,
        QUELL_STORE: `redis://127.0.0.1:${server.port}`,
        QUELL_NODE_NAME: name,
      },
    });
  };
  await Promise.all(Object.entries(AHEAD).map(start));
});
afterAll(async () => {
  for (const quell of Object.values(nodes)) await quell.stop();
  await server.stop();
  await internet.stop();
});

const state = (quell: Quell) => quell.api<State>('GET', '/state');

async function everyAttempt(quell: Quell, domain: string, limit: number): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  let cursor = '';
  do {
    const page = await quell.api<{ attempts: Attempt[]; next?: string }>(
      'GET',
      `/attempts?domain=*.${domain}&limit=${limit}${cursor && `&cursor=${cursor}`}`,
    );
    attempts.push(...page.attempts);
    cursor = page.next ?? '';
  } while (cursor);
  return attempts;
}

describe('three resolvers whose clocks differ by seconds', () => {
  it('put every attempt at its time and into its hour, and whoever follows or pages misses none', async () => {
    const response = await nodes.kitchen.fetch('GET', '/attempts/stream');
    const followed = new Set<string>();
    void (async () => {
      for await (const chunk of response.body!) {
        const text = Buffer.from(chunk as Uint8Array).toString();
        for (const [, name] of text.matchAll(/"domain":"([^"]+)"/g)) followed.add(name);
      }
    })().catch(() => {});
    const times: number[] = [];
    const ask = async (quell: Quell, name: string) => {
      times.push(Date.now());
      await quell.dig(name);
    };
    // The first looks tell the others that somebody follows.
    await nodes.cellar.eventually(async () => {
      await ask(nodes.cellar, `hello.${OTHER}`);
      await ask(nodes.attic, `hello-too.${OTHER}`);
      return followed.has(`hello.${OTHER}`) && followed.has(`hello-too.${OTHER}`);
    });
    const asked = new Map<string, { from: number; to: number }>();
    for (let i = 0; i < 4; i++) {
      for (const [name, quell] of Object.entries(nodes)) {
        const from = Date.now();
        await ask(quell, `${name}${i}.${TELEMETRY}`);
        asked.set(`${name}${i}.${TELEMETRY}`, { from, to: Date.now() });
      }
    }
    const from = Math.floor(times[0] / HOUR) * HOUR;
    for (const quell of Object.values(nodes)) {
      const attempts = await quell.eventually(async () => {
        const found = await everyAttempt(quell, TELEMETRY, 5);
        return found.length >= asked.size && found;
      });
      expect(attempts.map(({ domain }) => domain).reverse()).toEqual([...asked.keys()]);
      for (const { at, domain } of attempts) {
        const { from, to } = asked.get(domain)!;
        expect(Date.parse(at), domain).toBeGreaterThan(from - 100);
        expect(Date.parse(at), domain).toBeLessThan(to + 100);
      }
      const span = `from=${new Date(from - 2 * HOUR).toISOString()}&to=${new Date(from + 2 * HOUR).toISOString()}`;
      const { buckets } = await quell.api<{ buckets: { key: string; blocked: number }[] }>(
        'GET',
        `/summary?by=hour&${span}`,
      );
      const expected = Map.groupBy(times, (at) => Math.floor(at / HOUR) * HOUR);
      const counts = buckets.map(({ key, blocked }) => [Date.parse(key), blocked]);
      expect(counts).toEqual(Array.from(expected, ([hour, those]) => [hour, those.length]));
    }
    await nodes.kitchen.eventually(async () => [...asked.keys()].every((name) => followed.has(name)));
    void response.body?.cancel().catch(() => {});
  });

  it.each(Object.keys(AHEAD) as Name[])('end what was set for a while in the %s at the same moment', async (setOn) => {
    const name = `while-${setOn}.${TELEMETRY}`;
    const end = Date.parse((await state(nodes[setOn])).now) + 4000;
    expect(Math.abs(end - 4000 - Date.now())).toBeLessThan(500);
    await nodes[setOn].api('POST', '/rules', {
      scope: { kind: 'everyone' },
      target: { kind: 'domain', value: name },
      action: 'allow',
      until: new Date(end).toISOString(),
    });
    const endedAt = async (quell: Quell) => {
      await quell.eventually(async () => (await quell.dig(name))[0] === '198.51.100.7', 1500);
      await quell.eventually(async () => (await quell.dig(name))[0] === '0.0.0.0', 8000);
      return Date.now();
    };
    const ends = await Promise.all(Object.values(nodes).map(endedAt));
    // Seen by asking, and so a little later.
    for (const at of ends) {
      expect(at - end).toBeGreaterThan(-300);
      expect(at - end).toBeLessThan(2000);
    }
  });

  it('say whose clock is off, and by how much', async () => {
    const { nodes: seen, notices } = await nodes.kitchen.eventually(async () => {
      const now = await state(nodes.kitchen);
      return now.nodes.length === 3 && now;
    });
    for (const { name, clockAhead } of seen) expect(Math.abs(clockAhead - AHEAD[name as Name])).toBeLessThan(0.5);
    const sentences = notices.filter(({ id }) => id === 'node-clock').map(({ sentence }) => sentence);
    expect(sentences.sort()).toEqual([
      'The clock of the resolver “attic” is 7 s ahead; Quell allows for it.',
      expect.stringMatching(/^The clock of the resolver “cellar” is \d+ (s|minutes) behind; Quell allows for it\.$/),
    ]);
  });
});
