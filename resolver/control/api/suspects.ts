import type { Pack } from '../../../lists/pack/format.ts';
import { evidenceFor } from '../../../lists/pack.ts';
import type { PurposeId } from '../../../lists/purposes.ts';
import type { WallMs } from '../../policy/model.ts';
import type { AttemptRow } from '../store/store.ts';

export interface Suspect {
  readonly domain: string;
  readonly purpose?: PurposeId;
  readonly count: number;
  readonly firstAt: WallMs;
  readonly lastAt: WallMs;
  readonly reason: string;
  readonly says: string;
  readonly breaks?: string;
  readonly score: number;
}

/** Purposes that a phone works without, whatever the name. */
const dispensable: ReadonlySet<string> = new Set(['ads', 'browser-tracking', 'system-usage', 'crash-diagnostics']);

interface Sign {
  readonly holds: boolean;
  readonly weight: number;
  readonly says: string;
}

/**
 * Names that were blocked just now, likeliest culprit first. What is new on this phone and what is known
 * to break something stand above what is blocked all day long without anybody missing it.
 * @param recent rows of the last minutes
 * @param usual rows of the day before those
 */
export function suspects(known: {
  readonly recent: readonly AttemptRow[];
  readonly usual: readonly AttemptRow[];
  readonly packs: readonly Pack[];
}): Suspect[] {
  const usualCounts = countByDomain(known.usual);
  const byDomain = Map.groupBy(known.recent, ({ domain }) => domain);
  return Array.from(byDomain, ([domain, rows]) => {
    const finding = evidenceFor(known.packs, domain);
    const breaks = finding?.entry.breaks;
    const purpose = rows.find((row) => row.purpose)?.purpose ?? finding?.entry.purpose;
    const usual = usualCounts.get(domain) ?? 0;
    const signs: Sign[] = [
      { holds: breaks !== undefined, weight: 3, says: 'It is known to break something when blocked.' },
      { holds: usual === 0, weight: 3, says: 'It was not blocked on this phone in the day before.' },
      {
        holds: !rows.every((row) => row.reason.startsWith('purpose:')),
        weight: 1,
        says: 'A list or rule blocks it, not a purpose.',
      },
      { holds: purpose !== undefined && dispensable.has(purpose), weight: -2, says: 'Phones work without it.' },
      { holds: usual >= 20, weight: -2, says: 'It is blocked on this phone all day long.' },
    ];
    const holding = signs.filter(({ holds }) => holds);
    const score = holding.reduce((sum, { weight }) => sum + weight, 0);
    const says = holding.filter(({ weight }) => (score > 0 ? weight > 0 : true)).map((sign) => sign.says);
    const times = rows.map(({ at }) => at);
    return {
      domain,
      purpose,
      count: rows.reduce((sum, { count }) => sum + count, 0),
      firstAt: Math.min(...times),
      lastAt: Math.max(...times),
      reason: rows[0].reason,
      says: says.join(' ') || 'It was blocked in the last two minutes.',
      breaks,
      score,
    };
  }).sort((a, b) => b.score - a.score || b.lastAt - a.lastAt);
}

function countByDomain(rows: readonly AttemptRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { domain, count } of rows) counts.set(domain, (counts.get(domain) ?? 0) + count);
  return counts;
}
