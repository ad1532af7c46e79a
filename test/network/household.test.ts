import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Host, type Lab, labMissing, phoneOptions, resolverAddress } from './lab.ts';
import { Product, REAL, TELEMETRY } from './product.ts';

const PURPOSE = 'system-usage';
const [ONE, TWO] = [phoneOptions(1), phoneOptions(2)];

const ways = [
  { over: 'IPv4 and UDP', server: resolverAddress.ipv4, more: [] },
  { over: 'IPv4 and TCP', server: resolverAddress.ipv4, more: ['+tcp'] },
  { over: 'IPv6 and UDP', server: resolverAddress.ipv6, more: [] },
  { over: 'IPv6 and TCP', server: resolverAddress.ipv6, more: ['+tcp'] },
];

describe.skipIf(labMissing())('the product in a household', () => {
  let lab: Lab;
  let product: Product;
  beforeAll(async () => {
    lab = await createLab({ phones: 2, gateway: true });
    product = await Product.start(lab);
  });
  afterAll(async () => {
    await product?.stop();
    await lab?.stop();
  });

  const asks = async (phone: Host, options: { server?: string; from?: string; more?: readonly string[] } = {}) =>
    (await phone.dig(TELEMETRY, options)).answers.map(({ data }) => data);

  test('a new phone is listed within a second of its first question, with its MAC and maker', async () => {
    await asks(lab.phones[0]);
    const device = await product.withMac(ONE.mac, 1000);
    expect(device).toMatchObject({ vendor: 'Xiaomi', macs: [ONE.mac], addresses: ['10.77.0.101'] });
  });

  test('one phone’s IPv4 and IPv6 addresses are one device', async () => {
    for (const phone of lab.phones) for (const { server } of ways) await asks(phone, { server });
    await product.device(({ macs, addresses }) => macs.includes(TWO.mac) && addresses.includes('fd77::102'));
    const devices = await product.devices();
    for (const { mac, addresses } of [ONE, TWO]) {
      const [device, ...others] = devices.filter(({ macs }) => macs.includes(mac));
      expect(others).toEqual([]);
      expect(device.addresses).toEqual(expect.arrayContaining(addresses.map((text) => text.split('/')[0])));
    }
  });

  test.each(ways)('the same name has another verdict on each phone over $over', async ({ server, more }) => {
    const [one, two] = lab.phones;
    const { id } = await product.withMac(ONE.mac);
    await product.choose(id, PURPOSE, 'inherit');
    expect(await asks(one, { server, more })).toEqual(['0.0.0.0']);
    await product.choose(id, PURPOSE, 'allow');
    expect(await asks(one, { server, more })).toEqual([REAL.ipv4]);
    expect(await asks(two, { server, more })).toEqual(['0.0.0.0']);
  });

  test('a rule goes along when the phone makes itself a new IPv6 address', async () => {
    const [one] = lab.phones;
    const { id } = await product.withMac(ONE.mac);
    await product.choose(id, PURPOSE, 'allow');
    const from = 'fd77::9a1c:55ff:fe20:1';
    await one.addAddress(`${from}/64`);
    const device = await follows(one, from, resolverAddress.ipv6);
    expect(device.id).toBe(id);
  });

  test('a rule goes along when the router gives the phone another IPv4 address', async () => {
    const [one] = lab.phones;
    const { id } = await product.withMac(ONE.mac);
    await product.choose(id, PURPOSE, 'allow');
    await one.removeAddress('10.77.0.101/24');
    await one.addAddress('10.77.0.141/24');
    const device = await follows(one, '10.77.0.141', resolverAddress.ipv4);
    expect(device.id).toBe(id);
  });

  test('its first questions from a new address have its rule, though nobody heard of the address before', async () => {
    const [one] = lab.phones;
    const { id } = await product.withMac(ONE.mac);
    await product.choose(id, PURPOSE, 'allow');
    const fresh = [
      ...[1, 2, 3, 4, 5].map((i) => ({ from: `fd77::a1:${i}`, bits: 64, server: resolverAddress.ipv6 })),
      { from: '10.77.0.142', bits: 24, server: resolverAddress.ipv4 },
    ];
    for (const { from, bits, server } of fresh) {
      // The phone knows the resolver's MAC already, so nothing on the wire tells whose the new address is.
      await asks(one, { server });
      await one.addAddress(`${from}/${bits}`);
      const both = await Promise.all([asks(one, { server, from }), asks(one, { server, from })]);
      expect({ from, both }).toEqual({ from, both: [[REAL.ipv4], [REAL.ipv4]] });
      await one.removeAddress(`${from}/${bits}`);
    }
  });

  test('an address that goes over to another phone leaves the rule behind', async () => {
    const [one, two] = lab.phones;
    const { id } = await product.withMac(ONE.mac);
    await product.choose(id, PURPOSE, 'allow');
    await one.removeAddress('10.77.0.141/24');
    await one.addAddress('10.77.0.101/24');
    await two.addAddress('10.77.0.141/24');
    // As a phone does with an address that is new to it: it tells the network.
    await two
      .exec(['busybox', 'arping', '-U', '-c', '1', '-w', '1', '-I', 'eth0', '-s', '10.77.0.141', '10.77.0.141'])
      .catch(() => '');
    await product.device(({ macs, addresses }) => macs.includes(TWO.mac) && addresses.includes('10.77.0.141'), 1000);
    expect(await asks(two, { from: '10.77.0.141' })).toEqual(['0.0.0.0']);
    expect(await asks(one)).toEqual([REAL.ipv4]);
  });

  /** From its first question at a new address the phone is the same device. */
  async function follows(phone: Host, from: string, server: string) {
    expect(await asks(phone, { server, from })).toEqual([REAL.ipv4]);
    const device = await product.device(({ addresses }) => addresses.includes(from), 1000);
    expect((await product.devices()).filter(({ addresses }) => addresses.includes(from))).toHaveLength(1);
    return device;
  }
});
