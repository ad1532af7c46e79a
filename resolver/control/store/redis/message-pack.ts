/**
 * Values for a script as one argument, in the part of MessagePack that they need; Redis' Lua reads it with
 * `cmsgpack.unpack`. Each argument of a command costs client and server more than ten bytes in one that is there.
 */
export class MessagePack {
  #bytes = Buffer.allocUnsafe(4096);
  #length = 0;

  /** Forgets what was written before, however that ended. */
  begin(): void {
    this.#length = 0;
    if (this.#bytes.length > KEEP) this.#bytes = Buffer.allocUnsafe(4096);
  }

  nothing(): void {
    this.#head(0xc0);
  }

  /** Up to 2 ** 53. */
  number(value: number): void {
    if (value >= 0 && value < 0x80) {
      this.#head(value);
      return;
    }
    this.#head(0xcb);
    this.#bytes.writeDoubleBE(value, this.#length);
    this.#length += 8;
  }

  text(text: string): void {
    // Three octets for what is one unit of UTF-16, at most.
    if (text.length * 3 > 0xff) {
      this.octets(Buffer.from(text));
      return;
    }
    this.#makeRoom(text.length * 3 + 2);
    const size = this.#bytes.write(text, this.#length + 2);
    this.#bytes[this.#length] = 0xd9;
    this.#bytes[this.#length + 1] = size;
    this.#length += size + 2;
  }

  octets(bytes: Uint8Array): void {
    this.#sized(0xdb, bytes.length);
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A list of the next so many values. */
  list(length: number): void {
    this.#sized(0xdd, length);
  }

  /** A copy of what was written since `begin`. */
  bytes(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  #sized(kind: number, size: number): void {
    this.#head(kind);
    this.#bytes.writeUInt32BE(size, this.#length);
    this.#length += 4;
  }

  #head(kind: number): void {
    this.#makeRoom(9);
    this.#bytes[this.#length++] = kind;
  }

  #makeRoom(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + size));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Octets that a writer keeps for what is written next. */
const KEEP = 1 << 17;
