import { type DeviceTable, emptyDeviceTable } from '../../between/device-table.ts';
import type { WallMs } from '../../policy/model.ts';
import { type Identity, isAged } from './identity.ts';
import type { Links } from './links.ts';

type Rows = Omit<DeviceTable, 'version'>;

/** What answering needs of the identities: each address, MAC and name with its one device. */
export const tableOf = (identities: Iterable<Identity>, links: Links, now: WallMs): Rows => {
  const addresses: [string, string, string?][] = [];
  const macs: [string, string][] = [];
  const names: [string, string][] = [];
  const shared = links.shared(now);
  for (const { id, identifiers } of identities)
    for (const identifier of identifiers.values()) {
      const { kind, value, source } = identifier;
      if (isAged(identifier, now)) continue;
      if (kind === 'name') names.push([value, id]);
      else if (kind === 'mac') macs.push([value, id]);
      // What a person gave to a device stays there, whatever hardware is seen with it.
      else addresses.push(source === 'owner' ? [value, id] : [value, id, links.neighbourOf(value) ?? '']);
    }
  return { addresses, macs, names, ...(shared.length > 0 && { shared }) };
};

export interface TablePublisherDeps {
  readonly now: () => WallMs;
  readonly rows: () => Rows;
  readonly publish: (table: DeviceTable) => void;
}

/** A burst of changes is sent as two tables: one at once, one when this time is over. */
const BREATH = 50;

/** Sends the table whenever it changed, at once, but not for each of a thousand neighbours at start. */
export class TablePublisher {
  private readonly deps: TablePublisherDeps;
  private timer: NodeJS.Timeout | undefined;
  private again = false;
  private text = '';
  latest: DeviceTable = emptyDeviceTable;

  constructor(deps: TablePublisherDeps) {
    this.deps = deps;
  }

  changed(): void {
    if (this.timer) {
      this.again = true;
      return;
    }
    // When the present step is done: halfway through it an address may belong to nobody.
    queueMicrotask(() => this.send());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const { again } = this;
      this.again = false;
      if (again) this.changed();
    }, BREATH);
  }

  /** Without waiting for the breath to be over. */
  now(): void {
    this.again = false;
    this.send();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.again) this.send();
    this.again = false;
  }

  private send(): void {
    const rows = this.deps.rows();
    const text = JSON.stringify(rows);
    if (text === this.text) return;
    this.text = text;
    // By the clock, so that it grows over restarts too.
    this.latest = { version: Math.max(this.latest.version + 1, this.deps.now()), ...rows };
    this.deps.publish(this.latest);
  }
}
