import { RuleSetBuilder } from '../../../lists/rule-set/builder.ts';
import { RuleSet } from '../../../lists/rule-set/rule-set.ts';
import { Cache } from '../../../resolver/answering/cache/cache.ts';
import { Forward } from '../../../resolver/answering/forward.ts';
import { Guard } from '../../../resolver/answering/guard/guard.ts';
import { Clients } from '../../../resolver/answering/identify.ts';
import { Keep } from '../../../resolver/answering/keep.ts';
import type { Carrier } from '../../../resolver/answering/listen/carrier.ts';
import { Misses } from '../../../resolver/answering/misses.ts';
import { Replies } from '../../../resolver/answering/replies.ts';
import { Resolve } from '../../../resolver/answering/resolve.ts';
import { Ring } from '../../../resolver/answering/ring.ts';
import { type Attempt, decodeAttempts } from '../../../resolver/between/attempt-batch.ts';
import type { DeviceTable, UnknownClient } from '../../../resolver/between/device-table.ts';
import { emptyDeviceTable } from '../../../resolver/between/device-table.ts';
import { emptyPolicySnapshot, type PolicySnapshot } from '../../../resolver/between/policy-snapshot.ts';
import { Matcher } from '../../../resolver/policy/matcher.ts';
import { Policy } from '../../../resolver/policy/policy.ts';

const noRegex = (source: string): never => {
  throw new Error(`no expression expected, got ${source}`);
};

/** A rule-set with one suffix name per purpose. */
export function packOf(names: Record<string, 'ads' | 'system-usage' | 'push'>): RuleSet {
  const builder = new RuleSetBuilder();
  builder.sources.push({ kind: 'pack', id: 'xiaomi', version: '1', entries: 0 });
  for (const [name, purpose] of Object.entries(names)) {
    builder.addName(name, builder.membership({ source: 0, match: 'suffix', action: 'block', purpose }));
  }
  return RuleSet.open(builder.finish());
}

/** The answering plane without sockets: messages in, messages out, time and upstream in the test's hands. */
export class SmallHouse {
  now = 1_000_000;
  wall = Date.UTC(2026, 10, 20, 12);
  asked: Uint8Array[] = [];
  unknown: UnknownClient[] = [];
  readonly ring = new Ring();
  readonly cache = new Cache(1 << 20);
  readonly clients: Clients;
  private readonly resolve: Resolve;
  private readonly matcher: Matcher;
  private readonly out = new Uint8Array(70_000);

  constructor(
    upstream: (query: Uint8Array) => Promise<Uint8Array> | Uint8Array,
    options: { names?: Parameters<typeof packOf>[0]; snapshot?: Partial<PolicySnapshot>; trusted?: string[] } = {},
  ) {
    this.matcher = new Matcher(packOf(options.names ?? { 'mistat.example': 'system-usage' }), noRegex);
    const policy = this.policy(options.snapshot);
    const { cache } = this;
    const now = () => this.now;
    const wallClock = () => this.wall;
    const check = { check: (_name: unknown, _answer: unknown, packed: Uint8Array) => packed };
    const keep = new Keep({ cache, check, now });
    const upstreams = {
      ask: async (query: Uint8Array) => {
        this.asked.push(query);
        return upstream(query);
      },
    };
    const misses = new Misses({ upstreams, keep, limit: 100 });
    this.clients = new Clients({
      trustedForwarders: options.trusted ?? [],
      policy,
      unknown: (client) => this.unknown.push(client),
    });
    const guard = new Guard();
    const replies = new Replies(this.ring, guard, policy);
    const forward = new Forward({ cache, misses, keep, guard, replies, policy, staleFor: 86_400, now, wallClock });
    const local = { answer: () => 0 };
    this.resolve = new Resolve({ clients: this.clients, guard, local, cache, forward, replies, policy, wallClock });
  }

  policy(snapshot: Partial<PolicySnapshot> = {}): Policy {
    return new Policy({ ...emptyPolicySnapshot, ...snapshot }, this.matcher, noRegex);
  }

  decide(snapshot: Partial<PolicySnapshot>): void {
    this.resolve.usePolicy(this.policy(snapshot));
  }

  know(table: Partial<DeviceTable>): void {
    this.clients.useTable({ ...emptyDeviceTable, ...table });
  }

  /** Resolves with the answer, or undefined when the question is met with silence. */
  ask(
    query: Uint8Array,
    from = '192.168.1.7',
    transport: Carrier['transport'] = 'udp',
  ): Promise<Uint8Array | undefined> {
    return new Promise((answered) => {
      let waits = false;
      const later = () => {
        waits = true;
        return { send: (answer: Uint8Array) => answered(answer.slice()) };
      };
      const client = this.clients.ofText(from);
      // Somewhere in the middle of the buffers, as in a batch.
      const message = new Uint8Array(query.length + 9);
      message.set(query, 5);
      const length = this.resolve.handle(
        message,
        5,
        query.length,
        client,
        { transport, later },
        this.out,
        64,
        this.now,
      );
      if (length > 0) answered(this.out.slice(64, 64 + length));
      else if (!waits) answered(undefined);
    });
  }

  attempts(): Attempt[] {
    const batch = this.ring.flush(this.clients.states);
    return batch ? [...decodeAttempts(batch).attempts] : [];
  }
}
