import { expect, test } from 'vitest';
import { OwnNetworks } from '../../../../resolver/answering/guard/own-networks.ts';
import { openLibc } from '../../../../resolver/answering/listen/libc.ts';
import { ArpFile } from '../../../../resolver/answering/neighbours/arp-file.ts';
import { Neighbours, tableBy } from '../../../../resolver/answering/neighbours/neighbours.ts';
import { NetlinkNeighbours } from '../../../../resolver/answering/neighbours/netlink.ts';

const face = (address: string, mac: string, internal = false) => ({
  address,
  netmask: '',
  family: 'IPv4' as const,
  mac,
  internal,
  cidr: `${address}/24`,
});

const LINKS: Record<string, number> = { eth0: 2, wlan0: 3, wg0: 4, lo: 1 };

/** A machine with two networks and a tunnel. @returns how often each link was asked about */
function machine(perSecond = 1000) {
  const asked: number[] = [];
  const own = new OwnNetworks(
    () => ({
      lo: [face('127.0.0.1', '00:00:00:00:00:00', true)],
      eth0: [face('192.168.1.2', '02:00:00:00:00:02')],
      wlan0: [face('192.168.2.2', '02:00:00:00:00:03')],
      wg0: [face('10.8.0.1', '00:00:00:00:00:00')],
    }),
    () => new Set(),
  );
  const table = {
    perSecond,
    macOf: (_: Uint8Array, link: number) => {
      asked.push(link);
      return link === 3 ? 7 : -1;
    },
    link: (name: string) => LINKS[name],
    close: () => {},
  };
  return { neighbours: new Neighbours(table, own), asked };
}

test('the kernel is asked about the link that an address is on, and about all where it is on none', () => {
  const { neighbours, asked } = machine();
  expect(neighbours.macOf('192.168.2.7')).toBe(7);
  expect(neighbours.macOf('192.168.1.7')).toBe(-1);
  expect(asked.splice(0)).toEqual([3, 2]);
  expect(neighbours.macOf('2001:db8::7')).toBe(7);
  expect(asked.splice(0)).toEqual([2, 3]);
});

test('behind a tunnel there are no neighbours to wait for', () => {
  const { neighbours } = machine();
  expect(neighbours.isNear('192.168.1.7')).toBe(true);
  expect(neighbours.isNear('10.8.0.7')).toBe(false);
  expect(neighbours.isNear('10.9.0.7')).toBe(false);
});

test('so many looks a second and no more', () => {
  const { neighbours } = machine(3);
  const looks = (now: number) => [1, 2, 3, 4].map(() => neighbours.mayLook(now));
  expect(looks(5_000)).toEqual([true, true, true, false]);
  expect(looks(6_000)).toEqual([true, true, true, false]);
});

test('a kernel that tells only whole tables is asked by its file, which knows IPv4', async () => {
  const libc = await openLibc();
  const today = tableBy(libc);
  expect(today).toBeInstanceOf(NetlinkNeighbours);
  today.close();
  // To this day RTM_GETNEIGHTBL is answered as RTM_GETNEIGH was before Linux 5.0.
  const RTM_GETNEIGHTBL = 66;
  const asked: number[] = [];
  const closed: number[] = [];
  const old = tableBy({
    ...libc,
    send: (fd, message, length, flags) => {
      asked.push(fd);
      new DataView(message.buffer, message.byteOffset).setUint16(4, RTM_GETNEIGHTBL, true);
      return libc.send(fd, message, length, flags);
    },
    close: (fd) => {
      closed.push(fd);
      return libc.close(fd);
    },
  });
  expect(old).toBeInstanceOf(ArpFile);
  expect([asked.length, closed]).toEqual([1, asked]);
});
