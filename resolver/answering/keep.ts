import type { HashedName } from '../policy/hashed-name.ts';
import { encodedOption, extendedError, extendedErrorData, option } from '../wire/edns.ts';
import type { Cache } from './cache/cache.ts';
import {
  isFailure,
  keptFor,
  type PackedAnswer,
  packAnswer,
  packFailure,
  type TtlClamps,
} from './cache/packed-answer.ts';
import type { CheckAnswer } from './check/check-answer.ts';

/** Seconds that a failure is remembered (RFC 9520 section 3.2). */
const FAILURE_TTL = 2;
/** In the key of a remembered failure, so that it does not push out a stale answer. */
const FAILURE = 1 << 18;

const unreachable = extendedErrorData(extendedError.networkError, 'no upstream answered');
const packedFailure = packFailure(FAILURE_TTL, encodedOption(option.extendedError, unreachable));

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
    if (!answer || !packed || isFailure(packed, 0)) {
      // What the upstream says of its failure holds for those who ask again, too.
      const failure = packed ? keptFor(packed, FAILURE_TTL) : packedFailure;
      this.cache.store(name, key | FAILURE, failure, seconds);
      return packed;
    }
    const checked = this.check.check(name, answer, packed);
    this.cache.store(name, key, checked, seconds);
    return checked;
  }

  /** Whether this question failed a moment ago, and how: see `Cache.found`. */
  failedLately(name: HashedName, key: number, seconds: number): boolean {
    return this.cache.find(name, key | FAILURE, seconds) && this.cache.found.left > 0;
  }
}
