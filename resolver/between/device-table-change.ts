import { isDeepStrictEqual } from 'node:util';
import type { DeviceTable } from './device-table.ts';

/** What makes one device table of another: reading a message stops answers, and a phone has a new address every day. */
export interface DeviceTableChange {
  /** Version of the table that it changes. */
  readonly since: number;
  readonly version: number;
  readonly addresses: RowChanges<DeviceTable['addresses'][number]>;
  readonly macs: RowChanges<DeviceTable['macs'][number]>;
  readonly names: RowChanges<DeviceTable['names'][number]>;
  /** All of them, where they are others now. */
  readonly shared?: readonly string[];
}

export interface RowChanges<Row> {
  /** New ones, and those that say something else now. */
  readonly put: readonly Row[];
  /** Addresses, MACs or names that lead to nobody any more. */
  readonly gone: readonly string[];
}

/** More changed than that, and a whole table costs no more. */
const MOST = 2_000;

/** @returns undefined when so much changed that the whole table is the better message */
export function tableChange(before: DeviceTable, after: DeviceTable): DeviceTableChange | undefined {
  const addresses = rowChanges(before.addresses, after.addresses);
  const macs = rowChanges(before.macs, after.macs);
  const names = rowChanges(before.names, after.names);
  const count = [addresses, macs, names].reduce((sum, { put, gone }) => sum + put.length + gone.length, 0);
  if (count > MOST) return undefined;
  const { shared = [] } = after;
  const isSame = isDeepStrictEqual(before.shared ?? [], shared);
  return { since: before.version, version: after.version, addresses, macs, names, ...(!isSame && { shared }) };
}

type Row = readonly [key: string, device: string, mac?: string];

function rowChanges<R extends Row>(before: readonly R[], after: readonly R[]): RowChanges<R> {
  const old = new Map(before.map((row) => [row[0], row]));
  const put: R[] = [];
  for (const row of after) {
    const was = old.get(row[0]);
    if (!was || was[1] !== row[1] || was[2] !== row[2]) put.push(row);
    old.delete(row[0]);
  }
  return { put, gone: [...old.keys()] };
}
