import type { WallMs } from '../../policy/model.ts';

export interface Link {
  readonly mac: string;
  /** Since when the address has this MAC, or when the device last proved it. */
  readonly at: WallMs;
  /** When this was heard of first. */
  readonly since: WallMs;
  readonly confirmedAt: WallMs;
}

export interface LeaseLink extends Link {
  /** Host name, in lower case. */
  name?: string;
}

/** One IPv4 address at which the kernel has the MAC that is judged, and whose it is by the leases. */
export interface Behind {
  readonly neighbour: Link;
  readonly lease: LeaseLink | undefined;
}

const MINUTES = 60_000;
const HOURS = 60 * MINUTES;
/** Two addresses proved within this time are in use side by side. */
const SIDE_BY_SIDE = 10 * MINUTES;
const SHARED_FOR = 24 * HOURS;
/** No phone uses so many IPv4 addresses at a time. */
const TOO_MANY_ADDRESSES = 5;

/** MACs that several devices stand behind: repeater, powerline, hotspot. */
export class Repeaters {
  /** MACs whose addresses are leased to others: true as long as the leases say so. */
  private readonly rewriting = new Set<string>();
  /** They look like that by leases which may be older than what the kernel saw. */
  private readonly doubtful = new Set<string>();
  /** MACs that looked shared by what stood behind them at one time. */
  private readonly sharedUntil = new Map<string, WallMs>();
  private leasesReadAt: WallMs = 0;

  /** Whether newer leases would tell more. */
  get inDoubt(): boolean {
    return this.doubtful.size > 0;
  }

  /** All leases are known as they were then. @returns MACs to be judged again */
  leasesRead(at: WallMs): readonly string[] {
    this.leasesReadAt = at;
    return [...this.doubtful];
  }

  shared(now: WallMs): string[] {
    return [...new Set([...this.rewriting, ...this.sharedUntil.keys()])].filter((mac) => this.isShared(mac, now));
  }

  isShared(mac: string, now: WallMs): boolean {
    return this.rewriting.has(mac) || (this.sharedUntil.get(mac) ?? 0) > now;
  }

  /** @returns whether the MAC turned out to be shared, or not to be after all */
  judge(mac: string, behind: readonly Behind[], now: WallMs): boolean {
    const before = this.isShared(mac, now);
    this.judgeRewriting(mac, behind);
    if (isCrowded(mac, behind)) this.sharedUntil.set(mac, now + SHARED_FOR);
    return before !== this.isShared(mac, now);
  }

  /** Nothing is behind it any more. */
  forget(mac: string): void {
    this.rewriting.delete(mac);
    this.doubtful.delete(mac);
  }

  /** Drops what is older. */
  prune(before: WallMs): void {
    for (const [mac, until] of this.sharedUntil) if (until < before) this.sharedUntil.delete(mac);
  }

  /**
   * Two addresses leased to two other MACs: somebody on the way puts its own MAC in front of theirs. A phone that takes
   * over two addresses looks the same to whoever has not read of its leases, so these have to be read after the kernel
   * saw it there first: a server writes a lease down before it tells the device. Once it is known, one address will do.
   */
  private judgeRewriting(mac: string, behind: readonly Behind[]): void {
    // A lease that is newer than what the kernel saw is that of somebody who came later.
    const hiding = behind.filter(({ neighbour, lease }) => lease && lease.mac !== mac && lease.at <= neighbour.at);
    const proven = hiding.filter(({ neighbour }) => neighbour.since <= this.leasesReadAt);
    const wasRewriting = this.rewriting.has(mac);
    const isRewriting = wasRewriting ? hiding.length > 0 : holders(proven) >= 2;
    put(this.rewriting, mac, isRewriting);
    put(this.doubtful, mac, !isRewriting && holders(hiding) >= 2);
  }
}

const holders = (behind: readonly Behind[]): number => new Set(behind.map(({ lease }) => lease!.mac)).size;

const put = (set: Set<string>, mac: string, isIn: boolean): void => {
  if (isIn) set.add(mac);
  else set.delete(mac);
};

/** Where the leases are rewritten too, several host names on addresses in use side by side show it, or their number. */
function isCrowded(mac: string, behind: readonly Behind[]): boolean {
  const newest = Math.max(...behind.map(({ neighbour }) => neighbour.confirmedAt));
  const sideBySide = behind.filter(
    ({ neighbour: { confirmedAt } }) => confirmedAt > 0 && newest - confirmedAt <= SIDE_BY_SIDE,
  );
  const names = new Set(sideBySide.flatMap(({ lease }) => (lease?.mac === mac && lease.name) || []));
  return sideBySide.length >= TOO_MANY_ADDRESSES || (sideBySide.length >= 3 && names.size >= 2);
}
