import { createContext } from '@lit/context';
import { type Attempt, asRow, type Row } from './model.ts';

type Listener = (row: Row) => void;

/**
 * The stream of attempts, opened while anybody listens. The browser reconnects by itself and says with
 * `Last-Event-ID` what it saw last, so nothing is missing after a tunnel or a restart.
 */
export class Live {
  readonly #listeners = new Set<Listener>();
  #source: EventSource | undefined;

  /** @returns a function that stops listening */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    this.#source ??= this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  stop(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  #open(): EventSource {
    const source = new EventSource('/api/v1/attempts/stream');
    source.addEventListener('attempt', (event) => {
      const row = asRow(JSON.parse(event.data) as Attempt);
      for (const listener of this.#listeners) listener(row);
    });
    return source;
  }
}

export const liveContext = createContext<Live>('live');
