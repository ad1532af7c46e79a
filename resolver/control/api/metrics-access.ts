import { networkInterfaces } from 'node:os';
import type { MiddlewareHandler } from 'hono';
import ipaddr from 'ipaddr.js';
import type { ApiEnv } from './api-env.ts';
import { callerOf, demand, may } from './caller.ts';
import { comesByStranger } from './client-address.ts';
import type { ApiDeps } from './deps.ts';

/** Who may read metrics without logging in. */
export type MetricsReaders = 'own' | 'loopback' | 'token';

/** Lets those through whom the operator chose; everybody else needs a token with the scope `metrics`, or more. */
export const metricsReadersOnly =
  (deps: ApiDeps & { readonly metricsReaders: MetricsReaders }): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const caller = callerOf(c, deps);
    c.set('caller', caller);
    // Behind a proxy that is not trusted everybody has the proxy's address.
    const isKnown = caller.address !== '' && !comesByStranger(c, deps.trustedProxies ?? []);
    demand(c, may.watch(caller) || (isKnown && isAmong(deps.metricsReaders, caller.address)));
    await next();
  };

function isAmong(readers: MetricsReaders, text: string): boolean {
  if (readers === 'token') return false;
  const address = ipaddr.parse(text);
  if (address.range() === 'loopback') return true;
  return readers === 'own' && (ownRanges.has(address.range()) || isInOwnNetwork(address));
}

const ownRanges: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'linkLocal']);

/** A household's IPv6 addresses are public ones. */
function isInOwnNetwork(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return Object.values(networkInterfaces()).some((infos = []) =>
    infos.some(({ cidr }) => {
      const range = cidr ? ipaddr.parseCIDR(cidr) : undefined;
      return range !== undefined && range[0].kind() === address.kind() && address.match(range);
    }),
  );
}
