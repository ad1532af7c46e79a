import type { WallMs } from '../../policy/model.ts';
import type { Config } from '../config/config.ts';
import type { RetentionDocument } from '../settings/documents.ts';
import type { RecordKind, RecordStore } from '../store/store.ts';
import type { Flush } from './frames.ts';
import type { Journal } from './journal.ts';

const hour = 3_600_000;

/** How long each kind may be kept, as the household decided last. */
export type Keep = Readonly<Required<RetentionDocument>>;

/** As a configuration says it, in seconds. */
export const retentionOf = (keep: Config['record']['keep']): RetentionDocument => ({
  attemptsDays: Math.ceil(keep.attempts / 86_400),
  rollupDays: Math.ceil(keep.rollups / 86_400),
  fullLoggingHours: Math.ceil(keep.fullLogging / 3600),
});

export const keepOf = ({ attemptsDays, rollupDays, fullLoggingHours = 24 }: RetentionDocument): Keep => ({
  attemptsDays,
  rollupDays,
  fullLoggingHours: Math.min(fullLoggingHours, attemptsDays * 24),
});

/**
 * The flush without what may not be kept any more; what it counts stays. The same object when nothing is too old. A
 * flush spans seconds at most, so that it is old as a whole.
 */
export function withoutOlder(before: { readonly attempts: WallMs; readonly fullLogging: WallMs }, flush: Flush): Flush {
  const { batch } = flush;
  const at = batch.lastAt ?? flush.at;
  const kept = batch.kept(
    (_device, reason) => at >= before.attempts && (reason !== 'full' || at >= before.fullLogging),
  );
  return kept === batch ? flush : { ...flush, batch: kept };
}

/** Every hour: packs the hours that are over, and drops what is older than it may be kept. */
export class Retention {
  readonly #record: Pick<RecordStore, 'compact' | 'prune'>;
  readonly #journal: Pick<Journal, 'rewrite' | 'isEmpty'>;
  readonly #keep: () => Keep;
  readonly #now: () => WallMs;
  readonly #every: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(deps: {
    readonly record: Pick<RecordStore, 'compact' | 'prune'>;
    readonly journal: Pick<Journal, 'rewrite' | 'isEmpty'>;
    readonly keep: () => Keep;
    readonly now: () => WallMs;
    /** Milliseconds. */
    readonly every?: number;
  }) {
    this.#record = deps.record;
    this.#journal = deps.journal;
    this.#keep = deps.keep;
    this.#now = deps.now;
    this.#every = deps.every ?? 3_600_000;
  }

  start(): void {
    const begin = () => {
      // A store that is away now is asked again in an hour.
      this.#running ??= this.run()
        .catch(() => {})
        .finally(() => (this.#running = undefined));
    };
    // Soon after a start already: a machine that is switched off every evening must drop things too.
    this.#timer = setTimeout(
      () => {
        begin();
        this.#timer = setInterval(begin, this.#every).unref();
      },
      Math.min(this.#every, 60_000),
    ).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async run(): Promise<void> {
    const { attemptsDays, rollupDays, fullLoggingHours } = this.#keep();
    const now = this.#now();
    const before: Record<RecordKind, WallMs> = {
      attempts: now - attemptsDays * 24 * hour,
      fullLogging: now - fullLoggingHours * hour,
      rollups: now - rollupDays * 24 * hour,
    };
    // What waits for a store that is away for days is not kept longer for that.
    if (!this.#journal.isEmpty) await this.#journal.rewrite((flush) => withoutOlder(before, flush));
    await this.#record.compact();
    await this.#record.prune(before);
  }
}
