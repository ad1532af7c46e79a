import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Report, Source, SourceState } from '../sighting.ts';
import { type Neighbour, parseArp, parseNeighbour } from './neighbour-lines.ts';
import { RepeatedCommand } from './repeated-command.ts';

export interface NeighboursDeps {
  readonly now: () => number;
  /** The `ip` command; a path, or a name on the PATH. */
  readonly ip?: string;
  readonly arpFile?: string;
  /** Milliseconds between looks where the kernel's changes can't be followed. */
  readonly pollEvery?: number;
  /** Milliseconds between whole looks while they are followed, for what was missed. */
  readonly resyncEvery?: number;
}

const run = promisify(execFile);
const FIRST_BACK_OFF = 500;
const LONGEST_BACK_OFF = 60_000;
/** A monitor that lived this long counts as healthy again. */
const HEALTHY_AFTER = 30_000;

/**
 * The kernel's neighbour tables, IPv4 and IPv6: who is behind an address, known before its first question is answered.
 * Follows changes by `ip monitor`; looks regularly where that is not to be had (busybox), and reads
 * /proc/net/arp, IPv4 only, where there is no `ip` at all. Needs no privileges.
 */
export class Neighbours implements Source {
  readonly name = 'neighbours';
  private readonly deps: NeighboursDeps;
  private readonly table: RepeatedCommand;
  private report: Report = () => {};
  private mode: 'monitor' | 'table' | 'arp' | 'nothing' = 'nothing';
  private running = false;
  private monitor: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private restart: NodeJS.Timeout | undefined;
  private backOff = FIRST_BACK_OFF;
  private looking: Promise<void> | undefined;
  private present = new Set<string>();

  constructor(deps: NeighboursDeps) {
    this.deps = deps;
    this.table = new RepeatedCommand([this.ip, 'neigh']);
  }

  async start(report: Report): Promise<void> {
    this.report = report;
    this.running = true;
    // The monitor first: what changes while the table is read must not be lost.
    if (await this.canMonitor()) this.follow();
    await this.look();
    this.plan();
  }

  async stop(): Promise<void> {
    this.running = false;
    clearTimeout(this.timer);
    clearTimeout(this.restart);
    this.monitor?.kill();
    this.monitor = undefined;
    this.table.stop();
    await this.looking;
  }

  lookAgain(): void {
    if (this.running && this.mode !== 'monitor') void this.look();
  }

  state(): SourceState {
    const sentences = {
      monitor: 'Follows the neighbour tables for IPv4 and IPv6.',
      table: 'Looks at the neighbour tables every few seconds, because this `ip` command cannot follow them.',
      arp: 'Sees IPv4 neighbours only; install iproute2 to recognise devices by IPv6 as well.',
      nothing: 'Cannot read the neighbour tables; install iproute2 so that devices are recognised by their MAC.',
    };
    return { working: this.mode !== 'nothing', sentence: sentences[this.mode] };
  }

  private get ip() {
    return this.deps.ip ?? 'ip';
  }

  /** iproute2 names `monitor` in its help, busybox doesn't have it. */
  private async canMonitor(): Promise<boolean> {
    const help = await run(this.ip, ['help'], { timeout: 5_000 }).then(
      (done) => done.stdout + done.stderr,
      (failed: { stdout?: string; stderr?: string }) => `${failed.stdout ?? ''}${failed.stderr ?? ''}`,
    );
    return /\bmonitor\b/.test(help);
  }

  private follow(): void {
    const monitor = spawn(this.ip, ['monitor', 'neigh'], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.monitor = monitor;
    this.mode = 'monitor';
    const startedAt = performance.now();
    createInterface({ input: monitor.stdout }).on('line', (line) => this.tell(parseNeighbour(line)));
    monitor.once('error', () => {});
    monitor.once('close', () => {
      this.monitor = undefined;
      if (!this.running) return;
      this.mode = 'table';
      if (performance.now() - startedAt > HEALTHY_AFTER) this.backOff = FIRST_BACK_OFF;
      this.restart = setTimeout(() => {
        this.follow();
        void this.look();
      }, this.backOff);
      this.backOff = Math.min(this.backOff * 2, LONGEST_BACK_OFF);
    });
  }

  private plan(): void {
    const { pollEvery = 3_000, resyncEvery = 60_000 } = this.deps;
    this.timer = setTimeout(
      () => {
        void this.look().then(() => {
          if (this.running) this.plan();
        });
      },
      this.mode === 'monitor' ? resyncEvery : pollEvery,
    );
  }

  /** Reads the whole table; calls while one is under way share it. */
  private look(): Promise<void> {
    this.looking ??= this.readAll().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async readAll(): Promise<void> {
    const entries = (await this.readTable()) ?? (await this.readArp());
    if (!entries || !this.running) return;
    const seen = new Set(entries.filter((entry) => entry.mac).map((entry) => entry.address));
    for (const address of this.present) if (!seen.has(address)) this.tell({ address, confirmed: false });
    for (const entry of entries) this.tell(entry);
  }

  private async readTable(): Promise<Neighbour[] | undefined> {
    const text = await this.table.run(10_000);
    if (text !== undefined && this.mode !== 'monitor') this.mode = 'table';
    return text?.split('\n').flatMap((line) => parseNeighbour(line) ?? []);
  }

  private async readArp(): Promise<Neighbour[] | undefined> {
    try {
      const text = await readFile(this.deps.arpFile ?? '/proc/net/arp', 'latin1');
      this.mode = 'arp';
      return text.split('\n').flatMap((line) => parseArp(line) ?? []);
    } catch {
      this.mode = 'nothing';
      return undefined;
    }
  }

  private tell(neighbour: Neighbour | undefined): void {
    if (!neighbour || !this.running) return;
    const { address, mac, confirmed } = neighbour;
    const at = this.deps.now();
    if (mac) {
      this.present.add(address);
      this.report({ kind: 'link', source: 'neighbour', address, mac, at, confirmed });
    } else if (this.present.delete(address)) {
      this.report({ kind: 'gone', source: 'neighbour', address, at });
    }
  }
}
