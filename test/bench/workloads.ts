import { atRate } from './at-rate.ts';
import { besideEcho } from './beside-echo.ts';
import { costOf } from './cost.ts';
import type { ListSize } from './data/mixes.ts';
import { dnsperf, type LoadOptions } from './load.ts';
import type { Options } from './options.ts';
import { lengthOf, watched } from './pace.ts';
import { residentOfTree } from './proc.ts';
import type { Bench } from './running.ts';
import type { EchoKind } from './targets/echo.ts';

/** Figures that a workload found, by name; metrics.ts says what each means. */
export type Metrics = Record<string, number>;

/** How long, in seconds: at full speed before anything counts, at full speed, and at each fixed rate. */
export type Seconds = Options['seconds'];

export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly list: ListSize;
  /** What the machine would allow for it. */
  readonly echo: EchoKind;
  /** The only target that can do it. */
  readonly only?: string;
  /** Instead of the server's one core. */
  readonly cores?: string;
  measure(bench: Bench, seconds: Seconds): Promise<Metrics>;
}

const blocked = (id: string, list: ListSize): Workload => ({
  id,
  title: `Blocked names, list of ${list.toLocaleString('en')}`,
  list,
  echo: 'udp',
  async measure(bench, seconds) {
    const mix = bench.mixes.blocked(list);
    // Every name once: what a server learns of a name, it learns before.
    await bench.load.put(mix, { questions: 100_000 });
    return {
      ...(await fullSpeed(bench, mix, seconds, { inFlight: 150 })),
      ...(await besideEcho(bench, mix, { inFlight: 150 })),
      ...(await secondOpinion(bench, mix, seconds.full)),
      ...(await fixedRates(bench, mix, seconds.rate, {})),
      resident: resident(bench),
    };
  },
});

const cached: Workload = {
  id: 'cached',
  title: 'Cached answers, 2,000 names',
  list: 200_000,
  echo: 'udp',
  async measure(bench, seconds) {
    const mix = bench.mixes.cached();
    await bench.load.put(mix, { seconds: 2, inFlight: 50 });
    return {
      ...(await fullSpeed(bench, mix, seconds, { inFlight: 150 })),
      ...(await secondOpinion(bench, mix, seconds.full)),
      ...(await fixedRates(bench, mix, seconds.rate, {})),
      resident: resident(bench),
    };
  },
};

const household: Workload = {
  id: 'household',
  title: 'Household mix, 50 sources: 25 % blocked, 70 % cached, 5 % new',
  list: 200_000,
  echo: 'udp',
  async measure(bench, seconds) {
    const mix = bench.mixes.household(200_000);
    await warmUp(bench, mix);
    return {
      ...(await fullSpeed(bench, mix, seconds, { inFlight: 150, sources: 50 })),
      ...(await fixedRates(bench, mix, seconds.rate, { sources: 50 })),
      resident: resident(bench),
    };
  },
};

const misses: Workload = {
  id: 'misses',
  title: 'Names never asked before, 400 in flight',
  list: 200_000,
  echo: 'forward',
  async measure(bench, seconds) {
    const mix = bench.mixes.misses();
    await bench.load.put(mix, { seconds: 0.5, inFlight: 50 });
    return { ...(await fullSpeed(bench, mix, seconds, { inFlight: 400 })), resident: resident(bench) };
  },
};

const tcp: Workload = {
  id: 'tcp',
  title: 'TCP, 8 connections, pipelined',
  list: 200_000,
  echo: 'tcp',
  async measure(bench, seconds) {
    const { mixes, server } = bench;
    if (server.answersUdp) await bench.load.put(mixes.cached(), { seconds: 1, inFlight: 50 });
    const over = (mix: string) => () => dnsperf(server.port, mixes.forDnsperf(mix), seconds.full, 'tcp');
    const ofCache = await costOf(bench, over(mixes.cached()));
    const ofBlocked = await costOf(bench, over(mixes.blocked(200_000)));
    return {
      cpu: ofCache.cpu,
      perSecond: ofCache.perSecond,
      lost: ofCache.lost + ofBlocked.lost,
      blockedCpu: ofBlocked.cpu,
      blockedPerSecond: ofBlocked.perSecond,
      disturbance: Math.max(ofCache.disturbance, ofBlocked.disturbance),
    };
  },
};

export const workloads: readonly Workload[] = [
  blocked('blocked-200k', 200_000),
  blocked('blocked-1m', 1_000_000),
  cached,
  household,
  misses,
  tcp,
];

const resident = ({ server }: Bench) => residentOfTree(server.pid);

/** Every name that can be cached, then the mix itself. */
export async function warmUp({ load, mixes }: Bench, mix: string, seconds = 1): Promise<void> {
  await load.put(mixes.warmUp(), { questions: 6000, inFlight: 50 });
  await load.put(mix, { seconds, sources: 50 });
}

/**
 * A resolver runs for weeks, and a program that is compiled while it runs is at its best after some seconds: what the
 * first ones cost is told apart.
 */
async function fullSpeed(bench: Bench, mix: string, seconds: Seconds, options: LoadOptions): Promise<Metrics> {
  const first = await costOf(bench, () => bench.load.put(mix, { seconds: seconds.warm, ...options }));
  const load = () => bench.load.put(mix, { seconds: seconds.full, ...options });
  // Attempts of the warm-up are to be in the record before.
  await bench.server.settle();
  const storedBefore = await bench.storedAttempts?.();
  const { report, slowTimes } = await watched(bench.programs.pace, () => costOf(bench, load));
  const slowAtFull = (lengthOf(slowTimes) / (report.seconds * 1e6)) * 100;
  const { cpu, cpuUser, cpuSystem, perSecond, lost, bad, drops, disturbance } = report;
  const metrics = {
    cpu,
    cpuUser,
    cpuSystem,
    firstCpu: first.cpu,
    perSecond,
    slowAtFull,
    lost,
    bad,
    drops,
    disturbance,
  };
  const blocked = report.outcomes.blocked?.sent;
  if (storedBefore === undefined || !blocked) return metrics;
  return { ...metrics, stored: (((await bench.storedAttempts!()) - storedBefore) / blocked) * 100 };
}

async function secondOpinion(bench: Bench, mix: string, seconds: number): Promise<Metrics> {
  const { port } = bench.server;
  const load = () => dnsperf(port, bench.mixes.forDnsperf(mix), seconds, 'udp');
  const { cpu, perSecond } = await costOf(bench, load);
  return { dnsperfCpu: cpu, dnsperfPerSecond: perSecond };
}

async function fixedRates(bench: Bench, mix: string, seconds: number, options: LoadOptions): Promise<Metrics> {
  const at = (rate: number) => atRate(bench, mix, { ...options, rate, seconds });
  const slow = await at(500);
  const fast = await at(5000);
  return {
    p50at500: slow.latency.all.p50,
    p99at500: slow.latency.all.p99,
    p50at5000: fast.latency.all.p50,
    p99at5000: fast.latency.all.p99,
    steadyP99at5000: fast.steady.p99,
    slow: fast.slow * 100,
    lostAtRates: slow.lost + fast.lost,
  };
}
