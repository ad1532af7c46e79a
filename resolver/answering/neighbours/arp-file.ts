import { closeSync, openSync, readSync } from 'node:fs';
import { macNumber } from '../mac.ts';
import { type NeighbourTable, unicast } from './netlink.ts';

/** Enough for 800 neighbours; reading more would hold up answers. */
const MOST = 64 * 1024;
/** ATF_COM of if_arp.h: the entry is complete. */
const COMPLETE = 2;

/** The IPv4 part of the neighbour table as a file, for machines where the kernel can't be asked for one entry. */
export class ArpFile implements NeighbourTable {
  readonly perSecond = 50;
  private readonly path: string;
  private readonly room = Buffer.alloc(MOST);

  constructor(path = '/proc/net/arp') {
    this.path = path;
  }

  /** The file is of all interfaces; any number does. */
  link(): number {
    return 1;
  }

  close(): void {}

  macOf(octets: Uint8Array): number {
    if (octets.length !== 4) return -1;
    const text = this.read();
    const from = text.indexOf(`\n${octets.join('.')} `);
    if (from < 0) return -1;
    const [, , flags, mac] = text.slice(from + 1, from + 120).split(/\s+/);
    return Number(flags) & COMPLETE ? unicast(macNumber(mac)) : -1;
  }

  private read(): string {
    try {
      const fd = openSync(this.path, 'r');
      try {
        let length = 0;
        for (let got = 1; got > 0 && length < MOST; length += got)
          got = readSync(fd, this.room, length, MOST - length, null);
        return this.room.toString('latin1', 0, length);
      } finally {
        closeSync(fd);
      }
    } catch {
      return '';
    }
  }
}
