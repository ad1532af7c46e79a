import type { NetworkInterfaceInfo } from 'node:os';
import { RuleSetBuilder } from '../../../lists/rule-set/builder.ts';
import { RuleSet } from '../../../lists/rule-set/rule-set.ts';
import { Cache } from '../../../resolver/answering/cache/cache.ts';
import {
  RebindingCheck,
  type RebindingOptions,
  rebindingDefaults,
} from '../../../resolver/answering/check/rebinding-check.ts';
import { Cookies } from '../../../resolver/answering/cookies.ts';
import { Forward } from '../../../resolver/answering/forward.ts';
import { Guard, type GuardOptions, guardDefaults } from '../../../resolver/answering/guard/guard.ts';
import { OwnNetworks } from '../../../resolver/answering/guard/own-networks.ts';
import { Standings } from '../../../resolver/answering/guard/standing.ts';
import { Clients } from '../../../resolver/answering/identify.ts';
import { Keep } from '../../../resolver/answering/keep.ts';
import type { Carrier } from '../../../resolver/answering/listen/carrier.ts';
import { Aliases } from '../../../resolver/answering/local/aliases.ts';
import { LocalKnowledge, type LocalOptions, localDefaults } from '../../../resolver/answering/local/local-knowledge.ts';
import { Misses } from '../../../resolver/answering/misses.ts';
import { OptionsInReturn } from '../../../resolver/answering/options-in-return.ts';
import { Replies } from '../../../resolver/answering/replies.ts';
import { Resolve } from '../../../resolver/answering/resolve.ts';
import { Ring } from '../../../resolver/answering/ring.ts';
import type { Asker } from '../../../resolver/answering/upstream/upstream.ts';
import type { Attempt, AttemptBatch } from '../../../resolver/between/attempt-batch.ts';
import type { DeviceTable, UnknownClient } from '../../../resolver/between/device-table.ts';
import { emptyDeviceTable } from '../../../resolver/between/device-table.ts';
import { emptyPolicySnapshot, type PolicySnapshot } from '../../../resolver/between/policy-snapshot.ts';
import { Tables } from '../../../resolver/control/record/tables.ts';
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

export interface HouseOptions {
  names?: Parameters<typeof packOf>[0];
  snapshot?: Partial<PolicySnapshot>;
  trusted?: string[];
  /** CIDRs that are answered though they are not of the house. */
  allow?: string[];
  /** Domains with servers of their own. */
  conditional?: string[];
  local?: Partial<LocalOptions>;
  rebinding?: Partial<RebindingOptions>;
  guard?: Partial<GuardOptions>;
}

/** The machine stands in 192.168.1.0/24 and fd00::/64, has a bridge of its own, and a provider's network outside. */
export const interfaces = () => ({
  lo: [face('127.0.0.1', 8, true)],
  eth0: [face('192.168.1.2', 24), face('fd00::2', 64), face('fe80::2', 64)],
  docker0: [face('172.17.0.1', 16)],
  wan0: [face('203.0.113.9', 24)],
});

function face(address: string, bits: number, internal = false): NetworkInterfaceInfo {
  const shared = { address, netmask: '', mac: '', internal, cidr: `${address}/${bits}` };
  return address.includes(':') ? { ...shared, family: 'IPv6', scopeid: 0 } : { ...shared, family: 'IPv4' };
}

/** The answering plane without sockets: messages in, messages out, time and upstream in the test's hands. */
export class SmallHouse {
  now = 1_000_000;
  private wallTime = Date.UTC(2026, 10, 20, 12);
  asked: Uint8Array[] = [];
  unknown: UnknownClient[] = [];
  faults: unknown[] = [];
  wallClockFails = false;
  /** Sentences for the owner. */
  said: string[] = [];
  readonly guard: Guard;
  readonly replies: Replies;
  readonly local: LocalKnowledge;
  readonly ring: Ring;
  private readonly tables = new Tables();
  readonly cache = new Cache(1 << 20);
  readonly clients: Clients;
  readonly resolve: Resolve;
  private readonly matcher: Matcher;
  private readonly out = new Uint8Array(70_000);

  constructor(upstream: (query: Uint8Array) => Promise<Uint8Array> | Uint8Array, options: HouseOptions = {}) {
    this.matcher = new Matcher(packOf(options.names ?? { 'mistat.example': 'system-usage' }), noRegex);
    const policy = this.policy(options.snapshot);
    this.ring = new Ring(policy);
    const { cache } = this;
    const now = () => this.now;
    const wallClock = () => {
      if (this.wallClockFails) throw new Error('no clock');
      return this.wallTime;
    };
    const conditional = options.conditional ?? [];
    const own = new OwnNetworks(interfaces, () => new Set(['192.168.1.1']));
    this.local = new LocalKnowledge({
      options: { ...localDefaults, ...options.local },
      conditional,
      own,
      say: (sentence) => this.said.push(sentence),
    });
    const { local } = this;
    const rebinding = { ...rebindingDefaults, ...options.rebinding };
    const check = new RebindingCheck({ options: rebinding, conditional, aliases: local });
    const keep = new Keep({ cache, check, now });
    const upstreams = {
      ask: (query: Uint8Array, _: Uint8Array, asker: Asker) => {
        this.asked.push(query);
        const answered = (async () => upstream(query))();
        void answered.then(
          (answer) => asker.answered(answer),
          (error) => asker.failed(error),
        );
      },
    };
    const failed = (error: unknown) => this.faults.push(error);
    const misses = new Misses({ upstreams: new Aliases(upstreams, local), keep, limit: 100, failed });
    this.clients = new Clients({
      trustedForwarders: options.trusted ?? [],
      policy,
      standing: new Standings({ allow: options.allow ?? [], own }).of,
      unknown: (client) => this.unknown.push(client),
    });
    this.guard = new Guard({ ...guardDefaults, ...options.guard });
    const cookies = new Cookies({ secret: Buffer.from('of this house only'), wallClock });
    const inReturn = new OptionsInReturn(cookies);
    this.replies = new Replies({ ring: this.ring, guard: this.guard, inReturn, policy });
    const { guard, replies } = this;
    const forward = new Forward({ cache, misses, keep, guard, replies, policy, staleFor: 86_400, now, wallClock });
    this.resolve = new Resolve({
      clients: this.clients,
      guard,
      local,
      cache,
      forward,
      replies,
      policy,
      wallClock,
      failed,
    });
  }

  get wall(): number {
    return this.wallTime;
  }

  /** No two times of day are at one moment. */
  set wall(time: number) {
    this.wallTime = time;
    this.now += 0.001;
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

  /** Whether nothing was ever written further than so many octets behind the start of an answer. */
  untouchedBehind(octets: number): boolean {
    return this.out.subarray(64 + octets).every((octet) => octet === 0);
  }

  flush(): AttemptBatch | undefined {
    const batch = this.ring.flush(this.clients.states);
    return batch && this.tables.read({ ...batch, batch: batch.bytes, boot: this.ring.boot });
  }

  attempts(): Attempt[] {
    return this.flush()?.attempts() ?? [];
  }
}
