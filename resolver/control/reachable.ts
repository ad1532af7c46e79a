import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Addresses under which the household can open the page that listens there; the machine's own first for a wildcard. */
export function reachableAt({ host, port }: { host: string; port: number }): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [address(host, port)];
  const family = host === '::' ? 'IPv6' : 'IPv4';
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((own) => own.family === family && !own.internal && !own.address.startsWith('fe80:'));
  return [address('localhost', port), ...outside.map((own) => address(own.address, port))];
}

const address = (host: string, port: number): string => `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
