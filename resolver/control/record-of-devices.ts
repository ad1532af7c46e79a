import type { WallMs } from '../policy/model.ts';
import { FormerIds } from './former-ids.ts';
import type { DeviceDocument } from './settings/documents.ts';
import type { Household } from './settings/household.ts';
import type { AttemptFilter, Bucket, RecordStore, SummaryFilter, TimelineFilter } from './store/store.ts';

/** Roll-ups are of whole hours. */
const HOUR = 60 * 60_000;

export interface RecordOfDevicesDeps {
  readonly record: Pick<RecordStore, 'attempts' | 'summary' | 'timeline' | 'firstSeen'>;
  readonly household: Pick<Household, 'all' | 'get' | 'version'>;
  /** Called whenever somebody asks. */
  readonly onAsked: () => void;
}

/**
 * The record as people ask for it: what was recorded of a device before it turned out to be another one is that one's.
 * The store keeps it under the id that it had.
 */
export class RecordOfDevices implements Pick<RecordStore, 'attempts' | 'summary' | 'timeline' | 'firstSeen'> {
  private readonly deps: RecordOfDevicesDeps;
  private readonly formerIds: FormerIds;

  constructor(deps: RecordOfDevicesDeps) {
    this.deps = deps;
    this.formerIds = new FormerIds(deps.household);
  }

  async attempts(filter: AttemptFilter) {
    const page = await this.deps.record.attempts({ ...filter, device: this.all(filter.device, filter.from) });
    return { ...page, attempts: page.attempts.map((row) => ({ ...row, device: this.formerIds.today(row.device) })) };
  }

  async summary(filter: SummaryFilter) {
    const device = this.all(filter.device, filter.from);
    if (filter.by !== 'device') return this.deps.record.summary({ ...filter, device });
    const { totals, buckets } = await this.deps.record.summary({ ...filter, device, limit: undefined });
    const own = joinedBuckets(buckets.map((bucket) => ({ ...bucket, key: this.formerIds.today(`${bucket.key}`) })));
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
    this.deps.onAsked();
    if (device === undefined) return undefined;
    const ids = [device].flat().map((id) => this.formerIds.today(id));
    const all = ids.flatMap((id) => recordedAs(id, this.deps.household.get('device', id), from));
    return all.length === 1 ? all[0] : all;
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
