import { longestAnswer } from './datagrams.ts';
import { batchSize, controlAt } from './inbox.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { iovec, mmsghdr } from './layout.ts';
import type { Libc } from './libc.ts';

/** Answers one behind the other, sent by one `sendmmsg`. */
export class Outbox {
  /** Where the next answer is to be written; there is room for the longest. */
  at: number;
  unsendable = 0;
  answered = 0;
  /** The system's name of the last error of the last `send`; empty when the kernel took them all. */
  failure = '';
  private readonly memory: KernelMemory;
  private readonly libc: Libc;
  private readonly headers: number;
  private readonly iovs: number;
  private readonly answers: number;
  private readonly controlLength: number;
  /** Whom the headers point at; mostly the same from batch to batch. */
  private readonly askers = new Float64Array(batchSize).fill(-1);
  private count = 0;
  private sent = 0;

  /**
   * @param nameLength 0 where the socket is connected to whom it is for
   * @param room octets of the longest answer
   */
  constructor(libc: Libc, memory: KernelMemory, nameLength: number, controlLength: number, room = longestAnswer) {
    this.libc = libc;
    this.memory = memory;
    this.controlLength = controlLength;
    this.headers = memory.take(batchSize * mmsghdr.size);
    this.iovs = memory.take(batchSize * iovec.size);
    this.answers = memory.take(batchSize * room);
    this.at = this.answers;
    for (let slot = 0; slot < batchSize; slot++) {
      const header = this.headers + slot * mmsghdr.size;
      memory.point(header + mmsghdr.iov, this.iovs + slot * iovec.size);
      memory.words[(header + mmsghdr.iovCount) >> 2] = 1;
      memory.words[(header + mmsghdr.nameLength) >> 2] = nameLength;
      memory.words[(header + mmsghdr.controlLength) >> 2] = controlLength;
    }
  }

  static get size(): number {
    return Outbox.sizeFor(longestAnswer);
  }

  static sizeFor(room: number): number {
    return batchSize * (mmsghdr.size + iovec.size + room);
  }

  get full(): boolean {
    return this.count === batchSize;
  }

  get empty(): boolean {
    return this.count === 0;
  }

  /** For whom the socket is connected to. */
  write(message: Uint8Array): void {
    this.memory.bytes.set(message, this.at);
    this.add(message.length, 0);
  }

  /** Puts the answer that was written at `at` behind the others. @param asker offset of whom it is for */
  add(length: number, asker: number): void {
    const memory = this.memory;
    const slot = this.count++;
    const iov = this.iovs + slot * iovec.size;
    memory.point(iov + iovec.base, this.at);
    memory.words[(iov + iovec.length) >> 2] = length;
    if (this.askers[slot] !== asker) {
      const header = this.headers + slot * mmsghdr.size;
      this.askers[slot] = asker;
      memory.point(header + mmsghdr.name, asker);
      if (this.controlLength > 0) memory.point(header + mmsghdr.control, asker + controlAt);
    }
    // Each at the start of 16 bytes: copies are quicker, and answers lie closer than in slots of full size.
    this.at += (length + 15) & ~15;
  }

  /** Sends them all; what the kernel won't take is counted and gone, as on any network. */
  send(fd: number): void {
    this.failure = '';
    while (this.sent < this.count) {
      const headers = this.memory.addressOf(this.headers + this.sent * mmsghdr.size);
      const sent = this.libc.sendmmsg(fd, headers, this.count - this.sent);
      if (sent > 0) {
        this.sent += sent;
        this.answered += sent;
      } else {
        this.pass(this.libc.failure());
      }
    }
    this.count = 0;
    this.sent = 0;
    this.at = this.answers;
  }

  private pass(failure: string): void {
    if (failure === 'EINTR') return;
    this.failure = failure;
    // With a full send buffer (4 MB: a dead network card, or askers that don't exist) waiting would let questions
    // grow old in the receive buffer instead. Any other failure is this answer's own: no route, port 0, firewall.
    const passed = failure === 'EAGAIN' ? this.count - this.sent : 1;
    this.sent += passed;
    this.unsendable += passed;
  }
}
