import type { HashedName } from '../policy/hashed-name.ts';
import type { Settles } from './misses.ts';
import type { Asker } from './upstream/upstream.ts';

/** A power of two. */
const BUCKETS = 1024;

/** Told when a question has its answer, or can have none. */
type Ended = (miss: Miss, answer: Uint8Array | undefined) => void;

/** One question on its way upstream, and who waits for its answer. */
export class Miss implements Asker {
  /** Lower-cased wire form. */
  readonly name: Uint8Array;
  readonly key: number;
  readonly waiting: Settles[];
  readonly bucket: number;
  next: Miss | undefined;
  private readonly ended: Ended;

  constructor({ name }: HashedName, key: number, bucket: number, first: Settles, ended: Ended) {
    this.name = name.bytes.slice(0, name.length);
    this.key = key;
    this.waiting = [first];
    this.bucket = bucket;
    this.ended = ended;
  }

  answered(answer: Uint8Array): void {
    this.ended(this, answer);
  }

  failed(): void {
    this.ended(this, undefined);
  }

  isOf({ name }: HashedName, key: number): boolean {
    if (this.key !== key || this.name.length !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (this.name[i] !== name.bytes[i]) return false;
    return true;
  }
}

/**
 * Questions on their way by name and key. Not a `Map`: that makes itself a new table whenever as many have come and
 * gone as it has room for, and an old table keeps all that was in it from the collector for a long while.
 */
export class UnderWay {
  size = 0;
  private readonly buckets: (Miss | undefined)[] = new Array(BUCKETS).fill(undefined);
  private readonly ended: Ended;

  constructor(ended: Ended) {
    this.ended = ended;
  }

  find(name: HashedName, key: number): Miss | undefined {
    let miss = this.buckets[bucketOf(name, key)];
    while (miss && !miss.isOf(name, key)) miss = miss.next;
    return miss;
  }

  add(name: HashedName, key: number, first: Settles): Miss {
    const bucket = bucketOf(name, key);
    const miss = new Miss(name, key, bucket, first, this.ended);
    miss.next = this.buckets[bucket];
    this.buckets[bucket] = miss;
    this.size++;
    return miss;
  }

  remove(miss: Miss): void {
    const { bucket, next } = miss;
    let before = this.buckets[bucket];
    if (before === miss) this.buckets[bucket] = next;
    else {
      while (before!.next !== miss) before = before!.next;
      before!.next = next;
    }
    miss.next = undefined;
    this.size--;
  }
}

function bucketOf({ name, lanes }: HashedName, key: number): number {
  const last = 2 * (name.count - 1);
  return ((last < 0 ? 0 : lanes[last]) ^ Math.imul(key, 0x9e3779b1)) & (BUCKETS - 1);
}
