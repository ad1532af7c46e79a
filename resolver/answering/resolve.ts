import type { Policy } from '../policy/policy.ts';
import { rcode } from '../wire/header.ts';
import { SILENCE } from '../wire/question.ts';
import type { Cache } from './cache/cache.ts';
import type { Client } from './client.ts';
import { Exchange } from './exchange.ts';
import type { Forward } from './forward.ts';
import type { Guard } from './guard/guard.ts';
import type { Hesitation } from './hesitation.ts';
import type { Clients } from './identify.ts';
import type { Carrier, MessageHandler } from './listen/carrier.ts';
import type { LocalKnowledge } from './local/local-knowledge.ts';
import type { Replies } from './replies.ts';

export interface ResolveDeps {
  readonly clients: Clients;
  readonly guard: Guard;
  readonly local: Pick<LocalKnowledge, 'answer'>;
  readonly cache: Cache;
  readonly forward: Forward;
  readonly replies: Replies;
  readonly policy: Policy;
  readonly wallClock: () => number;
  /** Told of faults of ours, which no message should be able to cause. */
  readonly failed: (error: unknown) => void;
}

/**
 * The way of a query: the steps of `way`, in order. Each answers the question or leaves it to the next;
 * a step that can end the way cheaply stands before a dear one.
 */
export class Resolve implements MessageHandler {
  private readonly deps: Omit<ResolveDeps, 'policy'>;
  private readonly exchange = new Exchange();
  private policy: Policy;
  /** When the wall clock was read last, by the other one. */
  private readAt = -1;
  /** Made after this, for it hands questions back to it. */
  hesitation: Pick<Hesitation, 'holds'> | undefined;

  /** A first policy that is kept would keep its rule-set with it. */
  constructor({ policy, ...deps }: ResolveDeps) {
    this.deps = deps;
    this.policy = policy;
  }

  /** From the next question on. Cached answers stay: the verdict is asked for every question anew. */
  usePolicy(policy: Policy): void {
    this.policy = policy;
    this.deps.replies.usePolicy(policy);
    this.deps.forward.usePolicy(policy);
    this.deps.clients.usePolicy(policy);
  }

  handle(
    message: Uint8Array,
    start: number,
    length: number,
    client: Client,
    carrier: Carrier,
    out: Uint8Array,
    at: number,
    now: number,
  ): number {
    const x = this.exchange;
    const { replies } = this.deps;
    x.message = message;
    x.start = start;
    x.length = length;
    x.client = client;
    x.transport = carrier.transport;
    x.out = out;
    x.at = at;
    x.now = now;
    try {
      return this.way(x, carrier);
    } catch (error) {
      // A fault of ours costs one answer, not the household's internet.
      this.deps.failed(error);
      return replies.refuse(x, rcode.servfail);
    }
  }

  private way(x: Exchange, carrier: Carrier): number {
    const { clients, guard, local, cache, forward, replies, wallClock } = this.deps;

    // Read. Nothing is known of a message before its twelve header octets are in order.
    const code = x.question.accept(x.message, x.start, x.length);
    if (code === SILENCE) return 0;

    // Strangers from outside. Before anybody is told of them.
    if (guard.turnsAway(x)) return x.transport === 'udp' ? replies.drop() : replies.refuse(x, rcode.refused);
    if (code !== rcode.noerror) return replies.refuse(x, code);

    // Who asks. Before the guard, whose limits are for devices and not for the forwarder before them.
    x.device = clients.device(x.client, x.question, x.message, x.now);
    if (x.client.isUnsettled && this.hesitation?.holds(x, carrier)) return 0;

    // Guard. What is refused or over its limit costs no look-up.
    const refusal = guard.check(x);
    if (refusal === SILENCE) return replies.drop();
    if (refusal !== rcode.noerror) return replies.refuse(x, refusal);

    // What the house knows itself. Before policy, which has no say in names that never leave the house.
    x.name.hash();
    const end = local.answer(x);
    if (end > 0) return replies.local(x, end);
    x.device.total++;
    if (!x.client.noted) clients.asksOutside(x.client);

    // Decide. Before the cache, so that a change of mind needs no flush.
    // What came together came at one moment: reading the clock costs as much as a look-up.
    if (x.now !== this.readAt) {
      x.wall = wallClock();
      this.readAt = x.now;
    }
    if (x.isAlias) x.verdict.clear();
    else this.policy.decide(x.name, x.question.qtype, x.device.policy, x.wall, x.verdict);
    if (x.verdict.blocked) return replies.block(x, x.verdict);

    // Cache. One for all devices; where an answer leads to is asked of each device's policy again.
    const { key } = x;
    const known = cache.find(x.name, key, x.seconds);
    if (known && cache.found.left > 0) {
      if (cache.found.isWorn) forward.renew(x, key);
      return replies.give(x, cache.found, cache.found.outcome);
    }

    // Upstream. Dearest, and last: the question is kept until the answer comes.
    return forward.ask(x, key, carrier, known);
  }
}
