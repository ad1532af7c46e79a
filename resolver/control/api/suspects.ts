import type { Pack } from '../../../lists/pack/format.ts';
import { evidenceFor } from '../../../lists/pack.ts';
import { type PurposeId, purposes } from '../../../lists/purposes.ts';
import { standsForMany } from '../../between/many-names.ts';
import type { WallMs } from '../../policy/model.ts';
import type { AttemptRow } from '../store/store.ts';

export interface Suspect {
  readonly domain: string;
  readonly purpose?: PurposeId;
  /** Tries: A, AAAA and HTTPS in one breath are one. */
  readonly count: number;
  readonly firstAt: WallMs;
  readonly lastAt: WallMs;
  readonly reason: string;
  readonly says: string;
  readonly breaks?: string;
  readonly score: number;
}

/** Suspects of one purpose, or of one list or rule where no purpose is known. */
export interface SuspectFold {
  readonly purpose?: PurposeId;
  readonly reason: string;
  readonly title: string;
  readonly says: string;
  readonly count: number;
  readonly domains: readonly string[];
}

export interface Blocked {
  /** Rows of the last minutes. */
  readonly recent: readonly AttemptRow[];
  /** Rows of the day before those. */
  readonly usual: readonly AttemptRow[];
  /** Names that this device had never asked for before. */
  readonly never: ReadonlySet<string>;
  /** Names that were what somebody missed before, on this device. */
  readonly missed: ReadonlySet<string>;
  readonly packs: readonly Pack[];
  readonly now: WallMs;
}

const SECOND = 1_000;
const HOUR = 3_600_000;
const BREATH = SECOND;
/** A burst is over so quickly, and somebody who notices presses so soon after. */
const BURST = 15 * SECOND;
const JUST_NOW = 45 * SECOND;
/** Hours of the day before in which a name is blocked that nobody misses. */
const MANY_HOURS = 6;

/** Purposes that a phone works without, whatever the name. */
const dispensable: ReadonlySet<string> = new Set<PurposeId>([
  'ads',
  'browser-tracking',
  'system-usage',
  'crash-diagnostics',
  'performance-statistics',
]);

interface Sign {
  readonly holds: boolean;
  readonly weight: number;
  readonly says: string;
}

/**
 * Names that were blocked just now, likeliest culprit first. What is new on this phone, what came in one burst
 * and what is known to break something stand above what is blocked all day long without anybody missing it.
 */
export function suspects(blocked: Blocked): Suspect[] {
  const usual = Map.groupBy(blocked.usual, ({ domain }) => domain);
  // What a phone makes up breaks nothing, and no rule could allow all of it.
  const told = blocked.recent.filter(({ domain }) => !standsForMany(domain));
  const recent = Map.groupBy(told, ({ domain }) => domain);
  return Array.from(recent, ([domain, rows]) => suspect(domain, rows, usual.get(domain) ?? [], blocked)).sort(
    (a, b) => b.score - a.score || b.lastAt - a.lastAt || (a.domain < b.domain ? -1 : 1),
  );
}

function suspect(domain: string, rows: readonly AttemptRow[], usual: readonly AttemptRow[], known: Blocked): Suspect {
  const finding = evidenceFor(known.packs, domain);
  const breaks = finding?.entry.breaks;
  const purpose = rows.find((row) => row.purpose)?.purpose ?? finding?.entry.purpose;
  const tries = triesOf(rows);
  const [firstAt, lastAt] = [tries[0], tries.at(-1)!];
  const hours = new Set(usual.map(({ at }) => Math.floor(at / HOUR))).size;
  const isNew = usual.length === 0;
  const isConstant = hours >= MANY_HOURS;
  const isBurst = lastAt - firstAt <= BURST && known.now - lastAt <= JUST_NOW && !isConstant;
  const signs: Sign[] = [
    { holds: known.missed.has(domain), weight: 20, says: 'It was what was missed on this phone before.' },
    { holds: breaks !== undefined, weight: 3, says: 'It is known to break something when blocked.' },
    { holds: isNew, weight: 3, says: 'It was not blocked on this phone in the day before.' },
    { holds: isNew && known.never.has(domain), weight: 1, says: 'This phone never asked for it before.' },
    { holds: isBurst, weight: 2, says: 'It was asked for in one go, just now.' },
    {
      holds: !rows.every((row) => row.reason.startsWith('purpose:')),
      weight: 1,
      says: 'A list or rule blocks it, not a purpose.',
    },
    { holds: purpose !== undefined && dispensable.has(purpose), weight: -3, says: 'Phones work without it.' },
    { holds: isRegular(tries), weight: -2, says: 'It is asked for at regular intervals, as in the background.' },
    { holds: isConstant, weight: -3, says: 'It is blocked on this phone all day long.' },
  ];
  const holding = signs.filter(({ holds }) => holds);
  const score = holding.reduce((sum, { weight }) => sum + weight, 0);
  const telling = holding.filter(({ weight }) => (score > 0 ? weight > 0 : weight < 0));
  return {
    domain,
    ...(purpose && { purpose }),
    count: tries.length,
    firstAt,
    lastAt,
    reason: rows[0].reason,
    says: telling.map(({ says }) => says).join(' ') || 'It was blocked in the last two minutes.',
    ...(breaks && { breaks }),
    score,
  };
}

/** The same suspects by what they are for, in the order of the likeliest of each. */
export function foldSuspects(ranked: readonly Suspect[]): SuspectFold[] {
  const folds = Map.groupBy(ranked, ({ purpose, reason }) => purpose ?? reason);
  return Array.from(folds.values(), (suspects): SuspectFold => {
    const [{ purpose, reason, says }] = suspects;
    return {
      ...(purpose && { purpose }),
      reason,
      title: purposes.find(({ id }) => id === purpose)?.title ?? titleOf(reason),
      says,
      count: suspects.reduce((sum, { count }) => sum + count, 0),
      domains: suspects.map(({ domain }) => domain),
    };
  });
}

function titleOf(reason: string): string {
  if (reason.startsWith('list:')) return 'A list';
  return reason.startsWith('rule:') ? 'A rule of yours' : 'Waiting for a decision';
}

function triesOf(rows: readonly AttemptRow[]): WallMs[] {
  const times = rows.map(({ at }) => at).sort((a, b) => a - b);
  const tries: WallMs[] = [];
  for (const at of times) if (tries.length === 0 || at - tries.at(-1)! >= BREATH) tries.push(at);
  return tries;
}

/** Four tries or more, none much earlier or later than the others suggest. */
function isRegular(tries: readonly WallMs[]): boolean {
  if (tries.length < 4) return false;
  const gaps = tries.slice(1).map((at, i) => at - tries[i]);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return mean >= 3 * SECOND && gaps.every((gap) => Math.abs(gap - mean) <= 0.25 * mean);
}
