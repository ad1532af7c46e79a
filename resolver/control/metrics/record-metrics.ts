import type { RecorderStats } from '../record/recorder.ts';
import type { AttemptCounts } from './attempt-counts.ts';
import { counter, gauge, type Metric, one } from './metric.ts';

const APPEND = 'quell_store_append_seconds';

/** The way of attempts into the store. */
export function recordMetrics(stats: () => RecorderStats, counts: AttemptCounts): Metric[] {
  return [
    counter('quell_attempts_total', 'Attempts of this node by purpose and whether they were blocked.', () =>
      counts.values(),
    ),
    counter('quell_attempts_stored_total', 'Attempts that the store has confirmed.', () => one(stats().stored)),
    gauge('quell_attempts_waiting', 'Attempts in memory that the store has not confirmed.', () => one(stats().waiting)),
    counter('quell_attempts_lost_total', 'Attempts that could not be recorded, by where they were lost.', () =>
      Object.entries(stats().lost).map(([where, value]) => ({ labels: { where }, value })),
    ),
    gauge('quell_journal_bytes', 'What waits on disk for the store.', () => one(stats().journal.bytes)),
    gauge('quell_journal_files', 'Files that wait for the store.', () => one(stats().journal.files)),
    gauge('quell_store_away', 'Whether the store can’t be written now.', () => one(Number(stats().away !== undefined))),
    {
      name: APPEND,
      help: 'How long the store took for a flush.',
      type: 'summary',
      values: () => {
        const { count, seconds } = stats().append;
        return [
          { metricName: `${APPEND}_sum`, value: seconds },
          { metricName: `${APPEND}_count`, value: count },
        ];
      },
    },
    gauge('quell_store_append_slowest_seconds', 'The longest of these since the start.', () =>
      one(stats().append.slowest),
    ),
  ];
}
