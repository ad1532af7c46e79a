import type { DeviceState } from './device-states.ts';
import type { Standing } from './guard/standing.ts';
import { macText } from './mac.ts';

/** Somebody who asks: an address, or a name under DoT or DoH. Kept from question to question. */
export interface Client {
  /** Canonical text of the address that questions come from. */
  readonly address: string;
  /** What it is known by instead of its address. */
  readonly name?: string;
  readonly mac?: number;
  /** MAC that the kernel had for the address when it was asked last; -1 for none. */
  neighbour: number;
  /** Monotonic milliseconds: from then on the kernel is asked before a question is believed to be the device's. */
  lookAt: number;
  /** Neither the table nor the kernel knows the address, and the wire was never asked: its questions wait for that. */
  isUnsettled: boolean;
  wasSought: boolean;
  /** A forwarder whose word about who asks is believed. */
  readonly trusted: boolean;
  standing: Standing;
  /** Octets over UDP, as the guard counts them, until the sum ends; monotonic milliseconds. */
  sumEnds: number;
  octetsAsked: number;
  octetsAnswered: number;
  device: DeviceState;
  /** Control was told that no device is known for it. */
  noted: boolean;
}

export type Who = Pick<Client, 'address' | 'name' | 'mac' | 'trusted'>;

/** What a client without a device is called in the record. */
export const strangerId = ({ address, mac }: Who): string => (mac === undefined ? address : macText(mac));
