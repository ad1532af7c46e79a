import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';

export interface BootstrapServer {
  readonly address: string;
  readonly port: number;
}

/**
 * Finds the addresses of list servers by asking the given resolvers, never Quell itself or the system, which may well
 * be Quell: a list that blocks its own server could otherwise never be repaired.
 */
export function bootstrapLookup(servers: readonly BootstrapServer[]): LookupFunction {
  const resolver = new Resolver({ timeout: 3000, tries: 2 });
  resolver.setServers(servers.map(({ address, port }) => `${isIP(address) === 6 ? `[${address}]` : address}:${port}`));
  return (host, _options, callback) => {
    const literal = isIP(host);
    if (literal !== 0) {
      callback(null, [{ address: host, family: literal }]);
      return;
    }
    Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]).then(([v4, v6]) => {
      const found = [
        ...(v4.status === 'fulfilled' ? v4.value : []).map((address) => ({ address, family: 4 })),
        ...(v6.status === 'fulfilled' ? v6.value : []).map((address) => ({ address, family: 6 })),
      ];
      const fault = v4.status === 'rejected' ? (v4.reason as NodeJS.ErrnoException) : null;
      callback(found.length > 0 ? null : (fault ?? new Error('no address')), found);
    });
  };
}
