/** Octets that a writer keeps for what is written next. */
const keepAtMost = 1 << 17;

/** Unsigned numbers in as few bytes as they need: seven bits a byte, lowest first, the top bit says that more follow. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;

  write(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow(8);
    let rest = value;
    // Beyond 31 bits there is no shifting.
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 0x80)) this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
    for (rest |= 0; rest >= 0x80; rest >>= 7) this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#length++] = rest;
  }

  /** A text, preceded by its length in bytes. */
  writeText(text: string): void {
    const size = Buffer.byteLength(text);
    this.write(size);
    if (this.#length + size > this.#bytes.length) this.#grow(size);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** Octets, preceded by their number. */
  writeBytes(bytes: Uint8Array): void {
    this.write(bytes.length);
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /**
   * Forgets what was written before, however that ended.
   * @param octets that will come, as far as is known: large buffers that grow leave the smaller ones as garbage
   */
  begin(octets = 0): void {
    this.#length = 0;
    if (this.#bytes.length < octets) this.#bytes = Buffer.allocUnsafe(octets);
  }

  /** What was written since `begin`; the writer has no part in it any more. */
  bytes(): Buffer {
    const written = this.#bytes.subarray(0, this.#length);
    if (this.#bytes.length <= keepAtMost) return Buffer.from(written);
    this.#bytes = Buffer.allocUnsafe(256);
    this.#length = 0;
    return written;
  }

  #grow(by: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + by));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  read(): number {
    let byte = this.#bytes[this.#at++];
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 0x80;
    do {
      byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error('A packed part of the record ends too early; run "quell doctor".');
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  /** A view of the octets. */
  readBytes(): Uint8Array {
    const size = this.read();
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  skipBytes(): void {
    const size = this.read();
    this.#at += size;
  }

  readText(): string {
    const size = this.read();
    const text = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, size).toString();
    this.#at += size;
    return text;
  }
}
