import { type FSWatcher, watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { WallMs } from '../../../policy/model.ts';
import type { Report, Source, SourceState } from '../sighting.ts';
import { inForceAt, type Lease, parseLeases } from './lease-lines.ts';

/** Where DHCP servers keep their leases when nobody said otherwise. */
export const usualLeaseFiles: readonly string[] = [
  '/var/lib/misc/dnsmasq.leases',
  '/var/lib/dnsmasq/dnsmasq.leases',
  '/etc/pihole/dhcp.leases',
  '/tmp/dhcp.leases',
  '/tmp/hosts/odhcpd',
  '/tmp/odhcpd.leases',
  '/var/lib/dhcp/dhcpd.leases',
  '/var/lib/dhcp/dhcpd6.leases',
  '/var/lib/kea/kea-leases4.csv',
  '/var/lib/kea/kea-leases6.csv',
];

export interface LeasesDeps {
  readonly now: () => WallMs;
  /** Paths; those that do not exist yet are waited for. */
  readonly files: readonly string[];
  /** Milliseconds between looks that need no event: network file systems and overlays send none. */
  readonly pollEvery?: number;
}

/** Servers write a file in several steps. */
const SETTLED = 50;
/** File systems tell times coarsely: a file written so lately may be written again without looking newer. */
const COARSE = 2_000;

interface LeaseFile {
  /** Its time; 0 where the time alone does not tell whether it changed. */
  readonly written: number;
  readonly leases: ReadonlyMap<string, Lease>;
  readonly problem?: string;
}

const isSame = (a: Lease, b: Lease): boolean =>
  a.mac === b.mac && a.hostName === b.hostName && a.vendorClass === b.vendorClass && a.endsAt === b.endsAt;

/** DHCP leases: what the router gave to whom, with the name that the device gave itself. */
export class Leases implements Source {
  readonly name = 'leases';
  private readonly deps: LeasesDeps;
  private report: Report = () => {};
  private watchers: FSWatcher[] = [];
  private soon: NodeJS.Timeout | undefined;
  private polling: NodeJS.Timeout | undefined;
  private running = false;
  private looking: Promise<void> | undefined;
  private again = false;
  private readonly known = new Map<string, LeaseFile>();

  constructor(deps: LeasesDeps) {
    this.deps = deps;
  }

  async start(report: Report): Promise<void> {
    this.report = report;
    this.running = true;
    // The folder, not the file: servers replace it, and it may not exist yet.
    for (const folder of new Set(this.deps.files.map((file) => dirname(file)))) this.watch(folder);
    await this.look();
    this.polling = setInterval(() => void this.look(), this.deps.pollEvery ?? 30_000);
    this.polling.unref();
  }

  async stop(): Promise<void> {
    this.running = false;
    clearInterval(this.polling);
    clearTimeout(this.soon);
    for (const watcher of this.watchers) watcher.close();
    this.watchers = [];
    await this.looking;
  }

  lookAgain(): void {
    if (this.running) void this.look();
  }

  state(): SourceState {
    const readable = [...this.known].filter(([, { problem }]) => problem === undefined);
    const problem = [...this.known.values()].find((file) => file.problem)?.problem;
    if (problem !== undefined) return { working: readable.length > 0, sentence: problem };
    if (readable.length === 0)
      return {
        working: false,
        sentence: 'No DHCP lease file was found here; that is usual when the router gives the addresses.',
      };
    return { working: true, sentence: `Reads the DHCP leases in ${readable.map(([path]) => path).join(', ')}.` };
  }

  private watch(folder: string): void {
    try {
      const watcher = watch(folder, (_event, name) => {
        const isOurs = (file: string) => dirname(file) === folder && (name === null || name === basename(file));
        if (!this.deps.files.some(isOurs)) return;
        clearTimeout(this.soon);
        this.soon = setTimeout(() => void this.look(), SETTLED);
      });
      watcher.on('error', () => watcher.close());
      this.watchers.push(watcher);
    } catch {
      // The folder does not exist; polling finds the file once it does.
    }
  }

  /** Reads what changed. Never twice at a time, or the older reading might come last. */
  private look(): Promise<void> {
    if (this.looking) this.again = true;
    else
      this.looking = this.readAll().finally(() => {
        this.looking = undefined;
        const { again } = this;
        this.again = false;
        if (again && this.running) void this.look();
      });
    return this.looking!;
  }

  private async readAll(): Promise<void> {
    const at = this.deps.now();
    const areRead = await Promise.all(this.deps.files.map((file) => this.read(file)));
    if (this.running && areRead.every(Boolean)) this.report({ kind: 'read', source: 'lease', at });
  }

  /** @returns whether what is known of the file is what it holds */
  private async read(file: string): Promise<boolean> {
    const before = this.known.get(file);
    const nothingIsKnown = before === undefined || before.leases.size === 0;
    try {
      const { mtimeMs } = await stat(file);
      const isUnchanged = before?.written === mtimeMs && before.problem === undefined;
      const text = isUnchanged ? '' : await readFile(file, 'utf8');
      if (!this.running) return false;
      const now = this.deps.now();
      const leases = isUnchanged ? [...before.leases.values()].filter(inForceAt(now)) : parseLeases(text, now);
      const after = new Map(leases.map((lease) => [lease.address, lease]));
      this.known.set(file, { written: Math.abs(now - mtimeMs) > COARSE ? mtimeMs : 0, leases: after });
      this.compare(before?.leases, after, isUnchanged ? now : Math.min(mtimeMs, now));
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return nothingIsKnown;
      const problem = `Cannot read ${file} (${code}); let Quell's user read it so that devices are recognised by their leases.`;
      this.known.set(file, { written: 0, leases: before?.leases ?? new Map(), problem });
      return nothingIsKnown;
    }
  }

  /** @param before undefined on the first reading, when a lease proves nothing about now */
  private compare(before: ReadonlyMap<string, Lease> | undefined, after: ReadonlyMap<string, Lease>, at: WallMs): void {
    for (const [address, lease] of after) {
      const old = before?.get(address);
      if (old && isSame(old, lease)) continue;
      const confirmed = before !== undefined;
      const { mac, hostName, vendorClass } = lease;
      if (mac !== undefined) this.report({ kind: 'link', source: 'lease', address, mac, at, confirmed });
      if (hostName !== undefined) this.report({ kind: 'host-name', source: 'lease', name: hostName, address, mac, at });
      if (vendorClass !== undefined)
        this.report({ kind: 'vendor-class', source: 'lease', vendorClass, address, mac, at });
    }
    for (const address of before?.keys() ?? [])
      if (!after.has(address)) this.report({ kind: 'gone', source: 'lease', address, at });
  }
}
