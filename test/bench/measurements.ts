import { readFileSync } from 'node:fs';
import type { Machine } from './machine.ts';
import type { Metrics } from './workloads.ts';

/** One start of one server under one workload. */
export interface Measurement {
  readonly workload: string;
  readonly target: string;
  readonly version: string;
  readonly repetition: number;
  readonly metrics: Metrics;
  /** What went wrong instead. */
  readonly error?: string;
}

/** What is written to build/bench. */
export interface Run {
  readonly at: string;
  readonly machine: Machine;
  readonly measurements: readonly Measurement[];
}

/** Several runs of one machine as one; of the machine, what the last says. */
export function readRuns(files: readonly string[]): Run {
  const runs = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Run);
  return { ...runs[runs.length - 1], measurements: runs.flatMap(({ measurements }) => measurements) };
}

/** Medians of one workload, by target. */
export class Medians {
  private readonly measurements: readonly Measurement[];

  constructor(measurements: readonly Measurement[]) {
    this.measurements = measurements;
  }

  has(workload: string): boolean {
    return this.measurements.some((one) => one.workload === workload);
  }

  /** Undefined when there is no such figure. */
  of(workload: string, target: string, metric: string): number | undefined {
    const values = this.values(workload, target, metric);
    return values.length > 0 ? median(values) : undefined;
  }

  values(workload: string, target: string, metric: string): number[] {
    return this.measurements
      .filter((one) => one.workload === workload && one.target === target && one.metrics[metric] !== undefined)
      .map((one) => one.metrics[metric]);
  }

  error(workload: string, target: string): string | undefined {
    return this.measurements.find((one) => one.workload === workload && one.target === target && one.error)?.error;
  }

  targets(workload: string): string[] {
    return [...new Set(this.measurements.filter((one) => one.workload === workload).map(({ target }) => target))];
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
