import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { privacyExtensions, startDhcp, takeLease } from './dhcp.ts';
import { startForwarder, tellForWhom, translateAddresses } from './forwarders.ts';
import { createLab, gatewayAddress, type Host, type Lab, labMissing, resolverAddress } from './lab.ts';
import { Product, REAL, type ShownDevice } from './product.ts';

const PURPOSE = 'system-usage';
/** Whatever stands before it is blocked for its purpose. */
const BLOCKED_NAME = 'tracking.miui.com';
const BLOCKED = ['0.0.0.0'];
const PASSED = [REAL.ipv4];

const ANNA = '1c:cc:d6:00:00:01';
const BEN = '1c:cc:d6:00:00:02';
const CARA = ['62:25:6f:00:00:01', '6a:25:6f:00:00:02'] as const;
const ROUTER = '02:00:00:00:00:01';
const EMIL = '1c:cc:d6:00:00:05';
const REPEATER = '10.77.0.2';

describe.skipIf(labMissing())('five phones, a router that forwards, and one that tells for whom', () => {
  let lab: Lab;
  let folder: string;
  let product: Product;
  let anna: Host, ben: Host, cara: Host, dora: Host, emil: Host;
  let asked = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quell-lab-'));
    lab = await createLab({ phones: 0, gateway: true });
    const router = lab.gateway!;
    const repeater = await lab.addHost('repeater', { mac: '02:00:00:00:00:02', addresses: [`${REPEATER}/24`] });
    const { leaseFile } = await startDhcp(router, folder);
    product = await Product.start(lab, {
      QUELL_LEASE_FILES: leaseFile,
      QUELL_TRUSTED_FORWARDERS: `${REPEATER}/32`,
    });
    [anna, ben, cara] = await Promise.all(
      [ANNA, BEN, CARA[0]].map((mac, i) => lab.addHost(`phone${i + 1}`, { mac, kernel: privacyExtensions })),
    );
    dora = await lab.addBehind(router, '10.78.0.1/24', 'phone4', {
      mac: '1c:cc:d6:00:00:04',
      addresses: ['10.78.0.4/24'],
      gateway: '10.78.0.1',
    });
    emil = await lab.addBehind(repeater, '10.79.0.1/24', 'phone5', { mac: EMIL, addresses: ['10.79.0.5/24'] });
    await translateAddresses(router, '10.78.0.0/24');
    await startForwarder(router, '10.78.0.1');
    await startForwarder(repeater, '10.79.0.1', tellForWhom);
  });
  afterAll(async () => {
    await product?.stop();
    await lab?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  interface Way {
    readonly server?: string;
    readonly from?: string;
    readonly more?: readonly string[];
  }

  /** Asks for a name that nobody asked for before. */
  async function ask(phone: Host, way: Way = {}): Promise<{ name: string; got: string[] }> {
    const name = `q${++asked}.${BLOCKED_NAME}`;
    const { answers } = await phone.dig(name, way);
    return { name, got: answers.map(({ data }) => data) };
  }

  /** Every way in which a phone can ask the resolver: from each of its addresses, to one of the same kind. */
  async function waysOf(phone: Host): Promise<Way[]> {
    const linkLocal = (await lab.resolver.addresses()).find((address) => address.startsWith('fe80:'));
    return (await phone.addresses()).map((from) =>
      // dig knows no zone in a source address; the kernel takes the one of the link.
      from.startsWith('fe80:')
        ? { server: `${linkLocal}%eth0` }
        : { server: from.includes(':') ? resolverAddress.ipv6 : resolverAddress.ipv4, from },
    );
  }

  /** Joins the Wi-Fi as a phone does; resolves when it has its addresses, the one for privacy too. */
  async function joinWifi(phone: Host, name: string): Promise<void> {
    await takeLease(phone, folder, name);
    await product.quell.eventually(async () => (await phone.addresses()).length === 4);
  }

  /** Whom the record gives the question to. */
  async function askerOf(name: string): Promise<string> {
    const { attempts } = await product.quell.eventually(async () => {
      const page = await product.quell.api<{ attempts: { device: string }[] }>('GET', `/attempts?domain=${name}`);
      return page.attempts.length > 0 && page;
    });
    expect(attempts).toHaveLength(1);
    return attempts[0].device;
  }

  const named = (name: string) => product.device((device) => device.name === name);

  test('phones that join are known by the name, the maker and all the addresses that they have', async () => {
    await Promise.all([
      joinWifi(anna, 'RedmiNote8Pro-Anna'),
      joinWifi(ben, 'POCO-F3-Ben'),
      joinWifi(cara, 'Xiaomi-13-Cara'),
    ]);
    const own = await anna.addresses();
    for (const phone of [anna, ben, cara]) for (const way of await waysOf(phone)) await ask(phone, way);
    await expect(named('RedmiNote8Pro-Anna')).resolves.toMatchObject({ vendor: 'Xiaomi', kind: 'phone', macs: [ANNA] });
    await expect(named('POCO-F3-Ben')).resolves.toMatchObject({ macs: [BEN] });
    await expect(named('Xiaomi-13-Cara')).resolves.toMatchObject({ macs: [CARA[0]] });
    await product.device(
      ({ macs, addresses }) => macs.includes(ANNA) && own.every((address) => addresses.includes(address)),
    );
  });

  test('every question is its asker’s, from the first one on, and the one behind the router is the router’s', async () => {
    const questions: { name: string; mac: string }[] = [];
    for (const [phone, mac] of [
      [anna, ANNA],
      [ben, BEN],
      [cara, CARA[0]],
    ] as const)
      for (const way of await waysOf(phone)) questions.push({ name: (await ask(phone, way)).name, mac });
    for (const way of [{ server: '10.78.0.1' }, { server: resolverAddress.ipv4 }])
      questions.push({ name: (await ask(dora, way)).name, mac: ROUTER });
    questions.push({ name: (await ask(emil, { server: '10.79.0.1' })).name, mac: EMIL });
    expect(questions.length).toBeGreaterThanOrEqual(3 * 4 + 3);
    for (const { name, mac } of questions) {
      const asker = await askerOf(name);
      expect({ name, macs: (await product.quell.api<ShownDevice>('GET', `/devices/${asker}`)).macs }).toEqual({
        name,
        macs: [mac],
      });
    }
    await expect(product.withMac(ROUTER)).resolves.toMatchObject({ kind: 'router' });
  });

  test('a phone that joins again with new addresses keeps its rule on all of them', async () => {
    const { id } = await product.withMac(ANNA);
    await product.choose(id, PURPOSE, 'allow');
    const before = await waysOf(anna);
    await anna.exec(['ip', 'link', 'set', 'eth0', 'down']);
    await anna.exec(['ip', 'address', 'flush', 'dev', 'eth0']);
    await anna.exec(['ip', 'link', 'set', 'eth0', 'up']);
    await joinWifi(anna, 'RedmiNote8Pro-Anna');
    const ways = await waysOf(anna);
    const fresh = ways.filter(({ from }) => !before.some((way) => way.from === from));
    expect(fresh).not.toEqual([]);
    for (const way of ways) {
      expect(await askerOf((await ask(anna, way)).name)).toBe(id);
      expect((await ask(anna, way)).got).toEqual(PASSED);
    }
    for (const way of await waysOf(ben)) expect((await ask(ben, way)).got).toEqual(BLOCKED);
  });

  test('a phone that comes back with another made-up MAC is proposed as the same, keeps its rule when it is, and is two again when that is undone', async () => {
    const old = await product.withMac(CARA[0]);
    await product.choose(old.id, PURPOSE, 'allow');
    await cara.changeMac(CARA[1]);
    await joinWifi(cara, 'Xiaomi-13-Cara');
    const way = { from: (await waysOf(cara)).map(({ from }) => from).find((from) => from?.startsWith('10.77')) };
    expect((await ask(cara, way)).got).toEqual(BLOCKED);
    const fresh = await product.withMac(CARA[1]);
    const proposal = await product.quell.eventually(async () => {
      const { proposals } = await product.quell.api<{ proposals: { devices: string[]; says: string }[] }>(
        'GET',
        '/devices',
      );
      return proposals.find(({ devices }) => devices.includes(fresh.id));
    });
    expect(proposal).toMatchObject({ devices: [old.id, fresh.id], says: expect.stringContaining('Xiaomi-13-Cara') });

    const merged = await product.quell.fetch('POST', `/devices/${old.id}/merge`, { device: fresh.id });
    expect(((await merged.json()) as ShownDevice).macs).toEqual([...CARA]);
    expect((await ask(cara, way)).got).toEqual(PASSED);
    await product.quell.api('POST', `/history/${merged.headers.get('quell-change')}/undo`);
    expect((await ask(cara, way)).got).toEqual(BLOCKED);
    await expect(product.withMac(CARA[0])).resolves.toMatchObject({ id: old.id, macs: [CARA[0]] });
    await expect(product.withMac(CARA[1])).resolves.toMatchObject({ id: fresh.id, macs: [CARA[1]] });
  });

  test('a phone behind a router that tells for whom it asks has rules of its own', async () => {
    const way = { server: '10.79.0.1' };
    const { id } = await product.withMac(EMIL);
    expect((await ask(emil, way)).got).toEqual(BLOCKED);
    await product.choose(id, PURPOSE, 'allow');
    expect((await ask(emil, way)).got).toEqual(PASSED);
    await emil.removeAddress('10.79.0.5/24');
    await emil.addAddress('10.79.0.6/24');
    expect((await ask(emil, way)).got).toEqual(PASSED);
  });

  test('nobody gets the rules of another by claiming its MAC or address', async () => {
    const target = await product.withMac(ANNA);
    await product.choose(target.id, PURPOSE, 'allow');
    await product.choose((await product.withMac(EMIL)).id, PURPOSE, 'block');
    const mac = ANNA.replaceAll(':', '');
    const claims = [`+ednsopt=65001:${mac}`, `+subnet=${target.addresses.find((text) => text.startsWith('10.77'))}/32`];
    const askers = [
      { phone: ben, way: {}, mac: BEN },
      { phone: dora, way: { server: '10.78.0.1' }, mac: ROUTER },
      { phone: emil, way: { server: '10.79.0.1' }, mac: EMIL },
    ];
    for (const { phone, way, mac } of askers) {
      for (const claim of claims) {
        const { name, got } = await ask(phone, { ...way, more: [claim] });
        expect(got).toEqual(BLOCKED);
        expect(await askerOf(name)).toBe((await product.withMac(mac)).id);
      }
    }
  });

  test('a router that asks for many is said to, with ways to repair it', async () => {
    for (const name of ['connect.rom.miui.com', 'connectivitycheck.gstatic.com', 'captive.apple.com'])
      await dora.dig(name, { server: '10.78.0.1' });
    const router = await product.withMac(ROUTER);
    interface Notice {
      readonly id: string;
      readonly device?: string;
      readonly sentence: string;
      readonly fixes?: readonly { id: string; copy?: { text: string } }[];
    }
    const notice = await product.quell.eventually(async () => {
      const { notices } = await product.quell.api<{ notices: Notice[] }>('GET', '/state');
      return notices.find(({ id }) => id === 'spokesman');
    });
    expect(notice).toMatchObject({
      device: router.id,
      sentence: expect.stringMatching(/^Your router asks for several/),
    });
    const texts = notice.fixes!.map(({ copy }) => copy?.text ?? '').join('\n');
    expect(texts).toContain(`dhcp-option=option:dns-server,${resolverAddress.ipv4}`);
    const shown = await product.quell.api<{ spokesman?: { because: string[] } }>('GET', `/devices/${router.id}`);
    expect(shown.spokesman!.because.join(' ')).toContain(`${gatewayAddress.ipv4} is the router of this network.`);
  });
});
