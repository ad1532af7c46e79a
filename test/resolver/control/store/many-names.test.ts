import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { allAttempts } from '../../../../resolver/control/record/export.ts';
import { openStore } from '../../../../resolver/control/store/open.ts';
import { batchFrom } from '../../../batch-from.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'quell-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

/** Ten thousand attempts for names that are new each time, in a minute of the hour. */
function newNames(sequence: number, zone: (i: number) => string) {
  const attempts = Array.from({ length: 10_000 }, (_, i) => ({
    at: now + i,
    device: 'd_1',
    domain: `x${sequence}-${i}.${zone(i)}`,
    qtype: 1,
    outcome: 'blocked' as const,
    reason: 'list:l',
  }));
  return batchFrom({ sequence, attempts, counts: [{ device: 'd_1', total: 10_000, blocked: 10_000 }] });
}

const now = Date.now();

it.each([
  ['below one parent', () => 'tracker.example', '*.tracker.example'],
  ['below parents without end', (i: number) => `tracker${i}.example`, '*'],
])(
  'a device that makes names up without end, %s, fills neither memory nor disk, and every attempt is counted',
  async (_, zone, together) => {
    const store = await openStore('sqlite', { dataDir: join(dataDir, together.slice(0, 3)) });
    await store.start();
    for (let sequence = 1; sequence <= 6; sequence++) {
      await store.record.append(newNames(sequence, zone));
      const { totals } = await store.record.summary({ from: now - 3_600_000, to: now + 3_600_000, by: 'hour' });
      expect(totals.blocked).toBe(10_000 * sequence);
    }
    let asked = 0;
    const domains = new Set<string>();
    for await (const { domain, count } of allAttempts(store.record, {})) {
      asked += count;
      domains.add(domain);
    }
    expect(asked).toBe(60_000);
    expect(domains.has(together)).toBe(true);
    expect(domains.size).toBeLessThan(26_000);
    await store.stop();
  },
);
