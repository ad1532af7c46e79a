import type { AttemptBatch } from '../../between/attempt-batch.ts';
import type { Value } from './metric.ts';

/** Attempts since the start by purpose and by whether they were blocked; no device, no name. */
export class AttemptCounts {
  readonly #counts = new Map<string, { purpose: string; blocked: 'yes' | 'no'; count: number }>();

  add({ attempts }: AttemptBatch): void {
    for (const { purpose = 'none', outcome } of attempts) {
      const blocked = outcome === 'blocked' ? 'yes' : 'no';
      const key = `${purpose} ${blocked}`;
      const known = this.#counts.get(key);
      if (known) known.count++;
      else this.#counts.set(key, { purpose, blocked, count: 1 });
    }
  }

  values(): Value[] {
    return Array.from(this.#counts.values(), ({ purpose, blocked, count }) => ({
      labels: { purpose, blocked },
      value: count,
    }));
  }
}
