import { afterAll, beforeAll, expect, it } from 'vitest';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

const SHOP = 'pay.shop.example';
const PHONE = '127.0.0.2';

let internet: FakeInternet;
beforeAll(async () => {
  internet = await new FakeInternet().start();
});
afterAll(() => internet.stop());

interface Broke {
  readonly suspects: { domain: string; says: string }[];
  readonly folds: { domains: string[] }[];
}

it('what broke is found, let through for a while, and kept', async () => {
  await using quell = await Quell.start({ env: { QUELL_UPSTREAMS: internet.address } });
  await quell.api('POST', '/rules', {
    scope: { kind: 'everyone' },
    target: { kind: 'suffix', value: 'shop.example' },
    action: 'block',
  });
  for (let i = 0; i < 3; i++) await quell.dig('data.mistat.xiaomi.com', 'A', { from: PHONE });
  expect(await quell.dig(SHOP, 'A', { from: PHONE })).toEqual(['0.0.0.0']);
  const { id } = await quell.eventually(async () => {
    const { devices } = await quell.api<{ devices: { id: string; addresses: string[] }[] }>('GET', '/devices');
    return devices.find(({ addresses }) => addresses.includes(PHONE));
  });
  const broke = await quell.eventually(async () => {
    const found = await quell.api<Broke>('POST', `/devices/${id}/broke`);
    return found.suspects.length === 2 && found;
  });
  expect(broke.suspects.map(({ domain }) => domain)).toEqual([SHOP, 'data.mistat.xiaomi.com']);
  expect(broke.folds).toHaveLength(2);

  const tried = () =>
    quell.api<{ id: string; until?: string }>('POST', '/rules', {
      scope: { kind: 'device', id },
      target: { kind: 'domain', value: SHOP },
      action: 'allow',
      until: Date.now() + 600_000,
    });
  const helped = (rule: string, how: string) => quell.api('POST', `/devices/${id}/broke/helped`, { rule, helped: how });
  await helped((await tried()).id, 'no');
  expect(await quell.dig(SHOP, 'A', { from: PHONE })).toEqual(['0.0.0.0']);
  const { id: rule } = await tried();
  expect(await quell.dig(SHOP, 'A', { from: PHONE })).toEqual(['198.51.100.7']);
  await helped(rule, 'keep');
  expect(await quell.api('GET', `/rules/${rule}`)).not.toHaveProperty('until');
  expect(await quell.dig(SHOP, 'A', { from: '127.0.0.3' })).toEqual(['0.0.0.0']);
});
