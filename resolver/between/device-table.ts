/** Which device is behind an address, a MAC or a name. Sent whole on every change, and kept on disk beside the policy. */
export interface DeviceTable {
  readonly version: number;
  /** Canonical text ("192.168.1.7", "fe80::1" without zone) to device id. */
  readonly addresses: readonly (readonly [address: string, device: string])[];
  /** "aa:bb:cc:dd:ee:ff" to device id; used for the MAC that a trusted forwarder reports. */
  readonly macs: readonly (readonly [mac: string, device: string])[];
  /** First label of a DoT server name, or DoH path element, to device id. */
  readonly names: readonly (readonly [name: string, device: string])[];
}

export const emptyDeviceTable: DeviceTable = { version: 0, addresses: [], macs: [], names: [] };

/** A client that the device table does not know, noted once until the table changes. */
export interface UnknownClient {
  /** Canonical text of the source address, or of the one a trusted forwarder reports; without it, only the MAC is known. */
  readonly address?: string;
  /** MAC that a trusted forwarder reports. */
  readonly mac?: string;
  /** DoT or DoH name that it came by. */
  readonly name?: string;
}
