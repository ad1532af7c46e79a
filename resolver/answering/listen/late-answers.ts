import { longestAnswer } from './datagrams.ts';
import { batchSize, controlRoom, nameRoom } from './inbox.ts';
import type { KernelMemory } from './kernel-memory.ts';
import type { Libc } from './libc.ts';
import { Outbox } from './outbox.ts';

/** Answers that were not ready when asked for; those of one turn of the event loop leave together. */
export class LateAnswers {
  readonly outbox: Outbox;
  readonly #memory: KernelMemory;
  readonly #askers: number;
  #count = 0;

  constructor(libc: Libc, memory: KernelMemory, nameLength: number, controlLength: number) {
    this.#memory = memory;
    this.outbox = new Outbox(libc, memory, nameLength, controlLength);
    this.#askers = memory.take(batchSize * askerRoom);
  }

  static get size(): number {
    return Outbox.size + batchSize * askerRoom;
  }

  /** @param asker copy of name and control message, as `Inbox` has them @returns false when there is no room */
  add(answer: Uint8Array, asker: Uint8Array): boolean {
    const { outbox } = this;
    if (outbox.full || answer.length > longestAnswer) return false;
    if (outbox.empty) this.#count = 0;
    const name = this.#askers + this.#count++ * askerRoom;
    this.#memory.bytes.set(asker, name);
    this.#memory.bytes.set(answer, outbox.at);
    outbox.add(answer.length, name, name + nameRoom);
    return true;
  }
}

const askerRoom = nameRoom + controlRoom;
