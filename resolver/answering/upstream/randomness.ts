import { randomFillSync } from 'node:crypto';

/** Unpredictable bits bought from the system in bulk: asking for two bytes at a time would cost more than the packet. */
export class Randomness {
  private readonly pool = new Uint32Array(1024);
  private used = this.pool.length;

  uint32(): number {
    if (this.used === this.pool.length) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    return this.pool[this.used++];
  }
}
