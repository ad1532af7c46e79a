import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

const here = new URL('../..', import.meta.url).pathname;
const TELEMETRY = 'data.mistat.xiaomi.com';
const CHECK = 'connect.rom.miui.com';

interface DeviceRow {
  readonly id: string;
  readonly addresses: string[];
}

let internet: FakeInternet;
beforeAll(async () => {
  internet = await new FakeInternet().start();
});
afterAll(() => internet.stop());

const start = (env: Record<string, string> = {}, dataDir?: string) =>
  Quell.start({ env: { QUELL_UPSTREAMS: internet.address, ...env }, dataDir });

const deviceAt = (quell: Quell, address: string) =>
  quell.eventually(async () => {
    const { devices } = await quell.api<{ devices: DeviceRow[] }>('GET', '/devices');
    return devices.find(({ addresses }) => addresses.includes(address));
  });

describe('on the first evening', () => {
  it('telemetry is blocked and said to be, and what the phone needs passes', async () => {
    await using quell = await start();
    const blocked = await quell.digAll(TELEMETRY);
    expect(blocked).toMatch(/data\.mistat\.xiaomi\.com\.\s+10\s+IN\s+A\s+0\.0\.0\.0/);
    expect(blocked).toMatch(/EDE: 15 \(Blocked\): .*system-usage/);
    expect(await quell.dig(CHECK)).toEqual(['198.51.100.7']);
    expect(await quell.dig(CHECK, 'A', { args: ['+tcp'] })).toEqual(['198.51.100.7']);
  });

  it('a purpose allowed on one phone passes there at once, and stays blocked on another', async () => {
    await using quell = await start();
    for (const from of ['127.0.0.2', '127.0.0.3'])
      expect(await quell.dig(TELEMETRY, 'A', { from })).toEqual(['0.0.0.0']);
    const phone = await deviceAt(quell, '127.0.0.2');
    const path = `/devices/${phone.id}/purposes/system-usage`;
    await quell.api('PUT', path, { action: 'allow' });
    expect(await quell.dig(TELEMETRY, 'A', { from: '127.0.0.2' })).toEqual(['198.51.100.7']);
    expect(await quell.dig(TELEMETRY, 'A', { from: '127.0.0.3' })).toEqual(['0.0.0.0']);
    await quell.api('PUT', path, { action: 'inherit' });
    expect(await quell.dig(TELEMETRY, 'A', { from: '127.0.0.2' })).toEqual(['0.0.0.0']);
  });

  it('a rule for one name ends by itself', async () => {
    await using quell = await start();
    await quell.dig(TELEMETRY, 'A', { from: '127.0.0.2' });
    const phone = await deviceAt(quell, '127.0.0.2');
    const until = Date.now() + 3000;
    await quell.api('POST', '/rules', {
      scope: { kind: 'device', id: phone.id },
      target: { kind: 'domain', value: TELEMETRY },
      action: 'allow',
      until,
    });
    expect(await quell.dig(TELEMETRY, 'A', { from: '127.0.0.2' })).toEqual(['198.51.100.7']);
    await quell.eventually(async () => (await quell.dig(TELEMETRY, 'A', { from: '127.0.0.2' }))[0] === '0.0.0.0');
    expect(Date.now()).toBeGreaterThanOrEqual(until);
  });

  it('rules and attempts are there after a restart, and the first answer comes from what was known', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'quell-'));
    try {
      let quell = await start({}, dataDir);
      await quell.dig(TELEMETRY, 'A', { from: '127.0.0.2' });
      const phone = await deviceAt(quell, '127.0.0.2');
      await quell.api('PUT', `/devices/${phone.id}/purposes/system-usage`, { action: 'allow' });
      await quell.stop();
      quell = await start({}, dataDir);
      expect(await quell.dig(TELEMETRY, 'A', { from: '127.0.0.2' })).toEqual(['198.51.100.7']);
      expect(await quell.dig(TELEMETRY, 'A', { from: '127.0.0.9' })).toEqual(['0.0.0.0']);
      const { attempts } = await quell.api<{ attempts: { domain: string; device: string }[] }>(
        'GET',
        `/attempts?device=${phone.id}`,
      );
      expect(attempts[0]).toMatchObject({ domain: TELEMETRY, device: phone.id });
      await quell.stop();
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it('look-ups that match nothing are counted and not stored', async () => {
    await using quell = await start();
    for (let i = 0; i < 5; i++) await quell.dig(`private-${i}.example`, 'A', { from: '127.0.0.2' });
    const totals = await quell.eventually(async () => {
      const summary = await quell.api<{ totals: { counted: number } }>('GET', '/summary');
      return summary.totals.counted >= 5 && summary.totals;
    });
    expect(totals).toMatchObject({ blocked: 0, allowed: 0 });
    expect(await quell.api('GET', '/attempts')).toMatchObject({ attempts: [] });
    const files = await Promise.all(
      ['quell.db', 'quell.db-wal'].map((name) => readFile(join(quell.dataDir, name), 'latin1').catch(() => '')),
    );
    expect(files.join('')).not.toContain('private-');
  });
});

describe('bad input', () => {
  const ending = (env: Record<string, string>, dataDir?: string) =>
    start(env, dataDir).then(
      async (quell) => {
        await quell.stop();
        throw new Error('it started all the same');
      },
      (error: Error) => error.message,
    );

  it('an unknown key of the configuration is named with its line and what was meant', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'quell-'));
    await writeFile(join(dataDir, 'quell.yaml'), 'logLevel: warn\nupstream:\n  servers: 9.9.9.9\n');
    expect(await ending({}, dataDir)).toMatch(/quell\.yaml, line 2, upstream: .*did you mean upstreams\?/);
    await rm(dataDir, { recursive: true });
  });

  it('a taken port is said in one sentence with the remedy', async () => {
    await using quell = await start();
    const said = await ending({ QUELL_DNS_LISTEN: `127.0.0.1:${quell.port}` });
    expect(said).toMatch(/another program uses this port; stop it/);
    expect(said.split('\n')).toHaveLength(1);
  });

  it('a pack that is broken is named with its line, and the others go on', async () => {
    const root = await mkdtemp(join(tmpdir(), 'quell-copy-'));
    const packs = join(root, 'lists/packs');
    await cp(join(here, 'build'), join(root, 'build'), { recursive: true });
    await cp(join(here, 'lists/packs'), packs, { recursive: true });
    await symlink(join(here, 'node_modules'), join(root, 'node_modules'));
    await writeFile(join(packs, 'samsung.yaml'), 'vendor: samsung\n  names: []\n');
    await using quell = await Quell.start({ env: { QUELL_UPSTREAMS: internet.address }, root });
    expect(quell.lines.join('\n')).toMatch(/samsung\.yaml, line \d+: .*The pack is left out until it is mended\./);
    expect(await quell.dig(TELEMETRY)).toEqual(['0.0.0.0']);
    await quell.stop();
    await rm(root, { recursive: true });
  });

  it('a Redis that is away is said, and names are answered and attempts kept meanwhile', async () => {
    await using quell = await start({ QUELL_STORE: 'redis://127.0.0.1:9', QUELL_OWNER_PASSWORD: '' });
    expect(quell.lines.join('\n')).toMatch(/Redis at 127\.0\.0\.1:9 .*QUELL_STORE/);
    expect(await quell.dig(TELEMETRY)).toEqual(['0.0.0.0']);
    expect(await quell.dig(CHECK)).toEqual(['198.51.100.7']);
  });
});
