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
  /** MACs whose addresses are leased to others: true as long as the leases say so. */
  private readonly rewriting = new Set<string>();
  /** MACs that looked shared by what stood behind them at one time. */
  private readonly sharedUntil = new Map<string, WallMs>();

  /** @returns the addresses whose MAC may have changed by this */
  see(sighting: Sighting & { kind: 'link' }, now: WallMs): readonly string[] {
    const { address, mac, at } = sighting;
    const table = sighting.source === 'neighbour' ? this.neighbours : this.leases;
    const before = table.get(address);
    // Late news is no news; but where the clock was set back, everything seems late.
    if (before && at < before.at && before.at <= now) return [address];
    const same = before?.mac === mac;
    const next = {
      ...(same ? before : undefined),
      mac,
      // A lease that is merely renewed says nothing new about who is there; otherwise behind
      // a repeater every renewal would take the address away from what the kernel sees.
      at: same && (sighting.source === 'lease' || !sighting.confirmed) ? before.at : at,
      confirmedAt: Math.max(sighting.confirmed ? at : 0, same ? before.confirmedAt : 0),
    };
    table.set(address, next);
    if (table.size > MOST_LINKS) this.forget(table.keys().next().value!);
    if (sighting.source === 'neighbour') this.index(address, before?.mac, mac);
    const behind = this.neighbours.get(address)?.mac;
    return [
      ...new Set([
        address,
        ...(before && !same ? this.judge(before.mac, at) : []),
        ...(behind ? this.judge(behind, at) : []),
      ]),
    ];
  }

  /** The lease ended. @returns the addresses whose MAC may have changed by this */
  leaseEnded(address: string, at: WallMs): readonly string[] {
    this.leases.delete(address);
    const mac = this.neighbours.get(address)?.mac;
    return mac === undefined ? [] : this.judge(mac, at);
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

  /** The MAC that the kernel has for the address, shared or not. */
  neighbourOf(address: string): string | undefined {
    return this.neighbours.get(address)?.mac;
  }

  /** The address is reached through a MAC that others stand behind too. */
  isBehindShared(address: string, now: WallMs): boolean {
    const mac = this.neighbours.get(address)?.mac;
    return mac !== undefined && this.isShared(mac, now);
  }

  isShared(mac: string, now: WallMs): boolean {
    return this.rewriting.has(mac) || (this.sharedUntil.get(mac) ?? 0) > now;
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

  /** @returns all addresses of the MAC when it turned out to be shared, or not to be after all; else none */
  private judge(mac: string, now: WallMs): readonly string[] {
    const before = this.isShared(mac, now);
    const addresses = [...(this.addressesByMac.get(mac) ?? [])].filter(isIPv4);
    if (this.isRewriting(mac, addresses)) this.rewriting.add(mac);
    else this.rewriting.delete(mac);
    if (this.isCrowded(addresses)) this.sharedUntil.set(mac, now + SHARED_FOR);
    return before === this.isShared(mac, now) ? [] : [...(this.addressesByMac.get(mac) ?? [])];
  }

  /** Two addresses leased to two other MACs: somebody on the way puts its own MAC in front of theirs. */
  private isRewriting(mac: string, addresses: readonly string[]): boolean {
    const leasedTo = new Set(addresses.flatMap((address) => this.leases.get(address)?.mac ?? []));
    leasedTo.delete(mac);
    return leasedTo.size >= 2;
  }

  /** Where the leases are rewritten too, several host names on addresses in use side by side show it, or their number. */
  private isCrowded(addresses: readonly string[]): boolean {
    const confirmed = addresses.map((address) => this.neighbours.get(address)!.confirmedAt);
    const newest = Math.max(...confirmed);
    const sideBySide = addresses.filter((_, i) => confirmed[i] > 0 && newest - confirmed[i] <= SIDE_BY_SIDE);
    const names = new Set(sideBySide.flatMap((address) => this.leases.get(address)?.name ?? []));
    return sideBySide.length >= TOO_MANY_ADDRESSES || (sideBySide.length >= 3 && names.size >= 2);
  }
}
