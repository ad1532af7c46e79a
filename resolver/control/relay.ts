import { randomInt } from 'node:crypto';
import type { RelayedAnswer, RelayedQuestion } from '../between/messages.ts';

/** Questions on their way at once; what answering is handed stays bounded, however many ask here. */
const MOST = 256;
/** Milliseconds to wait for an answer: longer than any upstream may take. */
const PATIENCE = 35_000;

/** Too many questions are on their way; the asker may come back in a second. */
export class RelayBusy extends Error {
  override name = 'RelayBusy';
}

/**
 * Hands DNS questions that came over HTTP to answering, with the client that asked, and the answers back. Nothing
 * waits for control that way: it is control that waits.
 */
export class Relay {
  private readonly post: (question: RelayedQuestion) => void;
  private readonly waiting = new Map<number, (message: Uint8Array | undefined) => void>();
  /** Begins anywhere, so that no answer to a control that died is taken for one of ours. */
  private next = randomInt(2 ** 47);

  constructor(post: (question: RelayedQuestion) => void) {
    this.post = post;
  }

  /**
   * @param address of the client, canonical
   * @param name device name from the path
   * @returns undefined when there is no answer @throws RelayBusy
   */
  ask(message: Uint8Array, address: string, name?: string): Promise<Uint8Array | undefined> {
    if (this.waiting.size >= MOST) throw new RelayBusy('Too many questions are on their way.');
    const id = this.next++;
    this.post({ kind: 'relayed-question', id, message, address, ...(name !== undefined && { name }) });
    return new Promise((resolve) => {
      const patience = setTimeout(() => this.settle(id, undefined), PATIENCE);
      // A stop of control does not wait for it.
      patience.unref();
      this.waiting.set(id, (answer) => {
        clearTimeout(patience);
        resolve(answer);
      });
    });
  }

  take({ id, message }: RelayedAnswer): void {
    this.settle(id, message.length > 0 ? message : undefined);
  }

  private settle(id: number, message: Uint8Array | undefined): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    waiting?.(message);
  }
}
