import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

const TELEMETRY = 'data.mistat.xiaomi.com';
const PHONE = '127.0.0.2';

let internet: FakeInternet;
beforeAll(async () => {
  internet = await new FakeInternet().start();
});
afterAll(() => internet.stop());

interface DeviceRow {
  readonly id: string;
  readonly addresses: string[];
  readonly quiet?: object[];
}

it('a name that was quieted on one phone is answered so there, until somebody looks for what broke', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'quell-'));
  const start = () => Quell.start({ env: { QUELL_UPSTREAMS: internet.address }, dataDir });
  let quell = await start();
  try {
    await quell.dig(TELEMETRY, 'A', { from: PHONE });
    const phone = () =>
      quell.eventually(async () => {
        const { devices } = await quell.api<{ devices: DeviceRow[] }>('GET', '/devices');
        return devices.find(({ addresses }) => addresses.includes(PHONE));
      });
    const { id } = await phone();
    await quell.stop();
    // What ten minutes of trials leave.
    const effect = { domain: TELEMETRY, mode: 'nxdomain', ttl: 300, before: 212, after: 4 };
    await writeFile(join(dataDir, 'quiet.json'), JSON.stringify([{ device: id, ...effect, since: Date.now() }]));
    quell = await start();

    const quieted = () => quell.digAll(TELEMETRY, '-b', PHONE);
    await quell.eventually(async () => (await quieted()).includes('status: NXDOMAIN'));
    expect(await quieted()).toMatch(/\s300\s+IN\s+SOA\s/);
    expect(await quell.dig(TELEMETRY, 'A', { from: '127.0.0.3' })).toEqual(['0.0.0.0']);
    expect((await phone()).quiet).toEqual([effect]);

    const broke = await quell.api<{ suspects: object[] }>('POST', `/devices/${id}/broke`);
    await quell.eventually(async () => /\s10\s+IN\s+A\s+0\.0\.0\.0/.test(await quieted()));
    expect(broke.suspects).toMatchObject([{ domain: TELEMETRY, waitSeconds: 300 }]);
  } finally {
    await quell.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
