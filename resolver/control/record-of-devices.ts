import type { WallMs } from '../policy/model.ts';
import type { DeviceDocument } from './settings/documents.ts';
import type { Household } from './settings/household.ts';
import type { AttemptFilter, Bucket, RecordStore, SummaryFilter, TimelineFilter } from './store/store.ts';

/** Roll-ups are of whole hours. */
const HOUR = 60 * 60_000;

export interface RecordOfDevicesDeps {
  readonly record: Pick<RecordStore, 'attempts' | 'summary' | 'timeline' | 'firstSeen'>;
  readonly household: Pick<Household, 'all' | 'get' | 'version'>;
}

/**
 * The record as people ask for it: what was recorded of a device before it turned out to be another one is that one's.
 * The store keeps it under the id that it had.
 */
export class RecordOfDevices implements Pick<RecordStore, 'attempts' | 'summary' | 'timeline' | 'firstSeen'> {
  private readonly deps: RecordOfDevicesDeps;
  /** Former id to the id of today, as of a version of the household. */
  private known = { version: -1, now: new Map<string, string>() };

  constructor(deps: RecordOfDevicesDeps) {
    this.deps = deps;
  }

  async attempts(filter: AttemptFilter) {
    const page = await this.deps.record.attempts({ ...filter, device: this.all(filter.device, filter.from) });
    const today = this.today();
    return { ...page, attempts: page.attempts.map((row) => ({ ...row, device: today.get(row.device) ?? row.device })) };
  }

  async summary(filter: SummaryFilter) {
    const device = this.all(filter.device, filter.from);
    if (filter.by !== 'device') return this.deps.record.summary({ ...filter, device });
    const { totals, buckets } = await this.deps.record.summary({ ...filter, device, limit: undefined });
    const today = this.today();
    const own = joinedBuckets(buckets.map((bucket) => ({ ...bucket, key: today.get(`${bucket.key}`) ?? bucket.key })));
    return { totals, buckets: own.slice(0, filter.limit) };
  }

  timeline(filter: TimelineFilter) {
    return this.deps.record.timeline({ ...filter, device: this.all(filter.device, filter.from) });
  }

  firstSeen(domain: string, device?: string | readonly string[]): Promise<WallMs | undefined> {
    return this.deps.record.firstSeen(domain, this.all(device, 0));
  }

  /** Under which ids there may be something of the devices since then. */
  private all(
    device: string | readonly string[] | undefined,
    from: WallMs = 0,
  ): string | readonly string[] | undefined {
    if (device === undefined) return undefined;
    const today = this.today();
    const ids = [device].flat().map((id) => today.get(id) ?? id);
    const all = ids.flatMap((id) => recordedAs(id, this.deps.household.get('device', id), from));
    return all.length === 1 ? all[0] : all;
  }

  private today(): ReadonlyMap<string, string> {
    const { household } = this.deps;
    if (this.known.version !== household.version) {
      const now = new Map<string, string>();
      // One that is a device again, as when a merge was undone, is nobody else.
      for (const { id, formerly = [] } of household.all('device'))
        for (const former of formerly) if (!household.get('device', former.id)) now.set(former.id, id);
      this.known = { version: household.version, now };
    }
    return this.known.now;
  }
}

/** All ids under which something of the device may be recorded since `from`. */
export const recordedAs = (
  id: string,
  device: Pick<DeviceDocument, 'formerly'> | undefined,
  from: WallMs = 0,
): string[] => [id, ...(device?.formerly ?? []).filter(({ until }) => until >= from - HOUR).map((former) => former.id)];

const joinedBuckets = (buckets: readonly Bucket[]): Bucket[] => {
  const byKey = Map.groupBy(buckets, ({ key }) => key);
  const sum = (some: readonly Bucket[]) =>
    some.reduce((a, b) => ({
      key: a.key,
      blocked: a.blocked + b.blocked,
      allowed: a.allowed + b.allowed,
      counted: a.counted + b.counted,
    }));
  return [...byKey.values()].map(sum).sort((a, b) => b.blocked + b.allowed - a.blocked - a.allowed);
};
