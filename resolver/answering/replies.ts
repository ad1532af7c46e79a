import { HashedName } from '../policy/hashed-name.ts';
import { outcomes } from '../policy/model.ts';
import type { Policy } from '../policy/policy.ts';
import { reason, Verdict } from '../policy/verdict.ts';
import { beginAnswer, endAnswer, truncate, udpLimit } from '../wire/answer.ts';
import { appendOption, extendedError, extendedErrorData, option } from '../wire/edns.ts';
import { rcode } from '../wire/header.ts';
import { BlockAnswer } from './block-answer.ts';
import {
  isWithheld,
  packedOptions,
  packedTarget,
  packedTargets,
  unpackAnswer,
  unpackedLength,
  unpackOptions,
} from './cache/packed-answer.ts';
import type { Exchange } from './exchange.ts';
import type { Guard } from './guard/guard.ts';
import type { OptionsInReturn } from './options-in-return.ts';
import { outcomeNumber, type Ring } from './ring.ts';
import { shorten } from './shorten.ts';

/** TTL of stale records (RFC 8767 section 4). */
const STALE_TTL = 30;

/** Octets of the longest message, and of what may be written where answers by datagram are, less what ends one. */
const LONGEST = 65_535;
const LONGEST_DATAGRAM = 3_900;

/** Octets for a cookie and a word about the connection, which answer the client's own options. */
const ROOM_IN_RETURN = 34;

const stale = extendedErrorData(extendedError.staleAnswer, 'no upstream answered in time');
const withheld = extendedErrorData(extendedError.blocked, 'a public name may not lead to a private address');
const unreachable = extendedErrorData(extendedError.networkError, 'no upstream answered');
const busy = extendedErrorData(extendedError.notReady, 'too many questions wait for an answer');

/** An answer as the cache keeps it. */
export interface Kept {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly length: number;
  /** Seconds. */
  readonly age: number;
}

/** How a kept answer came to be given; `failed` ones are an upstream's error. */
export type GivenAs = 'cached' | 'forwarded' | 'stale' | 'failed';

export interface RepliesDeps {
  readonly ring: Ring;
  readonly guard: Guard;
  readonly inReturn: OptionsInReturn;
  readonly policy: Policy;
}

/** The ways in which a question ends. Each writes the answer, records it, and returns the answer's length. */
export class Replies {
  /** How many questions ended in each outcome since the start, in the order of `outcomes`. */
  readonly outcomes = new Float64Array(outcomes.length);
  private readonly ring: Ring;
  private readonly guard: Guard;
  private readonly inReturn: OptionsInReturn;
  private readonly target = new HashedName();
  private readonly targetVerdict = new Verdict();
  private policy: Policy;
  private blockAnswer: BlockAnswer;

  constructor({ ring, guard, inReturn, policy }: RepliesDeps) {
    this.ring = ring;
    this.guard = guard;
    this.inReturn = inReturn;
    this.policy = policy;
    this.blockAnswer = new BlockAnswer(policy.parts.settings);
  }

  usePolicy(policy: Policy): void {
    this.policy = policy;
    this.ring.usePolicy(policy);
    this.blockAnswer = new BlockAnswer(policy.parts.settings);
  }

  /** With the verdict that blocks: the question's own, or that of a name its answer leads to. */
  block(x: Exchange, verdict: Verdict): number {
    x.device.blocked++;
    this.record(x, outcomeNumber.blocked, verdict);
    return this.fit(x, this.blockAnswer.write(x.question, x.message, x.start, verdict, x.out, x.at));
  }

  /** A kept answer, unless it leads to a name that this device may not reach. */
  give(x: Exchange, kept: Kept, outcome: GivenAs): number {
    const isStale = outcome === 'stale';
    const ttl = isStale ? STALE_TTL : -1;
    const { question, message, start, out, at } = x;
    const length = unpackedLength(kept.bytes, kept.at, kept.length, question);
    if (length > (x.transport === 'udp' ? LONGEST_DATAGRAM : LONGEST)) return this.tooLong(x, outcome);
    let end = unpackAnswer(kept.bytes, kept.at, kept.length, question, message, start, out, at, kept.age, ttl);
    const culprit = this.leadsAstray(x, kept, end);
    if (culprit) return this.block(x, culprit);
    if (x.verdict.endsAt > 0) shorten(out, at, end, x.verdict.secondsLeft(x.wall));
    if (question.edns.present) {
      const optAt = end - 11;
      const why = isStale ? stale : isWithheld(kept.bytes, kept.at) ? withheld : undefined;
      // RFC 8914 section 3: explanations go first where there is no room for all.
      const room = at + (x.transport === 'udp' ? udpLimit(question) : LONGEST) - ROOM_IN_RETURN;
      if (why && end + 4 + why.length <= room) end = appendOption(out, optAt, end, option.extendedError, why);
      const octets = packedOptions(kept.bytes, kept.at);
      if (octets > 0 && end + octets <= room) end = unpackOptions(kept.bytes, kept.at, kept.length, out, optAt, end);
    }
    this.record(x, outcomeNumber[outcome], x.verdict);
    return this.fit(x, end);
  }

  /** SERVFAIL: no upstream answered, or none was asked for there is too much to do, and there is no older answer. */
  fail(x: Exchange, why: 'unreachable' | 'busy' = 'unreachable'): number {
    this.record(x, outcomeNumber.failed, x.verdict);
    const end = beginAnswer(x.message, x.start, x.question, x.out, x.at, rcode.servfail);
    return this.inReturn.add(x, endAnswer(x.question, x.out, x.at, end, 0, why === 'busy' ? busy : unreachable)) - x.at;
  }

  /** A bare rcode, for messages that get no further. Nothing is recorded: there may be no name to record. */
  refuse(x: Exchange, code: number): number {
    this.outcomes[outcomeNumber.refused]++;
    const end = beginAnswer(x.message, x.start, x.question, x.out, x.at, code);
    return this.inReturn.add(x, endAnswer(x.question, x.out, x.at, end, code >>> 4, undefined)) - x.at;
  }

  /** No answer at all. */
  drop(): number {
    this.outcomes[outcomeNumber.dropped]++;
    return 0;
  }

  /** An answer that the house wrote itself and that ends at `end`. */
  local(x: Exchange, end: number): number {
    this.outcomes[outcomeNumber.local]++;
    return this.fit(x, end);
  }

  /** @returns length of the answer that ends at `end`, cut to its question when the client can't take it whole */
  private fit(x: Exchange, end: number): number {
    const length = this.inReturn.add(x, end) - x.at;
    if (x.transport !== 'udp') return length;
    if (length <= udpLimit(x.question) && (x.isProven || !this.guard.amplifies(x, length))) return length;
    return this.cut(x);
  }

  private cut(x: Exchange): number {
    return this.inReturn.add(x, truncate(x.message, x.start, x.question, x.out, x.at)) - x.at;
  }

  /** There is no room to write the answer in: over UDP the client has to come back by TCP, elsewhere there is no way. */
  private tooLong(x: Exchange, outcome: GivenAs): number {
    if (x.transport !== 'udp') return this.fail(x);
    this.record(x, outcomeNumber[outcome], x.verdict);
    return this.cut(x);
  }

  /**
   * The verdict that blocks one of the names an answer leads to, if any does (CNAME cloaking).
   * A name that somebody allowed on purpose may lead where it likes.
   */
  private leadsAstray(x: Exchange, kept: Kept, end: number): Verdict | undefined {
    const { kind } = x.verdict;
    if (kind !== reason.none && kind < reason.watch) return undefined;
    const { target, targetVerdict } = this;
    const targets = packedTargets(kept.bytes, kept.at);
    for (let i = 0; i < targets; i++) {
      const place = x.at + packedTarget(kept.bytes, kept.at, i);
      if (target.name.read(x.out, x.at, place, end, true) < 0) continue;
      target.hash();
      this.policy.decide(target, x.question.qtype, x.device.policy, x.wall, targetVerdict);
      if (targetVerdict.blocked) return targetVerdict;
    }
    return undefined;
  }

  private record(x: Exchange, outcome: number, verdict: Verdict): void {
    this.outcomes[outcome]++;
    const { recording } = x.device.policy;
    if (recording === 'nothing' || (!verdict.isAttempt && recording !== 'everything')) return;
    if (this.guard.pressure.shedsRecording) this.ring.skip();
    else this.ring.add(x.wall, x.device, x.name, x.question.qtype, outcome, verdict);
  }
}
