import type { PurposeId } from '../../../../lists/purposes.ts';
import type { Attempt } from '../../../between/attempt-batch.ts';
import type { Outcome, WallMs } from '../../../policy/model.ts';

/** All that equal attempts of a device have in common. Rows name it by its number. */
export interface Entry {
  readonly number: number;
  /** When the device first asked so. */
  readonly firstAt: WallMs;
  readonly qtype: number;
  readonly outcome: Outcome;
  readonly purpose?: PurposeId;
  readonly reason: string;
  readonly domain: string;
  /** Still names old rows, but no new ones. */
  readonly retired: boolean;
}

/**
 * The entries of one device, numbered from 1 and never renumbered. Each device has its own, so that forgetting a
 * device forgets the names that only it asked for. The generation changes whenever entries are retired or the
 * device was forgotten: whoever packed rows with an older one must read the dictionary again.
 */
export class Dictionary {
  readonly generation: string;
  readonly #entries: (Entry | undefined)[] = [undefined];
  readonly #byDomain = new Map<string, Entry[]>();

  constructor(generation: string, lines: readonly string[] = []) {
    this.generation = generation;
    this.learn(1, lines);
  }

  /** The highest number in use. */
  get size(): number {
    return this.#entries.length - 1;
  }

  /** Takes lines that are numbered from `first` on; those known already are skipped. */
  learn(first: number, lines: readonly string[]): void {
    for (const line of lines.slice(this.size + 1 - first)) {
      const entry = line === '' ? undefined : parseEntry(line, this.#entries.length);
      this.#entries.push(entry);
      if (!entry) continue;
      const same = this.#byDomain.get(entry.domain);
      if (same) same.push(entry);
      else this.#byDomain.set(entry.domain, [entry]);
    }
  }

  entry(number: number): Entry | undefined {
    return this.#entries[number];
  }

  entries(): Entry[] {
    return this.#entries.filter((entry) => entry !== undefined);
  }

  ofDomain(domain: string): readonly Entry[] {
    return this.#byDomain.get(domain) ?? [];
  }

  /**
   * Not one that was first seen well after the attempt: replayed attempts may be older, and first seen must be true.
   * Resolvers whose clocks differ by seconds share entries all the same.
   */
  find(attempt: Attempt): Entry | undefined {
    const same = this.#byDomain.get(attempt.domain);
    if (!same) return undefined;
    for (let i = same.length - 1; i >= 0; i--) if (covers(same[i], attempt)) return same[i];
    return undefined;
  }
}

const covers = (entry: Entry, attempt: Attempt) =>
  entry.qtype === attempt.qtype &&
  entry.outcome === attempt.outcome &&
  entry.purpose === attempt.purpose &&
  entry.reason === attempt.reason &&
  entry.firstAt <= attempt.at + 60_000 &&
  !entry.retired;

/** Entries are kept as text: they outlive versions of this program in which purposes and outcomes were renumbered. */
export function formatEntry(attempt: Omit<Attempt, 'at' | 'device'>, firstAt: WallMs): string {
  const reason = attempt.reason === `purpose:${attempt.purpose}` ? '=' : encodeURIComponent(attempt.reason);
  return `${firstAt.toString(36)} ${attempt.qtype} ${attempt.outcome} ${attempt.purpose ?? '-'} ${reason} ${attempt.domain}`;
}

export const retiredLine = (line: string) => `!${line}`;

function parseEntry(line: string, number: number): Entry {
  const retired = line.startsWith('!');
  const [firstAt, qtype, outcome, purpose, reason, ...domain] = (retired ? line.slice(1) : line).split(' ');
  return {
    number,
    firstAt: Number.parseInt(firstAt, 36),
    qtype: Number(qtype),
    outcome: outcome as Outcome,
    purpose: purpose === '-' ? undefined : (purpose as PurposeId),
    reason: reason === '=' ? `purpose:${purpose}` : decodeURIComponent(reason),
    domain: domain.join(' '),
    retired,
  };
}
