import ipaddr from 'ipaddr.js';
import type { OwnNetworks } from './own-networks.ts';

/**
 * What somebody who asks is to this house: `outside` gets no answer; `own` is a device of it; a `forwarder` asks for
 * many devices; the `machine` is this one, with whatever forwards on it.
 */
export type Standing = 'outside' | 'own' | 'forwarder' | 'machine';

const ownRanges = new Set(['private', 'linkLocal', 'uniqueLocal']);

/** Tells by an address who belongs to the house. Asked once per client, not per packet. */
export class Standings {
  private readonly allowed: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];
  private readonly own: OwnNetworks;

  /** @param deps.allow CIDRs that are answered beside private networks and those of this machine */
  constructor(deps: { allow: readonly string[]; own: OwnNetworks }) {
    this.allowed = deps.allow.map((cidr) => ipaddr.parseCIDR(cidr));
    this.own = deps.own;
  }

  /** @param text canonical; empty for those whom only a forwarder knows */
  readonly of = (text: string): Standing => {
    if (text === '') return 'own';
    const address = ipaddr.process(text);
    const range = address.range();
    if (range === 'loopback') return 'machine';
    if (this.own.isGateway(address.toString())) return 'forwarder';
    if (ownRanges.has(range) || this.own.include(address)) return 'own';
    const isAllowed = this.allowed.some(
      ([network, bits]) => network.kind() === address.kind() && address.match(network as never, bits),
    );
    return isAllowed ? 'own' : 'outside';
  };
}
