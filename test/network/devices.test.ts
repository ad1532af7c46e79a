import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeviceTable } from '../../resolver/between/device-table.ts';
import type { DeviceView } from '../../resolver/control/devices/device-view.ts';
import type { MergeProposal } from '../../resolver/control/devices/proposals.ts';
import type { SourceState } from '../../resolver/control/devices/sighting.ts';
import type { DeviceDocument } from '../../resolver/control/settings/documents.ts';
import { startDhcp, takeLease } from './dhcp.ts';
import { answersForPhones } from './forwarders.ts';
import { createLab, type Host, type Lab, labMissing, phoneOptions, resolverAddress } from './lab.ts';

interface State {
  readonly table: DeviceTable;
  readonly stored: readonly string[];
  readonly devices: readonly (DeviceDocument & { view: DeviceView })[];
  readonly proposals: readonly MergeProposal[];
  readonly sources: readonly { name: string; state: SourceState }[];
}

/** The recogniser in the resolver's namespace, with what it said last. */
class Recogniser {
  state: State | undefined;
  private readonly waiting = new Set<() => void>();
  private said = '';

  constructor(host: Host, args: readonly string[]) {
    const script = new URL('recogniser.ts', import.meta.url).pathname;
    const child = host.spawn([process.execPath, script, ...args]);
    createInterface({ input: child.stdout! }).on('line', (line) => {
      this.state = JSON.parse(line) as State;
      for (const look of this.waiting) look();
    });
    child.stderr!.on('data', (data: Buffer) => {
      this.said += data;
    });
  }

  /** Resolves with the first state that fits. */
  until(what: string, fits: (state: State) => boolean): Promise<State> {
    return new Promise((resolve, reject) => {
      const give = (act: () => void) => {
        clearTimeout(timer);
        this.waiting.delete(look);
        act();
      };
      const look = () => this.state && fits(this.state) && give(() => resolve(this.state!));
      const late = () =>
        give(() =>
          reject(new Error(`No state in which ${what}: ${JSON.stringify(this.state?.devices, null, 1)} ${this.said}`)),
        );
      const timer = setTimeout(late, 15_000);
      this.waiting.add(look);
      look();
    });
  }
}

const ownerOf = ({ addresses }: DeviceTable, address: string) => addresses.find(([known]) => known === address)?.[1];
const deviceAt = ({ table }: State, address: string) => ownerOf(table, address);
const whoAmI = async (phone: Host, server: string, from?: string) =>
  (await phone.dig('who.test', { server, from, type: 'TXT' })).answers[0].data.replaceAll('"', '');

describe.skipIf(labMissing())('devices in a household’s network', () => {
  let lab: Lab;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quell-lab-'));
    lab = await createLab({ phones: 2, gateway: true });
  });
  afterEach(async () => {
    await lab.stop();
    await rm(folder, { recursive: true });
  });

  for (const ip of ['ip', 'busybox', 'missing'] as const) {
    const sees = { ip: 'the `ip` of iproute2', busybox: 'the `ip` of busybox', missing: 'no `ip` at all' }[ip];
    test(`with ${sees}, each phone is one device`, async () => {
      const command = ip === 'ip' ? 'ip' : join(folder, 'ip');
      if (ip === 'busybox') await symlink('/bin/busybox', command);
      const recogniser = new Recogniser(lab.resolver, [command]);
      await recogniser.until('it runs', () => true);
      const families = ip === 'missing' ? [resolverAddress.ipv4] : [resolverAddress.ipv4, resolverAddress.ipv6];
      for (const phone of lab.phones) for (const server of families) await whoAmI(phone, server);
      const state = await recogniser.until('both phones are known by their MAC', ({ table }) =>
        [1, 2].every((i) => {
          const id = new Map(table.macs).get(phoneOptions(i).mac);
          const own = phoneOptions(i).addresses.slice(0, families.length);
          return id !== undefined && own.every((text) => ownerOf(table, text.split('/')[0]) === id);
        }),
      );
      expect(deviceAt(state, '10.77.0.101')).not.toBe(deviceAt(state, '10.77.0.102'));
      const way = { ip: 'Follows', busybox: 'Looks', missing: 'Sees IPv4 neighbours only' }[ip];
      expect(state.sources[0].state.sentence).toMatch(new RegExp(`^${way}`));
      expect(state.devices.filter(({ vendor }) => vendor === 'Xiaomi')).toHaveLength(2);
    });
  }

  test('a privacy address that a phone takes later leads to the same device', async () => {
    const recogniser = new Recogniser(lab.resolver, ['ip']);
    await recogniser.until('it runs', () => true);
    const [phone] = lab.phones;
    await whoAmI(phone, resolverAddress.ipv4);
    const first = await recogniser.until('the phone is known', (state) => deviceAt(state, '10.77.0.101') !== undefined);
    await phone.addAddress('fd77::dead:beef/64');
    await whoAmI(phone, resolverAddress.ipv6, 'fd77::dead:beef');
    const id = deviceAt(first, '10.77.0.101');
    await recogniser.until('the address is the phone’s', (state) => deviceAt(state, 'fd77::dead:beef') === id);
    expect(await whoAmI(phone, resolverAddress.ipv6, 'fd77::dead:beef')).toBe(id);
    await recogniser.until('it is written down', ({ stored }) => stored.includes(id!));
  });

  test('an address that passes to another phone leads to that phone', async () => {
    const recogniser = new Recogniser(lab.resolver, ['ip']);
    await recogniser.until('it runs', () => true);
    const [one, two] = lab.phones;
    await whoAmI(one, resolverAddress.ipv4);
    await whoAmI(two, resolverAddress.ipv4);
    // The gateway may be known before them.
    const before = await recogniser.until('both are known', ({ table }) =>
      [1, 2].every((i) => {
        const id = new Map(table.macs).get(phoneOptions(i).mac);
        return id !== undefined && ownerOf(table, `10.77.0.10${i}`) === id;
      }),
    );
    await one.removeAddress('10.77.0.101/24');
    await two.addAddress('10.77.0.101/24');
    await two
      .exec(['busybox', 'arping', '-U', '-c', '1', '-w', '1', '-I', 'eth0', '-s', '10.77.0.101', resolverAddress.ipv4])
      .catch(() => '');
    await whoAmI(two, resolverAddress.ipv4, '10.77.0.101');
    const second = deviceAt(before, '10.77.0.102');
    await recogniser.until('the address moved', (state) => deviceAt(state, '10.77.0.101') === second);
    expect(await whoAmI(two, resolverAddress.ipv4, '10.77.0.101')).toBe(second);
  });

  test('phones behind a repeater that puts its own MAC before theirs are told apart by their leases', async () => {
    const mac = '02:00:00:00:00:02';
    const repeater = await lab.addHost('repeater', { mac, addresses: ['10.77.0.2/24'] });
    const behind = [3, 4].map((i) => ({ host: `phone${i}`, mac: phoneOptions(i).mac, address: `10.77.0.10${i}` }));
    const phones: Host[] = [];
    for (const { host, mac, address } of behind)
      phones.push(await lab.addBehind(repeater, '10.79.0.1/32', host, { mac, addresses: [`${address}/24`] }));
    await answersForPhones(repeater, behind);
    const leaseFile = join(folder, 'dnsmasq.leases');
    await writeFile(leaseFile, behind.map(({ mac, address, host }) => `0 ${mac} ${address} ${host} *\n`).join(''));
    const recogniser = new Recogniser(lab.resolver, ['ip', leaseFile]);
    await recogniser.until('it runs', () => true);
    for (const [i, phone] of phones.entries()) await whoAmI(phone, resolverAddress.ipv4, behind[i].address);
    expect(await lab.resolver.exec(['ip', 'neigh', 'show', behind[0].address])).toContain(mac);
    const state = await recogniser.until('the repeater is known', ({ table }) => table.shared?.includes(mac) ?? false);
    const own = new Map(state.table.macs);
    for (const [i, phone] of phones.entries())
      expect(await whoAmI(phone, resolverAddress.ipv4, behind[i].address)).toBe(own.get(behind[i].mac));
    // Who is there without a repeater is nobody else meanwhile.
    expect(await whoAmI(lab.phones[0], resolverAddress.ipv4)).not.toBe(own.get(behind[0].mac));
  });

  test('a phone is named by what the router calls its address, and better by what it announces itself', async () => {
    const router = ['-d', '--no-resolv', '--no-hosts', '--user=root', '--conf-file=/dev/null', '--pid-file='];
    const server = lab.gateway!.spawn(['dnsmasq', ...router, '--host-record=by-router.lan,10.77.0.101']);
    await once(server.stderr!, 'data');
    const recogniser = new Recogniser(lab.resolver, ['ip']);
    await recogniser.until('it runs', () => true);
    const [phone] = lab.phones;
    await whoAmI(phone, resolverAddress.ipv4);
    const named = (name: string) => (state: State) => state.devices.some(({ suggestedName }) => suggestedName === name);
    await recogniser.until('the router named it', named('by-router'));
    const label = (text: string) => String.fromCharCode(text.length) + text;
    const owner = `${label('redmi-anna')}${label('local')}\0`;
    const announcement = `\0\0\x84\0\0\0\0\x01\0\0\0\0${owner}\0\x01\x80\x01\0\0\0\x78\0\x04\x0a\x4d\0\x65`;
    const announce = `const socket = require('node:dgram').createSocket('udp4');
      socket.bind(0, () => {
        socket.setMulticastInterface('10.77.0.101');
        socket.send(Buffer.from(${JSON.stringify(announcement)}, 'latin1'), 5353, '224.0.0.251', () => socket.close());
      });`;
    await phone.exec([process.execPath, '-e', announce]);
    await recogniser.until('it named itself', named('redmi-anna'));
  });

  test('leases of a real dnsmasq name the phones, and a phone that comes back with another MAC is proposed as the same', async () => {
    const { leaseFile } = await startDhcp(lab.gateway!, folder);
    const recogniser = new Recogniser(lab.resolver, ['ip', leaseFile]);
    await recogniser.until('it runs', () => true);

    const joinWifi = async (phone: Host, mac: string) => {
      await phone.changeMac(mac);
      const address = await takeLease(phone, folder, 'RedmiNote8Pro-Anna');
      await whoAmI(phone, resolverAddress.ipv4);
      return address;
    };
    const [phone] = lab.phones;
    const oldAddress = await joinWifi(phone, '62:25:6f:00:00:01');
    const named = await recogniser.until('it is named', ({ devices }) =>
      devices.some(({ suggestedName }) => suggestedName === 'RedmiNote8Pro-Anna'),
    );
    const old = deviceAt(named, oldAddress)!;
    const oldDevice = named.devices.find(({ id }) => id === old)!;
    expect(oldDevice).toMatchObject({ suggestedName: 'RedmiNote8Pro-Anna' });
    expect(oldDevice.view.macs).toEqual([{ mac: '62:25:6f:00:00:01', madeUp: true, shared: false }]);

    const newAddress = await joinWifi(phone, '6a:25:6f:00:00:02');
    const proposed = await recogniser.until('it is proposed', ({ proposals }) => proposals.length > 0);
    const fresh = deviceAt(proposed, newAddress)!;
    expect(fresh).not.toBe(old);
    expect(proposed.proposals[0]).toMatchObject({ devices: [old, fresh], confidence: 0.9 });
  });
});

describe.skipIf(labMissing())('the lab', () => {
  const interfaces = () => Object.keys(networkInterfaces()).sort();
  const namespaces = () => execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });

  test('puts nothing on the machine’s own network, and leaves nothing behind', async () => {
    const before = [interfaces(), namespaces()];
    const lab = await createLab({ phones: 1 });
    expect(interfaces()).toEqual(before[0]);
    lab.phones[0].spawn(['sleep', '1000']);
    await lab.stop();
    expect([interfaces(), namespaces()]).toEqual(before);
  });

  test('sweeps what a killed run left behind', async () => {
    const script = `import { createLab } from ${JSON.stringify(new URL('lab.ts', import.meta.url).href)};
      await createLab({ phones: 0 });
      console.log('built');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(child.stdout, 'data');
    expect(namespaces()).toContain(`quell${child.pid}x`);
    child.kill('SIGKILL');
    await once(child, 'close');
    await using _next = await createLab({ phones: 0 });
    expect(namespaces()).not.toContain(`quell${child.pid}x`);
  });
});
