import { longestAnswer } from './datagrams.ts';
import { batchSize } from './inbox.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { iovec, mmsghdr } from './layout.ts';
import type { Libc } from './libc.ts';

/** Answers one behind the other, sent by one `sendmmsg`. */
export class Outbox {
  /** Where the next answer is to be written; there is room for the longest. */
  at: number;
  unsendable = 0;
  answered = 0;
  readonly #memory: KernelMemory;
  readonly #libc: Libc;
  readonly #headers: number;
  readonly #iovs: number;
  readonly #answers: number;
  readonly #nameLength: number;
  readonly #controlLength: number;
  /** What the headers' pointers point at; they mostly are the same from batch to batch. */
  readonly #names = new Float64Array(batchSize).fill(-1);
  #count = 0;
  #sent = 0;

  constructor(libc: Libc, memory: KernelMemory, nameLength: number, controlLength: number) {
    this.#libc = libc;
    this.#memory = memory;
    this.#nameLength = nameLength;
    this.#controlLength = controlLength;
    this.#headers = memory.take(batchSize * mmsghdr.size);
    this.#iovs = memory.take(batchSize * iovec.size);
    this.#answers = memory.take(batchSize * longestAnswer);
    this.at = this.#answers;
    for (let slot = 0; slot < batchSize; slot++) {
      const header = this.#headers + slot * mmsghdr.size;
      memory.point(header + mmsghdr.iov, this.#iovs + slot * iovec.size);
      memory.words[(header + mmsghdr.iovCount) >> 2] = 1;
      memory.words[(header + mmsghdr.nameLength) >> 2] = nameLength;
      memory.words[(header + mmsghdr.controlLength) >> 2] = controlLength;
    }
  }

  static get size(): number {
    return batchSize * (mmsghdr.size + iovec.size + longestAnswer);
  }

  get full(): boolean {
    return this.#count === batchSize;
  }

  get empty(): boolean {
    return this.#count === 0;
  }

  /** Puts the answer that was written at `at` behind the others. @param name of whom to send to @param control or 0 */
  add(length: number, name: number, control: number): void {
    const memory = this.#memory;
    const slot = this.#count++;
    const iov = this.#iovs + slot * iovec.size;
    memory.point(iov + iovec.base, this.at);
    memory.words[(iov + iovec.length) >> 2] = length;
    if (this.#names[slot] !== name) {
      const header = this.#headers + slot * mmsghdr.size;
      this.#names[slot] = name;
      memory.point(header + mmsghdr.name, name);
      if (this.#controlLength > 0) memory.point(header + mmsghdr.control, control);
    }
    // Each at the start of 16 bytes: copies are quicker, and answers lie closer than in slots of full size.
    this.at += (length + 15) & ~15;
  }

  /** @returns false when the kernel takes no more at the moment; the rest stays for the next call */
  send(fd: number): boolean {
    while (this.#sent < this.#count) {
      const headers = this.#memory.addressOf(this.#headers + this.#sent * mmsghdr.size);
      const sent = this.#libc.sendmmsg(fd, headers, this.#count - this.#sent);
      if (sent > 0) {
        this.#sent += sent;
        this.answered += sent;
        continue;
      }
      const failure = this.#libc.failure();
      if (failure === 'EAGAIN') return false;
      if (failure === 'EINTR') continue;
      // This one can't be sent (no route, port 0, firewall); the others can.
      this.#sent++;
      this.unsendable++;
    }
    this.#count = 0;
    this.#sent = 0;
    this.at = this.#answers;
    return true;
  }
}
