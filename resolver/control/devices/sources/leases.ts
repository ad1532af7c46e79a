import { type FSWatcher, watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { WallMs } from '../../../policy/model.ts';
import type { Report, Source, SourceState } from '../sighting.ts';
import { type Lease, parseLeases } from './lease-lines.ts';

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

const isSame = (a: Lease, b: Lease): boolean =>
  a.mac === b.mac && a.hostName === b.hostName && a.vendorClass === b.vendorClass && a.endsAt === b.endsAt;

/** DHCP leases: what the router gave to whom, with the name that the device gave itself. */
export class Leases implements Source {
  readonly name = 'leases';
  private readonly deps: LeasesDeps;
  private report: Report = () => {};
  private watchers: FSWatcher[] = [];
  private timers = new Map<string, NodeJS.Timeout>();
  private polling: NodeJS.Timeout | undefined;
  private running = false;
  private readonly known = new Map<string, { written: number; leases: Map<string, Lease>; problem?: string }>();

  constructor(deps: LeasesDeps) {
    this.deps = deps;
  }

  async start(report: Report): Promise<void> {
    this.report = report;
    this.running = true;
    // The folder, not the file: servers replace it, and it may not exist yet.
    for (const folder of new Set(this.deps.files.map((file) => dirname(file)))) this.watch(folder);
    await this.readAll();
    this.polling = setInterval(() => void this.readAll(), this.deps.pollEvery ?? 30_000);
    this.polling.unref();
  }

  async stop(): Promise<void> {
    this.running = false;
    clearInterval(this.polling);
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const watcher of this.watchers) watcher.close();
    this.watchers = [];
  }

  lookAgain(): void {
    if (this.running) void this.readAll();
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
        for (const file of this.deps.files)
          if (dirname(file) === folder && (name === null || name === basename(file))) this.soon(file);
      });
      watcher.on('error', () => watcher.close());
      this.watchers.push(watcher);
    } catch {
      // The folder does not exist; polling finds the file once it does.
    }
  }

  private soon(file: string): void {
    clearTimeout(this.timers.get(file));
    this.timers.set(
      file,
      setTimeout(() => void this.read(file), SETTLED),
    );
  }

  private async readAll(): Promise<void> {
    await Promise.all(this.deps.files.map((file) => this.read(file)));
  }

  private async read(file: string): Promise<void> {
    const before = this.known.get(file);
    try {
      const written = (await stat(file)).mtimeMs;
      if (before?.written === written && before.problem === undefined) return;
      const text = await readFile(file, 'utf8');
      if (!this.running) return;
      const leases = new Map(parseLeases(text, this.deps.now()).map((lease) => [lease.address, lease]));
      this.known.set(file, { written, leases });
      this.compare(before?.leases, leases, Math.min(written, this.deps.now()));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return;
      const problem = `Cannot read ${file} (${code}); let Quell's user read it so that devices are recognised by their leases.`;
      this.known.set(file, { written: 0, leases: before?.leases ?? new Map(), problem });
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
