import type { WallMs } from '../../policy/model.ts';
import type { RecordStore } from '../store/store.ts';

const day = 24 * 3_600_000;

/** How long attempts and roll-ups may be kept, in days, as the household decided last. */
export type KeepDays = () => { readonly attemptsDays: number; readonly rollupDays: number };

/** Every hour: packs the hours that are over, and drops what is older than it may be kept. */
export class Retention {
  readonly #record: RecordStore;
  readonly #keep: KeepDays;
  readonly #now: () => WallMs;
  readonly #every: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(deps: {
    readonly record: RecordStore;
    readonly keep: KeepDays;
    readonly now: () => WallMs;
    /** Milliseconds. */
    readonly every?: number;
  }) {
    this.#record = deps.record;
    this.#keep = deps.keep;
    this.#now = deps.now;
    this.#every = deps.every ?? 3_600_000;
  }

  start(): void {
    const begin = () => {
      // A store that is away now is asked again in an hour; nothing is kept longer than that in between.
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
    const { attemptsDays, rollupDays } = this.#keep();
    const now = this.#now();
    await this.#record.compact();
    await this.#record.prune({ attempts: now - attemptsDays * day, rollups: now - rollupDays * day });
  }
}
