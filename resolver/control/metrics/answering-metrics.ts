import type { AnsweringHealth } from '../../between/messages.ts';
import { outcomes } from '../../policy/model.ts';
import { type Counted, counter, gauge, histogramValues, type Metric, one } from './metric.ts';

const LATENCY = 'quell_answer_seconds';

/** What the answering threads said last, added up over all of them. */
export function answeringMetrics(threads: () => readonly AnsweringHealth[]): Metric[] {
  const sum = (part: (health: AnsweringHealth) => number) => threads().reduce((all, health) => all + part(health), 0);
  const byOutcome = (outcome: (typeof outcomes)[number]) => sum((health) => health.outcomes[outcomes.indexOf(outcome)]);
  const upstreams = () =>
    threads().flatMap(({ thread, upstreams }) =>
      upstreams.map((one) => ({ ...one, thread, label: withoutPath(one.label) })),
    );
  return [
    counter('quell_questions_total', 'Questions by what happened to them.', () =>
      outcomes.map((outcome) => ({ labels: { outcome }, value: byOutcome(outcome) })),
    ),
    {
      name: LATENCY,
      help: 'From question to answer. By upstream: all of them; by house (blocked, cached, own names): one in 64.',
      type: 'histogram',
      values: () =>
        (['house', 'upstream'] as const).flatMap((by) =>
          histogramValues(LATENCY, { by }, added(threads().flatMap(({ latency }) => latency?.[by] ?? []))),
        ),
    },
    gauge('quell_cache_entries', 'Answers in the cache.', () => one(sum(({ cache }) => cache.entries))),
    gauge('quell_cache_size_bytes', 'Room for answers.', () => one(sum(({ cache }) => cache.bytes))),
    counter('quell_cache_hits_total', 'Questions answered from the cache, expired answers included.', () =>
      one(byOutcome('cached') + byOutcome('stale')),
    ),
    counter('quell_cache_misses_total', 'Questions that the cache had no answer to.', () =>
      one(byOutcome('forwarded') + byOutcome('failed')),
    ),
    gauge('quell_questions_under_way', 'Different questions that wait for an upstream.', () =>
      one(sum(({ underWay }) => underWay)),
    ),
    gauge('quell_pressure', '0: none. 1 and more: attempts, prefetch and misses are let go, in this order.', () =>
      one(Math.max(0, ...threads().map(({ pressure }) => pressure ?? 0))),
    ),
    gauge('quell_upstream_healthy', 'Whether an upstream is asked.', () =>
      upstreams().map(({ thread, label, healthy }) => ({
        labels: { thread, upstream: label },
        value: Number(healthy),
      })),
    ),
    gauge('quell_upstream_latency_seconds', 'From question to answer, smoothed.', () =>
      upstreams().map(({ thread, label, latency = 0 }) => ({
        labels: { thread, upstream: label },
        value: latency / 1000,
      })),
    ),
    counter('quell_upstream_failures_total', 'Questions without a usable answer.', () =>
      upstreams().map(({ thread, label, failures }) => ({ labels: { thread, upstream: label }, value: failures })),
    ),
    gauge('quell_answering_heap_bytes', 'JavaScript heap of an answering thread.', () =>
      threads().flatMap(({ thread, heap }) => (heap === undefined ? [] : { labels: { thread }, value: heap })),
    ),
    gauge('quell_policy_version', 'Version of the policy that a thread decides by.', () =>
      threads().map(({ thread, policyVersion }) => ({ labels: { thread }, value: policyVersion })),
    ),
  ];
}

/** Some services put a customer's number there. */
const withoutPath = (label: string): string => label.replace(/^(https:\/\/[^/]+)\/[^#]*/, '$1');

function added(all: readonly Counted[]): Counted {
  const counts = (all[0]?.counts ?? []).map((_, i) => all.reduce((sum, each) => sum + each.counts[i], 0));
  return { counts, sum: all.reduce((sum, each) => sum + each.sum, 0) };
}
