import type { WallMs } from '../../policy/model.ts';

const MINUTE = 60_000;
/** A, AAAA and HTTPS in one breath are one try. */
const BREATH = 1_000;
/** Minutes that a storm has to last, and tries in all of them together. */
const STORM_MINUTES = 5;
const STORM_TRIES = 30;
/** Names counted at once; the one that was tried longest ago makes room. */
const MOST = 5_000;

interface Counted {
  lastAt: WallMs;
  /** The minute that `counts[0]` is about; `counts[i]` is i minutes earlier. */
  minute: number;
  counts: number[];
}

/** How often each device tries each name that is blocked for it, minute by minute. */
export class Tries {
  private readonly names = new Map<string, Counted>();

  /** @returns whether it was a try of its own, and not the same one with another type */
  add(key: string, at: WallMs): boolean {
    const known = this.names.get(key);
    const counted = known ?? { lastAt: Number.NEGATIVE_INFINITY, minute: minuteOf(at), counts: [] };
    if (Math.abs(at - counted.lastAt) < BREATH) return false;
    counted.lastAt = at;
    advance(counted, at);
    counted.counts[0] = (counted.counts[0] ?? 0) + 1;
    this.names.delete(key);
    this.names.set(key, counted);
    if (this.names.size > MOST) this.names.delete(this.names.keys().next().value!);
    return true;
  }

  /** Tries per hour of a name that is tried again and again; undefined while it is none. */
  storm(key: string, now: WallMs): number | undefined {
    const counted = this.names.get(key);
    if (!counted) return undefined;
    advance(counted, now);
    // The minute that is under way says nothing yet.
    const minutes = counted.counts.slice(1, STORM_MINUTES + 1);
    const tries = minutes.reduce((sum, count) => sum + count, 0);
    if (tries < STORM_TRIES || minutes.length < STORM_MINUTES || minutes.includes(0)) return undefined;
    return (tries / STORM_MINUTES) * 60;
  }

  forget(key: string): void {
    this.names.delete(key);
  }
}

const minuteOf = (at: WallMs): number => Math.floor(at / MINUTE);

function advance(counted: Counted, at: WallMs): void {
  const passed = Math.min(minuteOf(at) - counted.minute, STORM_MINUTES + 1);
  if (passed <= 0) return;
  counted.counts = [...new Array<number>(passed).fill(0), ...counted.counts].slice(0, STORM_MINUTES + 1);
  counted.minute = minuteOf(at);
}
