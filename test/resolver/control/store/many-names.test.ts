import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openStore } from '../../../../resolver/control/store/open.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'quell-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

it('a device that makes names up without end fills neither memory nor disk, and every attempt is counted', async () => {
  const store = await openStore('sqlite', { dataDir });
  await store.start();
  const now = Date.now();
  for (let sequence = 1; sequence <= 3; sequence++) {
    const attempts = Array.from({ length: 20_000 }, (_, i) => ({
      at: now + i,
      device: 'd_1',
      domain: `x${sequence}-${i}.tracker.example`,
      qtype: 1,
      outcome: 'blocked' as const,
      reason: 'list:l',
    }));
    const counts = [{ device: 'd_1', total: attempts.length, blocked: attempts.length }];
    await store.record.append({ boot: 'b', sequence, dropped: 0, counts, attempts });
    const { totals } = await store.record.summary({ from: now - 3_600_000, to: now + 3_600_000, by: 'hour' });
    expect(totals.blocked).toBe(20_000 * sequence);
  }
  const { attempts } = await store.record.attempts({ device: 'd_1', limit: 1000 });
  expect(attempts.some(({ domain }) => domain === '*.tracker.example')).toBe(true);
  await store.stop();
});
