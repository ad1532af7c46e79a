import { createSocket, type Socket } from 'node:dgram';
import ipaddr from 'ipaddr.js';
import type { OwnNetworks } from '../guard/own-networks.ts';
import { type Libc, openLibc } from '../listen/libc.ts';
import { ArpFile } from './arp-file.ts';
import { type NeighbourTable, NetlinkNeighbours } from './netlink.ts';

/** Interfaces tried for an address that is in no network of ours. */
const MOST_LINKS = 4;
/** RFC 863: whatever comes here is thrown away. */
const DISCARD = 9;

/** @throws where there are no netlink sockets */
export function tableBy(libc: Libc): NeighbourTable {
  const netlink = new NetlinkNeighbours(libc);
  if (netlink.answers) return netlink;
  netlink.close();
  return new ArpFile();
}

/** Which hardware is behind an address, as the kernel knows at this moment. Never waits, and costs little at most. */
export class Neighbours {
  private readonly table: NeighbourTable;
  private readonly own: Pick<OwnNetworks, 'interfacesWith' | 'outward'>;
  private readonly links = new Map<string, number>();
  private readonly sockets: Partial<Record<'udp4' | 'udp6', Socket>> = {};
  private second = 0;
  private looks = 0;

  constructor(table: NeighbourTable, own: Pick<OwnNetworks, 'interfacesWith' | 'outward'>) {
    this.table = table;
    this.own = own;
  }

  /** By netlink, or by what there is. */
  static async open(own: OwnNetworks): Promise<Neighbours> {
    return new Neighbours(
      await openLibc()
        .then(tableBy)
        .catch(() => new ArpFile()),
      own,
    );
  }

  /** To be asked before a look that anybody can cause. @param now monotonic milliseconds */
  mayLook(now: number): boolean {
    const second = Math.floor(now / 1000);
    if (second !== this.second) {
      this.second = second;
      this.looks = 0;
    }
    return this.looks++ < this.table.perSecond;
  }

  /** @param address canonical text @returns a number of 48 bits, -1 where none is known */
  macOf(address: string): number {
    const parsed = ipaddr.parse(address);
    const octets = Uint8Array.from(parsed.toByteArray());
    const near = this.own.interfacesWith(parsed);
    // One whose own address came without its network, by DHCPv6, has neighbours all the same.
    for (const name of near.length > 0 ? near : this.own.outward.slice(0, MOST_LINKS)) {
      const link = this.linkOf(name);
      const mac = link === 0 ? -1 : this.table.macOf(octets, link);
      if (mac >= 0) return mac;
    }
    return -1;
  }

  /** Whether the kernel would find it by asking on the wire. */
  isNear(address: string): boolean {
    return this.own.interfacesWith(ipaddr.parse(address)).length > 0;
  }

  /** Has the kernel ask the wire whose the address is: it does so before it can send there. */
  seek(address: string): void {
    const kind = address.includes(':') ? 'udp6' : 'udp4';
    const near = this.own.interfacesWith(ipaddr.parse(address));
    const zone = address.startsWith('fe80:') ? `%${near[0]}` : '';
    this.sockets[kind] ??= createSocket(kind)
      .on('error', () => {})
      .unref();
    this.sockets[kind].send(new Uint8Array(0), DISCARD, `${address}${zone}`, () => {});
  }

  /** The machine's interfaces are others now. */
  forgetLinks(): void {
    this.links.clear();
  }

  close(): void {
    this.table.close();
    for (const socket of Object.values(this.sockets)) socket.close();
  }

  private linkOf(name: string): number {
    let link = this.links.get(name);
    if (link === undefined) {
      link = this.table.link(name);
      this.links.set(name, link);
    }
    return link;
  }
}
