import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { AnsweringOptions } from './answering/answering.ts';
import type { LastState } from './between/last-state.ts';
import type { Config } from './control/config/config.ts';

/** The configuration, and what was known last, as answering wants it. */
export function answeringOptions(config: Config, state: LastState): AnsweringOptions {
  const { answering, dns, tls, upstreams, rebinding, records, names, local } = config;
  const { limits, cache } = answering;
  return {
    thread: 0,
    listen: dns.listen,
    reusePort: answering.threads > 1,
    encrypted: tls && { tls: dns.dotListen, https: dns.doh.listen, certificate: tls },
    cookieSecret: randomBytes(32),
    upstreams,
    cache: {
      bytes: cache.bytes,
      staleFor: cache.staleFor,
      ttl: { min: cache.minTtl, max: cache.maxTtl },
      folder: join(config.dataDir, 'last'),
    },
    trustedForwarders: config.trustedForwarders,
    allow: limits.clients === 'any' ? ['0.0.0.0/0', '::/0'] : limits.networks,
    guard: {
      rate: limits.perSecond,
      burst: limits.burst,
      underWay: limits.inFlight,
      forwarderFactor: limits.forwarderFactor,
      amplification: limits.amplification,
    },
    rebinding: { on: rebinding.protect, allow: rebinding.allow },
    local: { ...local, records, ownNames: names },
    snapshot: state.snapshot,
    table: state.table,
    rules: state.ruleSet.buffer as SharedArrayBuffer,
  };
}
