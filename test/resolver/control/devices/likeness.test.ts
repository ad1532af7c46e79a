import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type Identity, identityOf } from '../../../../resolver/control/devices/identity.ts';
import { Likenesses } from '../../../../resolver/control/devices/likeness.ts';
import { isLocallyAdministered } from '../../../../resolver/control/devices/mac.ts';
import { extract } from '../../../../resolver/control/devices/vendors/extract.ts';
import { unpack } from '../../../../resolver/control/devices/vendors/packed-prefixes.ts';
import prefixes from '../../../../resolver/control/devices/vendors/prefixes.json' with { type: 'json' };
import { vendorOf } from '../../../../resolver/control/devices/vendors/vendors.ts';

const xiaomiMac = '1c:cc:d6:00:00:01';
const randomMac = '62:25:6f:00:00:01';

const identity = (mac: string, suggestedName?: string): Identity =>
  identityOf({
    id: 'd_1',
    kind: 'unknown',
    identifiers: [{ kind: 'mac', value: mac, source: 'neighbour', firstSeen: 0, lastSeen: 0 }],
    suggestedName,
    groups: [],
    purposes: {},
    recording: 'attempts',
    firstSeen: 0,
    lastSeen: 0,
  });

const likeness = (
  mac: string,
  {
    name,
    asks = [],
    offers = [],
    requests = [],
  }: { name?: string; asks?: string[]; offers?: string[]; requests?: string[] } = {},
) => {
  const likenesses = new Likenesses();
  for (const domain of asks) likenesses.heard('d_1', domain);
  for (const service of offers) likenesses.offers('d_1', service);
  for (const vendorClass of requests) likenesses.requested('d_1', vendorClass);
  return likenesses.of(identity(mac, name));
};

describe('is it a Xiaomi phone', () => {
  test.each([
    [
      'a random MAC and two system names',
      likeness(randomMac, { asks: ['connect.rom.miui.com', 'data.tracking.miui.com'] }),
    ],
    [
      'a random MAC, the host name and one system name',
      likeness(randomMac, { name: 'POCOPHONEF1-POCOPHON', asks: ['update.intl.miui.com'] }),
    ],
    ['its own MAC and the host name', likeness(xiaomiMac, { name: 'MI9-MI9' })],
    ['its own MAC and a system name', likeness(xiaomiMac, { asks: ['metok-ccc.intl.xiaomi.com'] })],
  ])('yes, by %s', (_how, { certain, kind, vendor, pack, preset }) => {
    expect({ certain, kind, vendor, pack, preset }).toEqual({
      certain: true,
      kind: 'phone',
      vendor: 'Xiaomi',
      pack: 'xiaomi',
      preset: 'balanced',
    });
  });

  test.each([
    [
      'a single system name, which a tool on a computer may ask for',
      likeness(randomMac, { asks: ['tracking.miui.com'] }),
    ],
    [
      'push names, which any app may ask for',
      likeness(randomMac, {
        asks: ['app.chat.global.xiaomi.net', 'resolver.msg.global.xiaomi.net', 'register.xmpush.xiaomi.com'],
      }),
    ],
    ['the host name alone, which anybody can choose', likeness(randomMac, { name: 'Redmi-Note-11' })],
    ['the MAC alone, which vacuum cleaners have too', likeness(xiaomiMac)],
    [
      'the MAC of another maker, with the Mi Home app on it',
      likeness('a8:51:ab:00:00:01', { asks: ['account.xiaomi.com', 'app.chat.xiaomi.net'] }),
    ],
    [
      'the MAC and a DHCP request that says Android, as those of TVs do',
      likeness(xiaomiMac, { requests: ['android-dhcp-13'] }),
    ],
    ['nothing', likeness(randomMac)],
  ])('not surely, by %s', (_how, { score, pack }) => {
    expect(score).toBeLessThan(0.9);
    expect(pack).toBeUndefined();
  });

  test('a Mi TV asks for the same system names, and is told by those of TVs', () => {
    const tv = likeness(randomMac, {
      asks: ['connect.rom.miui.com', 'tracking.miui.com', 'x.pandora.xiaomi.com', 'api.duokanbox.com'],
    });
    expect(tv).toMatchObject({ kind: 'tv' });
    expect(tv.score).toBeLessThan(0.1);
  });

  test('a DHCP request that says Android is a weak hint, and the newest release counts once', () => {
    const before = likeness(randomMac, { requests: ['MSFT 5.0', 'dhcpcd-5.5.6'] });
    const { score, kind, vendor, signals } = likeness(randomMac, { requests: ['android-dhcp-13', 'android-dhcp-14'] });
    expect(before.signals).toEqual([]);
    expect(signals.map(({ says }) => says)).toEqual(['says Android 14 in its DHCP request']);
    expect(score).toBeGreaterThan(before.score);
    expect(score).toBeLessThan(0.1);
    expect([kind, vendor]).toEqual(['unknown', undefined]);
  });

  test('what the DHCP request said stays when two devices turn out to be one', () => {
    const likenesses = new Likenesses();
    likenesses.requested('d_2', 'android-dhcp-13');
    likenesses.merge('d_2', 'd_1');
    expect(likenesses.of(identity(randomMac)).signals).toHaveLength(1);
    likenesses.forget('d_1');
    expect(likenesses.of(identity(randomMac)).signals).toEqual([]);
  });

  test('the strongest signals come first and say what was seen', () => {
    const { signals } = likeness(xiaomiMac, { name: 'RedmiNote8Pro-RedmiN', asks: ['app.chat.xiaomi.net'] });
    expect(signals.map(({ says }) => says)).toEqual([
      'is named like a Xiaomi phone (RedmiNote8Pro-RedmiN)',
      'has a MAC that belongs to Xiaomi',
      'asks for a push service that Xiaomi phones use, and other apps too (app.chat.xiaomi.net)',
    ]);
  });
});

describe('MAC vendors', () => {
  test('the extract is what oui-data says today, and small', async () => {
    const index = await readFile(new URL(import.meta.resolve('oui-data')), 'utf8');
    expect(prefixes.vendors).toEqual(JSON.parse(JSON.stringify(extract(JSON.parse(index)))));
    const file = new URL('../../../../resolver/control/devices/vendors/prefixes.json', import.meta.url);
    expect((await readFile(file)).length).toBeLessThan(60_000);
  });

  test('all prefixes that name Xiaomi are there, its cars apart', async () => {
    const index = JSON.parse(await readFile(new URL(import.meta.resolve('oui-data')), 'utf8')) as Record<
      string,
      string
    >;
    const xiaomi = Object.keys(index).filter((prefix) => /xiaomi/i.test(index[prefix].split('\n')[0]));
    const ours = extract(index).filter(({ name }) => name.startsWith('Xiaomi'));
    expect(ours.flatMap(unpack).sort()).toEqual(xiaomi.map((prefix) => prefix.toLowerCase()).sort());
    expect(vendorOf('58:c4:1e:80:00:01')).toEqual({ name: 'Xiaomi EV', kind: 'other' });
    expect(vendorOf(xiaomiMac)?.name).toBe('Xiaomi');
  });

  test('a made-up MAC has no vendor', () => {
    expect([isLocallyAdministered(randomMac), vendorOf(randomMac)]).toEqual([true, undefined]);
    expect(isLocallyAdministered(xiaomiMac)).toBe(false);
  });
});
