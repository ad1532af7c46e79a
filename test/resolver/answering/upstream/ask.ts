import type { Upstream } from '../../../../resolver/answering/upstream/upstream.ts';

/** @returns a copy of the answer @throws UpstreamFailed */
export function ask(upstream: Upstream, query: Uint8Array, budget: number): Promise<Uint8Array> {
  return new Promise((answered, failed) => {
    upstream.ask(query, budget, { answered: (answer) => answered(new Uint8Array(answer)), failed });
  });
}
