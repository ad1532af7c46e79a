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

/** The newest attempts, for those who watch. Bounded; a listener that throws is let go. */
export class Live {
  readonly #run = randomBytes(4).toString('hex');
  readonly #atMost: number;
  readonly #listeners = new Set<(live: LiveAttempt) => void>();
  #buffer: Attempt[] = [];
  /** Number of the first in the buffer. */
  #first = 1;

  constructor(atMost = 2000) {
    this.#atMost = atMost;
  }

  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  add(attempts: readonly Attempt[]): void {
    for (const attempt of attempts) {
      this.#buffer.push(attempt);
      const live = { id: this.#id(this.#first + this.#buffer.length - 1), attempt };
      for (const listener of this.#listeners) this.#tell(listener, live);
    }
    // Twice the bound before anything moves: cutting off one by one would copy the buffer for every attempt.
    if (this.#buffer.length > 2 * this.#atMost) {
      this.#first += this.#buffer.length - this.#atMost;
      this.#buffer = this.#buffer.slice(-this.#atMost);
    }
  }

  /** Tells what came after `since` at once, then everything as it comes. */
  subscribe(listener: (live: LiveAttempt) => void, since?: string): Subscription {
    const next = this.#numberOf(since);
    const resumed = since === undefined || (next !== undefined && next >= this.#first);
    if (next !== undefined && resumed) {
      for (let i = next - this.#first; i < this.#buffer.length; i++) {
        this.#tell(listener, { id: this.#id(this.#first + i), attempt: this.#buffer[i] });
      }
    }
    this.#listeners.add(listener);
    return { resumed, stop: () => this.#listeners.delete(listener) };
  }

  forget(device: string): void {
    // Numbers must not move, so a forgotten attempt ends the buffer's memory instead of leaving a hole.
    const last = this.#buffer.findLastIndex((attempt) => attempt.device === device);
    this.#first += last + 1;
    this.#buffer = this.#buffer.slice(last + 1);
  }

  #tell(listener: (live: LiveAttempt) => void, live: LiveAttempt): void {
    try {
      listener(live);
    } catch {
      this.#listeners.delete(listener);
    }
  }

  #id(number: number): string {
    return `${this.#run}-${number}`;
  }

  #numberOf(since: string | undefined): number | undefined {
    const [run, number] = since?.split('-') ?? [];
    return run === this.#run ? Number(number) + 1 : undefined;
  }
}
