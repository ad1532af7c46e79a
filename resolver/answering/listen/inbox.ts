import { longestQuestion } from './datagrams.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { iovec, MSG_TRUNC, mmsghdr } from './layout.ts';

/** Enough that a full batch costs two system calls for 64 answers; more gains nothing measurable. */
export const batchSize = 64;

/** An asker is a socket address and behind it, on wildcard sockets, the control message with the address asked. */
export const askerSize = 96;
export const controlAt = 32;

/** Where `recvmmsg` puts a batch of datagrams, who sent them, and which of our addresses they were sent to. */
export class Inbox {
  /** mmsghdr array, offset in the memory. */
  readonly headers: number;
  private readonly memory: KernelMemory;
  private readonly askers: number;
  private readonly packets: number;
  private readonly nameLength: number;
  private readonly controlLength: number;

  /** @param controlLength 0 where the socket is bound to one address */
  constructor(memory: KernelMemory, nameLength: number, controlLength: number) {
    this.memory = memory;
    this.nameLength = nameLength;
    this.controlLength = controlLength;
    this.headers = memory.take(batchSize * mmsghdr.size);
    this.askers = memory.take(batchSize * askerSize);
    this.packets = memory.take(batchSize * longestQuestion);
    const iovs = memory.take(batchSize * iovec.size);
    for (let slot = 0; slot < batchSize; slot++) {
      const header = this.headers + slot * mmsghdr.size;
      const iov = iovs + slot * iovec.size;
      memory.point(iov + iovec.base, this.packet(slot));
      memory.words[(iov + iovec.length) >> 2] = longestQuestion;
      memory.point(header + mmsghdr.iov, iov);
      memory.words[(header + mmsghdr.iovCount) >> 2] = 1;
      memory.point(header + mmsghdr.name, this.asker(slot));
      memory.words[(header + mmsghdr.nameLength) >> 2] = nameLength;
      if (controlLength > 0) memory.point(header + mmsghdr.control, this.asker(slot) + controlAt);
      memory.words[(header + mmsghdr.controlLength) >> 2] = controlLength;
    }
  }

  static get size(): number {
    return batchSize * (mmsghdr.size + askerSize + longestQuestion + iovec.size);
  }

  packet(slot: number): number {
    return this.packets + slot * longestQuestion;
  }

  asker(slot: number): number {
    return this.askers + slot * askerSize;
  }

  length(slot: number): number {
    return this.memory.words[(this.headers + slot * mmsghdr.size + mmsghdr.length) >> 2];
  }

  /** The datagram was longer than a question may be. */
  cut(slot: number): boolean {
    return (this.memory.words[(this.headers + slot * mmsghdr.size + mmsghdr.flags) >> 2] & MSG_TRUNC) !== 0;
  }

  /** Gives back the room that the kernel has written the true lengths over. */
  renew(slot: number): void {
    const { words } = this.memory;
    const header = this.headers + slot * mmsghdr.size;
    words[(header + mmsghdr.nameLength) >> 2] = this.nameLength;
    words[(header + mmsghdr.controlLength) >> 2] = this.controlLength;
  }
}
