import type { Attempt } from '../../resolver/between/attempt-batch.ts';
import type { AttemptFilter, AttemptRow } from '../../resolver/control/store/store.ts';

/** The record as a list, which is plainly right and much too slow: what every backend is compared with. */
export class RecordModel {
  readonly #attempts: Attempt[] = [];

  add(attempts: readonly Attempt[]): void {
    this.#attempts.push(...attempts);
  }

  count(matches: (attempt: Attempt) => boolean): number {
    return this.#attempts.filter(matches).length;
  }

  rows({ device, purpose, outcome, domain, from = 0, to = Infinity }: Omit<AttemptFilter, 'limit'> = {}): AttemptRow[] {
    const rows = new Map<string, AttemptRow>();
    for (const attempt of this.#attempts) {
      if (device !== undefined && ![device].flat().includes(attempt.device)) continue;
      if (purpose !== undefined && attempt.purpose !== purpose) continue;
      if (outcome !== undefined && attempt.outcome !== outcome) continue;
      if (domain !== undefined && !isNamed(attempt.domain, domain)) continue;
      const key = JSON.stringify({ ...attempt, at: Math.floor(attempt.at / 1000) });
      const row = rows.get(key);
      rows.set(key, row ? { ...row, count: row.count + 1 } : { ...attempt, count: 1 });
    }
    return [...rows.values()].filter(({ at }) => at >= from && at < to);
  }
}

const isNamed = (domain: string, asked: string) =>
  asked.startsWith('*.') ? `.${domain}`.endsWith(asked.slice(1)) : domain === asked;

/** In an order that doesn't depend on who sorted rows of the same millisecond. */
export const inOrder = (rows: readonly AttemptRow[]): string[] =>
  rows
    .map(({ at, device, domain, qtype, outcome, purpose, reason, count }) =>
      [at, device, domain, qtype, outcome, purpose, reason, count].join(' '),
    )
    .sort();
