import type { WallMs } from '../../policy/model.ts';
import { isIPv4 } from './address.ts';
import { type LeaseLink, type Link, Repeaters } from './repeaters.ts';
import type { Sighting } from './sighting.ts';

const MOST_LINKS = 50_000;

/**
 * Which MAC is behind an address, from neighbours and leases together. The newer word counts.
 * A MAC that several devices stand behind is known as shared; for its addresses only the lease, which carries the
 * device's own MAC, tells them apart.
 */
export class Links {
  private readonly neighbours = new Map<string, Link>();
  private readonly leases = new Map<string, LeaseLink>();
  private readonly addressesByMac = new Map<string, Set<string>>();
  private readonly repeaters = new Repeaters();
  private readonly sharedChanged: () => void;

  /** @param sharedChanged a MAC turned out to be shared, or not to be after all */
  constructor(sharedChanged: () => void) {
    this.sharedChanged = sharedChanged;
  }

  /** Whether somebody looks like a repeater by leases that may have changed since: they should be read again. */
  get inDoubt(): boolean {
    return this.repeaters.inDoubt;
  }

  /** @returns the addresses whose MAC may have changed by this */
  see(sighting: Sighting & { kind: 'link' }, now: WallMs): readonly string[] {
    const { address, mac, at } = sighting;
    const table: Map<string, Link> = sighting.source === 'neighbour' ? this.neighbours : this.leases;
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
      since: same && before.since <= now ? before.since : at,
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

  /** All leases are known as they were then. @returns the addresses whose MAC may have changed by this */
  leasesRead(at: WallMs): readonly string[] {
    return this.repeaters.leasesRead(at).flatMap((mac) => this.judge(mac, at));
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

  /** All MACs that several devices stand behind. */
  shared(now: WallMs): string[] {
    return this.repeaters.shared(now);
  }

  isShared(mac: string, now: WallMs): boolean {
    return this.repeaters.isShared(mac, now);
  }

  /** Drops what is older. */
  prune(before: WallMs): void {
    for (const table of [this.neighbours, this.leases])
      for (const [address, link] of table) if (Math.max(link.at, link.confirmedAt) < before) this.forget(address);
    this.repeaters.prune(before);
  }

  private forget(address: string): void {
    const mac = this.neighbours.get(address)?.mac;
    this.index(address, mac, undefined);
    this.neighbours.delete(address);
    this.leases.delete(address);
  }

  private index(address: string, before: string | undefined, after: string | undefined): void {
    if (before === after) return;
    const old = before && this.addressesByMac.get(before);
    if (old) {
      old.delete(address);
      if (old.size === 0) {
        this.addressesByMac.delete(before);
        this.repeaters.forget(before);
      }
    }
    if (!after) return;
    const addresses = this.addressesByMac.get(after);
    if (addresses) addresses.add(address);
    else this.addressesByMac.set(after, new Set([address]));
  }

  /** @returns all addresses of the MAC when it turned out to be shared, or not to be after all; else none */
  private judge(mac: string, now: WallMs): readonly string[] {
    const addresses = [...(this.addressesByMac.get(mac) ?? [])];
    const behind = addresses.filter(isIPv4).map((address) => ({
      neighbour: this.neighbours.get(address)!,
      lease: this.leases.get(address),
    }));
    if (!this.repeaters.judge(mac, behind, now)) return [];
    this.sharedChanged();
    return addresses;
  }
}
