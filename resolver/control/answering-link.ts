import type { DeviceTable } from '../between/device-table.ts';
import { tableChange } from '../between/device-table-change.ts';
import { writeLastDevices, writeLastPolicy } from '../between/last-state.ts';
import type { ToAnswering } from '../between/messages.ts';
import { changeBetween, changesNothing } from '../between/policy-change.ts';
import type { PolicySnapshot } from '../between/policy-snapshot.ts';
import { InForce } from './in-force.ts';

/** Milliseconds in which changes are gathered before the last state is written to disk again. */
const WRITE_AFTER = 500;

/**
 * What answering is told: each part as it is now, or what changed in it, and kept on disk for the next start.
 * Knows when a version of the policy is in force on every answering thread.
 */
export class AnsweringLink {
  private readonly post: (message: ToAnswering) => void;
  private readonly dataDir: string;
  private readonly failed: (error: unknown) => void;
  private policy: PolicySnapshot | undefined;
  private table: DeviceTable | undefined;
  private rules: Extract<ToAnswering, { kind: 'rules' }> | undefined;
  private clockAhead: number | undefined;
  private readonly policiesInForce: InForce;
  private readonly rulesInForce: InForce;
  private readonly unwritten = new Set<'policy' | 'devices'>();
  private timer: NodeJS.Timeout | undefined;

  constructor(deps: {
    post: (message: ToAnswering) => void;
    dataDir: string;
    threads: number;
    failed: (error: unknown) => void;
  }) {
    this.post = deps.post;
    this.dataDir = deps.dataDir;
    this.policiesInForce = new InForce(deps.threads);
    this.rulesInForce = new InForce(deps.threads);
    this.failed = deps.failed;
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.write();
  }

  /** Resolves when every answering thread decides by it. */
  usePolicy(snapshot: PolicySnapshot): Promise<void> {
    const known = this.policy;
    const change = known && changeBetween(known, snapshot);
    // Most of what is noted about devices is nothing to policy.
    const areAllThere = known !== undefined && this.policiesInForce.everywhere >= known.version;
    if (known && change && changesNothing(known, change) && areAllThere) return Promise.resolve();
    this.policy = snapshot;
    this.post(change ? { kind: 'policy-change', change } : { kind: 'policy', snapshot });
    this.writeSoon('policy');
    return this.policiesInForce.reached(snapshot.version);
  }

  useTable(table: DeviceTable): void {
    const change = this.table && tableChange(this.table, table);
    this.table = table;
    this.post(change ? { kind: 'devices-change', change } : { kind: 'devices', table });
    this.writeSoon('devices');
  }

  /** The bytes are on disk already: lists keep them. Resolves when every answering thread decides by them. */
  useRules(buffer: SharedArrayBuffer): Promise<void> {
    this.rules = { kind: 'rules', buffer, number: (this.rules?.number ?? 0) + 1 };
    this.post(this.rules);
    return this.rulesInForce.reached(this.rules.number);
  }

  useClock(ahead: number): void {
    this.clockAhead = ahead;
    this.post({ kind: 'clock', ahead });
  }

  /** Answering has begun and knows nothing but what was on disk. */
  tellAll(): void {
    if (this.clockAhead !== undefined) this.post({ kind: 'clock', ahead: this.clockAhead });
    if (this.rules) this.post(this.rules);
    if (this.policy) this.post({ kind: 'policy', snapshot: this.policy });
    if (this.table) this.post({ kind: 'devices', table: this.table });
  }

  isInForce(thread: number, version: number): void {
    this.policiesInForce.note(thread, version);
  }

  areRulesInForce(thread: number, number: number): void {
    this.rulesInForce.note(thread, number);
  }

  private writeSoon(part: 'policy' | 'devices'): void {
    this.unwritten.add(part);
    this.timer ??= setTimeout(() => void this.write(), WRITE_AFTER);
  }

  private async write(): Promise<void> {
    this.timer = undefined;
    try {
      if (this.unwritten.delete('policy') && this.policy) await writeLastPolicy(this.dataDir, this.policy);
      if (this.unwritten.delete('devices') && this.table) await writeLastDevices(this.dataDir, this.table);
    } catch (error) {
      this.failed(error);
    }
  }
}
