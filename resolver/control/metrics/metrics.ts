import type { Registry } from 'prom-client';
import type { Metric } from './metric.ts';

/** Everything to be watched in Prometheus' text format. Its library is loaded when somebody asks for the first time. */
export class Metrics {
  readonly #node: string;
  readonly #metrics: readonly Metric[];
  #registry: Promise<Registry> | undefined;

  constructor(deps: { readonly node: string; readonly metrics: readonly Metric[] }) {
    this.#node = deps.node;
    this.#metrics = deps.metrics;
  }

  async text(): Promise<string> {
    this.#registry ??= this.#load();
    return (await this.#registry).metrics();
  }

  async #load(): Promise<Registry> {
    const { Registry } = await import('prom-client');
    const registry = new Registry();
    registry.setDefaultLabels({ node: this.#node });
    for (const { values, ...about } of this.#metrics) {
      // Counts are kept where things happen; the library's own metrics could only count them again.
      const metric = { ...about, get: async () => ({ ...about, values: values() }) };
      registry.registerMetric(metric as unknown as Parameters<Registry['registerMetric']>[0]);
    }
    return registry;
  }
}
