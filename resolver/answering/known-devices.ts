import type { DeviceTable } from '../between/device-table.ts';
import type { DeviceTableChange, RowChanges } from '../between/device-table-change.ts';
import { macNumber } from './mac.ts';

type AddressRow = DeviceTable['addresses'][number];

/** The device table as look-ups want it. */
export class KnownDevices {
  version = -1;
  private addresses = new Map<string, AddressRow>();
  private macs = new Map<number, string>();
  private names = new Map<string, string>();
  private shared: ReadonlySet<number> = new Set();

  use({ version, addresses, macs, names, shared }: DeviceTable): void {
    this.version = version;
    this.addresses = new Map(addresses.map((row) => [row[0], row]));
    this.macs = new Map(macs.map(([mac, device]) => [macNumber(mac), device]));
    this.names = new Map(names);
    this.shared = new Set(shared?.map(macNumber));
  }

  change({ version, addresses, macs, names, shared }: DeviceTableChange): void {
    this.version = version;
    put(this.addresses, addresses, String, (row) => row);
    put(this.macs, macs, macNumber, ([, device]) => device);
    put(this.names, names, String, ([, device]) => device);
    if (shared) this.shared = new Set(shared.map(macNumber));
  }

  hasAddress(address: string): boolean {
    return this.addresses.has(address);
  }

  /** @param name in lower case */
  ofName(name: string): string | undefined {
    return this.names.get(name);
  }

  ofMac(mac: number): string | undefined {
    return this.macs.get(mac);
  }

  /** @param neighbour MAC that the kernel has for the address, -1 for none: where it is news to the table, it counts */
  ofAddress(address: string, neighbour: number): string | undefined {
    const row = this.addresses.get(address);
    const isNews = neighbour >= 0 && !this.shared.has(neighbour) && (row === undefined || isOlder(row, neighbour));
    return isNews ? this.macs.get(neighbour) : row?.[1];
  }

  /** Whether the table and the kernel differ about the address: either may be the newer word. */
  disagrees(address: string, neighbour: number): boolean {
    const row = this.addresses.get(address);
    return neighbour >= 0 && row !== undefined && isOlder(row, neighbour);
  }
}

/** Whether the table gave the address to its device before this MAC was behind it. */
const isOlder = ([, , mac]: AddressRow, neighbour: number): boolean =>
  mac !== undefined && (mac === '' || macNumber(mac) !== neighbour);

function put<Row extends readonly [string, ...unknown[]], Key, Value>(
  map: Map<Key, Value>,
  changes: RowChanges<Row>,
  asKey: (text: string) => Key,
  asValue: (row: Row) => Value,
): void {
  for (const text of changes.gone) map.delete(asKey(text));
  for (const row of changes.put) map.set(asKey(row[0]), asValue(row));
}
