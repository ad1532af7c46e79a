import { longestAnswer } from './datagrams.ts';
import { askerSize, batchSize } from './inbox.ts';
import type { KernelMemory } from './kernel-memory.ts';
import type { Libc } from './libc.ts';
import { Outbox } from './outbox.ts';

/** Answers that were not ready when asked for; those of one turn of the event loop leave together. */
export class LateAnswers {
  readonly outbox: Outbox;
  private readonly memory: KernelMemory;
  private readonly askers: number;
  private count = 0;

  constructor(libc: Libc, memory: KernelMemory, nameLength: number, controlLength: number) {
    this.memory = memory;
    this.outbox = new Outbox(libc, memory, nameLength, controlLength);
    this.askers = memory.take(batchSize * askerSize);
  }

  static get size(): number {
    return Outbox.size + batchSize * askerSize;
  }

  /** @param asker copy of what `Inbox` has at `asker(slot)` @returns false when there is no room */
  add(answer: Uint8Array, asker: Uint8Array): boolean {
    const { outbox } = this;
    if (outbox.full || answer.length > longestAnswer) return false;
    if (outbox.empty) this.count = 0;
    const at = this.askers + this.count++ * askerSize;
    this.memory.bytes.set(asker, at);
    this.memory.bytes.set(answer, outbox.at);
    outbox.add(answer.length, at);
    return true;
  }
}
