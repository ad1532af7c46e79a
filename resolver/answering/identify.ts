import type { DeviceTable, UnknownClient } from '../between/device-table.ts';

/** Somebody who asks: an address, or a name under DoT or DoH. Kept from question to question. */
export interface Client {
  /** Canonical text of the address the questions come from. */
  readonly address: string;
  /** Device id by the present table; undefined while nobody knows it. */
  device: string | undefined;
}

export type { DeviceTable, UnknownClient };
