import type { HashedName } from '../policy/hashed-name.ts';
import { rcode } from '../wire/header.ts';
import type { Cache } from './cache/cache.ts';
import { type PackedAnswer, packAnswer, packedRcode, type TtlClamps } from './cache/packed-answer.ts';
import type { CheckAnswer } from './check/check-answer.ts';

/** Seconds that a failure is remembered (RFC 9520 section 3.2). */
const FAILURE_TTL = 2;
/** In the key of a remembered failure, so that it does not push out a stale answer. */
const FAILURE = 1 << 18;

/** SERVFAIL without records, in the form of `packAnswer`. */
const packedFailure = Uint8Array.of(0, rcode.servfail, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, FAILURE_TTL);

/** Checks what came from upstream, and keeps it: once for everybody who waits for it. */
export class Keep {
  private readonly cache: Cache;
  private readonly check: CheckAnswer;
  private readonly clamps: TtlClamps | undefined;
  private readonly now: () => number;

  constructor(deps: { cache: Cache; check: CheckAnswer; clamps?: TtlClamps; now: () => number }) {
    this.cache = deps.cache;
    this.check = deps.check;
    this.clamps = deps.clamps;
    this.now = deps.now;
  }

  /**
   * @param answer undefined when no upstream had one
   * @returns the answer as it may be given; undefined when there is none to give
   */
  take(name: HashedName, key: number, answer: Uint8Array | undefined): PackedAnswer | undefined {
    const seconds = Math.floor(this.now() / 1000);
    const packed = answer && packAnswer(answer, this.clamps);
    const code = packed && packedRcode(packed, 0);
    if (!answer || !packed || (code !== rcode.noerror && code !== rcode.nxdomain)) {
      this.cache.store(name, key | FAILURE, packedFailure, seconds);
      return packed;
    }
    const checked = this.check.check(name, answer, packed);
    this.cache.store(name, key, checked, seconds);
    return checked;
  }

  /** Whether this question failed a moment ago. Overwrites `Cache.found`. */
  failedLately(name: HashedName, key: number, seconds: number): boolean {
    return this.cache.find(name, key | FAILURE, seconds) && this.cache.found.left > 0;
  }
}
