/** Which device is behind an address, a MAC or a name. Sent whole on every change, and kept on disk beside the policy. */
export interface DeviceTable {
  readonly version: number;
  /**
   * Canonical text ("192.168.1.7", "fe80::1" without zone) to device id, and the MAC that the kernel had for the address
   * when this was decided, empty for none: where it has another by now, that is the newer word. Without it the address
   * is the device's whatever the kernel says.
   */
  readonly addresses: readonly (readonly [address: string, device: string, mac?: string])[];
  /** "aa:bb:cc:dd:ee:ff" to device id; for what a trusted forwarder or the kernel reports. */
  readonly macs: readonly (readonly [mac: string, device: string])[];
  /** MACs that several devices stand behind, as behind a repeater: they tell nothing of who asks. */
  readonly shared?: readonly string[];
  /** First label of a DoT server name, or DoH path element, to device id. */
  readonly names: readonly (readonly [name: string, device: string])[];
}

export const emptyDeviceTable: DeviceTable = { version: 0, addresses: [], macs: [], names: [] };

/** A client that the device table does not know, or knows by another MAC; noted once until the table changes. */
export interface UnknownClient {
  /** Canonical text of the source address, or of the one a trusted forwarder reports; without it, only the MAC is known. */
  readonly address?: string;
  /** MAC that a trusted forwarder reports. */
  readonly mac?: string;
  /** MAC that the kernel has for the address. */
  readonly neighbour?: string;
  /** DoT or DoH name that it came by. */
  readonly name?: string;
}
