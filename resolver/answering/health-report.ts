import { getHeapStatistics } from 'node:v8';
import type { AnsweringHealth } from '../between/messages.ts';
import type { Cache } from './cache/cache.ts';
import type { Complaints } from './complaints.ts';
import type { Guard } from './guard/guard.ts';
import type { InForce } from './in-force.ts';
import type { Latency } from './latency.ts';
import type { ListenAddress } from './listen/carrier.ts';
import type { Bound } from './listeners.ts';
import type { Misses } from './misses.ts';
import type { Replies } from './replies.ts';
import type { Ring } from './ring.ts';
import type { Upstreams } from './upstream/upstreams.ts';
import type { Watchdog } from './watchdog.ts';

export interface Reported {
  readonly thread: number;
  readonly bound: () => Bound;
  readonly inForce: InForce;
  readonly replies: Replies;
  readonly cache: Cache;
  readonly cacheBytes: number;
  readonly misses: Misses;
  readonly latency: Latency;
  readonly ring: Ring;
  readonly watchdog: Watchdog;
  readonly guard: Guard;
  readonly complaints: Complaints;
  readonly upstreams: Upstreams;
}

/** How answering is, as control tells the household and metrics. */
export function healthReport(of: Reported): AnsweringHealth {
  const bound = of.bound();
  return {
    thread: of.thread,
    listening: [
      ...bound.dns.map((at) => `${textOf(at)} udp and tcp`),
      ...bound.tls.map((at) => `${textOf(at)} tls`),
      ...bound.https.map((at) => `${textOf(at)} https`),
    ],
    policyVersion: of.inForce.version,
    outcomes: [...of.replies.outcomes],
    cache: { entries: of.cache.size, bytes: of.cacheBytes },
    underWay: of.misses.size,
    latency: { house: of.latency.house.report(), upstream: of.latency.upstream.report() },
    heap: getHeapStatistics().used_heap_size,
    ringDropped: of.ring.lost,
    unansweredByWatchdog: of.watchdog.failures,
    pressure: of.guard.pressure.level,
    notices: of.complaints.sentences,
    upstreams: of.upstreams.state(),
  };
}

const textOf = ({ host, port }: ListenAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
