import type { Logger } from 'pino';
import type { WallMs } from '../../policy/model.ts';
import { StoreAway } from '../store/store.ts';
import type { Changed, Edit } from './edit.ts';
import { endsOf, type TimedKind, timedKinds, withoutEnded } from './ends.ts';
import type { Household } from './household.ts';

export interface SweeperDeps {
  readonly household: Household;
  readonly now: () => WallMs;
  /** Milliseconds that never jump. */
  readonly monotonic: () => number;
  readonly log: Pick<Logger, 'warn'>;
  /** How long something must have been over, by the clock that never jumps, before it is removed. */
  readonly grace?: number;
}

const GRACE = 10 * 60_000;
/** A timer sleeps through a change of the wall clock, so while anything is to end it looks at least this often. */
const LOOK_EVERY = 60_000;

/**
 * Pauses, timed rules and the like are over when their time is: whoever reads them looks at it.
 * The sweeper tells listeners when that happens, and takes what is over out of the documents later.
 * A clock that is wrong for a moment (no battery, before the first NTP answer) must not delete
 * anything, hence the grace.
 */
export class Sweeper {
  private readonly deps: SweeperDeps;
  private timer: NodeJS.Timeout | undefined;
  private due = Number.POSITIVE_INFINITY;
  private lastLook: WallMs = 0;
  /** "device/d_1/1767225600000": when it was first seen to be over. */
  private over = new Map<string, number>();
  private unlisten: (() => void) | undefined;

  constructor(deps: SweeperDeps) {
    this.deps = deps;
  }

  start(): void {
    this.lastLook = this.deps.now();
    this.unlisten = this.deps.household.onChange((changed) => this.consider(changed));
    void this.look();
  }

  stop(): void {
    this.unlisten?.();
    clearTimeout(this.timer);
  }

  /** Tells what ended since the last look, removes what has been over for long enough. */
  async look(): Promise<void> {
    const now = this.deps.now();
    const monotonic = this.deps.monotonic();
    const over = new Map<string, number>();
    const edits: Edit[] = [];
    let next = Number.POSITIVE_INFINITY;
    let ended = false;
    for (const [kind, id, ends] of this.timed()) {
      let remove = false;
      for (const end of ends) {
        if (end > now) {
          next = Math.min(next, end - now);
          continue;
        }
        ended ||= end > this.lastLook;
        const key = `${kind}/${id}/${end}`;
        const since = this.over.get(key) ?? monotonic;
        over.set(key, since);
        const left = since + (this.deps.grace ?? GRACE) - monotonic;
        if (left <= 0) remove = true;
        else next = Math.min(next, left);
      }
      if (remove) edits.push(this.removal(kind, id, monotonic));
    }
    this.over = over;
    this.lastLook = now;
    this.due = Number.POSITIVE_INFINITY;
    this.sleep(next);
    if (ended) await this.deps.household.tell();
    if (edits.length > 0) await this.remove(edits);
  }

  private removal(kind: TimedKind, id: string, monotonic: number): Edit {
    const isOver = (end: WallMs) => {
      const since = this.over.get(`${kind}/${id}/${end}`);
      return since !== undefined && since + (this.deps.grace ?? GRACE) <= monotonic;
    };
    return { kind, id, edit: (value: unknown) => value && withoutEnded(kind, value as never, isOver) } as Edit;
  }

  private async remove(edits: readonly Edit[]): Promise<void> {
    try {
      await this.deps.household.note(edits);
    } catch (error) {
      // Nothing depends on it: the next look tries again.
      if (!(error instanceof StoreAway)) this.deps.log.warn({ error }, 'Ended rules could not be removed yet');
      this.sleep(LOOK_EVERY);
    }
  }

  private *timed(): Generator<[TimedKind, string, WallMs[]]> {
    for (const kind of timedKinds) {
      for (const value of this.deps.household.all(kind)) yield [kind, value.id, endsOf(kind, value)];
    }
  }

  private consider(changed: readonly Changed[]): void {
    const now = this.deps.now();
    for (const { kind, after } of changed) {
      if (!after || !timedKinds.includes(kind as TimedKind)) continue;
      for (const end of endsOf(kind as TimedKind, after as never)) this.sleep(Math.max(0, end - now));
    }
  }

  /** Looks again after so many milliseconds, or earlier if that was agreed before. */
  private sleep(milliseconds: number): void {
    if (milliseconds === Number.POSITIVE_INFINITY) return;
    const wait = Math.min(milliseconds, LOOK_EVERY);
    const due = this.deps.monotonic() + wait;
    if (due >= this.due) return;
    this.due = due;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), wait).unref();
  }
}
