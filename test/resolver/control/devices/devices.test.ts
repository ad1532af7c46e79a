import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DeviceTable } from '../../../../resolver/between/device-table.ts';
import { Devices } from '../../../../resolver/control/devices/devices.ts';
import type { Report, Source } from '../../../../resolver/control/devices/sighting.ts';
import type { DeviceDocument } from '../../../../resolver/control/settings/documents.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const anna = '1c:cc:d6:00:00:01';
const ben = '62:25:6f:00:00:02';

/** A household whose network is told by the test, and whose store can be away. */
class Household {
  now = START;
  away = false;
  table: DeviceTable | undefined;
  readonly tables: DeviceTable[] = [];
  absorbed: string[] = [];
  readonly stored = new Map<string, DeviceDocument>();
  readonly devices: Devices;
  /** Leases that the server wrote down, and that the next reading tells of. */
  unread: [address: string, mac: string][] = [];
  readsLate = false;
  private report: Report = () => {};

  constructor(stored: readonly DeviceDocument[] = []) {
    for (const document of stored) this.stored.set(document.id, document);
    const network: Source = {
      name: 'network',
      start: async (report) => {
        this.report = report;
      },
      stop: async () => {},
      state: () => ({ working: true, sentence: '' }),
      lookAgain: () => {
        if (!this.readsLate) this.readLeases();
      },
    };
    this.devices = new Devices({
      documents: {
        all: () => [...this.stored.values()],
        change: async (_by, changes) => {
          if (this.away) throw new Error('the store is away');
          for (const { id, value } of changes) {
            if (value) this.stored.set(id, value);
            else this.stored.delete(id);
          }
          queueMicrotask(() => this.devices.reload());
        },
      },
      publish: (table) => {
        this.table = table;
        this.tables.push(table);
      },
      absorbed: (from) => this.absorbed.push(from),
      sources: [network],
      now: () => this.now,
    });
  }

  meet(address: string, mac: string, confirmed = true) {
    this.report({ kind: 'link', source: 'neighbour', address, mac, at: this.now, confirmed });
  }

  lease(address: string, mac: string, name?: string) {
    this.report({ kind: 'link', source: 'lease', address, mac, at: this.now, confirmed: true });
    if (name) this.report({ kind: 'host-name', source: 'lease', address, mac, name, at: this.now });
  }

  readLeases() {
    for (const [address, mac] of this.unread.splice(0)) this.lease(address, mac);
    this.report({ kind: 'read', source: 'lease', at: this.now });
  }

  announce(address: string, service: string) {
    this.report({ kind: 'service', source: 'mdns', service, address, at: this.now });
  }

  request(address: string, mac: string, vendorClass: string) {
    this.report({ kind: 'vendor-class', source: 'lease', vendorClass, address, mac, at: this.now });
  }

  at(address: string): string | undefined {
    return this.devices.behind(address);
  }
}

let household: Household;
const begin = async (stored: readonly DeviceDocument[] = []) => {
  household = new Household(stored);
  await household.devices.start();
  return household;
};
afterEach(async () => {
  vi.useRealTimers();
  household.away = false;
  await household.devices.stop();
});

describe('devices', () => {
  test('a stranger is in the table before anything else happens, and in the documents within a second', async () => {
    const { devices } = await begin();
    devices.note({ address: '192.168.1.7' });
    await turn();
    await vi.waitFor(() =>
      expect(household.table?.addresses).toEqual([['192.168.1.7', expect.stringMatching(/^d_/), '']]),
    );
    await vi.waitFor(() => expect(household.stored.size).toBe(1), { timeout: 1000 });
    expect([...household.stored.values()][0]).toMatchObject({ kind: 'unknown', purposes: {}, recording: 'attempts' });
  });

  test('a stranger who asked before its MAC was known is no second device when the MAC comes', async () => {
    const { devices } = await begin();
    devices.note({ address: '192.168.1.7' });
    devices.note({ address: 'fe80::7' });
    household.meet('192.168.1.7', anna);
    household.meet('fe80::7', anna);
    expect(devices.list()).toHaveLength(1);
    expect(devices.list()[0]).toMatchObject({ vendor: 'Xiaomi' });
    expect(household.at('192.168.1.7')).toBe(household.at('fe80::7'));
    await devices.stop();
    expect(household.stored.size).toBe(1);
  });

  test('what the household decided about an address stays when its MAC turns out to be known', async () => {
    const { devices } = await begin();
    household.meet('192.168.1.7', anna);
    devices.note({ address: 'fd00::7' });
    const decided = household.at('fd00::7')!;
    household.stored.set(decided, { ...devices.get(decided)!, name: "Anna's phone", preset: 'quiet' });
    devices.reload();
    household.meet('fd00::7', anna);
    expect(household.at('192.168.1.7')).toBe(decided);
    expect(devices.get(decided)).toMatchObject({ name: "Anna's phone", preset: 'quiet' });
    expect(household.absorbed).toHaveLength(1);
  });

  test('two devices that the household decided about are never made one without being asked', async () => {
    const { devices } = await begin();
    household.meet('192.168.1.7', anna);
    devices.note({ address: 'fd00::7' });
    for (const id of [household.at('192.168.1.7')!, household.at('fd00::7')!])
      household.stored.set(id, { ...devices.get(id)!, name: `called ${id}` });
    devices.reload();
    household.meet('fd00::7', anna);
    expect(devices.list()).toHaveLength(2);
    expect(household.at('fd00::7')).toBe(household.at('192.168.1.7'));
  });

  test('a name that a person gives while the device is being written is not lost', async () => {
    const { devices } = await begin();
    household.meet('192.168.1.7', anna);
    const id = household.at('192.168.1.7')!;
    household.stored.set(id, { ...devices.get(id)!, name: 'Anna' });
    household.meet('fe80::7', anna);
    household.lease('192.168.1.7', anna, 'RedmiNote8Pro-RedmiN');
    await devices.stop();
    expect(household.stored.get(id)).toMatchObject({ name: 'Anna', suggestedName: 'RedmiNote8Pro-RedmiN' });
  });

  test('what a DHCP request says of the system tips a phone of which much is known already', async () => {
    const { devices } = await begin();
    household.lease('192.168.1.7', ben, 'POCOPHONEF1-POCOPHON');
    const id = household.at('192.168.1.7')!;
    household.announce('192.168.1.7', '_mi-connect._udp');
    devices.heard(id, 'app.chat.xiaomi.net');
    expect(devices.view(id)?.likeness.certain).toBe(false);
    household.request('192.168.1.7', ben, 'android-dhcp-13');
    expect(devices.view(id)?.likeness.signals).toContainEqual({
      says: 'says Android 13 in its DHCP request',
      weight: 0.5,
    });
    expect(devices.get(id)).toMatchObject({ kind: 'phone', vendor: 'Xiaomi' });
  });

  test('while the store is away devices are recognised all the same, and written when it is back', async () => {
    const { devices } = await begin();
    household.away = true;
    household.meet('192.168.1.7', anna);
    await devices.stop();
    expect(household.stored.size).toBe(0);
    expect(household.table?.macs).toEqual([[anna, household.at('192.168.1.7')]]);
    household.away = false;
    await devices.stop();
    expect(household.stored.size).toBe(1);
  });

  test('after a restart a known address leads to its device before the network says anything', async () => {
    const first = await begin();
    first.meet('192.168.1.7', anna);
    await first.devices.stop();
    const id = first.at('192.168.1.7');
    await begin([...first.stored.values()]);
    await turn();
    expect(household.table?.addresses).toEqual([['192.168.1.7', id, '']]);
  });

  test('an address that nobody used for a week leads to nobody, and its privacy addresses do not pile up', async () => {
    const { devices } = await begin();
    for (let i = 0; i < 500; i++) {
      household.now += HOUR / 10;
      household.meet('192.168.1.7', anna);
      household.meet(`fd00::${i.toString(16)}`, anna);
    }
    const [device] = devices.list();
    expect(device.identifiers.length).toBeLessThanOrEqual(41);
    expect(household.at('192.168.1.7')).toBe(device.id);
    expect(household.at('fd00::1f3')).toBe(device.id);
    household.now += 8 * 24 * HOUR;
    household.meet('192.168.1.9', ben);
    await vi.waitFor(() => expect(household.table?.addresses.map(([address]) => address)).toEqual(['192.168.1.9']));
  });

  test('what the kernel merely remembers does not make a device seem present', async () => {
    const { devices } = await begin();
    household.meet('192.168.1.7', anna);
    const seen = devices.list()[0].lastSeen;
    household.now += HOUR;
    household.meet('192.168.1.7', anna, false);
    expect(devices.list()[0].lastSeen).toBe(seen);
    expect(devices.presenceOf(devices.list()[0].id).confirmedAt).toBe(seen);
  });

  test('a MAC that the router reports makes a device, and the router’s own address stays the router’s', async () => {
    const { devices } = await begin();
    household.meet('192.168.1.1', ben);
    devices.note({ mac: anna });
    devices.note({ mac: '1c-cc-d6-00-00-03', address: '192.168.1.9' });
    const macs = new Map(
      devices
        .list()
        .flatMap((device) =>
          device.identifiers.filter(({ kind }) => kind === 'mac').map(({ value }) => [value, device.id]),
        ),
    );
    expect(new Set(macs.values()).size).toBe(3);
    expect(household.at('192.168.1.1')).toBe(macs.get(ben));
    expect(household.at('192.168.1.9')).toBe(macs.get('1c:cc:d6:00:00:03'));
  });

  test('a flood of invented addresses makes a bounded number of devices', async () => {
    const { devices } = await begin();
    for (let i = 0; i < 5000; i++) devices.note({ address: `2001:db8::${i.toString(16)}` });
    expect(devices.list()).toHaveLength(300);
  });

  test('a burst of a thousand neighbours is published in a few tables', async () => {
    await begin();
    for (let i = 0; i < 1000; i++)
      household.meet(
        `10.0.${i >> 8}.${i & 255}`,
        `1c:cc:d6:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`,
      );
    await vi.waitFor(() => expect(household.table?.addresses).toHaveLength(1000));
    expect(household.tables.length).toBeLessThanOrEqual(3);
  });

  test('while an address passes from one device to another, no table ever lacks it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { devices } = await begin();
    for (const mac of [anna, ben, anna]) {
      // Each change is a burst of its own.
      await vi.advanceTimersByTimeAsync(1000);
      household.now += HOUR;
      const sent = household.tables.length;
      household.meet('192.168.1.7', mac);
      await vi.advanceTimersByTimeAsync(1000);
      const id = devices.list().find(({ identifiers }) => identifiers.some(({ value }) => value === mac))?.id;
      expect(household.tables.length).toBeGreaterThan(sent);
      for (const { addresses } of household.tables.slice(sent)) expect(addresses).toEqual([['192.168.1.7', id, mac]]);
    }
  });

  test('a clock that is set back does not keep an address with who had it', async () => {
    await begin();
    household.meet('192.168.1.7', anna);
    household.now -= 5 * HOUR;
    household.meet('192.168.1.7', ben);
    household.meet('192.168.1.8', ben);
    expect(household.at('192.168.1.7')).toBe(household.at('192.168.1.8'));
  });

  test('a device that a person deleted is gone from the table, and comes back as new', async () => {
    const { devices } = await begin();
    devices.note({ address: '192.168.1.7' });
    const id = household.at('192.168.1.7')!;
    await vi.waitFor(() => expect(household.stored.has(id)).toBe(true));
    await turn();
    household.stored.delete(id);
    devices.reload();
    await vi.waitFor(() => expect(household.table?.addresses).toEqual([]));
    devices.note({ address: '192.168.1.7' });
    expect(household.at('192.168.1.7')).not.toBe(id);
  });
});

describe('shared MACs', () => {
  const repeater = '02:00:00:00:00:99';

  test('behind a repeater, addresses leased to other MACs are devices of their own', async () => {
    const { devices } = await begin();
    household.lease('192.168.1.7', anna, 'RedmiNote8Pro-RedmiN');
    household.lease('192.168.1.8', ben, 'POCOPHONEF1-POCOPHON');
    household.meet('192.168.1.7', repeater);
    household.meet('192.168.1.8', repeater);
    expect(household.at('192.168.1.7')).not.toBe(household.at('192.168.1.8'));
    expect(devices.get(household.at('192.168.1.7')!)?.suggestedName).toBe('RedmiNote8Pro-RedmiN');
    const owner = devices.list().find(({ identifiers }) => identifiers.some(({ value }) => value === repeater))!;
    expect(devices.view(owner.id)).toMatchObject({
      macs: [{ mac: repeater, madeUp: true, shared: true }],
      sharedSays: `Several devices reach the network through ${repeater}, as behind a repeater; they are told apart by their addresses.`,
    });
    // Neither a renewal nor the next packet makes them change places.
    household.now += HOUR;
    const before = [household.at('192.168.1.7'), household.at('192.168.1.8')];
    household.lease('192.168.1.7', anna);
    household.meet('192.168.1.7', repeater);
    household.meet('192.168.1.8', repeater);
    expect([household.at('192.168.1.7'), household.at('192.168.1.8')]).toEqual(before);
  });

  test('a phone that takes two addresses of others is itself until its leases are read, and no repeater then', async () => {
    await begin();
    household.meet('192.168.1.9', repeater);
    household.lease('192.168.1.7', anna, 'RedmiNote8Pro-RedmiN');
    household.lease('192.168.1.8', ben, 'POCOPHONEF1-POCOPHON');
    household.unread = [
      ['192.168.1.7', repeater],
      ['192.168.1.8', repeater],
    ];
    household.readsLate = true;
    household.now += HOUR;
    for (const address of ['192.168.1.7', '192.168.1.8']) household.meet(address, repeater);
    const own = household.at('192.168.1.9');
    expect([household.at('192.168.1.7'), household.at('192.168.1.8')]).toEqual([own, own]);
    household.readLeases();
    expect([household.at('192.168.1.7'), household.at('192.168.1.8')]).toEqual([own, own]);
    expect(household.table?.shared).toBeUndefined();
  });

  test('a repeater stays one while a single phone is behind it, and is a device like others when none is', async () => {
    const { devices } = await begin();
    household.lease('192.168.1.7', anna);
    household.lease('192.168.1.8', ben);
    household.meet('192.168.1.7', repeater);
    household.meet('192.168.1.8', repeater);
    const own = household.at('192.168.1.8');
    household.now += HOUR;
    household.meet('192.168.1.7', anna);
    household.meet('192.168.1.8', repeater);
    expect(household.at('192.168.1.8')).toBe(own);
    await turn();
    expect(household.table?.shared).toEqual([repeater]);
    household.now += HOUR;
    household.meet('192.168.1.8', ben);
    household.meet('192.168.1.9', repeater);
    expect(devices.view(household.at('192.168.1.9')!)?.macs).toEqual([{ mac: repeater, madeUp: true, shared: false }]);
  });

  test('a repeater that rewrites the leases too is known by the host names behind it', async () => {
    await begin();
    for (const [i, name] of ['RedmiNote8Pro-RedmiN', 'POCOPHONEF1-POCOPHON', 'MI9-MI9'].entries()) {
      household.lease(`192.168.1.${7 + i}`, repeater, name);
      household.meet(`192.168.1.${7 + i}`, repeater);
    }
    const ids = [7, 8, 9].map((i) => household.at(`192.168.1.${i}`));
    expect(new Set(ids).size).toBe(3);
  });

  test('one phone with two IPv4 addresses and many IPv6 ones is no repeater', async () => {
    await begin();
    for (const address of ['192.168.1.7', '192.168.1.8', ...Array.from({ length: 20 }, (_, i) => `fd00::${i}`)])
      household.meet(address, anna);
    expect(household.devices.list()).toHaveLength(1);
  });
});

describe('which devices are one', () => {
  test('merge keeps the first with its name and takes what it lacks; split undoes it, and no sighting merges them again', async () => {
    const { devices } = await begin();
    household.meet('192.168.1.7', anna);
    household.meet('192.168.1.8', ben);
    const [a, b] = [household.at('192.168.1.7')!, household.at('192.168.1.8')!];
    household.stored.set(a, { ...devices.get(a)!, name: 'Anna' });
    household.stored.set(b, { ...devices.get(b)!, name: 'Ben', preset: 'quiet' });
    devices.reload();
    const merged = await devices.merge([a, b], 'owner');
    expect(merged).toMatchObject({ id: a, name: 'Anna', preset: 'quiet' });
    expect([household.at('192.168.1.8'), household.stored.has(b)]).toEqual([a, false]);
    household.meet('192.168.1.8', ben);
    expect(household.at('192.168.1.8')).toBe(a);

    const split = await devices.split(a, [{ kind: 'mac', value: ben }], 'owner');
    expect(split.name).toBeUndefined();
    expect(split.preset).toBe('quiet');
    expect(household.at('192.168.1.8')).toBe(split.id);
    household.meet('192.168.1.8', ben);
    household.meet('192.168.1.7', anna);
    expect([household.at('192.168.1.7'), household.at('192.168.1.8')]).toEqual([a, split.id]);
    expect(devices.proposals()).toEqual([]);
  });

  test('an address that a person split off stays apart from the MAC behind it', async () => {
    const { devices } = await begin();
    household.meet('192.168.1.7', anna);
    household.meet('192.168.1.8', anna);
    const id = household.at('192.168.1.7')!;
    const split = await devices.split(id, [{ kind: 'address', value: '192.168.1.8' }], 'owner');
    household.now += HOUR;
    household.meet('192.168.1.8', anna);
    devices.note({ address: '192.168.1.8' });
    expect([household.at('192.168.1.7'), household.at('192.168.1.8')]).toEqual([id, split.id]);
  });

  test('a split that cannot be written down does not hold', async () => {
    const { devices } = await begin();
    household.meet('192.168.1.7', anna);
    household.meet('fd00::7', anna);
    const id = household.at('192.168.1.7')!;
    household.away = true;
    await expect(devices.split(id, [{ kind: 'address', value: 'fd00::7' }], 'owner')).rejects.toThrow('away');
    expect(household.at('fd00::7')).toBe(id);
    await expect(devices.split(id, [], 'owner')).rejects.toThrow('Choose some of the identifiers');
    await expect(devices.merge([id, 'd_none'], 'owner')).rejects.toThrow('no device d_none');
  });

  test('a name for private DNS is given to one device and leads to it', async () => {
    const { devices } = await begin();
    household.meet('192.168.1.7', anna);
    const id = household.at('192.168.1.7')!;
    await devices.identify(id, { kind: 'name', value: 'anna-k3' }, 'owner');
    await vi.waitFor(() => expect(household.table?.names).toEqual([['anna-k3', id]]));
  });

  test('a phone that comes back with another MAC under its name is proposed, until a person says it is another', async () => {
    const { devices } = await begin();
    household.lease('192.168.1.7', ben, 'RedmiNote8Pro-Anna');
    const old = household.at('192.168.1.7')!;
    household.now += 5 * HOUR;
    household.lease('192.168.1.8', '6a:00:00:00:00:03', 'RedmiNote8Pro-Anna');
    const fresh = household.at('192.168.1.8')!;
    expect(devices.proposals()).toMatchObject([{ devices: [old, fresh], confidence: 0.9 }]);
    await devices.keepApart([old, fresh], 'owner');
    expect(devices.proposals()).toEqual([]);
    expect(household.stored.get(old)?.notSameAs).toEqual([fresh]);
  });

  test('two phones of one name that are there side by side are not proposed', async () => {
    const { devices } = await begin();
    household.lease('192.168.1.7', ben, 'RedmiNote8Pro-RedmiN');
    household.now += HOUR;
    household.lease('192.168.1.8', '6a:00:00:00:00:03', 'RedmiNote8Pro-RedmiN');
    household.now += HOUR;
    household.meet('192.168.1.7', ben);
    household.meet('192.168.1.8', '6a:00:00:00:00:03');
    expect(devices.proposals()).toEqual([]);
  });

  test('a known phone went quiet and a new random MAC asks as it did: proposed, and not when two could be meant', async () => {
    const { devices } = await begin();
    const asLikeXiaomi = (address: string) => {
      for (const name of ['connect.rom.miui.com', 'tracking.miui.com']) devices.heard(household.at(address)!, name);
    };
    household.meet('192.168.1.7', ben);
    asLikeXiaomi('192.168.1.7');
    household.now += 2 * HOUR;
    household.meet('192.168.1.8', '6a:00:00:00:00:03');
    asLikeXiaomi('192.168.1.8');
    expect(devices.proposals()).toMatchObject([
      { devices: [household.at('192.168.1.7'), household.at('192.168.1.8')], confidence: 0.6 },
    ]);
    household.now += 2 * HOUR;
    household.meet('192.168.1.9', '7a:00:00:00:00:04');
    asLikeXiaomi('192.168.1.9');
    expect(devices.proposals().filter(({ devices: [, other] }) => other === household.at('192.168.1.9'))).toEqual([]);
  });
});

describe('what people say about devices', () => {
  test('a merge that is undone makes two of them again, at once, with what each had', async () => {
    const { devices, stored } = await begin();
    household.meet('192.168.1.7', anna);
    household.meet('192.168.1.8', ben);
    const [first, second] = [household.at('192.168.1.7')!, household.at('192.168.1.8')!];
    await devices.merge([first, second], 'owner');
    expect(household.at('192.168.1.8')).toBe(first);
    // They go on asking, so that more is known of the one device than is written down.
    household.meet('192.168.1.9', anna);
    household.now += HOUR;
    household.meet('192.168.1.8', ben);
    const before = stored.get(first)!;
    stored.set(first, {
      ...before,
      identifiers: before.identifiers.filter(({ value }) => value !== ben && value !== '192.168.1.8'),
    });
    stored.set(second, {
      ...before,
      id: second,
      identifiers: before.identifiers.filter(({ value }) => value === ben || value === '192.168.1.8'),
    });
    devices.reload();
    expect(household.at('192.168.1.7')).toBe(first);
    expect(household.at('192.168.1.9')).toBe(first);
    expect(household.at('192.168.1.8')).toBe(second);
    expect(new Map(household.table!.macs)).toEqual(
      new Map([
        [anna, first],
        [ben, second],
      ]),
    );
  });

  test('a name of its own leads to the device until it is taken back, and a store that is away changes nothing', async () => {
    const { devices } = await begin();
    household.meet('192.168.1.7', anna);
    const id = household.at('192.168.1.7')!;
    const name = { kind: 'name', value: 'annas-phone' } as const;
    await devices.identify(id, name, 'owner');
    expect(household.table!.names).toEqual([['annas-phone', id]]);
    household.away = true;
    await expect(devices.release(id, name, 'owner')).rejects.toThrow();
    expect(devices.get(id)!.identifiers).toContainEqual(expect.objectContaining({ ...name, source: 'owner' }));
    household.away = false;
    await devices.release(id, name, 'owner');
    expect(household.table!.names).toEqual([]);
  });

  test('a device that a person deleted is a new one when it asks again, however much was known of it', async () => {
    const { devices, stored } = await begin();
    household.meet('192.168.1.7', anna);
    const id = household.at('192.168.1.7')!;
    await vi.waitFor(() => expect(stored.has(id)).toBe(true));
    household.meet('192.168.1.8', anna);
    stored.delete(id);
    devices.reload();
    expect(household.at('192.168.1.7')).toBeUndefined();
    devices.note({ address: '192.168.1.7' });
    expect(household.at('192.168.1.7')).not.toBe(id);
  });
});

test('questions asked as a stranger, by address or MAC, or as a device that became another, are the device’s', async () => {
  const { devices } = await begin();
  household.meet('192.168.1.7', anna);
  const id = household.at('192.168.1.7')!;
  devices.note({ address: 'fd00::7' });
  const stranger = household.at('fd00::7')!;
  household.meet('fd00::7', anna);
  for (const asked of ['fd00::7', anna, stranger]) expect(devices.askedAs(asked)).toBe(id);
  expect(devices.askedAs('192.168.1.99')).toBeUndefined();
});
