import ipaddr from 'ipaddr.js';
import { canonicalAddress } from '../devices/address.ts';
import type { ApiContext } from './api-env.ts';

/** Who speaks: the peer, or whom the last trusted reverse proxy names. */
export function clientAddress(c: ApiContext, trustedProxies: readonly string[]): string {
  let address = canonicalAddress(c.env?.address ?? '') ?? '';
  const forwarded = c.req.header('x-forwarded-for')?.split(',') ?? [];
  // From right to left: each proxy appends whom it spoke to, and what is left of a stranger may be invented.
  while (forwarded.length > 0 && isTrusted(address, trustedProxies)) {
    const next = canonicalAddress(forwarded.pop()!.trim());
    if (next === undefined) break;
    address = next;
  }
  return address;
}

/** Whether a proxy that is not trusted says that it speaks for somebody. */
export function comesByStranger(c: ApiContext, trustedProxies: readonly string[]): boolean {
  const names = c.req.header('x-forwarded-for') ?? c.req.header('forwarded');
  return names !== undefined && !isTrusted(canonicalAddress(c.env?.address ?? '') ?? '', trustedProxies);
}

export function isSecure(c: ApiContext, trustedProxies: readonly string[]): boolean {
  const peer = canonicalAddress(c.env?.address ?? '') ?? '';
  const proto = isTrusted(peer, trustedProxies) ? c.req.header('x-forwarded-proto') : undefined;
  return (proto ?? new URL(c.req.url).protocol.slice(0, -1)) === 'https';
}

function isTrusted(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0 || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return networks.some((network) => {
    const range = ipaddr.parseCIDR(network);
    return parsed.kind() === range[0].kind() && parsed.match(range);
  });
}
