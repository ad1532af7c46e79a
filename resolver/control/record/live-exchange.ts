import type { Attempt } from '../../between/attempt-batch.ts';
import type { Nodes } from '../store/store.ts';
import type { Live, LivePart } from './live.ts';

export interface LiveExchangeDeps {
  readonly nodes: Pick<Nodes, 'tell' | 'hear'>;
  /** This node's own id. */
  readonly id: string;
  readonly live: Live;
  /** Whether somebody follows the attempts on another node; without, nothing is sent. */
  readonly isWatchedElsewhere: () => boolean;
}

interface Told {
  readonly from: string;
  readonly attempts: readonly Attempt[];
}

/** Whoever follows the attempts live sees those of all nodes. What is missed is in the record all the same. */
export class LiveExchange {
  readonly #deps: LiveExchangeDeps;
  #unhear: (() => void) | undefined;

  constructor(deps: LiveExchangeDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { nodes, live, id } = this.#deps;
    this.#unhear = nodes.hear('attempts', (message) => {
      if (!live.isWatched) return;
      const { from, attempts } = JSON.parse(message) as Told;
      if (from !== id) live.add({ length: attempts.length, attempts: () => attempts });
    });
  }

  stop(): void {
    this.#unhear?.();
  }

  show(part: LivePart): void {
    const { nodes, id, isWatchedElsewhere } = this.#deps;
    if (part.length === 0 || !isWatchedElsewhere()) return;
    const told: Told = { from: id, attempts: part.attempts() };
    void nodes.tell('attempts', JSON.stringify(told)).catch(() => {});
  }
}
