import type { Policy } from '../policy/policy.ts';
import type { Cache } from './cache/cache.ts';
import { isFailure, type PackedAnswer } from './cache/packed-answer.ts';
import type { Client } from './client.ts';
import type { DeviceState } from './device-states.ts';
import { Exchange } from './exchange.ts';
import type { Guard } from './guard/guard.ts';
import type { Keep } from './keep.ts';
import type { Carrier, Reply } from './listen/carrier.ts';
import type { Misses, Settles } from './misses.ts';
import type { Replies } from './replies.ts';

/** Milliseconds that a client waits for a fresh answer while a stale one is at hand (RFC 8767 section 5). */
const PATIENCE = 1_800;

export interface ForwardDeps {
  readonly cache: Cache;
  readonly misses: Misses;
  readonly keep: Keep;
  readonly guard: Guard;
  readonly replies: Replies;
  readonly policy: Policy;
  /** Seconds that an expired answer may still serve when upstreams fail. */
  readonly staleFor: number;
  readonly now: () => number;
  readonly wallClock: () => number;
  /** Told how long somebody waited for an upstream, in milliseconds. */
  readonly waited?: (milliseconds: number) => void;
}

/** What the cache can't answer: asked upstream, and given to everybody who waits. */
export class Forward {
  private readonly deps: Omit<ForwardDeps, 'policy'>;
  private readonly late = new Exchange();
  private readonly out = new Uint8Array(65_535);
  private policy: Policy;

  constructor({ policy, ...deps }: ForwardDeps) {
    this.deps = deps;
    this.policy = policy;
  }

  usePolicy(policy: Policy): void {
    this.policy = policy;
  }

  /**
   * @param known whether the cache has an expired answer
   * @returns length of an answer that can be given at once, else 0
   */
  ask(x: Exchange, key: number, carrier: Carrier, known: boolean): number {
    const { cache, misses, replies, guard, keep } = this.deps;
    const mayBeStale = known && cache.found.left > -this.deps.staleFor;
    if (keep.failedLately(x.name, key, x.seconds)) {
      return mayBeStale ? this.giveStale(x, key) : replies.give(x, cache.found, 'failed');
    }
    if (misses.isFull || guard.pressure.shedsMisses || !guard.admit(x)) {
      return mayBeStale ? this.giveStale(x, key) : replies.fail(x, 'busy');
    }
    const waiter = new Waiter(this, x, key, carrier.later());
    misses.ask(x.question, x.name, key, waiter);
    if (mayBeStale) waiter.waitAtMost(PATIENCE);
    return 0;
  }

  /** Asks again for a popular answer before it expires; nobody waits for it. */
  renew(x: Exchange, key: number): void {
    const { misses, guard } = this.deps;
    if (guard.pressure.shedsPrefetch || misses.isFull || misses.isUnderWay(x.name, key)) return;
    misses.ask(x.question, x.name, key, nobody);
  }

  /** @param packed nothing when no upstream had an answer, or not in time */
  answer(waiter: Waiter, packed: PackedAnswer | undefined): void {
    const { late: x, out } = this;
    const { guard, replies, now, wallClock } = this.deps;
    guard.release(waiter.device);
    x.message = waiter.message;
    x.length = waiter.message.length;
    x.client = waiter.client;
    x.device = waiter.device;
    x.transport = waiter.transport;
    x.out = out;
    x.now = now();
    this.deps.waited?.(x.now - waiter.askedAt);
    x.wall = wallClock();
    x.question.accept(x.message, 0, x.length);
    x.name.hash();
    // Decided anew: the household may have changed its mind while the question was on its way.
    x.isAlias = waiter.isAlias;
    if (x.isAlias) x.verdict.clear();
    else this.policy.decide(x.name, x.question.qtype, x.device.policy, x.wall, x.verdict);
    let length: number;
    if (x.verdict.blocked) length = replies.block(x, x.verdict);
    else if (packed && !isFailure(packed, 0)) length = replies.give(x, whole(packed), 'forwarded');
    else length = this.giveStale(x, waiter.key, packed);
    if (length > 0) waiter.reply.send(out.subarray(0, length));
  }

  /** An expired answer, else what the upstream says of its failure, if it said anything. */
  private giveStale(x: Exchange, key: number, failure?: PackedAnswer): number {
    const { cache, replies, staleFor } = this.deps;
    const { found } = cache;
    if (cache.find(x.name, key, x.seconds) && found.left > -staleFor) return replies.give(x, found, found.outcome);
    return failure ? replies.give(x, whole(failure), 'failed') : replies.fail(x);
  }
}

/** A question that waits keeps its message; it is read again when the answer comes. */
class Waiter implements Settles {
  readonly message: Uint8Array;
  readonly client: Client;
  readonly device: DeviceState;
  readonly transport: Carrier['transport'];
  readonly isAlias: boolean;
  readonly key: number;
  readonly reply: Reply;
  /** Monotonic milliseconds. */
  readonly askedAt: number;
  private readonly forward: Forward;
  private patience: NodeJS.Timeout | undefined;
  private isSettled = false;

  constructor(forward: Forward, x: Exchange, key: number, reply: Reply) {
    this.forward = forward;
    this.message = x.message.slice(x.start, x.start + x.length);
    this.client = x.client;
    this.device = x.device;
    this.transport = x.transport;
    this.isAlias = x.isAlias;
    this.key = key;
    this.reply = reply;
    this.askedAt = x.now;
  }

  /** Waits no longer than so many milliseconds. */
  waitAtMost(patience: number): void {
    this.patience = setTimeout(() => this.settle(undefined), patience);
  }

  settle(packed: PackedAnswer | undefined): void {
    if (this.isSettled) return;
    this.isSettled = true;
    clearTimeout(this.patience);
    this.forward.answer(this, packed);
  }
}

const nobody: Settles = { settle() {} };

const whole = (bytes: PackedAnswer) => ({ bytes, at: 0, length: bytes.length, age: 0 });
