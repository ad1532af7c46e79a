/**
 * Measures the record on both stores: `node test/bench/record.ts [size|questions|flood] [days or seconds]`.
 * size: bytes per attempt of a busy household's month, flushed every half second. questions: how long the page's
 * questions take on ten million attempts. flood: 100,000 attempts a second into Redis.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptBatch } from '../../resolver/between/attempt-batch.ts';
import { openStore } from '../../resolver/control/store/open.ts';
import type { Store } from '../../resolver/control/store/store.ts';
import { batchFrom } from '../batch-from.ts';
import { RedisServer } from '../contract/redis-servers.ts';
import { busyHousehold, knownNames } from './household.ts';

const hour = 3_600_000;
const from = Date.UTC(2026, 4, 1);

interface Place {
  readonly name: string;
  readonly url: string;
  readonly dataDir: string;
  bytes(): Promise<number>;
  stop(): Promise<void>;
}

async function places(): Promise<Place[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quell-bench-'));
  const server = await RedisServer.create();
  const empty = await memory(server);
  return [
    {
      name: 'SQLite',
      url: 'sqlite',
      dataDir,
      bytes: async () => readdirSync(dataDir).reduce((sum, file) => sum + statSync(join(dataDir, file)).size, 0),
      stop: async () => rmSync(dataDir, { recursive: true }),
    },
    {
      name: 'Redis',
      url: `redis://127.0.0.1:${server.port}`,
      dataDir,
      bytes: async () => (await memory(server)) - empty,
      stop: () => server.stop(),
    },
  ];
}

const memory = async (server: RedisServer) => Number(/used_memory:(\d+)/.exec(await server.cli('info', 'memory'))?.[1]);

async function fill(store: Store, clock: { now: number }, batches: Iterable<AttemptBatch>) {
  let attempts = 0;
  let flushes = 0;
  for (const batch of batches) {
    clock.now = batch.lastAt!;
    await store.record.append(batch, clock.now);
    attempts += batch.length;
    flushes++;
  }
  clock.now += hour;
  await store.record.compact();
  return { attempts, flushes };
}

async function size(days: number): Promise<void> {
  const table = [];
  for (const place of await places()) {
    const clock = { now: from };
    const store = await openStore(place.url, { dataDir: place.dataDir, now: () => clock.now });
    await store.start();
    const cpu = process.cpuUsage();
    const written = bytesWritten();
    const began = performance.now();
    const month = busyHousehold({ from, days, devices: 10, attempts: days * 100_000, flushEvery: 500 });
    const { attempts, flushes } = await fill(store, clock, month);
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const perDay = (bytesWritten() - written) / days / 1e6;
    await store.stop();
    table.push({
      store: place.name,
      attempts,
      'per flush': (attempts / flushes).toFixed(1),
      'bytes/attempt': ((await place.bytes()) / attempts).toFixed(2),
      'CPU µs/attempt (writer and generator)': ((user + system) / attempts).toFixed(1),
      seconds: seconds.toFixed(0),
      'MB written a day': place.name === 'SQLite' ? perDay.toFixed(0) : '',
    });
    await place.stop();
  }
  console.table(table);
}

/** What this process has handed to write(), which for SQLite is what the card must take at most. */
const bytesWritten = () => Number(/wchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

async function questions(days: number): Promise<void> {
  const table = [];
  for (const place of await places()) {
    const clock = { now: from };
    const open = async () => {
      const store = await openStore(place.url, { dataDir: place.dataDir, now: () => clock.now });
      const began = performance.now();
      await store.start();
      return { store, took: performance.now() - began };
    };
    const first = await open();
    const attempts = Math.round((days * 10_000_000) / 30);
    const filled = await fill(
      first.store,
      clock,
      busyHousehold({ from, days, devices: 10, attempts, flushEvery: 60_000 }),
    );
    await first.store.stop();
    const { store, took } = await open();
    const devices = (await store.record.summary({ from, to: clock.now, by: 'device' })).buckets.map(({ key }) =>
      String(key),
    );
    const names = knownNames();
    const any = <Item>(items: readonly Item[], i: number): Item => items[(i * 7919) % items.length];
    const span = (i: number) => {
      const to = clock.now - ((i * 37) % Math.max(1, days * 24 - 30)) * hour;
      return { from: to - 24 * hour, to };
    };
    const asked: Record<string, (i: number) => Promise<unknown>> = {
      'log page: device × purpose × 24 h': (i) =>
        store.record.attempts({ device: any(devices, i), purpose: any(names, i).purpose, ...span(i), limit: 100 }),
      'log page: everyone, newest': () => store.record.attempts({ limit: 100 }),
      'log page: one name, any time': (i) =>
        store.record.attempts({ domain: names[names.length - 1 - (i % 20)].domain, limit: 100 }),
      'day timeline of a device': (i) => store.record.timeline({ device: any(devices, i), ...span(i), step: 'hour' }),
      'day summary of a device': (i) => store.record.summary({ device: any(devices, i), ...span(i), by: 'purpose' }),
      'top domains of the month': () => store.record.summary({ from, to: clock.now, by: 'domain', limit: 20 }),
      'first seen': (i) => store.record.firstSeen(any(names, i).domain),
    };
    for (const [question, ask] of Object.entries(asked)) {
      const times: number[] = [];
      for (let i = 0; i < 100; i++) {
        const began = performance.now();
        await ask(i);
        times.push(performance.now() - began);
      }
      times.sort((a, b) => a - b);
      table.push({ store: place.name, question, 'p50 ms': times[50].toFixed(1), 'p95 ms': times[95].toFixed(1) });
    }
    table.push({
      store: place.name,
      question: `start on ${filled.attempts} attempts (empty: ${first.took.toFixed(0)} ms)`,
      'p50 ms': took.toFixed(1),
    });
    await store.stop();
    await place.stop();
  }
  console.table(table);
}

async function flood(seconds: number): Promise<void> {
  const server = await RedisServer.create();
  const store = await openStore(`redis://127.0.0.1:${server.port}`, { dataDir: tmpdir() });
  await store.start();
  const names = knownNames();
  const began = performance.now();
  const cpu = process.cpuUsage();
  let slowest = 0;
  for (let sequence = 1; sequence <= seconds * 100; sequence++) {
    const now = Date.now();
    const attempts = Array.from({ length: 1000 }, (_, i) => ({
      at: now - 10 + Math.floor(i / 100),
      device: `phone${i % 10}`,
      domain: names[(i * 31 + sequence) % names.length].domain,
      qtype: 1 + (i % 3),
      outcome: 'blocked' as const,
      purpose: names[(i * 31 + sequence) % names.length].purpose,
      reason: 'list:l_4f8a1c',
    }));
    const sent = performance.now();
    await store.record.append(batchFrom({ boot: 'flood', sequence, attempts }), now);
    slowest = Math.max(slowest, performance.now() - sent);
    const ahead = sequence * 10 - (performance.now() - began);
    if (ahead > 1) await new Promise((resolve) => setTimeout(resolve, ahead));
  }
  const took = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const stored = await store.record.summary({ from: Date.now() - 2 * hour, to: Date.now() + hour, by: 'device' });
  const info = await server.cli('info', 'cpu');
  const redisCpu = ['user', 'sys'].reduce(
    (sum, kind) => sum + Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(info)?.[1]),
    0,
  );
  const attempts = seconds * 100_000;
  console.table([
    {
      attempts,
      stored: stored.totals.blocked,
      'attempts/s': (attempts / took).toFixed(0),
      'slowest append ms': slowest.toFixed(0),
      'CPU µs/attempt (with generator)': ((user + system) / attempts).toFixed(2),
      'Redis CPU µs/attempt': ((redisCpu * 1e6) / attempts).toFixed(2),
    },
  ]);
  await store.stop();
  await server.stop();
}

const [what, amount] = process.argv.slice(2);
if (!what || what === 'size') await size(Number(amount ?? 30));
if (!what || what === 'questions') await questions(Number(amount ?? 30));
if (!what || what === 'flood') await flood(Number(amount ?? 60));
