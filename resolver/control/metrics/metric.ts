import { latencyBounds } from '../../between/latency.ts';

export type Labels = Readonly<Record<string, string | number>>;

export interface Value {
  readonly value: number;
  readonly labels?: Labels;
  /** Where it is not the metric's own, as for the parts of a histogram. */
  readonly metricName?: string;
}

/** Something to be watched, read when somebody asks for it. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly values: () => readonly Value[];
}

export const gauge = (name: string, help: string, values: Metric['values']): Metric => ({
  name,
  help,
  type: 'gauge',
  values,
});

export const counter = (name: string, help: string, values: Metric['values']): Metric => ({
  name,
  help,
  type: 'counter',
  values,
});

export const one = (value: number): Value[] => [{ value }];

/** Buckets as answering counts them; sum in milliseconds. */
export interface Counted {
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Seconds, as Prometheus counts: each bucket holds those before it too. */
export function histogramValues(name: string, labels: Labels, { counts, sum }: Counted): Value[] {
  let below = 0;
  const buckets = counts.map((count, i): Value => {
    below += count;
    const le = i < latencyBounds.length ? latencyBounds[i] / 1000 : '+Inf';
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum / 1000 },
    { metricName: `${name}_count`, labels, value: below },
  ];
}
