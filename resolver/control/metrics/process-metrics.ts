import { getHeapStatistics } from 'node:v8';
import type { WallMs } from '../../policy/model.ts';
import { counter, gauge, type Metric, one } from './metric.ts';

/** The process as a whole, and control's part of it. */
export function processMetrics(about: {
  readonly version: string;
  readonly startedAt: WallMs;
  readonly clock: { readonly ahead: number };
}): Metric[] {
  return [
    gauge('quell_info', 'Version of Quell and of Node.', () => [
      { labels: { version: about.version, node_version: process.version }, value: 1 },
    ]),
    gauge('quell_control_start_time_seconds', 'When control was started, since 1970.', () =>
      one(about.startedAt / 1000),
    ),
    gauge('quell_clock_ahead_seconds', 'By how much this machine’s clock is ahead of the household’s.', () =>
      one(about.clock.ahead / 1000),
    ),
    gauge('process_resident_memory_bytes', 'Memory of the whole process.', () => one(process.memoryUsage.rss())),
    counter('process_cpu_seconds_total', 'CPU time of the whole process.', () => {
      const { user, system } = process.cpuUsage();
      return one((user + system) / 1e6);
    }),
    gauge('quell_control_heap_bytes', 'JavaScript heap of control.', () => one(getHeapStatistics().used_heap_size)),
  ];
}
