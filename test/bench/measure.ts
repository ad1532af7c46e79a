import { quiet } from './cost.ts';
import type { Options } from './options.ts';
import { residentOfTree } from './proc.ts';
import { type Rig, withServer } from './running.ts';
import type { Target } from './targets/target.ts';
import type { Metrics, Workload } from './workloads.ts';

/** Measures until nothing disturbed it; else, of a few tries, the least disturbed. */
export async function measure(rig: Rig, target: Target, workload: Workload, options: Options): Promise<Metrics> {
  const { disturbance, retries, patience, seconds } = options;
  const { list, cores } = workload;
  const isEcho = target.name !== 'echo' ? undefined : workload.echo === 'tcp' ? 'tcp' : 'udp';
  let best: Metrics | undefined;
  for (let attempt = 0; attempt <= retries; attempt++) {
    await quiet(disturbance, patience);
    const metrics: Metrics = await withServer(rig, target, { list, cores, isEcho }, async (bench) => ({
      firstAnswer: bench.server.firstAnswer,
      residentBefore: residentOfTree(bench.server.pid),
      ...(await workload.measure(bench, seconds)),
    }));
    // An echo answers nothing, so it can't be wrong.
    if (isEcho) delete metrics.bad;
    if (!best || metrics.disturbance < best.disturbance) best = metrics;
    if (!(best.disturbance > disturbance)) break;
  }
  return best!;
}
