import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisServer } from '../contract/redis-servers.ts';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

const TELEMETRY = 'data.mistat.xiaomi.com';
const PHONE = '127.0.0.2';
const PASSED = ['198.51.100.7'];
const BLOCKED = ['0.0.0.0'];

interface Device {
  readonly id: string;
  readonly addresses: readonly string[];
}

/** Decisions, each with the verdict that it makes of the same name; the next one reverses it. */
const decisions: readonly {
  what: string;
  decide: (quell: Quell, id: string) => Promise<unknown>;
  verdict: string[];
}[] = [
  {
    what: 'a purpose is allowed',
    decide: (quell, id) => quell.api('PUT', `/devices/${id}/purposes/system-usage`, { action: 'allow' }),
    verdict: PASSED,
  },
  {
    what: 'a rule blocks one name',
    decide: (quell, id) =>
      quell.api('POST', '/rules', {
        scope: { kind: 'device', id },
        target: { kind: 'domain', value: TELEMETRY },
        action: 'block',
      }),
    verdict: BLOCKED,
  },
  {
    what: 'the phone is paused',
    decide: (quell, id) => quell.api('POST', `/devices/${id}/pause`, { minutes: 10 }),
    verdict: PASSED,
  },
  {
    what: 'the pause is ended',
    decide: (quell, id) => quell.api('DELETE', `/devices/${id}/pause`),
    verdict: BLOCKED,
  },
];

let internet: FakeInternet;
beforeAll(async () => {
  internet = await new FakeInternet().start();
});
afterAll(() => internet.stop());

/** Kills Quell as soon as it has answered, and what `alsoKill` says; every decision has to be there afterwards. */
async function survives(store: string, alsoKill: () => Promise<void> = async () => {}): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'quell-'));
  const start = () => Quell.start({ dataDir, env: { QUELL_UPSTREAMS: internet.address, QUELL_STORE: store } });
  let quell = await start();
  try {
    await quell.dig(TELEMETRY, 'A', { from: PHONE });
    const { id } = await quell.eventually(async () => {
      const { devices } = await quell.api<{ devices: Device[] }>('GET', '/devices');
      return devices.find(({ addresses }) => addresses.includes(PHONE));
    });
    let changes = 0;
    for (const { what, decide, verdict } of decisions) {
      await decide(quell, id);
      await quell.kill();
      await alsoKill();
      quell = await start();
      expect({ what, verdict: await quell.dig(TELEMETRY, 'A', { from: PHONE }) }).toEqual({ what, verdict });
      const history = await quell.api<{ changes: unknown[] }>('GET', '/history');
      expect(history.changes).toHaveLength(++changes);
    }
  } finally {
    await quell.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

describe('no decision that was answered is lost when everything is killed in the same moment', () => {
  it('with SQLite', () => survives('sqlite'));

  it('with a Redis that appends to a file and is killed too', async () => {
    const redis = await RedisServer.create('--appendonly', 'yes');
    try {
      await survives(`redis://127.0.0.1:${redis.port}`, async () => {
        await redis.kill();
        await redis.start();
      });
    } finally {
      await redis.stop();
    }
  });
});
