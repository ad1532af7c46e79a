/**
 * Where the parts of a kind stand in its octets, little-endian: the first hash lane of its name (u32), position in
 * `devices` (u16), position in `reasons` (u16), type (u16), position in `outcomes` (u8), position in `purposeIds` + 1
 * (u8, 0: none), length of the name (u8), then the name in wire form.
 */
export const kindLayout = { hash: 0, device: 4, reason: 6, qtype: 8, outcome: 10, purpose: 11, length: 12, name: 13 };

/** Words of a kind in `Kinds`' column: where its octets begin, hash, and the two that the layout has from `device` on. */
const WORDS = 4;

/**
 * Every kind of attempt once, numbered from 0 in the order they came. One batch after the other names kinds of the
 * same table, and brings those that are new to it: a household's few are told once, not with every flush.
 */
export class Kinds {
  /** Longer than what is in it: kinds end at `end`. */
  octets: Uint8Array;
  count = 0;
  end = 0;
  /** Whether one batch built on another's. */
  isBuiltOn = false;
  /** Longer than there are kinds. Each row asks for some of it: numbers are read faster here than among octets. */
  #words = new Int32Array(16 * WORDS);

  /** @param octets of the first of them, which stay as they are */
  constructor(octets: Uint8Array = new Uint8Array()) {
    this.octets = octets;
    this.#enter(octets.length);
  }

  /** @param octets of the kinds that come next, which stay as they are */
  append(octets: Uint8Array): void {
    const end = this.end + octets.length;
    if (this.end === 0) {
      this.octets = octets;
      this.#enter(end);
      return;
    }
    this.isBuiltOn = true;
    if (end > this.octets.length) {
      const larger = new Uint8Array(Math.max(end, this.octets.length * 2));
      larger.set(this.octets.subarray(0, this.end));
      this.octets = larger;
    }
    this.octets.set(octets, this.end);
    this.#enter(end);
  }

  /** Where its octets begin. */
  start(kind: number): number {
    return this.#words[kind * WORDS];
  }

  hash(kind: number): number {
    return this.#words[kind * WORDS + 1];
  }

  device(kind: number): number {
    return this.#words[kind * WORDS + 2] & 0xffff;
  }

  reason(kind: number): number {
    return this.#words[kind * WORDS + 2] >>> 16;
  }

  /** Type, outcome and purpose in one word, from the low end. */
  what(kind: number): number {
    return this.#words[kind * WORDS + 3];
  }

  qtype(kind: number): number {
    return this.what(kind) & 0xffff;
  }

  outcome(kind: number): number {
    return (this.what(kind) >>> 16) & 0xff;
  }

  purpose(kind: number): number {
    return this.what(kind) >>> 24;
  }

  /** The octets of one. */
  of(kind: number): Uint8Array {
    const start = this.start(kind);
    return this.octets.subarray(start, start + sizeAt(this.octets, start));
  }

  #enter(end: number): void {
    const { octets } = this;
    const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    let count = this.count;
    for (let at = this.end; at < end; at += sizeAt(octets, at)) count++;
    this.#makeRoom(count);
    const words = this.#words;
    for (let at = this.end, word = this.count * WORDS; at < end; at += sizeAt(octets, at), word += WORDS) {
      words[word] = at;
      words[word + 1] = view.getInt32(at + kindLayout.hash, true);
      words[word + 2] = view.getInt32(at + kindLayout.device, true);
      words[word + 3] = view.getInt32(at + kindLayout.qtype, true);
    }
    this.count = count;
    this.end = end;
  }

  #makeRoom(kinds: number): void {
    if (kinds * WORDS <= this.#words.length) return;
    const larger = new Int32Array(Math.max(kinds * WORDS, this.#words.length * 2));
    larger.set(this.#words);
    this.#words = larger;
  }
}

const sizeAt = (octets: Uint8Array, start: number): number => kindLayout.name + octets[start + kindLayout.length];
