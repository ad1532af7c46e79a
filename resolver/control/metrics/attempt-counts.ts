import { purposeIds } from '../../../lists/purposes.ts';
import { type AttemptBatch, blockedOutcome } from '../../between/attempt-batch.ts';
import { attemptsOf, kindOf } from '../../between/row.ts';
import type { Value } from './metric.ts';

/** Attempts since the start by purpose and by whether they were blocked; no device, no name. */
export class AttemptCounts {
  /** By whether they were blocked, and by position in `purposeIds` + 1. */
  readonly #counts = [false, true].map(() => new Float64Array(purposeIds.length + 1));

  add({ rows, kinds }: AttemptBatch): void {
    for (let i = 1; i < rows.length; i += 2) {
      const kind = kindOf(rows[i]);
      const isBlocked = kinds.outcome(kind) === blockedOutcome;
      this.#counts[isBlocked ? 1 : 0][kinds.purpose(kind)] += attemptsOf(rows[i]);
    }
  }

  values(): Value[] {
    return this.#counts.flatMap((counts, isBlocked) =>
      [...counts].flatMap((value, purpose) => {
        const labels = { purpose: purposeIds[purpose - 1] ?? 'none', blocked: isBlocked ? 'yes' : 'no' };
        return value > 0 ? { labels, value } : [];
      }),
    );
  }
}
