import { randomBytes } from 'node:crypto';
import type { Attempt } from '../../between/attempt-batch.ts';

/** `id` grows; whoever was cut off names the last one it got. */
export interface LiveAttempt {
  readonly id: string;
  readonly attempt: Attempt;
}

export interface Subscription {
  /** False when attempts since the named one are gone from the buffer, or it was of another run: look at the log again. */
  readonly resumed: boolean;
  stop(): void;
}

/** Attempts that are made into objects only when somebody looks. */
export interface LivePart {
  readonly length: number;
  attempts(): readonly Attempt[];
}

interface Kept {
  /** Number of its first attempt. */
  readonly first: number;
  readonly part: LivePart;
}

/** The newest attempts, for those who watch. Bounded; a listener that throws is let go. */
export class Live {
  readonly #run = randomBytes(4).toString('hex');
  readonly #atLeast: number;
  readonly #listeners = new Set<(live: LiveAttempt) => void>();
  #parts: Kept[] = [];
  #next = 1;

  /** @param atLeast attempts that whoever was cut off finds again; parts go when the newer ones hold as many */
  constructor(atLeast = 2000) {
    this.#atLeast = atLeast;
  }

  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  add(part: LivePart): void {
    if (part.length === 0) return;
    const kept = { first: this.#next, part };
    this.#parts.push(kept);
    this.#next += part.length;
    while (this.#next - this.#endOf(this.#parts[0]) >= this.#atLeast) this.#parts.shift();
    if (this.isWatched)
      for (const live of this.#lives(kept)) for (const each of this.#listeners) this.#tell(each, live);
  }

  /** Tells what came after `since` at once, then everything as it comes. */
  subscribe(listener: (live: LiveAttempt) => void, since?: string): Subscription {
    const next = this.#numberOf(since);
    const first = this.#parts[0]?.first ?? this.#next;
    const resumed = since === undefined || (next !== undefined && next >= first);
    if (next !== undefined && resumed) {
      for (const kept of this.#parts) {
        if (this.#endOf(kept) > next) for (const live of this.#lives(kept, next)) this.#tell(listener, live);
      }
    }
    this.#listeners.add(listener);
    return { resumed, stop: () => this.#listeners.delete(listener) };
  }

  forget(device: string): void {
    // Numbers must not move, so a forgotten attempt ends the buffer's memory instead of leaving a hole.
    const isOf = (attempt: Attempt) => attempt.device === device;
    const last = this.#parts.findLastIndex(({ part }) => part.attempts().some(isOf));
    if (last < 0) return;
    const { first, part } = this.#parts[last];
    const gone = part.attempts().findLastIndex(isOf) + 1;
    const rest = part.attempts().slice(gone);
    this.#parts = this.#parts.slice(last + 1);
    if (rest.length > 0)
      this.#parts.unshift({ first: first + gone, part: { length: rest.length, attempts: () => rest } });
  }

  *#lives({ first, part }: Kept, from = first): Iterable<LiveAttempt> {
    const attempts = part.attempts();
    for (let i = Math.max(0, from - first); i < attempts.length; i++) {
      yield { id: `${this.#run}-${first + i}`, attempt: attempts[i] };
    }
  }

  #endOf = ({ first, part }: Kept): number => first + part.length;

  #tell(listener: (live: LiveAttempt) => void, live: LiveAttempt): void {
    try {
      listener(live);
    } catch {
      this.#listeners.delete(listener);
    }
  }

  #numberOf(since: string | undefined): number | undefined {
    const [run, number] = since?.split('-') ?? [];
    return run === this.#run ? Number(number) + 1 : undefined;
  }
}
