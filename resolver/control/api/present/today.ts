import { StoreAway, type Totals } from '../../store/store.ts';
import type { ApiDeps } from '../deps.ts';
import { startOfDay } from './time.ts';

export const noTotals: Totals = { blocked: 0, allowed: 0, counted: 0 };

export interface Today {
  readonly household: Totals;
  of(device: string): Totals;
}

/** @returns undefined while the record can't be read: the rest of an answer is worth having without it */
export async function today({ record, household, now }: ApiDeps, device?: string): Promise<Today | undefined> {
  try {
    const from = startOfDay(now(), household.settings().zone);
    const { totals, buckets } = await record.summary({ by: 'device', from, to: now() + 1, device });
    const byDevice = new Map(buckets.map(({ key, blocked, allowed, counted }) => [key, { blocked, allowed, counted }]));
    return { household: totals, of: (id) => byDevice.get(id) ?? noTotals };
  } catch (error) {
    if (error instanceof StoreAway) return undefined;
    throw error;
  }
}
