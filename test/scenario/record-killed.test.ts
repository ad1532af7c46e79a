import { Resolver } from 'node:dns/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RedisServer } from '../contract/redis-servers.ts';
import { Quell } from './quell.ts';

const TELEMETRY = 'data.mistat.xiaomi.com';

interface Page {
  readonly attempts: readonly { readonly domain: string; readonly count: number }[];
  readonly next?: string;
}

/** Asks for one name after the other until nobody answers any more. @returns when each was answered */
async function askUntilDead(quell: Quell, answeredAt: number[]): Promise<void> {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`127.0.0.1:${quell.port}`]);
  for (let i = 0; ; i++) {
    try {
      expect(await resolver.resolve4(`n${i}.${TELEMETRY}`)).toEqual(['0.0.0.0']);
    } catch {
      return;
    }
    answeredAt.push(performance.now());
    // Under what one phone may ask.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function counted(quell: Quell): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let cursor = '';
  do {
    const page = await quell.api<Page>('GET', `/attempts?domain=*.${TELEMETRY}&limit=1000${cursor}`);
    for (const { domain, count } of page.attempts) counts.set(domain, (counts.get(domain) ?? 0) + count);
    cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
  } while (cursor);
  return counts;
}

describe.each(['SQLite', 'Redis', 'a Redis that stands still'])('a Quell that is killed, with %s', (kind) => {
  it('has lost no attempt but those of its last second, and has none twice', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'quell-killed-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const redis = kind === 'SQLite' ? undefined : await RedisServer.create('--appendonly', 'yes');
    onTestFinished(() => redis?.stop());
    const env = { QUELL_STORE: redis ? `redis://127.0.0.1:${redis.port}` : 'sqlite' };
    const quell = await Quell.start({ dataDir, env });
    onTestFinished(() => quell.stop());
    const answeredAt: number[] = [];
    const asking = askUntilDead(quell, answeredAt);
    const answered = (count: number) => quell.eventually(async () => answeredAt.length >= count, 20_000);
    await answered(300);
    if (kind === 'a Redis that stands still') redis!.pause();
    await answered(900);
    await quell.kill();
    const killedAt = performance.now();
    await asking;
    redis?.resume();
    const again = await Quell.start({ dataDir, env });
    onTestFinished(() => again.stop());
    const isSafe = (at: number) => at < killedAt - 1000;
    const due = answeredAt.filter(isSafe).length;
    expect(due).toBeGreaterThan(500);
    const counts = await again.eventually(async () => {
      const now = await counted(again);
      const missing = answeredAt.filter((at, i) => isSafe(at) && !now.has(`n${i}.${TELEMETRY}`));
      return missing.length === 0 && now;
    }, 20_000);
    expect(new Set(counts.values())).toEqual(new Set([1]));
  });
});
