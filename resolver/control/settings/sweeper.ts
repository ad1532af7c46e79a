import type { Logger } from 'pino';
import type { WallMs } from '../../policy/model.ts';
import { StoreAway } from '../store/store.ts';
import type { ClockDocument } from './documents.ts';
import type { Changed, Edit } from './edit.ts';
import { endsOf, type TimedKind, timedKinds, withEndsMoved, withoutEnded } from './ends.ts';
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
/** Set back by less, a clock is being put right as it should, bit by bit. */
const SET_BACK = 2_000;
/** A timer sleeps through a change of the wall clock, so while anything is to end it looks at least this often. */
const LOOK_EVERY = 60_000;

class MovedAlready extends Error {}

/**
 * Pauses, timed rules and the like are over when their time is: whoever reads them looks at it.
 * The sweeper tells listeners when that happens, and takes what is over out of the documents later.
 * A clock that is wrong for a moment (no battery, before the first NTP answer) must not delete
 * anything, hence the grace. A clock that is set back must not make ten minutes an hour, so then all
 * ends move with it; one that is set forward ends things early, which leaves the household's usual rules.
 */
export class Sweeper {
  private readonly deps: SweeperDeps;
  private readonly grace: number;
  private timer: NodeJS.Timeout | undefined;
  private due = Number.POSITIVE_INFINITY;
  private lastLook: WallMs = 0;
  /** By how much the wall clock was ahead of the clock that never jumps, when that was looked at last. */
  private ahead = 0;
  /** How far the household's clock was set back since there is a household, as far as this process saw it. */
  private setBackBy = 0;
  /** Since when it has been much further ahead than that. */
  private aheadSince: number | undefined;
  /** "device/d_1/1767225600000": when it was first seen to be over. */
  private over = new Map<string, number>();
  private unlisten: (() => void) | undefined;

  constructor(deps: SweeperDeps) {
    this.deps = deps;
    this.grace = deps.grace ?? GRACE;
  }

  start(): void {
    this.clockFound();
    this.unlisten = this.deps.household.onChange((changed) => this.consider(changed));
    void this.look();
  }

  /** What the clock said before was a guess, so that it was not set when it says something else now. */
  clockFound(): void {
    this.lastLook = this.deps.now();
    this.ahead = this.lastLook - this.deps.monotonic();
    this.setBackBy = this.movedBy;
  }

  stop(): void {
    this.unlisten?.();
    clearTimeout(this.timer);
  }

  /** Tells what ended since the last look, removes what has been over for long enough. */
  async look(): Promise<void> {
    await this.followClock();
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
        const left = since + this.grace - monotonic;
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

  /** @param except what was decided just now, by the clock as it is */
  private async followClock(except: readonly Changed[] = []): Promise<void> {
    const ahead = this.deps.now() - this.deps.monotonic();
    const by = ahead - this.ahead;
    if (by >= SET_BACK && this.isPassing()) return;
    this.aheadSince = undefined;
    this.ahead = ahead;
    if (by > -SET_BACK) return;
    this.lastLook += by;
    this.setBackBy += by;
    try {
      await this.moveEnds(new Set(except.map(({ kind, id }) => `${kind}/${id}`)));
    } catch (error) {
      if (error instanceof MovedAlready) return;
      this.ahead -= by;
      this.setBackBy -= by;
      // The next look tries again.
      if (!(error instanceof StoreAway)) this.deps.log.warn({ error }, 'Ends could not follow the clock yet');
    }
  }

  /** All nodes of a household see that its clock was set back; whoever is first moves the ends, for all. */
  private async moveEnds(spared: ReadonlySet<string>): Promise<void> {
    const { movedBy, setBackBy } = this;
    const by = setBackBy - movedBy;
    if (by > -SET_BACK) return;
    const moved = [...this.timed()]
      .filter(([kind, id, ends]) => ends.length > 0 && !spared.has(`${kind}/${id}`))
      .map(([kind, id]) => ({ kind, id, edit: (value: unknown) => value && withEndsMoved(kind, value as never, by) }));
    const edit = (clock: ClockDocument | undefined): ClockDocument => {
      if ((clock?.setBackBy ?? 0) !== movedBy) throw new MovedAlready();
      return { id: 'household', setBackBy };
    };
    await this.deps.household.note([{ kind: 'clock', id: 'household', edit }, ...(moved as Edit[])]);
  }

  private get movedBy(): number {
    return this.deps.household.get('clock', 'household')?.setBackBy ?? 0;
  }

  /** A clock that jumped ahead may be put right in a moment, and nothing was set back then. */
  private isPassing(): boolean {
    this.aheadSince ??= this.deps.monotonic();
    return this.deps.monotonic() - this.aheadSince < this.grace;
  }

  private removal(kind: TimedKind, id: string, monotonic: number): Edit {
    const isOver = (end: WallMs) => {
      const since = this.over.get(`${kind}/${id}/${end}`);
      return since !== undefined && since + this.grace <= monotonic;
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
    void this.followClock(changed);
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
