import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { Recorder } from '../../resolver/control/record/recorder.ts';
import { openStore } from '../../resolver/control/store/open.ts';
import type { Store } from '../../resolver/control/store/store.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { expectAllOnce, MarkedLoad, marksIn } from './marked-load.ts';
import { RedisServer, startCluster, startSentinel, until } from './redis-servers.ts';

/** Undone after each test, last first. */
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'quell-faults-'));
  undo.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function serving(server: RedisServer): RedisServer {
  undo.push(() => server.stop());
  return server;
}

async function start(url: string, options: { dataDir?: string; journal?: string; journalLimit?: number } = {}) {
  const store = await openStore(url, { dataDir: options.dataDir ?? '' });
  await store.start();
  undo.push(() => store.stop());
  return { store, recorder: recorderOn(store, options.journal ?? folder(), options.journalLimit) };
}

function recorderOn(store: Store, journal: string, journalLimit?: number): Recorder {
  const said: string[] = [];
  const recorder = new Recorder({
    record: store.record,
    folder: journal,
    now: Date.now,
    log: { warn: (message) => said.push(message), info: (message) => said.push(message) },
    keep: () => ({ attemptsDays: 30, rollupDays: 400, fullLoggingHours: 24 }),
    journalLimit,
  });
  recorder.start();
  undo.push(() => recorder.stop());
  return recorder;
}

const isAway = (recorder: Recorder) => recorder.stats().away !== undefined;
const durable = ['--appendonly', 'yes', '--appendfsync', 'everysec'];

describe('no attempt is missing and none is there twice', () => {
  test('when Redis stands still for a minute under load and goes on', async () => {
    const server = serving(await RedisServer.create());
    const { store, recorder } = await start(`redis://127.0.0.1:${server.port}`);
    const load = new MarkedLoad(recorder);
    await load.during(async () => {
      server.pause();
      await until(() => isAway(recorder));
      expect(recorder.stats().journal.bytes).toBeGreaterThan(0);
      expect(recorder.stats().away).toMatch(
        /^Redis at 127\.0\.0\.1:\d+ does not answer; start it or set QUELL_STORE=sqlite\.$/,
      );
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      server.resume();
    });
    await expectAllOnce(recorder, store.record, load);
  }, 150_000);

  test('when Redis is killed and started again', async () => {
    const server = serving(await RedisServer.create(...durable));
    const { store, recorder } = await start(`redis://127.0.0.1:${server.port}`);
    const load = new MarkedLoad(recorder);
    await load.during(async () => {
      for (let i = 0; i < 2; i++) {
        await server.kill();
        await until(() => isAway(recorder));
        await server.start();
        await until(() => !isAway(recorder));
      }
    });
    await expectAllOnce(recorder, store.record, load);
  });

  test('when Redis comes back without anything it had', async () => {
    const server = serving(await RedisServer.create());
    const { store, recorder } = await start(`redis://127.0.0.1:${server.port}`);
    const load = new MarkedLoad(recorder);
    await load.during(async () => {
      await server.kill();
      await server.start();
    });
    await expectAllOnce(recorder, store.record, load);
  });

  test('when connections are cut in the middle of replies', async () => {
    const server = serving(await RedisServer.create());
    const proxy = await CuttingProxy.to(server.port);
    undo.push(() => proxy.stop());
    const { store, recorder } = await start(`redis://127.0.0.1:${proxy.port}`);
    const load = new MarkedLoad(recorder);
    await load.during(async () => {
      for (let cut = 1; cut <= 12; cut++) {
        const then = recorder.stats().stored;
        await until(() => recorder.stats().stored > then);
        proxy.cutNextReply();
        await until(() => proxy.cuts === cut);
      }
    });
    await expectAllOnce(recorder, store.record, load);
  });

  test('when a Sentinel master dies and its replica has not heard the last of it', async () => {
    const { master, replica, sentinel } = await startSentinel();
    for (const server of [master, replica, sentinel]) serving(server);
    const { store, recorder } = await start(`redis+sentinel://127.0.0.1:${sentinel.port}/home`);
    const load = new MarkedLoad(recorder);
    await load.during(async () => {
      replica.pause();
      const then = recorder.stats().stored;
      await until(() => recorder.stats().stored > then + 500);
      await master.kill();
      replica.resume();
      await until(() => isAway(recorder));
      await until(() => !isAway(recorder));
      expect(await replica.cli('info', 'replication')).toContain('role:master');
    });
    await expectAllOnce(recorder, store.record, load);
  });

  test('when the Cluster node that has the household dies and comes back', async () => {
    const nodes = await startCluster(3);
    for (const node of nodes) serving(node);
    const { store, recorder } = await start(`redis+cluster://127.0.0.1:${nodes[0].port}`);
    const load = new MarkedLoad(recorder);
    await load.during(async () => {
      await until(() => recorder.stats().stored > 0);
      const sizes = await Promise.all(nodes.map((node) => node.cli('dbsize')));
      const owner = nodes[sizes.findIndex((size) => Number(size) > 0)];
      await owner.kill();
      await until(() => isAway(recorder));
      await owner.start();
      await until(() => !isAway(recorder));
    });
    await expectAllOnce(recorder, store.record, load);
  });

  test('when another program locks the SQLite file', async () => {
    const dataDir = folder();
    const { store, recorder } = await start('sqlite', { dataDir });
    const load = new MarkedLoad(recorder);
    await load.during(async () => {
      const other = new DatabaseSync(join(dataDir, 'quell.db'));
      other.exec('BEGIN IMMEDIATE');
      await until(() => recorder.stats().journal.bytes > 0);
      expect(recorder.stats().away).toMatch(/quell\.db is locked by another program; close that program\.$/);
      other.exec('ROLLBACK');
      other.close();
    });
    await expectAllOnce(recorder, store.record, load);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'when the disk of the journal is full (needs root, to mount a small one)',
    async () => {
      const journal = folder();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', journal]);
      undo.push(() => execFileSync('umount', [journal]));
      const server = serving(await RedisServer.create());
      const { store, recorder } = await start(`redis://127.0.0.1:${server.port}`, { journal });
      const load = new MarkedLoad(recorder);
      await load.during(async () => {
        await server.kill();
        await until(() => recorder.stats().waiting > 1000 && recorder.stats().journal.bytes > 16_000);
        await server.start();
      });
      await expectAllOnce(recorder, store.record, load);
    },
  );
});

test('a journal at its limit drops the oldest, and says how many attempts that were', async () => {
  const server = serving(await RedisServer.create(...durable));
  const { store, recorder } = await start(`redis://127.0.0.1:${server.port}`, { journalLimit: 20_000 });
  const load = new MarkedLoad(recorder);
  await load.during(async () => {
    await server.kill();
    await until(() => recorder.stats().lost.journal > 200);
    expect(recorder.stats().journal.bytes).toBeLessThanOrEqual(20_000);
    await server.start();
  });
  await until(() => recorder.stats().waiting === 0 && recorder.stats().journal.bytes === 0);
  const { stored, taken, lost } = recorder.stats();
  expect(stored + lost.journal).toBe(taken);
  const { totals } = await store.record.summary({ from: 0, to: Date.now() + 3_600_000, by: 'day' });
  expect(totals.blocked + totals.allowed).toBe(stored);
});

test.each(['Redis away', 'Redis there'])(
  'killed with %s, a recorder has lost no more than its last second',
  async (state) => {
    const server = serving(await RedisServer.create(...durable));
    const url = `redis://127.0.0.1:${server.port}`;
    const journal = folder();
    const script = new URL('recording-process.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [script, url, journal], { stdio: ['ignore', 'pipe', 'inherit'] });
    undo.push(() => child.kill('SIGKILL'));
    const takenAt: number[] = [];
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => takenAt.push(Number(line)));
    await until(() => takenAt.length > 50);
    if (state === 'Redis away') {
      server.pause();
      const then = takenAt.length;
      await until(() => takenAt.length > then + 150);
    }
    child.kill('SIGKILL');
    const killedAt = Date.now();
    await once(lines, 'close');
    server.resume();
    const { store, recorder } = await start(url, { journal });
    await until(() => recorder.stats().journal.bytes === 0);
    const marks = await marksIn(store.record);
    const missing = takenAt.filter((_, i) => !marks.has(`child-${i + 1}.mark.example`));
    const oldestMissing = Math.min(killedAt, ...missing);
    expect(killedAt - oldestMissing).toBeLessThan(1000);
    expect(new Set(marks.values())).toEqual(new Set([1]));
  },
);
