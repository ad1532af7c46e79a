import { createContext } from '@lit/context';
import { type Attempt, asRow, type Row } from './model.ts';

export interface Listener {
  readonly heard?: (row: Row) => void;
  /** What was recorded before now the stream may not have told: time to read the log. */
  readonly opened?: () => void;
  /** Whether attempts arrive as they happen; told on each change. */
  readonly connected?: (isConnected: boolean) => void;
}

/** Milliseconds, about what browsers wait themselves. */
const RETRY = 3000;

/**
 * The stream of attempts, opened while anybody listens. A connection that breaks the browser opens again, and says with
 * `Last-Event-ID` what it saw last, so nothing is missing after a tunnel or a restart. An answer that is no stream, as
 * a proxy gives it while Quell starts, the browser takes as final; then a new stream is opened, and the log read.
 */
export class Live {
  /** Undefined until the first connection is made or fails. */
  isConnected: boolean | undefined;
  readonly #listeners = new Set<Listener>();
  #source: EventSource | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** @returns a function that stops listening */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    };
  }

  #close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
    this.isConnected = undefined;
  }

  #open(): void {
    const source = new EventSource('/api/v1/attempts/stream');
    this.#source = source;
    source.addEventListener('attempt', (event) => {
      const row = asRow(JSON.parse(event.data) as Attempt);
      for (const { heard } of this.#listeners) heard?.(row);
    });
    const opened = () => {
      for (const listener of this.#listeners) listener.opened?.();
    };
    // A later one goes on where it was cut off.
    source.addEventListener('open', opened, { once: true });
    source.addEventListener('gap', opened);
    source.addEventListener('open', () => this.#tell(true));
    source.addEventListener('error', () => {
      this.#tell(false);
      if (source.readyState === EventSource.CLOSED) this.#retry = setTimeout(() => this.#open(), RETRY);
    });
  }

  #tell(isConnected: boolean): void {
    if (this.isConnected === isConnected) return;
    this.isConnected = isConnected;
    for (const { connected } of this.#listeners) connected?.(isConnected);
  }
}

export const liveContext = createContext<Live>('live');
