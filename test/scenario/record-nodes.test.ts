import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { contentsOf } from '../contract/backends.ts';
import { RedisServer } from '../contract/redis-servers.ts';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

const TELEMETRY = 'data.mistat.xiaomi.com';

interface State {
  readonly nodes: readonly { readonly name: string; readonly state: string }[];
  readonly notices: readonly { readonly id: string; readonly sentence: string }[];
  readonly store: { readonly reachable: boolean };
}
interface Rule {
  readonly id: string;
  readonly comment?: string;
}

let internet: FakeInternet;
let server: RedisServer;
let kitchen: Quell;
let attic: Quell;
const started: Quell[] = [];

const startNode = async (name: string, dataDir?: string): Promise<Quell> => {
  const quell = await Quell.start({
    dataDir,
    env: {
      QUELL_UPSTREAMS: internet.address,
      QUELL_STORE: `redis://127.0.0.1:${server.port}`,
      QUELL_NODE_NAME: name,
    },
  });
  started.push(quell);
  return quell;
};

beforeAll(async () => {
  internet = await new FakeInternet().start();
  server = await RedisServer.create('--appendonly', 'yes');
  kitchen = await startNode('kitchen');
  attic = await startNode('attic');
});
afterEach(async () => {
  for (const { id } of await rulesOn(kitchen)) await kitchen.api('DELETE', `/rules/${id}`);
});
afterAll(async () => {
  for (const quell of started) await quell.stop();
  await server.stop();
  await internet.stop();
});

const state = (quell: Quell) => quell.api<State>('GET', '/state');
const rulesOn = async (quell: Quell) => (await quell.api<{ rules: Rule[] }>('GET', '/rules')).rules;
const allow = (domain: string) => ({
  scope: { kind: 'everyone' },
  target: { kind: 'domain', value: domain },
  action: 'allow',
});

describe('two resolvers on one Redis', () => {
  it('are of one household: a change on one is in force on the other within a second', async () => {
    for (const [one, other] of [
      [kitchen, attic],
      [attic, kitchen],
    ]) {
      expect(await other.dig(TELEMETRY)).toEqual(['0.0.0.0']);
      const { id } = await one.api<Rule>('POST', '/rules', allow(TELEMETRY));
      await other.eventually(async () => (await other.dig(TELEMETRY))[0] === '198.51.100.7', 1000);
      await one.api('DELETE', `/rules/${id}`);
      await other.eventually(async () => (await other.dig(TELEMETRY))[0] === '0.0.0.0', 1000);
    }
  });

  it('lose no edit when both are asked to change things at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? kitchen : attic).api<Rule>('POST', '/rules', allow(`n${i}.example`)),
      ),
    );
    const { id } = made[0];
    const edits = await Promise.all([
      kitchen.fetch('PATCH', `/rules/${id}`, { comment: 'from the kitchen' }),
      attic.fetch('PATCH', `/rules/${id}`, { comment: 'from the attic' }),
    ]);
    for (const { status } of edits) expect([200, 409]).toContain(status);
    expect(edits.some(({ status }) => status === 200)).toBe(true);
    await attic.eventually(async () => {
      const [here, there] = await Promise.all([rulesOn(kitchen), rulesOn(attic)]);
      return here.length === 20 && JSON.stringify(inOrder(here)) === JSON.stringify(inOrder(there));
    });
  });

  it('refuse the later of two edits of one thing that were made over the same state', async () => {
    const made = await kitchen.fetch('POST', '/rules', allow('both.example'));
    const { id } = (await made.json()) as Rule;
    const seen = made.headers.get('etag')!;
    await attic.eventually(async () => (await attic.fetch('GET', `/rules/${id}`)).headers.get('etag') === seen);
    const edit = (quell: Quell, comment: string) =>
      quell.fetch('PATCH', `/rules/${id}`, { comment }, { 'If-Match': seen });
    const edits = await Promise.all([edit(kitchen, 'from the kitchen'), edit(attic, 'from the attic')]);
    expect(edits.map(({ status }) => status).sort()).toEqual([200, 412]);
    const comment = edits[0].ok ? 'from the kitchen' : 'from the attic';
    for (const quell of [kitchen, attic]) {
      await quell.eventually(async () => (await rulesOn(quell)).find((rule) => rule.id === id)?.comment === comment);
    }
  });

  it('know of each other, and say when one is silent', async () => {
    const cellar = await startNode('cellar');
    const nodes = async () => (await state(kitchen)).nodes.map((node) => `${node.name} ${node.state}`);
    await kitchen.eventually(async () => (await nodes()).includes('cellar answering'));
    expect(await nodes()).toEqual(['kitchen answering', 'attic answering', 'cellar answering']);
    await cellar.kill();
    await kitchen.eventually(async () => (await nodes()).includes('cellar silent'), 15_000);
    const { notices } = await state(kitchen);
    expect(notices.find(({ id }) => id === 'node-silent')?.sentence).toMatch(
      /^The resolver “cellar” was last heard of less than a minute ago;/,
    );
    const again = await startNode('cellar');
    await kitchen.eventually(async () => (await nodes()).join().endsWith(',cellar answering'), 15_000);
    await again.stop();
    await kitchen.eventually(async () => (await nodes()).length === 2);
  });

  it('show each other’s attempts to who follows them live, and record all of them once', async () => {
    const response = await kitchen.fetch('GET', '/attempts/stream');
    const seen = new Set<string>();
    const reading = (async () => {
      for await (const chunk of response.body!) {
        for (const [, domain] of Buffer.from(chunk as Uint8Array)
          .toString()
          .matchAll(/"domain":"([^"]+)"/g))
          seen.add(domain);
      }
    })().catch(() => {});
    let asked = 0;
    await attic.eventually(async () => {
      await attic.dig(`a${asked++}.${TELEMETRY}`);
      return [...seen].some((domain) => domain.startsWith('a'));
    }, 15_000);
    await kitchen.dig(`k.${TELEMETRY}`);
    await kitchen.eventually(async () => seen.has(`k.${TELEMETRY}`));
    void response.body?.cancel().catch(() => {});
    await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, 100))]);
    await kitchen.eventually(async () => {
      const page = await kitchen.api<{ attempts: { domain: string; count: number }[] }>(
        'GET',
        `/attempts?domain=*.${TELEMETRY}&limit=1000`,
      );
      const mine = page.attempts.filter(({ domain }) => /^[ak]\d*\./.test(domain));
      return mine.length === asked + 1 && mine.every(({ count }) => count === 1);
    });
  });

  it('forget a device for the one that was off, too, and had attempts of it on its disk', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'quell-loft-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const journal = async () => (await readdir(join(dataDir, 'journal'))).length;
    const from = '127.0.0.77';
    const loft = await startNode('loft', dataDir);
    await loft.dig(`early.${TELEMETRY}`, 'A', { from });
    const id = await kitchen.eventually(async () => {
      const path = `/attempts?domain=early.${TELEMETRY}`;
      const { attempts } = await kitchen.api<{ attempts: { device: string }[] }>('GET', path);
      return attempts[0]?.device.startsWith('d_') && attempts[0].device;
    });
    await server.kill();
    await loft.dig(`late.${TELEMETRY}`, 'A', { from });
    await loft.eventually(async () => (await journal()) > 0);
    await loft.kill();
    await server.start();
    await kitchen.eventually(async () => (await kitchen.fetch('DELETE', `/devices/${id}`)).status === 204, 10_000);
    const again = await startNode('loft', dataDir);
    await again.eventually(async () => (await journal()) === 0, 10_000);
    await again.stop();
    const contents = await contentsOf(server);
    for (const trace of [id, `early.${TELEMETRY}`, `late.${TELEMETRY}`])
      expect(contents.includes(trace), trace).toBe(false);
    const files = await readdir(dataDir, { recursive: true, withFileTypes: true });
    for (const file of files.filter((each) => each.isFile())) {
      const text = await readFile(join(file.parentPath, file.name), 'latin1');
      for (const trace of [id, `late.${TELEMETRY}`]) expect(text.includes(trace), `${file.name}: ${trace}`).toBe(false);
    }
  });

  it('answer by what they know while Redis is gone, say so, and are one again when it is back', async () => {
    const { id } = await kitchen.api<Rule>('POST', '/rules', allow(`known.${TELEMETRY}`));
    await attic.eventually(async () => (await attic.dig(`known.${TELEMETRY}`))[0] === '198.51.100.7', 1000);
    await server.kill();
    for (const quell of [kitchen, attic]) {
      await quell.eventually(
        async () => (await state(quell)).notices.some((notice) => notice.id === 'store-away'),
        5000,
      );
      expect((await state(quell)).store.reachable).toBe(false);
      expect(await quell.dig(`known.${TELEMETRY}`)).toEqual(['198.51.100.7']);
      expect(await quell.dig(TELEMETRY)).toEqual(['0.0.0.0']);
      const began = performance.now();
      const refused = await quell.fetch('POST', '/rules', allow('late.example'));
      expect(refused.status).toBe(503);
      expect(performance.now() - began).toBeLessThan(1000);
    }
    await server.start();
    await kitchen.eventually(async () => (await kitchen.fetch('DELETE', `/rules/${id}`)).ok, 5000);
    await attic.eventually(async () => (await attic.dig(`known.${TELEMETRY}`))[0] === '0.0.0.0', 5000);
    for (const quell of [kitchen, attic]) {
      await quell.eventually(async () => (await state(quell)).store.reachable);
    }
  });
});

const inOrder = (rules: readonly Rule[]) => [...rules].sort((a, b) => a.id.localeCompare(b.id));
