import type { PurposeId } from '../../../lists/purposes.ts';
import type { WallMs } from '../../policy/model.ts';
import type { RecordStore, TimelineCell, Totals } from '../store/store.ts';
import { allAttempts } from './export.ts';
import { countIntents } from './intents.ts';

const DAY = 24 * 3_600_000;
const MOST_DOMAINS = 50;

export interface Span {
  readonly from: WallMs;
  /** Not included. */
  readonly to: WallMs;
}

export interface DeviceReport extends Span {
  readonly totals: Totals;
  /** Questions for one name within ten seconds are one intent. */
  readonly intents: number;
  /** Most attempts first; without a purpose, a list or a rule spoke. */
  readonly purposes: readonly PurposeShare[];
  readonly domains: readonly DomainShare[];
  /** Asked for by this device for the first time. */
  readonly newDomains: readonly { readonly domain: string; readonly firstSeen: WallMs }[];
  /** What was not blocked, most first. */
  readonly letThrough: readonly DomainShare[];
  /** Between 23 and 6 o'clock where the household lives. */
  readonly night: { readonly attempts: number; readonly share: number };
  /** Attempts a day while nothing was blocked on purpose, and in this span. */
  readonly baseline?: Baseline;
}

export interface PurposeShare {
  readonly purpose?: PurposeId;
  readonly blocked: number;
  readonly allowed: number;
}

export interface DomainShare {
  readonly domain: string;
  readonly blocked: number;
  readonly allowed: number;
}

export interface Baseline extends Span {
  readonly before: PerDay;
  readonly now: PerDay;
}

export interface PerDay {
  readonly attempts: number;
  readonly letThrough: number;
}

/** @param observed when the device was only watched, if it ever was */
export async function deviceReport(
  record: Pick<RecordStore, 'attempts' | 'summary' | 'timeline' | 'firstSeen'>,
  { device, span, zone, observed }: { device: string; span: Span; zone: string; observed?: Span },
): Promise<DeviceReport> {
  const [{ totals, buckets }, cells, intents] = await Promise.all([
    record.summary({ device, ...span, by: 'domain', zone }),
    record.timeline({ device, ...span, step: 'hour' }),
    countIntents(allAttempts(record, { device, ...span })),
  ]);
  const domains = buckets.flatMap(({ key, blocked, allowed }): DomainShare[] =>
    blocked + allowed > 0 ? [{ domain: String(key), blocked, allowed }] : [],
  );
  const night = sum(cells.filter(({ at }) => isNight(at, zone)));
  const attempts = totals.blocked + totals.allowed;
  return {
    ...span,
    totals,
    intents,
    purposes: byPurpose(cells),
    domains: domains.slice(0, MOST_DOMAINS),
    newDomains: await newIn(span, domains, (domain) => record.firstSeen(domain, device)),
    letThrough: domains
      .filter(({ allowed }) => allowed > 0)
      .sort((a, b) => b.allowed - a.allowed)
      .slice(0, MOST_DOMAINS),
    night: { attempts: night, share: attempts === 0 ? 0 : night / attempts },
    ...(observed && { baseline: await baselineOf(record, device, observed, perDay(totals, span)) }),
  };
}

async function baselineOf(
  record: Pick<RecordStore, 'summary'>,
  device: string,
  observed: Span,
  now: PerDay,
): Promise<Baseline> {
  const { totals } = await record.summary({ device, ...observed, by: 'day' });
  return { ...observed, before: perDay(totals, observed), now };
}

function perDay({ blocked, allowed }: Totals, { from, to }: Span): PerDay {
  const days = Math.max(to - from, DAY / 24) / DAY;
  return { attempts: (blocked + allowed) / days, letThrough: allowed / days };
}

async function newIn(
  { from, to }: Span,
  domains: readonly DomainShare[],
  firstSeen: (domain: string) => Promise<WallMs | undefined>,
): Promise<{ domain: string; firstSeen: WallMs }[]> {
  const found: { domain: string; firstSeen: WallMs }[] = [];
  for (const { domain } of domains) {
    const at = await firstSeen(domain);
    if (at !== undefined && at >= from && at < to) found.push({ domain, firstSeen: at });
  }
  return found.sort((a, b) => b.firstSeen - a.firstSeen).slice(0, MOST_DOMAINS);
}

function byPurpose(cells: readonly TimelineCell[]): PurposeShare[] {
  const shares = new Map<PurposeId | undefined, { purpose?: PurposeId; blocked: number; allowed: number }>();
  for (const { purpose, blocked, allowed } of cells) {
    const share = shares.get(purpose) ?? { ...(purpose && { purpose }), blocked: 0, allowed: 0 };
    share.blocked += blocked;
    share.allowed += allowed;
    shares.set(purpose, share);
  }
  return [...shares.values()].sort((a, b) => b.blocked + b.allowed - (a.blocked + a.allowed));
}

function isNight(at: WallMs, zone: string): boolean {
  const hour = Number(new Intl.DateTimeFormat('en', { timeZone: zone, hourCycle: 'h23', hour: 'numeric' }).format(at));
  return hour >= 23 || hour < 6;
}

const sum = (cells: readonly TimelineCell[]): number =>
  cells.reduce((all, { blocked, allowed }) => all + blocked + allowed, 0);
