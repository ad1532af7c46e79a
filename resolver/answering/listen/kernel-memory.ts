import type { Libc } from './libc.ts';

const cacheLine = 64;

/**
 * Memory that the kernel is given addresses of. All of it is one ArrayBuffer that this object holds on to: buffers
 * that nobody refers to are freed under the kernel, and small typed arrays live on the JavaScript heap and move.
 */
export class KernelMemory {
  readonly bytes: Uint8Array;
  /** The same bytes; structures are of words. */
  readonly words: Uint32Array;
  private readonly address: number;
  private taken = 0;

  constructor(libc: Libc, size: number) {
    const buffer = new ArrayBuffer(size);
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.address = libc.addressOf(buffer);
  }

  /** @returns offset of so many unused bytes, at the start of a cache line */
  take(size: number): number {
    const at = this.taken;
    this.taken = Math.ceil((at + size) / cacheLine) * cacheLine;
    if (this.taken > this.bytes.length) throw new RangeError('kernel memory is too small for its structures');
    return at;
  }

  addressOf(at: number): number {
    return this.address + at;
  }

  /** Writes the address of `target` where a structure has a pointer. */
  point(at: number, target: number): void {
    const address = this.address + target;
    this.words[at >> 2] = address;
    this.words[(at >> 2) + 1] = address / 2 ** 32;
  }
}
