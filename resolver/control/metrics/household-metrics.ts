import type { WallMs } from '../../policy/model.ts';
import type { Coverage } from '../coverage/coverage.ts';
import type { ListStatus } from '../lists/list-status.ts';
import type { Household } from '../settings/household.ts';
import { gauge, type Metric, one } from './metric.ts';

export interface HouseholdMetricsDeps {
  readonly household: Household;
  readonly lists: { statuses(): readonly ListStatus[] };
  readonly coverage: (device: string) => Coverage;
  readonly now: () => WallMs;
}

/** Devices and lists, in numbers: no name or address of a device is in them. */
export function householdMetrics({ household, lists, coverage, now }: HouseholdMetricsDeps): Metric[] {
  const labelsOf = (id: string) => ({ list: id, name: household.get('list', id)?.name ?? id });
  return [
    gauge('quell_devices', 'Known devices by whether their look-ups reach Quell.', () => {
      const counts: Record<Coverage['state'], number> = { covered: 0, partly: 0, 'not-covered': 0, unknown: 0 };
      for (const { id } of household.all('device')) counts[coverage(id).state]++;
      return Object.entries(counts).map(([state, value]) => ({ labels: { coverage: state }, value }));
    }),
    gauge('quell_rules', 'Rules of the household.', () => one(household.count('rule'))),
    gauge('quell_household_read_only', 'Whether nothing can be changed now.', () =>
      one(Number(household.readOnly !== undefined)),
    ),
    gauge('quell_list_age_seconds', 'Since a list was looked at for a new version.', () =>
      lists
        .statuses()
        .flatMap(({ id, checkedAt }) =>
          checkedAt === undefined ? [] : { labels: labelsOf(id), value: Math.max(0, now() - checkedAt) / 1000 },
        ),
    ),
    gauge('quell_list_entries', 'Entries of a list that are in use.', () =>
      lists.statuses().map(({ id, entries = 0 }) => ({ labels: labelsOf(id), value: entries })),
    ),
    gauge('quell_list_failed', 'Whether a list could not be updated or is held back.', () =>
      lists
        .statuses()
        .map(({ id, state }) => ({ labels: labelsOf(id), value: Number(state === 'failed' || state === 'held') })),
    ),
  ];
}
