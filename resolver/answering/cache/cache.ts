import type { HashedName } from '../../policy/hashed-name.ts';
import type { PackedAnswer } from './packed-answer.ts';
import { packedTtl } from './packed-answer.ts';

/** Words of an entry before its name: see `word`. */
const HEAD = 8;
const word = { size: 0, first: 1, second: 2, key: 3, storedAt: 4, ttl: 5, lengths: 6, hits: 7 } as const;

/** An answer found that often is worth asking for again before it expires. */
const POPULAR = 4;

/** An entry with its name in lower-cased wire form; `age` and `left` in seconds. */
export interface CacheEntry {
  readonly key: number;
  readonly hits: number;
  readonly age: number;
  readonly left: number;
  readonly name: Uint8Array;
  readonly packed: Uint8Array;
}

/** An entry found in the cache, in the form of a kept answer. Valid until the next call that finds or stores. */
export class Found {
  readonly bytes: Uint8Array;
  outcome: 'cached' | 'stale' = 'cached';
  /** Offset and length of the packed answer in `bytes`. */
  at = 0;
  length = 0;
  /** Seconds since it was stored, and until it expires (negative: since it did). */
  age = 0;
  left = 0;
  /** Times it was found, this one included. */
  hits = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Popular, and nine tenths of its time are over. */
  get isWorn(): boolean {
    return this.hits >= POPULAR && this.left * 9 <= this.age;
  }
}

/**
 * Answers in one buffer of fixed size, written round and round: the newest overwrites the oldest. Nothing is
 * allocated per answer, the bound is exact, and there is nothing to collect. Entries that are popular come
 * back by prefetch before the write position reaches them.
 */
export class Cache {
  readonly found: Found;
  private readonly bytes: Uint8Array;
  private readonly words: Uint32Array;
  /** Open-addressed: position of an entry in words + 1, 0 for none. */
  private readonly index: Uint32Array;
  private readonly mask: number;
  private head = 0;
  private tail = 0;
  /** Words in use from `tail` to `head`, with the gap at the end of the buffer. */
  private used = 0;
  private entries = 0;

  /** @param bytes size of the buffer; answers take about 150 octets each */
  constructor(bytes: number) {
    const length = Math.max(1 << 16, bytes & ~3);
    const buffer = new ArrayBuffer(length);
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.found = new Found(this.bytes);
    let slots = 1024;
    while (slots * 80 < length) slots *= 2;
    this.index = new Uint32Array(slots);
    this.mask = slots - 1;
  }

  get size(): number {
    return this.entries;
  }

  /**
   * @param key type and flags that make answers different: see `cacheKey`
   * @param seconds monotonic
   * @returns whether `found` holds an entry, fresh or stale
   */
  find(name: HashedName, key: number, seconds: number): boolean {
    const { words, found } = this;
    const at = this.position(name, key);
    if (at < 0) return false;
    const lengths = words[at + word.lengths];
    found.at = (at + HEAD) * 4 + (lengths & 0xff);
    found.length = lengths >>> 8;
    found.age = ageOf(words[at + word.storedAt], seconds);
    found.left = words[at + word.ttl] - found.age;
    found.outcome = found.left > 0 ? 'cached' : 'stale';
    found.hits = ++words[at + word.hits];
    return true;
  }

  /** Keeps an answer; an older one to the same question is forgotten. */
  store(name: HashedName, key: number, packed: PackedAnswer, seconds: number): void {
    const nameLength = name.name.length;
    const size = HEAD + ((nameLength + packed.length + 3) >>> 2);
    if (size * 8 > this.words.length) return;
    const old = this.position(name, key);
    if (old >= 0) this.unlink(old);
    this.makeRoom(size);
    const { words, bytes, head } = this;
    const last = 2 * (name.name.count - 1);
    words[head + word.size] = size;
    words[head + word.first] = last < 0 ? 0 : name.lanes[last];
    words[head + word.second] = last < 0 ? 0 : name.lanes[last + 1];
    words[head + word.key] = key;
    words[head + word.storedAt] = seconds;
    words[head + word.ttl] = packedTtl(packed, 0);
    words[head + word.lengths] = nameLength | (packed.length << 8);
    words[head + word.hits] = 0;
    const at = (head + HEAD) * 4;
    for (let i = 0; i < nameLength; i++) bytes[at + i] = name.name.bytes[i];
    bytes.set(packed, at + nameLength);
    this.link(head);
    this.head += size;
    this.used += size;
  }

  /** Forgets what is kept for one name, whatever the type. */
  forget(name: HashedName): void {
    const positions = this.index.filter((entry) => entry !== 0 && this.isName(entry - 1, name));
    for (const entry of positions) this.unlink(entry - 1);
  }

  /**
   * Every entry; what is stored between two steps may come or not. Each is valid until the next step.
   * @param seconds monotonic
   */
  *contents(seconds: number): Generator<CacheEntry> {
    const { index, words, bytes } = this;
    for (let slot = 0; slot < index.length; slot++) {
      if (index[slot] === 0) continue;
      const at = index[slot] - 1;
      const lengths = words[at + word.lengths];
      const nameAt = (at + HEAD) * 4;
      const packedAt = nameAt + (lengths & 0xff);
      const age = ageOf(words[at + word.storedAt], seconds);
      yield {
        key: words[at + word.key],
        hits: words[at + word.hits],
        age,
        left: words[at + word.ttl] - age,
        name: bytes.subarray(nameAt, packedAt),
        packed: bytes.subarray(packedAt, packedAt + (lengths >>> 8)),
      };
    }
  }

  clear(): void {
    this.index.fill(0);
    this.head = this.tail = this.used = this.entries = 0;
  }

  private position(name: HashedName, key: number): number {
    const { words, index, mask } = this;
    const last = 2 * (name.name.count - 1);
    const first = last < 0 ? 0 : name.lanes[last];
    const second = last < 0 ? 0 : name.lanes[last + 1];
    for (let slot = slotOf(first, key) & mask; index[slot] !== 0; slot = (slot + 1) & mask) {
      const at = index[slot] - 1;
      if (words[at + word.first] !== first || words[at + word.second] !== second || words[at + word.key] !== key) {
        continue;
      }
      if (this.isName(at, name)) return at;
    }
    return -1;
  }

  /** Hashes of names can be made to collide on purpose; an answer for another name would be poison. */
  private isName(at: number, name: HashedName): boolean {
    const { bytes } = this;
    const { length } = name.name;
    if ((this.words[at + word.lengths] & 0xff) !== length) return false;
    const start = (at + HEAD) * 4;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== name.name.bytes[i]) return false;
    return true;
  }

  private makeRoom(size: number): void {
    const end = this.words.length;
    if (this.head + size > end) {
      // The rest of the buffer is too short: a gap, taken up like an entry.
      this.free(end - this.head);
      this.used += end - this.head;
      if (this.head < end) this.words[this.head + word.size] = 0;
      this.head = 0;
    }
    this.free(size);
  }

  /** Drops the oldest entries until `size` words after `head` are free. */
  private free(size: number): void {
    const end = this.words.length;
    while (this.used + size > end) {
      const length = this.tail === end ? 0 : this.words[this.tail + word.size];
      if (length === 0) {
        this.used -= end - this.tail;
        this.tail = 0;
        continue;
      }
      this.unlink(this.tail);
      this.tail += length;
      this.used -= length;
    }
  }

  private link(at: number): void {
    const { index, mask, words } = this;
    let slot = slotOf(words[at + word.first], words[at + word.key]) & mask;
    while (index[slot] !== 0) slot = (slot + 1) & mask;
    index[slot] = at + 1;
    this.entries++;
  }

  /** Takes an entry out of the index and moves up those that had to stand behind it; a second call does nothing. */
  private unlink(at: number): void {
    const { index, mask, words } = this;
    const home = (position: number) => slotOf(words[position + word.first], words[position + word.key]) & mask;
    let slot = home(at);
    while (index[slot] !== at + 1) {
      if (index[slot] === 0) return;
      slot = (slot + 1) & mask;
    }
    this.entries--;
    for (let hole = slot; ; ) {
      index[hole] = 0;
      let next = hole;
      for (;;) {
        next = (next + 1) & mask;
        if (index[next] === 0) return;
        if (((next - home(index[next] - 1)) & mask) >= ((next - hole) & mask)) break;
      }
      index[hole] = index[next];
      hole = next;
    }
  }
}

/** Right also for answers from before the clock began, whose time is a negative number in an unsigned word. */
const ageOf = (storedAt: number, seconds: number): number => (seconds - storedAt) | 0;

const slotOf = (first: number, key: number): number => first ^ Math.imul(key, 0x9e3779b1);

/** Type, and the flags that change an answer: DO and CD (RFC 4035 section 3.2). */
export const cacheKey = (qtype: number, dnssecOk: boolean, checkingDisabled: boolean): number =>
  qtype | (dnssecOk ? 1 << 16 : 0) | (checkingDisabled ? 1 << 17 : 0);
