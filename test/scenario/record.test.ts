import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { backends } from '../contract/backends.ts';
import { freePort, RedisServer } from '../contract/redis-servers.ts';
import { ControlThread } from './control-thread.ts';
import { Quell, type QuellOptions } from './quell.ts';
import { FakeInternet } from './upstream.ts';

const TELEMETRY = 'data.mistat.xiaomi.com';

let internet: FakeInternet;
beforeAll(async () => {
  internet = await new FakeInternet().start();
});
afterAll(() => internet.stop());

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function redis(): Promise<{ server: RedisServer; url: string }> {
  const server = await RedisServer.create('--appendonly', 'yes', '--appendfsync', 'always');
  undo.push(() => server.stop());
  return { server, url: `redis://127.0.0.1:${server.port}` };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'quell-record-'));
  undo.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

const start = (env: Record<string, string>, more: QuellOptions = {}) =>
  Quell.start({ ...more, env: { QUELL_UPSTREAMS: internet.address, ...env } });

interface Attempts {
  readonly attempts: readonly { readonly domain: string; readonly count: number; readonly device: string }[];
}

const domainsOn = async (quell: Quell, filter = '') =>
  (await quell.api<Attempts>('GET', `/attempts?limit=1000${filter}`)).attempts
    .flatMap(({ domain, count }) => Array.from({ length: count }, () => domain))
    .sort();

describe('attempts on a Redis', () => {
  it('are there, and are read back by a Quell that was started anew', async () => {
    const { server, url } = await redis();
    const dataDir = await folder();
    const names = Array.from({ length: 5 }, (_, i) => `n${i}.${TELEMETRY}`);
    {
      await using quell = await start({ QUELL_STORE: url }, { dataDir });
      for (const name of names) await quell.dig(name);
      await quell.eventually(async () => (await domainsOn(quell)).length === names.length);
    }
    expect((await server.cli('--scan', '--pattern', 'quell:{home}:*')).split('\n')).toEqual(
      expect.arrayContaining(['quell:{home}:boots', 'quell:{home}:devices', 'quell:{home}:documents']),
    );
    const [device] = (await server.cli('smembers', 'quell:{home}:devices')).split('\n');
    const words = await server.cli('lrange', `quell:{home}:words:${device}`, '0', '-1');
    for (const name of names) expect(words).toContain(name);
    await using again = await start({ QUELL_STORE: url }, { dataDir });
    expect(await domainsOn(again)).toEqual(names);
  });

  it('do not keep the page waiting when Redis is away, and are there when it comes', async () => {
    const { server, url } = await redis();
    await server.kill();
    const began = performance.now();
    await using quell = await start({ QUELL_STORE: url });
    expect(performance.now() - began).toBeLessThan(3000);
    expect(quell.lines.join('\n')).toContain('does not answer; start it or set QUELL_STORE=sqlite.');
    expect(await quell.dig(TELEMETRY)).toEqual(['0.0.0.0']);
    await server.start();
    // The password of the configuration can be set from now on, and with it people come in.
    await quell.eventually(async () => (await domainsOn(quell).catch(() => [])).length === 1, 10_000);
  });

  it('are there once each after control was killed while the store stood still', async () => {
    const { server, url } = await redis();
    const page = `127.0.0.1:${await freePort()}`;
    const nodeOptions = ['--inspect=127.0.0.1:0'];
    await using quell = await start({ QUELL_STORE: url, QUELL_HTTP_LISTEN: page }, { nodeOptions });
    const control = await ControlThread.of(quell);
    server.pause();
    const names = Array.from({ length: 40 }, (_, i) => `k${i}.${TELEMETRY}`);
    for (const name of names.slice(0, 20)) await quell.dig(name);
    control.run('process.exit(1)');
    await quell.said(/^Control ended/);
    for (const name of names.slice(20)) await quell.dig(name);
    control.close();
    server.resume();
    await quell.eventually(async () => (await domainsOn(quell).catch(() => [])).length >= names.length, 20_000);
    expect(await domainsOn(quell)).toEqual([...names].sort());
  });
});

it('what answering sends while control hangs for longer than it is sent anything is recorded later, once', async () => {
  await using quell = await start({}, { nodeOptions: ['--inspect=127.0.0.1:0'] });
  const control = await ControlThread.of(quell);
  const names = Array.from({ length: 30 }, (_, i) => `h${i}.${TELEMETRY}`);
  await quell.dig(names[0]);
  await quell.eventually(async () => (await domainsOn(quell)).length === 1);
  control.run('{ const end = Date.now() + 9000; while (Date.now() < end); }');
  const end = performance.now() + 8000;
  for (const name of names.slice(1)) {
    await quell.dig(name);
    await new Promise((resolve) => setTimeout(resolve, Math.min(250, Math.max(0, end - performance.now()))));
  }
  control.close();
  await quell.eventually(async () => (await domainsOn(quell).catch(() => [])).length >= names.length, 25_000);
  expect(await domainsOn(quell)).toEqual([...names].sort());
}, 60_000);

describe.each(['SQLite', 'Redis'] as const)('a forgotten device on %s', (kind) => {
  it('leaves nothing in the store, nor in any file', async () => {
    const backend = await backends[kind]();
    undo.push(() => backend.stop());
    const dataDir = await folder();
    const quell = await start(kind === 'SQLite' ? {} : { QUELL_STORE: backend.url }, { dataDir });
    onTestFinished(() => quell.stop());
    const secret = `secret.${TELEMETRY}`;
    await quell.dig(secret, 'A', { from: '127.0.0.9' });
    await quell.dig(`other.${TELEMETRY}`, 'A', { from: '127.0.0.8' });
    const id = await quell.eventually(async () => {
      const { attempts } = await quell.api<Attempts>('GET', `/attempts?domain=${secret}`);
      return attempts[0]?.device.startsWith('d_') && attempts[0].device;
    });
    await quell.api('PATCH', `/devices/${id}`, { name: 'Name of the forgotten' });
    await quell.api('DELETE', `/devices/${id}`);
    expect(await domainsOn(quell, `&device=${id}`)).toEqual([]);
    expect(await domainsOn(quell)).toEqual([`other.${TELEMETRY}`]);
    await quell.stop();
    const kept = `${await everything(dataDir)}\n${kind === 'Redis' ? await backend.contents() : ''}`;
    expect(kept).toContain('127.0.0.8');
    for (const trace of [id, secret, 'Name of the forgotten', '127.0.0.9'])
      expect(kept.includes(trace), trace).toBe(false);
  });
});

it('the metrics count what was asked, and how long it took', async () => {
  await using quell = await start({ QUELL_NODE_NAME: 'attic' });
  for (let i = 0; i < 64; i++) await quell.dig(TELEMETRY);
  await quell.dig('example.org');
  const expected = [
    'quell_questions_total{outcome="blocked",node="attic"} 64',
    'quell_questions_total{outcome="forwarded",node="attic"} 1',
    'quell_answer_seconds_count{by="house",node="attic"} 1',
    'quell_answer_seconds_count{by="upstream",node="attic"} 1',
    'quell_attempts_total{purpose="system-usage",blocked="yes",node="attic"} 64',
    'quell_attempts_stored_total{node="attic"} 64',
    'quell_store_away{node="attic"} 0',
  ];
  await quell.eventually(async () => {
    const lines = (await (await fetch(`${quell.page}/metrics`)).text()).split('\n');
    return expected.every((line) => lines.includes(line));
  });
});

it('the log of the service has no name that was asked for, and nobody’s address or name', async () => {
  const quell = await start({ QUELL_LOG_LEVEL: 'trace' });
  onTestFinished(() => quell.stop());
  await quell.dig(`private.${TELEMETRY}`, 'A', { from: '127.0.0.9' });
  await quell.dig('private.example.org', 'A', { from: '127.0.0.9' });
  const id = await quell.eventually(async () => {
    const { devices } = await quell.api<{ devices: { id: string; addresses: string[] }[] }>('GET', '/devices');
    return devices.find(({ addresses }) => addresses.includes('127.0.0.9'))?.id;
  });
  await quell.api('PATCH', `/devices/${id}`, { name: 'Annas phone' });
  await quell.api('POST', '/rules', {
    scope: { kind: 'device', id },
    target: { kind: 'domain', value: 'private.example.org' },
    action: 'block',
  });
  await quell.fetch('GET', `/attempts?domain=private.${TELEMETRY}&cursor=broken`);
  await quell.api('DELETE', `/devices/${id}`);
  await quell.stop();
  const log = quell.lines.join('\n');
  expect(log).toContain('The page is at');
  expect(log).not.toMatch(/private\.|127\.0\.0\.9|Annas|d_[a-z0-9]{6}/i);
  for (const line of quell.lines.filter((each) => each.startsWith('{'))) {
    expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), msg: expect.any(String) });
  }
});

async function everything(path: string): Promise<string> {
  const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
  // What is packed in them is looked for as well.
  const strings =
    files.length > 0 ? execFileSync('grep', ['-rhao', '[[:print:]]\\{6,\\}', path], { maxBuffer: 1e9 }) : '';
  return `${texts.join('\n')}\n${strings}`;
}

it.each(['SQLite', 'Redis'] as const)('the doctor looks for damage in the store, on %s', async (kind) => {
  const backend = await backends[kind]();
  undo.push(() => backend.stop());
  const dataDir = await folder();
  const env = { QUELL_STORE: backend.url };
  await using _quell = await start(env, { dataDir });
  const { stdout } = spawnSync(process.execPath, ['build/quell.js', 'doctor'], {
    env: { ...process.env, ...env, QUELL_DATA_DIR: dataDir },
    encoding: 'utf8',
  });
  expect(stdout).toMatch(
    kind === 'SQLite'
      ? /^ok {4}the store \(sqlite\): no damage found$/m
      : /^ok {4}the store \(redis\): Redis at 127\.0\.0\.1:\d+ keeps its data in memory only/m,
  );
});

it.each(['SQLite', 'Redis'] as const)(
  'of a device there is written down what the household wants, on %s',
  async (kind) => {
    const backend = await backends[kind]();
    undo.push(() => backend.stop());
    const dataDir = await folder();
    const quell = await start(kind === 'SQLite' ? {} : { QUELL_STORE: backend.url }, { dataDir });
    onTestFinished(() => quell.stop());
    const ask = (name: string) => quell.dig(name, 'A', { from: '127.0.0.9' });
    await ask(TELEMETRY);
    const id = await quell.eventually(async () => {
      const { attempts } = await quell.api<Attempts>('GET', `/attempts?domain=${TELEMETRY}`);
      return attempts[0]?.device.startsWith('d_') && attempts[0].device;
    });
    await quell.api('PATCH', `/devices/${id}`, { recording: 'nothing' });
    for (const name of [`unseen.${TELEMETRY}`, 'unseen.example.org']) await ask(name);
    // A flush later, because the counts of one are not told apart.
    await quell.dig(`other.${TELEMETRY}`, 'A', { from: '127.0.0.8' });
    await quell.eventually(async () => (await domainsOn(quell)).includes(`other.${TELEMETRY}`));
    const recordingUntil = new Date(Date.now() + 60_000).toISOString();
    await quell.api('PATCH', `/devices/${id}`, { recording: 'everything', recordingUntil });
    await ask('seen.example.org');
    await quell.eventually(async () => (await domainsOn(quell)).includes('seen.example.org'));
    expect(await domainsOn(quell, `&device=${id}`)).toEqual([TELEMETRY, 'seen.example.org']);
    const to = new Date(Date.now() + 3_600_000).toISOString();
    const { totals } = await quell.api<{ totals: object }>('GET', `/summary?by=day&device=${id}&to=${to}`);
    expect(totals).toEqual({ blocked: 1, allowed: 0, counted: 1 });
    await quell.stop();
    const kept = `${await everything(join(dataDir, kind === 'SQLite' ? '.' : 'journal'))}\n${kind === 'Redis' ? await backend.contents() : ''}`;
    expect(kept).toContain(kind === 'Redis' ? 'seen.example.org' : TELEMETRY);
    expect(kept.includes('unseen.')).toBe(false);
  },
);
