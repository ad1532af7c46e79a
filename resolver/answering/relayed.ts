import type { RelayedAnswer, RelayedQuestion } from '../between/messages.ts';
import type { Carrier, ListenerDeps } from './listen/carrier.ts';

/** Questions that reached control by HTTP: answered like all others, for the client that control saw. */
export class Relayed {
  private readonly deps: Pick<ListenerDeps, 'handler' | 'clients' | 'now'>;
  private readonly send: (answer: RelayedAnswer) => void;
  private readonly arena = new Uint8Array(65_535);

  constructor(deps: Pick<ListenerDeps, 'handler' | 'clients' | 'now'>, send: (answer: RelayedAnswer) => void) {
    this.deps = deps;
    this.send = send;
  }

  take({ id, message, address, name }: RelayedQuestion): void {
    const { handler, clients, now } = this.deps;
    // Copied, or all of the buffer would cross.
    const answer = (bytes: Uint8Array) => this.send({ kind: 'relayed-answer', id, message: bytes.slice() });
    let isLate = false;
    const carrier: Carrier = {
      transport: 'https',
      later() {
        isLate = true;
        return { send: answer };
      },
    };
    const client = name === undefined ? clients.ofText(address) : clients.ofName(name, address);
    const length = handler.handle(message, 0, message.length, client, carrier, this.arena, 0, now());
    if (!isLate) answer(this.arena.subarray(0, length));
  }
}
