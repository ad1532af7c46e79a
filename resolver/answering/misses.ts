import { HashedName } from '../policy/hashed-name.ts';
import { SAFE_PAYLOAD, writeOpt } from '../wire/edns.ts';
import { flag, HEADER_LENGTH, writeUint16 } from '../wire/header.ts';
import type { Question } from '../wire/question.ts';
import type { PackedAnswer } from './cache/packed-answer.ts';
import type { Keep } from './keep.ts';
import { type Miss, UnderWay } from './under-way.ts';
import type { Asker } from './upstream/upstream.ts';

/** Asks upstream; see `Upstreams.ask`. */
export interface Asks {
  ask(query: Uint8Array, name: Uint8Array, asker: Asker): void;
}

/** Who waits for an answer. */
export interface Settles {
  /** @param packed the answer as it was kept; nothing when no upstream had one */
  settle(packed: PackedAnswer | undefined): void;
}

/** Questions on their way upstream: equal ones share one query, so that a crowd asks once and a forger has one try. */
export class Misses {
  private readonly upstreams: Asks;
  private readonly limit: number;
  private readonly failed: (error: unknown) => void;
  private readonly keep: Keep;
  private readonly underWay = new UnderWay((miss, answer) => this.end(miss, answer));
  private readonly arrived = new HashedName();

  /** @param deps.limit different questions under way at once */
  constructor(deps: { upstreams: Asks; keep: Keep; limit: number; failed: (error: unknown) => void }) {
    this.upstreams = deps.upstreams;
    this.keep = deps.keep;
    this.limit = deps.limit;
    this.failed = deps.failed;
  }

  get size(): number {
    return this.underWay.size;
  }

  get isFull(): boolean {
    return this.underWay.size >= this.limit;
  }

  isUnderWay(name: HashedName, key: number): boolean {
    return this.underWay.find(name, key) !== undefined;
  }

  ask(question: Question, name: HashedName, key: number, waiting: Settles): void {
    const others = this.underWay.find(name, key);
    if (others) {
      others.waiting.push(waiting);
      return;
    }
    const miss = this.underWay.add(name, key, waiting);
    this.upstreams.ask(outgoingQuery(question, miss.name), miss.name, miss);
  }

  private end(miss: Miss, answer: Uint8Array | undefined): void {
    this.underWay.remove(miss);
    const packed = this.kept(miss, answer);
    for (const one of miss.waiting) this.settle(one, packed);
  }

  private kept({ name, key }: Miss, answer: Uint8Array | undefined): PackedAnswer | undefined {
    this.arrived.name.read(name, 0, 0, name.length, false);
    this.arrived.hash();
    try {
      return this.keep.take(this.arrived, key, answer);
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  /** A fault of ours costs one answer: who waits beside it gets theirs. */
  private settle(one: Settles, packed: PackedAnswer | undefined): void {
    try {
      one.settle(packed);
    } catch (error) {
      this.failed(error);
    }
  }
}

/**
 * The query that goes upstream: the bare question with an OPT record of our own. Nothing that the client
 * added goes along, its address and MAC least of all. AD says that we understand it in the answer, which
 * is for everybody (RFC 6840 section 5.7).
 */
export function outgoingQuery({ qtype, edns, flags }: Question, name: Uint8Array): Uint8Array {
  const query = new Uint8Array(HEADER_LENGTH + name.length + 4 + 11);
  writeUint16(query, 2, flag.rd | flag.ad | (flags & flag.cd));
  query[5] = 1;
  query[11] = 1;
  query.set(name, HEADER_LENGTH);
  const at = writeUint16(query, HEADER_LENGTH + name.length, qtype);
  writeUint16(query, at, 1);
  writeOpt(query, at + 2, SAFE_PAYLOAD, 0, edns.dnssecOk);
  return query;
}
