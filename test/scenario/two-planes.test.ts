import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ControlThread } from './control-thread.ts';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

const TELEMETRY = 'data.mistat.xiaomi.com';

let internet: FakeInternet;
beforeAll(async () => {
  internet = await new FakeInternet().start();
});
afterAll(() => internet.stop());

const start = () => Quell.start({ env: { QUELL_UPSTREAMS: internet.address }, nodeOptions: ['--inspect=127.0.0.1:0'] });

async function allowUsageOn(quell: Quell, address: string): Promise<string> {
  await quell.dig(TELEMETRY, 'A', { from: address });
  const device = await quell.eventually(async () => {
    const { devices } = await quell.api<{ devices: { id: string; addresses: string[] }[] }>('GET', '/devices');
    return devices.find(({ addresses }) => addresses.includes(address));
  });
  await quell.api('PUT', `/devices/${device.id}/purposes/system-usage`, { action: 'allow' });
  return device.id;
}

async function expectSamePolicy(quell: Quell): Promise<void> {
  expect(await quell.dig(TELEMETRY, 'A', { from: '127.0.0.2' })).toEqual(['198.51.100.7']);
  expect(await quell.dig(TELEMETRY, 'A', { from: '127.0.0.3' })).toEqual(['0.0.0.0']);
  expect(await quell.dig('example.org')).toEqual(['198.51.100.7']);
}

describe('answering goes on with the same policy', () => {
  it.each([
    ['ends', 'process.exit(1)'],
    ['fails', 'setTimeout(() => { throw new Error("a bug") })'],
    [
      'takes too much memory',
      'globalThis.hoard = []; setInterval(() => { for (let i = 0; i < 4e6; i++) hoard.push({ i }) })',
    ],
  ])('while control %s, and control comes back', async (_, expression) => {
    await using quell = await start();
    await allowUsageOn(quell, '127.0.0.2');
    const control = await ControlThread.of(quell);
    control.run(expression);
    await quell.said(/^Control ended/);
    await expectSamePolicy(quell);
    control.close();
    await quell.eventually(
      async () => quell.lines.filter((line) => line.startsWith('The page is at')).length > 1,
      30_000,
    );
    await expectSamePolicy(quell);
  });

  it('while control hangs, with every attempt of that time recorded later', async () => {
    await using quell = await start();
    const device = await allowUsageOn(quell, '127.0.0.2');
    const before = await quell.eventually(async () => (await countOf(quell, device)) || false);
    const control = await ControlThread.of(quell);
    control.run('{ const end = Date.now() + 3000; while (Date.now() < end); }');
    for (let i = 0; i < 10; i++) await quell.dig(TELEMETRY, 'A', { from: '127.0.0.2' });
    await expectSamePolicy(quell);
    control.close();
    await quell.eventually(async () => (await countOf(quell, device)) === before + 11, 20_000);
  });
});

async function countOf(quell: Quell, device: string): Promise<number> {
  const { totals } = await quell.api<{ totals: { blocked: number; allowed: number } }>(
    'GET',
    `/summary?device=${device}`,
  );
  return totals.blocked + totals.allowed;
}
