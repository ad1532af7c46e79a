import { canonicalAddress, isHostAddress } from '../address.ts';
import { canonicalMac, isUnicastMac } from '../mac.ts';

/** One entry of the kernel's neighbour table; without `mac` the kernel lost or never found the device. */
export interface Neighbour {
  readonly address: string;
  readonly mac?: string;
  /** The kernel heard from it just now: state REACHABLE. DELAY and PROBE only say that it wants to know. */
  readonly confirmed: boolean;
}

const lost = new Set(['FAILED', 'INCOMPLETE', 'NONE']);

/**
 * Reads a line of `ip neigh` or `ip monitor neigh`, of iproute2 or busybox:
 *   192.168.1.7 dev br0 lladdr 1c:cc:d6:00:00:01 REACHABLE
 *   192.168.1.7 dev br0 lladdr 1c:cc:d6:00:00:01 ref 1 used 0/0/0 probes 4 STALE
 *   Deleted fe80::1 dev br0 lladdr 1c:cc:d6:00:00:01 router STALE
 * @returns undefined for lines of another kind and for entries that are no device
 */
export const parseNeighbour = (line: string): Neighbour | undefined => {
  const words = line
    .replace(/^\[NEIGH\]/, '')
    .trim()
    .split(/\s+/);
  const deleted = words[0] === 'Deleted';
  const address = canonicalAddress(words[deleted ? 1 : 0]);
  if (address === undefined || !isHostAddress(address)) return undefined;
  const state = words.at(-1)!;
  if (state === 'NOARP') return undefined;
  const at = words.indexOf('lladdr');
  const mac = at < 0 ? undefined : canonicalMac(words[at + 1] ?? '');
  if (mac !== undefined && !isUnicastMac(mac)) return undefined;
  if (deleted || lost.has(state) || mac === undefined) return { address, confirmed: false };
  return { address, mac, confirmed: state === 'REACHABLE' };
};

/** Reads a line of /proc/net/arp, the IPv4 part of the table for hosts that have no `ip` command. */
export const parseArp = (line: string): Neighbour | undefined => {
  const [text, , flags, hardware] = line.trim().split(/\s+/);
  const address = canonicalAddress(text ?? '');
  const mac = canonicalMac(hardware ?? '');
  if (address === undefined || mac === undefined || !isHostAddress(address)) return undefined;
  // ATF_COM of if_arp.h: the entry is complete.
  const complete = (Number(flags) & 2) !== 0 && isUnicastMac(mac);
  return complete ? { address, mac, confirmed: false } : { address, confirmed: false };
};
