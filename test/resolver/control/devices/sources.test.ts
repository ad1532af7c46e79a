import { appendFile, mkdir, mkdtemp, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Sighting, Source } from '../../../../resolver/control/devices/sighting.ts';
import { parseLeases } from '../../../../resolver/control/devices/sources/lease-lines.ts';
import { Leases } from '../../../../resolver/control/devices/sources/leases.ts';
import { parseMdns } from '../../../../resolver/control/devices/sources/mdns-names.ts';
import { parseArp, parseNeighbour } from '../../../../resolver/control/devices/sources/neighbour-lines.ts';
import { Neighbours } from '../../../../resolver/control/devices/sources/neighbours.ts';

const NOW = Date.UTC(2026, 0, 1);
const mac = '1c:cc:d6:00:00:01';

/** Collects what a source reports, and resolves when something fits. */
const listen = () => {
  const heard: Sighting[] = [];
  const waiting: { fits: (sighting: Sighting) => boolean; resolve: (sighting: Sighting) => void }[] = [];
  return {
    heard,
    report: (sighting: Sighting) => {
      heard.push(sighting);
      for (const { fits, resolve } of waiting) if (fits(sighting)) resolve(sighting);
    },
    next: (fits: (sighting: Sighting) => boolean) =>
      new Promise<Sighting>((resolve) => {
        const already = heard.find(fits);
        if (already) resolve(already);
        else waiting.push({ fits, resolve });
      }),
  };
};

describe('lines of the neighbour tables', () => {
  test.each([
    ['192.168.1.7 dev br0 lladdr 1c:cc:d6:00:00:01 REACHABLE', { address: '192.168.1.7', mac, confirmed: true }],
    ['192.168.1.7 dev br0 lladdr 1c:cc:d6:00:00:01 router STALE', { address: '192.168.1.7', mac, confirmed: false }],
    [
      '192.168.1.7 dev eth0 lladdr 1c:cc:d6:00:00:01 used 0/0/0 probes 4 STALE',
      { address: '192.168.1.7', mac, confirmed: false },
    ],
    [
      'fe80::1 dev br0 lladdr 1c:cc:d6:00:00:01 ref 1 used 3/3/3 probes 1 REACHABLE',
      { address: 'fe80::1', mac, confirmed: true },
    ],
    ['2001:0DB8:0:0::7 dev br0 lladdr 1C:CC:D6:0:0:1 DELAY', { address: '2001:db8::7', mac, confirmed: false }],
    ['[NEIGH]192.168.1.7 dev br0 lladdr 1c:cc:d6:00:00:01 REACHABLE', { address: '192.168.1.7', mac, confirmed: true }],
    ['Deleted 192.168.1.7 dev br0 lladdr 1c:cc:d6:00:00:01 STALE', { address: '192.168.1.7', confirmed: false }],
    ['fd00::1 dev eth0  used 0/0/0 probes 6 FAILED', { address: 'fd00::1', confirmed: false }],
    ['192.168.1.9 dev br0 INCOMPLETE', { address: '192.168.1.9', confirmed: false }],
    ['ff02::16 dev eth0 lladdr 33:33:00:00:00:16 NOARP', undefined],
    ['127.0.0.1 dev lo lladdr 00:00:00:00:00:00 NOARP', undefined],
    ['miss 1c:cc:d6:00:00:01 dev br0', undefined],
    ['', undefined],
  ])('%s', (line, expected) => expect(parseNeighbour(line)).toEqual(expected));

  test.each([
    [
      '192.168.1.7      0x1         0x2         1c:cc:d6:00:00:01     *        br0',
      { address: '192.168.1.7', mac, confirmed: false },
    ],
    [
      '192.168.1.9      0x1         0x0         00:00:00:00:00:00     *        br0',
      { address: '192.168.1.9', confirmed: false },
    ],
    ['IP address       HW type     Flags       HW address            Mask     Device', undefined],
  ])('%s', (line, expected) => expect(parseArp(line)).toEqual(expected));
});

const lease = { address: '192.168.1.7', mac, hostName: 'RedmiNote8Pro-RedmiN' };
const ends = NOW + 3_600_000;
const leaseFiles: Record<string, { text: string; leases: unknown[] }> = {
  dnsmasq: {
    text: `${ends / 1000} ${mac} 192.168.1.7 RedmiNote8Pro-RedmiN 01:${mac}
0 62:25:6f:00:00:02 192.168.1.8 * 01:62:25:6f:00:00:02
${NOW / 1000 - 1} 62:25:6f:00:00:03 192.168.1.9 gone *
duid 00:01:00:01:2a:00:00:00:02:00:00:00:00:01
${ends / 1000} 7471104 fd00::7 RedmiNote8Pro-RedmiN 00:01:00:01:2b:bb:bb:bb:${mac}`,
    leases: [
      { ...lease, endsAt: ends },
      { address: '192.168.1.8', mac: '62:25:6f:00:00:02' },
      { ...lease, address: 'fd00::7', endsAt: ends },
    ],
  },
  odhcpd: {
    text: `# br-lan 1cccd6000001 ipv4 RedmiNote8Pro-RedmiN ${ends / 1000} 7 32 192.168.1.7/32
192.168.1.7\tRedmiNote8Pro-RedmiN
# br-lan 000100012bbbbbbb1cccd6000001 f1 RedmiNote8Pro-RedmiN ${ends / 1000} 7 128 fd00::7/128 2001:db8::7/128
# br-lan 000300016225 6 - -1 7 128 fd00::8/128`,
    leases: [
      { ...lease, endsAt: ends },
      { ...lease, address: 'fd00::7', endsAt: ends },
      { ...lease, address: '2001:db8::7', endsAt: ends },
      { address: 'fd00::8' },
    ],
  },
  'ISC dhcpd': {
    text: `authoring-byte-order little-endian;
lease 192.168.1.7 {
  starts 4 2025/12/31 00:00:00;
  ends 4 2025/12/31 10:00:00;
  binding state active;
  hardware ethernet 62:25:6f:00:00:09;
}
lease 192.168.1.7 {
  ends 4 2026/01/01 01:00:00;
  binding state active;
  next binding state free;
  hardware ethernet 1c:cc:d6:00:00:01;
  set vendor-class-identifier = "android-dhcp-13";
  client-hostname "RedmiNote8Pro-RedmiN";
}
lease 192.168.1.8 {
  ends never;
  binding state free;
  hardware ethernet 62:25:6f:00:00:02;
}`,
    leases: [{ ...lease, vendorClass: 'android-dhcp-13', endsAt: ends }],
  },
  'ISC dhcpd, IPv6': {
    text: String.raw`server-duid "\000\001\000\001+\273\273\273\002\000\000\000\000\001";

ia-na "\007\000\000\000\000\001\000\001+\273\273\273\034\314\326\000\000\001" {
  cltt 4 2026/01/01 00:00:00;
  iaaddr fd00::7 {
    binding state active;
    preferred-life 375;
    ends 4 2026/01/01 01:00:00;
  }
}
ia-na "\"\000\000\000\000\003\000\001\034\314\326\000\000\002" {
  iaaddr fd00::8 {
    binding state active;
    ends never;
  }
  iaaddr fd00::9 {
    binding state expired;
    ends 4 2025/12/31 01:00:00;
  }
}
ia-pd "\007\000\000\000\000\001\000\001+\273\273\273\034\314\326\000\000\001" {
  iaprefix fd00:1::/56 {
    binding state active;
  }
}`,
    leases: [
      { address: 'fd00::7', mac, endsAt: ends },
      { address: 'fd00::8', mac: '1c:cc:d6:00:00:02' },
    ],
  },
  'Kea, IPv4': {
    text: `address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id
192.168.1.7,${mac},,3600,${ends / 1000},1,0,0,RedmiNote8Pro-RedmiN.,0,{ "ISC": { "binding-variables": { "port": "1"&#x2c; "vendor-class": "android-dhcp-13" } } },0
192.168.1.8,62:25:6f:00:00:02,,3600,${ends / 1000},1,0,0,,0,,0
192.168.1.8,62:25:6f:00:00:02,,0,${ends / 1000},1,0,0,,2,,0`,
    leases: [{ ...lease, vendorClass: 'android-dhcp-13', endsAt: ends }],
  },
  'Kea, IPv6': {
    text: `address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id
fd00::7,00:01:00:01:2b:bb:bb:bb:${mac},3600,${ends / 1000},1,3000,0,7,128,0,0,RedmiNote8Pro-RedmiN.,,0,,,,0
fd00:1::,00:03:00:01:${mac},3600,${ends / 1000},1,3000,2,7,56,0,0,,,0,,,,0`,
    leases: [{ ...lease, address: 'fd00::7', endsAt: ends }],
  },
};

describe('lease files', () => {
  test.each(Object.entries(leaseFiles))('%s', (_server, { text, leases }) => {
    expect(parseLeases(text, NOW)).toEqual(leases);
  });

  test('no content breaks the reading', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('lease 1.2.3.4 {', '}', '# a b c d 1 ', 'address,hwaddr,\n', '\n'),
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        (text) => {
          parseLeases(text, NOW);
        },
      ),
    );
  });
});

describe('sources that run', () => {
  let folder: string;
  let source: Source | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quell-sources-'));
  });
  afterEach(async () => {
    await source?.stop();
    await rm(folder, { recursive: true });
  });

  test('a lease file that appears later, and is replaced as a whole, is read each time', async () => {
    const file = join(folder, 'dhcp.leases');
    source = new Leases({ now: () => NOW, files: [file], pollEvery: 60_000 });
    const { report, next } = listen();
    await source.start(report);
    expect(source.state().working).toBe(false);
    await writeFile(file, `0 ${mac} 192.168.1.7 first *\n`);
    await next((sighting) => sighting.kind === 'host-name' && sighting.name === 'first');
    await writeFile(`${file}.new`, `0 62:25:6f:00:00:02 192.168.1.7 second *\n`);
    await rename(`${file}.new`, file);
    const link = await next((sighting) => sighting.kind === 'link' && sighting.mac.startsWith('62'));
    expect(link).toMatchObject({ address: '192.168.1.7', confirmed: true });
    await writeFile(file, '');
    await next((sighting) => sighting.kind === 'gone');
    expect(source.state()).toEqual({ working: true, sentence: `Reads the DHCP leases in ${file}.` });
  });

  test('that all leases are read is said after what changed, at every look, and not while a file can’t be read', async () => {
    const file = join(folder, 'dhcp.leases');
    await writeFile(file, `0 ${mac} 192.168.1.7 first *\n`);
    let now = NOW;
    const leases = new Leases({ now: () => now, files: [file], pollEvery: 60_000 });
    source = leases;
    const { heard, report, next } = listen();
    const readAt = (at: number) => next((sighting) => sighting.kind === 'read' && sighting.at === at);
    await leases.start(report);
    expect(heard.map(({ kind }) => kind)).toEqual(['link', 'host-name', 'read']);
    now += 1000;
    leases.lookAgain();
    await readAt(now);
    expect(heard.map(({ kind }) => kind)).toEqual(['link', 'host-name', 'read', 'read']);
    await rename(file, `${file}.away`);
    await mkdir(file);
    now += 1000;
    leases.lookAgain();
    await expect.poll(() => leases.state().sentence).toContain('EISDIR');
    await rmdir(file);
    await rename(`${file}.away`, file);
    now += 1000;
    leases.lookAgain();
    await readAt(now);
    expect(heard.some((sighting) => sighting.kind === 'read' && sighting.at === NOW + 2000)).toBe(false);
  });

  test('a lease that is over is gone, though nobody writes so', async () => {
    const file = join(folder, 'dhcpd.leases');
    await writeFile(file, `${ends / 1000} ${mac} 192.168.1.7 first *\n`);
    let now = NOW;
    const leases = new Leases({ now: () => now, files: [file], pollEvery: 60_000 });
    source = leases;
    const { heard, report, next } = listen();
    await leases.start(report);
    expect(heard.some(({ kind }) => kind === 'gone')).toBe(false);
    now = ends + 1;
    leases.lookAgain();
    expect(await next(({ kind }) => kind === 'gone')).toMatchObject({ address: '192.168.1.7', at: now });
  });

  test('a renewed lease tells that the phone has a newer Android', async () => {
    const file = join(folder, 'dhcpd.leases');
    const block = (release: number) => `lease 192.168.1.7 {
  ends never;
  hardware ethernet ${mac};
  set vendor-class-identifier = "android-dhcp-${release}";
}
`;
    await writeFile(file, block(13));
    source = new Leases({ now: () => NOW, files: [file], pollEvery: 60_000 });
    const { report, next } = listen();
    await source.start(report);
    const says = (vendorClass: string) => (sighting: Sighting) =>
      sighting.kind === 'vendor-class' && sighting.vendorClass === vendorClass;
    expect(await next(says('android-dhcp-13'))).toMatchObject({ address: '192.168.1.7', mac });
    await appendFile(file, block(14));
    await next(says('android-dhcp-14'));
  });

  test('a monitor that dies is started again, and what happened meanwhile is read from the table', async () => {
    const ip = join(folder, 'ip');
    // The first monitor dies at once, the second tells a change and stays.
    await writeFile(
      ip,
      `#!/bin/sh
case "$1" in
  help) echo 'OBJECT := { neigh | monitor }' >&2; exit 255;;
  neigh) echo '192.168.1.7 dev br0 lladdr ${mac} STALE'; [ -e ${folder}/died ] && echo '192.168.1.8 dev br0 lladdr ${mac} STALE'; exit 0;;
  monitor) if [ -e ${folder}/died ]; then echo '192.168.1.9 dev br0 lladdr ${mac} REACHABLE'; exec sleep 60; fi; touch ${folder}/died; exit 1;;
esac
`,
      { mode: 0o755 },
    );
    source = new Neighbours({ now: () => NOW, ip, pollEvery: 60_000 });
    const { report, next } = listen();
    await source.start(report);
    await next((sighting) => sighting.kind === 'link' && sighting.address === '192.168.1.7');
    await next((sighting) => sighting.kind === 'link' && sighting.address === '192.168.1.9' && sighting.confirmed);
    await next((sighting) => sighting.kind === 'link' && sighting.address === '192.168.1.8' && !sighting.confirmed);
    expect(source.state().working).toBe(true);
  });

  test('a host on which nothing can be read says what to install', async () => {
    source = new Neighbours({
      now: () => NOW,
      ip: join(folder, 'ip'),
      arpFile: join(folder, 'arp'),
      pollEvery: 60_000,
    });
    await source.start(() => {});
    expect(source.state()).toEqual({
      working: false,
      sentence: 'Cannot read the neighbour tables; install iproute2 so that devices are recognised by their MAC.',
    });
  });
});

describe('mDNS', () => {
  const label = (text: string) => [text.length, ...Buffer.from(text)];
  const redmi = [...label('Redmi-Note-8'), ...label('local'), 0];
  const record = (name: number[], type: number, data: number[]) => [
    ...name,
    0,
    type,
    0,
    1,
    0,
    0,
    0,
    120,
    data.length >> 8,
    data.length,
    ...data,
  ];
  const message = (...records: number[][]) =>
    Uint8Array.from([0, 0, 0x84, 0, 0, 0, 0, records.length, 0, 0, 0, 0, ...records.flat()]);

  test('an announcement tells the host’s name, its addresses and its services', () => {
    const announced = message(
      record(redmi, 1, [192, 168, 1, 7]),
      record([0xc0, 12], 28, [0xfd, ...Array(14).fill(0), 7]),
      record([...label('_Mi-Connect'), ...label('_udp'), ...label('local'), 0], 12, [...label('x'), 0xc0, 12]),
    );
    expect(parseMdns(announced)).toEqual({
      hosts: [
        { name: 'Redmi-Note-8.local', address: '192.168.1.7' },
        { name: 'Redmi-Note-8.local', address: 'fd00::7' },
      ],
      services: ['_mi-connect._udp'],
    });
  });

  test('questions tell nothing, and pointers that loop end the reading', () => {
    expect(parseMdns(Uint8Array.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...redmi, 0, 1, 0, 1])).hosts).toEqual([]);
    expect(parseMdns(message(record([0xc0, 12], 1, [192, 168, 1, 7]))).hosts).toEqual([]);
  });

  test('no message breaks the reading', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        if (bytes.length > 2) bytes[2] |= 0x80;
        parseMdns(bytes);
      }),
    );
  });
});
