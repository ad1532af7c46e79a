import { readFile } from 'node:fs/promises';
import { setImmediate as otherWork } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { replaceFile } from '../../between/last-state.ts';
import { HashedName } from '../../policy/hashed-name.ts';
import type { Cache, CacheEntry } from './cache.ts';
import { packedTtl } from './packed-answer.ts';

/** Milliseconds between two savings: what a kill of the process may lose. Seldom, for the sake of memory cards. */
const EVERY = 10 * 60_000;
/** Answers found so often are worth keeping, for so many seconds at least; rarer ones go first when there are too many. */
const POPULAR = 2;
const SHORTEST = 10;
const LARGEST = 2 << 20;
/** Entries handled before other work is let in. */
const SLICE = 500;

/**
 *   0 "QLC2" · 4 CRC-32 of the rest · 8 wall-clock milliseconds (f64) · 16 fingerprint (u32) · entries:
 *   key (u32) · age (u32) · octets of the name (u8) and of the packed answer (u24) · name · packed answer
 */
const MAGIC = 0x514c4332;
const HEAD = 20;
const ENTRY_HEAD = 12;

interface CacheFileDeps {
  readonly cache: Cache;
  readonly path: string;
  /** Of everything that makes answers what they are; answers that came about otherwise are not read. */
  readonly fingerprint: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly wallClock: () => number;
  readonly say: (sentence: string) => void;
}

/** Carries popular answers over a restart, so that a household does not wait for all of its names anew. */
export class CacheFile {
  private readonly deps: CacheFileDeps;
  private readonly fingerprint: number;
  private timer: NodeJS.Timeout | undefined;
  private saving: Promise<void> | undefined;

  constructor(deps: CacheFileDeps) {
    this.deps = deps;
    this.fingerprint = crc32(deps.fingerprint);
  }

  /** Resolves when what is on disk is in the cache; nobody has to wait for it. */
  async start(): Promise<void> {
    this.timer = setInterval(() => void this.save(), EVERY);
    this.timer.unref();
    await this.load();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.saving;
    await this.save();
  }

  /** A disk that is full or read-only costs a warm start, no more. */
  save(): Promise<void> {
    this.saving ??= this.write()
      .catch((error: Error) => this.deps.say(`Cached answers can't be kept for the next start: ${error.message}.`))
      .finally(() => {
        this.saving = undefined;
      });
    return this.saving;
  }

  private async write(): Promise<void> {
    const kept = await this.popular();
    const content = Buffer.concat([Buffer.alloc(HEAD), ...kept]);
    content.writeUInt32BE(MAGIC, 0);
    content.writeDoubleBE(this.deps.wallClock(), 8);
    content.writeUInt32BE(this.fingerprint, 16);
    content.writeUInt32BE(crc32(content.subarray(8)), 4);
    await replaceFile(this.deps.path, content);
  }

  private async popular(): Promise<Buffer[]> {
    const { cache, now } = this.deps;
    let kept: { hits: number; bytes: Buffer }[] = [];
    let size = 0;
    let floor = POPULAR;
    let seen = 0;
    for (const entry of cache.contents(Math.floor(now() / 1000))) {
      if (entry.hits >= floor && entry.left >= SHORTEST) {
        const bytes = encode(entry);
        kept.push({ hits: entry.hits, bytes });
        size += bytes.length;
      }
      while (size > LARGEST) {
        floor *= 2;
        kept = kept.filter(({ hits }) => hits >= floor);
        size = kept.reduce((sum, { bytes }) => sum + bytes.length, 0);
      }
      if (++seen % SLICE === 0) await otherWork();
    }
    return kept.map(({ bytes }) => bytes);
  }

  private async load(): Promise<void> {
    const { path, say } = this.deps;
    let content: Buffer;
    try {
      content = await readFile(path);
    } catch (error) {
      const isFirst = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isFirst) say(`Cached answers of the last run can't be read: ${(error as Error).message}.`);
      return;
    }
    if (this.isUsable(content)) await this.take(content);
  }

  private isUsable(content: Buffer): boolean {
    if (content.length < HEAD || content.length > 2 * LARGEST || content.readUInt32BE(0) !== MAGIC) return false;
    return content.readUInt32BE(4) === crc32(content.subarray(8)) && content.readUInt32BE(16) === this.fingerprint;
  }

  private async take(content: Buffer): Promise<void> {
    const { cache, now, wallClock } = this.deps;
    // A clock that was set back knows nothing of how old they are.
    const away = Math.ceil((wallClock() - content.readDoubleBE(8)) / 1000);
    if (away < 0) return;
    const name = new HashedName();
    let seen = 0;
    for (let at = HEAD; at + ENTRY_HEAD <= content.length; ) {
      const key = content.readUInt32BE(at);
      const age = content.readUInt32BE(at + 4) + away;
      const nameAt = at + ENTRY_HEAD;
      const packedAt = nameAt + content[at + 8];
      at = packedAt + content.readUIntBE(at + 9, 3);
      if (at > content.length || name.name.read(content, 0, nameAt, packedAt, false) < 0) return;
      name.hash();
      const seconds = Math.floor(now() / 1000);
      const isThere = cache.find(name, key, seconds) && cache.found.left > 0;
      const packed = new Uint8Array(content.subarray(packedAt, at));
      if (!isThere && packedTtl(packed, 0) > age) cache.store(name, key, packed, seconds - age);
      if (++seen % SLICE === 0) await otherWork();
    }
  }
}

function encode({ key, age, name, packed }: CacheEntry): Buffer {
  const bytes = Buffer.allocUnsafe(ENTRY_HEAD + name.length + packed.length);
  bytes.writeUInt32BE(key, 0);
  bytes.writeUInt32BE(Math.max(0, age), 4);
  bytes[8] = name.length;
  bytes.writeUIntBE(packed.length, 9, 3);
  bytes.set(name, ENTRY_HEAD);
  bytes.set(packed, ENTRY_HEAD + name.length);
  return bytes;
}
