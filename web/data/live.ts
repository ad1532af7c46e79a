import { createContext } from '@lit/context';
import { type Attempt, asRow, type Row } from './model.ts';

interface Listener {
  readonly heard: (row: Row) => void;
  readonly opened: () => void;
}

/**
 * The stream of attempts, opened while anybody listens. The browser reconnects by itself and says with
 * `Last-Event-ID` what it saw last, so nothing is missing after a tunnel or a restart.
 */
export class Live {
  readonly #listeners = new Set<Listener>();
  #source: EventSource | undefined;

  /**
   * @param opened what was recorded before now the stream may not have told: time to read the log
   * @returns a function that stops listening
   */
  listen(heard: (row: Row) => void, opened: () => void = () => {}): () => void {
    const listener = { heard, opened };
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
      for (const { heard } of this.#listeners) heard(row);
    });
    const opened = () => {
      for (const listener of this.#listeners) listener.opened();
    };
    // A later one goes on where it was cut off.
    source.addEventListener('open', opened, { once: true });
    source.addEventListener('gap', opened);
    return source;
  }
}

export const liveContext = createContext<Live>('live');
