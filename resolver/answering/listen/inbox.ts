import { longestQuestion } from './datagrams.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { iovec, MSG_TRUNC, mmsghdr } from './layout.ts';

/** Enough that a full batch costs two system calls for 64 answers; more gains nothing measurable. */
export const batchSize = 64;

/** The longest of sockaddr_in6 and its kind, and of the control messages; both whole words. */
export const nameRoom = 32;
export const controlRoom = 64;

/** Where `recvmmsg` puts a batch of datagrams, who sent them, and which of our addresses they were sent to. */
export class Inbox {
  /** mmsghdr array, offset in the memory. */
  readonly headers: number;
  readonly #memory: KernelMemory;
  readonly #names: number;
  readonly #controls: number;
  readonly #packets: number;
  readonly #nameLength: number;
  readonly #controlLength: number;

  /** @param controlLength 0 where the socket is bound to one address */
  constructor(memory: KernelMemory, nameLength: number, controlLength: number) {
    this.#memory = memory;
    this.#nameLength = nameLength;
    this.#controlLength = controlLength;
    this.headers = memory.take(batchSize * mmsghdr.size);
    this.#names = memory.take(batchSize * nameRoom);
    this.#controls = memory.take(batchSize * controlRoom);
    this.#packets = memory.take(batchSize * longestQuestion);
    const iovs = memory.take(batchSize * iovec.size);
    for (let slot = 0; slot < batchSize; slot++) {
      const header = this.headers + slot * mmsghdr.size;
      const iov = iovs + slot * iovec.size;
      memory.point(iov + iovec.base, this.packet(slot));
      memory.words[(iov + iovec.length) >> 2] = longestQuestion;
      memory.point(header + mmsghdr.iov, iov);
      memory.words[(header + mmsghdr.iovCount) >> 2] = 1;
      memory.point(header + mmsghdr.name, this.name(slot));
      memory.words[(header + mmsghdr.nameLength) >> 2] = nameLength;
      if (controlLength > 0) memory.point(header + mmsghdr.control, this.control(slot));
      memory.words[(header + mmsghdr.controlLength) >> 2] = controlLength;
    }
  }

  static get size(): number {
    return batchSize * (mmsghdr.size + nameRoom + controlRoom + longestQuestion + iovec.size);
  }

  packet(slot: number): number {
    return this.#packets + slot * longestQuestion;
  }

  name(slot: number): number {
    return this.#names + slot * nameRoom;
  }

  control(slot: number): number {
    return this.#controls + slot * controlRoom;
  }

  length(slot: number): number {
    return this.#memory.words[(this.headers + slot * mmsghdr.size + mmsghdr.length) >> 2];
  }

  /** The datagram was longer than a question may be. */
  cut(slot: number): boolean {
    return (this.#memory.words[(this.headers + slot * mmsghdr.size + mmsghdr.flags) >> 2] & MSG_TRUNC) !== 0;
  }

  /** Gives back the room that the kernel has written the true lengths over. */
  renew(slot: number): void {
    const { words } = this.#memory;
    const header = this.headers + slot * mmsghdr.size;
    words[(header + mmsghdr.nameLength) >> 2] = this.#nameLength;
    words[(header + mmsghdr.controlLength) >> 2] = this.#controlLength;
  }
}
