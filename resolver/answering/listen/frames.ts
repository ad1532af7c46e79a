const header = 12;
const nothing = new Uint8Array(0);

/**
 * Messages out of a byte stream: each has its length before it in two bytes (RFC 1035 section 4.2.2), and chunks
 * arrive cut anywhere. `feed` a chunk, then take messages while `next()` says so; they are at
 * `bytes[start … start + length]` until the next call. A chunk that holds whole messages is never copied.
 */
export class Frames {
  bytes: Uint8Array = nothing;
  start = 0;
  length = 0;
  /** A length shorter than a DNS header was announced: this is not DNS, and where the next message begins is lost. */
  broken = false;
  private chunk: Uint8Array = nothing;
  private at = 0;
  /** A message that began in an earlier chunk, its length bytes first. */
  private held: Uint8Array = nothing;
  private used = 0;

  /** Only after `next()` returned false. */
  feed(chunk: Uint8Array): void {
    this.chunk = chunk;
    this.at = 0;
  }

  /** A message has begun and is not complete. */
  get partial(): boolean {
    return this.used > 0;
  }

  next(): boolean {
    if (this.broken) return false;
    if (this.used > 0) return this.complete();
    const left = this.chunk.length - this.at;
    if (left >= 2) {
      const length = (this.chunk[this.at] << 8) | this.chunk[this.at + 1];
      if (length < header) return this.break();
      if (left >= length + 2) return this.found(this.chunk, (this.at += length + 2) - length, length);
    }
    return left > 0 && this.complete();
  }

  private complete(): boolean {
    if (!this.hold(2)) return false;
    const length = (this.held[0] << 8) | this.held[1];
    if (length < header) return this.break();
    if (!this.hold(length + 2)) return false;
    const whole = this.held;
    this.held = nothing;
    this.used = 0;
    return this.found(whole, 2, length);
  }

  /** Takes bytes from the chunk until `wanted` are held. */
  private hold(wanted: number): boolean {
    if (this.used >= wanted) return true;
    const count = Math.min(wanted - this.used, this.chunk.length - this.at);
    this.grow(this.used + count);
    this.held.set(this.chunk.subarray(this.at, this.at + count), this.used);
    this.used += count;
    this.at += count;
    return this.used === wanted;
  }

  /** By what has arrived, not by what was announced: a length is cheap to claim, memory is not. */
  private grow(needed: number): void {
    if (needed <= this.held.length) return;
    const larger = new Uint8Array(Math.max(256, needed, this.held.length * 2));
    larger.set(this.held.subarray(0, this.used));
    this.held = larger;
  }

  private found(bytes: Uint8Array, start: number, length: number): boolean {
    this.bytes = bytes;
    this.start = start;
    this.length = length;
    return true;
  }

  private break(): boolean {
    this.broken = true;
    return false;
  }
}
