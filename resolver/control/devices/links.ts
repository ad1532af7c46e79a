import type { WallMs } from '../../policy/model.ts';
import { isIPv4 } from './address.ts';
import type { Sighting } from './sighting.ts';

interface Link {
  mac: string;
  /** Since when the address has this MAC, or when the device last proved it. */
  at: WallMs;
  confirmedAt: WallMs;
}

const MINUTES = 60_000;
const HOURS = 60 * MINUTES;
/** Two addresses proved within this time are in use side by side. */
const SIDE_BY_SIDE = 10 * MINUTES;
const SHARED_FOR = 24 * HOURS;
/** No phone uses so many IPv4 addresses at a time. */
const TOO_MANY_ADDRESSES = 5;
const MOST_LINKS = 50_000;

/**
 * Which MAC is behind an address, from neighbours and leases together. The newer word counts.
 * A MAC that several devices stand behind (repeater, powerline, hotspot) is known as shared;
 * for its addresses only the lease, which carries the device's own MAC, tells them apart.
 */
export class Links {
  private readonly neighbours = new Map<string, Link>();
  private readonly leases = new Map<string, Link & { name?: string }>();
  private readonly addressesByMac = new Map<string, Set<string>>();
  private readonly sharedUntil = new Map<string, WallMs>();

  /** @returns the addresses whose MAC may have changed by this */
  see(sighting: Sighting & { kind: 'link' }): readonly string[] {
    const { address, mac, at } = sighting;
    const table = sighting.source === 'neighbour' ? this.neighbours : this.leases;
    const before = table.get(address);
    if (before && at < before.at) return [address];
    const same = before?.mac === mac;
    const next = {
      ...(same ? before : undefined),
      mac,
      // A lease that is merely renewed says nothing new about who is there; otherwise behind
      // a repeater every renewal would take the address away from what the kernel sees.
      at: same && (sighting.source === 'lease' || !sighting.confirmed) ? before.at : at,
      confirmedAt: sighting.confirmed ? Math.max(at, before?.confirmedAt ?? 0) : same ? before.confirmedAt : 0,
    };
    table.set(address, next);
    if (table.size > MOST_LINKS) this.forget(table.keys().next().value!);
    if (sighting.source === 'neighbour') this.index(address, before?.mac, mac);
    const now = this.neighbours.get(address)?.mac;
    return [
      ...new Set([
        address,
        ...(before && !same ? this.judge(before.mac, at) : []),
        ...(now ? this.judge(now, at) : []),
      ]),
    ];
  }

  /** @returns the addresses whose MAC may have changed by this */
  named(address: string, name: string, at: WallMs): readonly string[] {
    const lease = this.leases.get(address);
    if (lease) lease.name = name.toLowerCase();
    const mac = this.neighbours.get(address)?.mac;
    return lease && mac ? this.judge(mac, at) : [];
  }

  /** The MAC of the device that uses the address, never a shared one; undefined when nobody can tell. */
  macOf(address: string, now: WallMs): string | undefined {
    const neighbour = this.neighbours.get(address);
    const lease = this.leases.get(address);
    if (neighbour && this.isShared(neighbour.mac, now))
      return lease && !this.isShared(lease.mac, now) ? lease.mac : undefined;
    if (!neighbour || !lease) return (neighbour ?? lease)?.mac;
    return lease.at > neighbour.at ? lease.mac : neighbour.mac;
  }

  /** The address is reached through a MAC that others stand behind too. */
  isBehindShared(address: string, now: WallMs): boolean {
    const mac = this.neighbours.get(address)?.mac;
    return mac !== undefined && this.isShared(mac, now);
  }

  isShared(mac: string, now: WallMs): boolean {
    return (this.sharedUntil.get(mac) ?? 0) > now;
  }

  /** Shared MACs with the addresses behind them. */
  shared(now: WallMs): { mac: string; addresses: string[] }[] {
    return [...this.sharedUntil]
      .filter(([, until]) => until > now)
      .map(([mac]) => ({ mac, addresses: [...(this.addressesByMac.get(mac) ?? [])] }));
  }

  /** Drops what is older. */
  prune(before: WallMs): void {
    for (const table of [this.neighbours, this.leases])
      for (const [address, link] of table) if (Math.max(link.at, link.confirmedAt) < before) this.forget(address);
    for (const [mac, until] of this.sharedUntil) if (until < before) this.sharedUntil.delete(mac);
  }

  private forget(address: string): void {
    this.index(address, this.neighbours.get(address)?.mac, undefined);
    this.neighbours.delete(address);
    this.leases.delete(address);
  }

  private index(address: string, before: string | undefined, after: string | undefined): void {
    if (before === after) return;
    const old = before && this.addressesByMac.get(before);
    if (old) {
      old.delete(address);
      if (old.size === 0) this.addressesByMac.delete(before);
    }
    if (!after) return;
    const addresses = this.addressesByMac.get(after);
    if (addresses) addresses.add(address);
    else this.addressesByMac.set(after, new Set([address]));
  }

  /** @returns all addresses of the MAC when it turned out to be shared, else none */
  private judge(mac: string, now: WallMs): readonly string[] {
    const addresses = [...(this.addressesByMac.get(mac) ?? [])].filter(isIPv4);
    if (addresses.length < 2 || !this.servesSeveral(mac, addresses)) return [];
    const already = this.isShared(mac, now);
    this.sharedUntil.set(mac, now + SHARED_FOR);
    return already ? [] : [...this.addressesByMac.get(mac)!];
  }

  /**
   * Two addresses leased to two other MACs: frames are rewritten on the way. Where the repeater rewrites the
   * leases as well, several host names on several addresses in use side by side show it, or simply their number.
   */
  private servesSeveral(mac: string, addresses: readonly string[]): boolean {
    const leases = addresses.flatMap((address) => this.leases.get(address) ?? []);
    const leasedTo = new Set(leases.map((lease) => lease.mac));
    leasedTo.delete(mac);
    if (leasedTo.size >= 2) return true;
    const confirmed = addresses.map((address) => this.neighbours.get(address)!.confirmedAt);
    const newest = Math.max(...confirmed);
    const sideBySide = addresses.filter((_, i) => confirmed[i] > 0 && newest - confirmed[i] <= SIDE_BY_SIDE);
    const names = new Set(sideBySide.flatMap((address) => this.leases.get(address)?.name ?? []));
    return sideBySide.length >= TOO_MANY_ADDRESSES || (sideBySide.length >= 3 && names.size >= 2);
  }
}
