import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { latencyBounds } from '../../../../resolver/between/latency.ts';
import type { AnsweringHealth } from '../../../../resolver/between/messages.ts';
import { answeringMetrics } from '../../../../resolver/control/metrics/answering-metrics.ts';
import { AttemptCounts } from '../../../../resolver/control/metrics/attempt-counts.ts';
import { householdMetrics } from '../../../../resolver/control/metrics/household-metrics.ts';
import { Metrics } from '../../../../resolver/control/metrics/metrics.ts';
import { processMetrics } from '../../../../resolver/control/metrics/process-metrics.ts';
import { recordMetrics } from '../../../../resolver/control/metrics/record-metrics.ts';
import type { RecorderStats } from '../../../../resolver/control/record/recorder.ts';
import { batchFrom } from '../../../batch-from.ts';
import { aHousehold } from '../settings/a-household.ts';

const counts = (within: Readonly<Record<number, number>>) =>
  Array.from({ length: latencyBounds.length + 1 }, (_, i) => within[i] ?? 0);

const thread = (number: number, more: Partial<AnsweringHealth> = {}): AnsweringHealth => ({
  thread: number,
  listening: [],
  policyVersion: 7,
  outcomes: [5, 4, 3, 2, 1, 0, 0, 0],
  cache: { entries: 10, bytes: 1000 },
  underWay: 1,
  ringDropped: 0,
  upstreams: [
    { label: 'tls://9.9.9.9', healthy: true, latency: 12, failures: 3 },
    { label: 'https://dns.example/privat3/Redmi#9.9.9.9', healthy: true, failures: 0 },
  ],
  latency: {
    house: { counts: counts({ 0: 2 }), sum: 0.01 },
    upstream: { counts: counts({ 10: 1, [latencyBounds.length]: 1 }), sum: 9020 },
  },
  heap: 1_000_000,
  ...more,
});

const stats: RecorderStats = {
  taken: 9,
  stored: 8,
  waiting: 1,
  journal: { bytes: 100, files: 1, lost: 2, damaged: 0 },
  lost: { ring: 1, journal: 2, memory: 0, refused: 0 },
  setBack: 0,
  away: 'Redis does not answer.',
  append: { count: 4, seconds: 0.2, slowest: 0.1 },
};

async function text(): Promise<string> {
  const household = await aHousehold();
  const attempts = new AttemptCounts();
  const attempt = { at: 1, device: 'd_annas', domain: 'private.example', qtype: 1, reason: 'purpose:ads' };
  const outcomes = ['blocked', 'cached', 'blocked'] as const;
  attempts.add(batchFrom({ attempts: outcomes.map((outcome) => ({ ...attempt, outcome, purpose: 'ads' })) }));
  const list = { id: 'l_1', state: 'failed', says: '', entries: 3, checkedAt: 40_000 } as const;
  return new Metrics({
    node: 'attic',
    metrics: [
      ...answeringMetrics(() => [thread(0), thread(1)]),
      ...recordMetrics(() => stats, attempts),
      ...householdMetrics({
        household,
        lists: { statuses: () => [list] },
        coverage: () => ({ state: 'covered', sentence: '', why: { reason: 'asks' } }),
        now: () => 100_000,
      }),
      ...processMetrics({ version: '1.2.3', startedAt: 5000, clock: { ahead: 7000 } }),
    ],
  }).text();
}

test('threads are added up, and times become seconds in buckets that hold those before them', async () => {
  const lines = (await text()).split('\n');
  const value = (start: string) =>
    lines
      .find((line) => line.startsWith(start))
      ?.split(' ')
      .at(-1);
  expect(value('quell_questions_total{outcome="blocked",node="attic"}')).toBe('10');
  expect(value('quell_cache_hits_total{')).toBe('12');
  expect(value('quell_answer_seconds_bucket{by="house",le="0.00001",')).toBe('4');
  expect(value('quell_answer_seconds_bucket{by="upstream",le="0.01",')).toBe('0');
  expect(value('quell_answer_seconds_bucket{by="upstream",le="0.025",')).toBe('2');
  expect(value('quell_answer_seconds_bucket{by="upstream",le="5",')).toBe('2');
  expect(value('quell_answer_seconds_bucket{by="upstream",le="+Inf",')).toBe('4');
  expect(value('quell_answer_seconds_count{by="upstream",')).toBe('4');
  expect(value('quell_answer_seconds_sum{by="upstream",')).toBe('18.04');
  expect(value('quell_upstream_latency_seconds{thread="1",upstream="tls://9.9.9.9"')).toBe('0.012');
  expect(value('quell_attempts_total{purpose="ads",blocked="yes",')).toBe('2');
  expect(value('quell_attempts_lost_total{where="journal",')).toBe('2');
  expect(value('quell_store_away{')).toBe('1');
  expect(value('quell_clock_ahead_seconds{')).toBe('7');
  expect(value('quell_list_age_seconds{list="l_1",')).toBe('60');
  expect(value('quell_list_failed{list="l_1",')).toBe('1');
});

test('no device, no name that was asked for and no account at an upstream is in the metrics', async () => {
  const all = await text();
  expect(all).not.toMatch(/annas|private|privat3|Redmi/);
  expect(all).toContain('upstream="https://dns.example#9.9.9.9"');
});

test('the dashboard asks only for what there is, and by labels that it has', async () => {
  const all = await text();
  const dashboard = readFileSync(new URL('../../../../deploy/grafana/quell.json', import.meta.url), 'utf8');
  const { panels } = JSON.parse(dashboard) as { panels: { targets?: { expr: string; legendFormat: string }[] }[] };
  const targets = panels.flatMap(({ targets = [] }) => targets);
  expect(targets.length).toBeGreaterThan(25);
  for (const { expr, legendFormat } of targets) {
    const names = expr.match(/\b(quell|process)_\w+/g) ?? [];
    expect(names.length, expr).toBeGreaterThan(0);
    for (const name of names) expect(all).toMatch(new RegExp(`^${name}[{ ]`, 'm'));
    const labels = [
      ...[...expr.matchAll(/[{,](\w+)=/g)].map(([, label]) => label),
      ...[...expr.matchAll(/by \(([\w, ]+)\)/g)].flatMap(([, list]) => list.split(/, */)),
      ...[...legendFormat.matchAll(/{{(\w+)}}/g)].map(([, label]) => label),
    ];
    for (const label of labels) expect(all).toMatch(new RegExp(`^${names[0]}\\{[^}]*\\b${label}="`, 'm'));
  }
});
