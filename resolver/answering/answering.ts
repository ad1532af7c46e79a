import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { RuleSet } from '../../lists/rule-set/rule-set.ts';
import type { DeviceTable } from '../between/device-table.ts';
import type { AnsweringHealth, ToAnswering, ToControl } from '../between/messages.ts';
import { changed } from '../between/policy-change.ts';
import type { PolicySnapshot } from '../between/policy-snapshot.ts';
import { HashedName } from '../policy/hashed-name.ts';
import { regexFor } from '../policy/linear-regex.ts';
import { Matcher } from '../policy/matcher.ts';
import { Policy } from '../policy/policy.ts';
import { Cache } from './cache/cache.ts';
import { CacheFile } from './cache/cache-file.ts';
import type { TtlClamps } from './cache/packed-answer.ts';
import { RebindingCheck, type RebindingOptions, rebindingDefaults } from './check/rebinding-check.ts';
import { Cookies } from './cookies.ts';
import { Courier } from './courier.ts';
import type { EncryptedOptions } from './encrypted.ts';
import { Forward } from './forward.ts';
import { goFirst } from './go-first.ts';
import { Guard, type GuardOptions, guardDefaults } from './guard/guard.ts';
import { OwnNetworks } from './guard/own-networks.ts';
import { Standings } from './guard/standing.ts';
import { Hesitation } from './hesitation.ts';
import { Clients } from './identify.ts';
import { Keep } from './keep.ts';
import { Latency } from './latency.ts';
import type { ListenAddress } from './listen/carrier.ts';
import { type Bound, Listeners } from './listeners.ts';
import { Aliases } from './local/aliases.ts';
import { LocalKnowledge, type LocalOptions, localDefaults } from './local/local-knowledge.ts';
import { Misses } from './misses.ts';
import { Neighbours } from './neighbours/neighbours.ts';
import { OptionsInReturn } from './options-in-return.ts';
import { Relayed } from './relayed.ts';
import { Replies } from './replies.ts';
import { Resolve } from './resolve.ts';
import { Ring } from './ring.ts';
import type { UpstreamsConfig } from './upstream/config.ts';
import type { OpenSocket } from './upstream/connected-socket.ts';
import { openSockets } from './upstream/open-sockets.ts';
import { Upstreams } from './upstream/upstreams.ts';
import { Watchdog } from './watchdog.ts';

/** What answering is started with: plain data, so that it can be handed to another thread. */
export interface AnsweringOptions {
  /** Number of this answering thread. */
  readonly thread: number;
  readonly listen: readonly ListenAddress[];
  readonly reusePort: boolean;
  /** DNS over TLS and HTTPS, where it is served. */
  readonly encrypted?: EncryptedOptions;
  readonly upstreams: UpstreamsConfig;
  readonly cache: {
    readonly bytes: number;
    readonly staleFor: number;
    readonly ttl?: TtlClamps;
    /** Folder where popular answers wait for the next start; without one they are forgotten. */
    readonly folder?: string;
  };
  readonly trustedForwarders: readonly string[];
  /** CIDRs that are answered beside private networks and those of this machine. */
  readonly allow?: readonly string[];
  readonly guard?: GuardOptions;
  readonly rebinding?: RebindingOptions;
  readonly local?: LocalOptions;
  /** What DNS cookies are made with; threads on one port need the same. */
  readonly cookieSecret?: Uint8Array;
  /** The last known state, so that the first answer waits for nobody. */
  readonly snapshot: PolicySnapshot;
  readonly table: DeviceTable;
  /** Bytes of a rule-set that was verified when it was read. */
  readonly rules: SharedArrayBuffer;
}

/** Different questions under way upstream at once. */
const MISSES = 4096;

const MOST_NOTICES = 20;

/** What takes its time to open. */
interface Opened {
  own: OwnNetworks;
  neighbours: Neighbours;
  openSocket: OpenSocket;
}

/** The answering plane on one thread: takes questions, owes answers. Control reaches it by `receive` only. */
export class Answering {
  private readonly thread: number;
  private readonly cacheBytes: number;
  private readonly send: (message: ToControl) => void;
  private readonly ring: Ring;
  private readonly latency = new Latency();
  private readonly cache: Cache;
  private readonly upstreams: Upstreams;
  private readonly misses: Misses;
  private readonly own: OwnNetworks;
  private readonly neighbours: Neighbours;
  private readonly hesitation: Hesitation;
  private readonly guard: Guard;
  private readonly local: LocalKnowledge;
  private readonly clients: Clients;
  private readonly courier: Courier;
  private readonly replies: Replies;
  private readonly resolve: Resolve;
  private readonly watchdog: Watchdog;
  private readonly cacheFile: CacheFile | undefined;
  private readonly listeners: Listeners;
  private readonly relayed: Relayed;
  private notices: readonly string[] = [];
  private health: NodeJS.Timeout | undefined;
  private snapshot: PolicySnapshot;
  private clockAhead = 0;
  private matcher: Matcher;

  private constructor(
    options: AnsweringOptions,
    policy: Policy,
    { own, neighbours, openSocket, send }: Opened & { send: (message: ToControl) => void },
  ) {
    this.thread = options.thread;
    this.cacheBytes = options.cache.bytes;
    this.own = own;
    this.neighbours = neighbours;
    this.send = send;
    this.snapshot = options.snapshot;
    this.matcher = policy.matcher;
    this.cache = new Cache(options.cache.bytes);
    this.upstreams = new Upstreams(options.upstreams, () => performance.now(), openSocket);
    this.clients = new Clients({
      trustedForwarders: options.trustedForwarders,
      policy,
      standing: new Standings({ allow: options.allow ?? [], own }).of,
      neighbours,
      unknown: (client) => send({ kind: 'unknown', client }),
    });
    this.clients.useTable(options.table);
    this.ring = new Ring(policy);
    this.courier = new Courier(this.ring, this.clients, send);
    this.guard = new Guard(options.guard ?? guardDefaults);
    const cookies = new Cookies({ secret: options.cookieSecret ?? randomBytes(32), wallClock: Date.now });
    const inReturn = new OptionsInReturn(cookies);
    this.replies = new Replies({ ring: this.ring, guard: this.guard, inReturn, policy });
    const conditional = options.upstreams.conditional.map(({ domain }) => domain);
    this.local = new LocalKnowledge({
      options: options.local ?? localDefaults,
      conditional,
      own: this.own,
      say: (sentence) => this.say(sentence),
    });
    const { cache, clients, replies, guard, local } = this;
    const now = () => performance.now();
    const wallClock = () => Date.now() - this.clockAhead;
    const check = new RebindingCheck({ options: options.rebinding ?? rebindingDefaults, conditional, aliases: local });
    const keep = new Keep({ cache, check, clamps: options.cache.ttl, now });
    const failed = (error: unknown) => this.say(faultSentence(error));
    this.misses = new Misses({ upstreams: new Aliases(this.upstreams, local), keep, limit: MISSES, failed });
    const { misses } = this;
    const forward = new Forward({
      cache,
      misses,
      keep,
      guard,
      replies,
      policy,
      staleFor: options.cache.staleFor,
      now,
      wallClock,
      waited: (milliseconds) => this.latency.upstream.add(milliseconds),
    });
    this.resolve = new Resolve({ clients, guard, local, cache, forward, replies, policy, wallClock, failed });
    this.hesitation = new Hesitation({ clients, neighbours, handler: this.resolve, now });
    this.resolve.hesitation = this.hesitation;
    const listener = { handler: this.latency.timed(this.resolve, now), clients, now, reusePort: options.reusePort };
    this.listeners = new Listeners({
      listener,
      at: options.listen,
      encrypted: options.encrypted,
      designate: (designated) => local.designate(designated),
      say: (sentence) => this.say(sentence),
    });
    this.relayed = new Relayed(listener, send);
    this.watchdog = new Watchdog({
      at: () => this.bound.dns,
      reopen: () => this.reopen(),
      say: (sentence) => this.say(sentence),
    });
    const { folder, ttl } = options.cache;
    this.cacheFile = folder
      ? new CacheFile({
          cache,
          path: join(folder, `answers-${options.thread}.bin`),
          fingerprint: JSON.stringify([options.upstreams, options.rebinding, options.local, ttl]),
          now,
          wallClock: Date.now,
          say: (sentence) => this.say(sentence),
        })
      : undefined;
  }

  /** Nothing listens yet. */
  static async create(options: AnsweringOptions, send: (message: ToControl) => void): Promise<Answering> {
    const { snapshot } = options;
    const ruleSet = RuleSet.open(options.rules, { verify: false });
    const regex = await regexFor(snapshot.rules, ruleSet.meta);
    const policy = new Policy(snapshot, new Matcher(ruleSet, regex), regex);
    const own = new OwnNetworks();
    const opened = { own, neighbours: await Neighbours.open(own), openSocket: await openSockets() };
    return new Answering(options, policy, { ...opened, send });
  }

  /** @returns where plain questions are taken, in the order of `options.listen` @throws ListenFailed */
  async start(): Promise<ListenAddress[]> {
    await this.listeners.start();
    // Without it answers are as right, only later.
    void goFirst().catch(() => {});
    this.courier.start();
    this.own.start(() => {
      this.neighbours.forgetLinks();
      this.clients.judgeAgain();
    });
    void this.local.start();
    this.guard.pressure.start(
      () => this.misses.size / MISSES,
      () => performance.now(),
    );
    this.watchdog.start();
    void this.cacheFile?.start();
    this.health = setInterval(() => this.send({ kind: 'health', health: this.report() }), 1000);
    return [...this.bound.dns];
  }

  /** Where questions are taken now. */
  get bound(): Bound {
    return this.listeners.bound;
  }

  /** Closes the plain listeners and opens them again where they were. @throws ListenFailed */
  reopen(): Promise<void> {
    return this.listeners.reopen();
  }

  async stop(): Promise<void> {
    clearInterval(this.health);
    this.watchdog.stop();
    this.own.stop();
    this.local.stop();
    this.guard.pressure.stop();
    this.hesitation.stop();
    await this.listeners.stop();
    this.neighbours.close();
    this.courier.stop();
    await Promise.all([this.cacheFile?.stop(), this.upstreams.stop()]);
  }

  /** Whether questions are still answered; see the watchdog. */
  get isAlive(): boolean {
    return this.watchdog.failures === 0;
  }

  /** A message of control's; in force from the next question on, except for rules that need an expression engine loaded. */
  receive(message: ToAnswering): void {
    switch (message.kind) {
      case 'policy':
        void this.usePolicy(message.snapshot);
        return;
      case 'policy-change':
        // Of a snapshot that never came: everything is asked for again.
        if (message.change.since !== this.snapshot.version) this.send({ kind: 'hello' });
        else void this.usePolicy(changed(this.snapshot, message.change));
        return;
      case 'rules':
        void this.useRules(message);
        return;
      case 'devices':
        this.clients.useTable(message.table);
        return;
      case 'devices-change':
        if (!this.clients.changeTable(message.change)) this.send({ kind: 'hello' });
        return;
      case 'kept':
        this.courier.confirm(message.boot, message.sequence);
        return;
      case 'clock':
        this.clockAhead = message.ahead;
        return;
      case 'flush':
        this.flush(message.name);
        return;
      case 'relayed-question':
        this.relayed.take(message);
    }
  }

  /** Control was started anew. */
  controlIsBack(): void {
    this.courier.resend();
  }

  private flush(text: string | undefined): void {
    const name = new HashedName();
    if (text === undefined) this.cache.clear();
    else if (name.readText(text)) this.cache.forget(name);
  }

  private async usePolicy(snapshot: PolicySnapshot): Promise<void> {
    this.snapshot = snapshot;
    const regex = await regexFor(snapshot.rules, this.matcher.ruleSet.meta);
    // A newer one may have come while the engine was loading.
    if (snapshot === this.snapshot) this.resolve.usePolicy(new Policy(snapshot, this.matcher, regex));
    this.send({ kind: 'in-force', thread: this.thread, version: snapshot.version });
  }

  private async useRules({ buffer, number }: Extract<ToAnswering, { kind: 'rules' }>): Promise<void> {
    const ruleSet = RuleSet.open(buffer, { verify: false });
    const regex = await regexFor(this.snapshot.rules, ruleSet.meta);
    this.matcher = new Matcher(ruleSet, regex);
    this.resolve.usePolicy(new Policy(this.snapshot, this.matcher, regex));
    this.send({ kind: 'rules-in-force', thread: this.thread, number });
  }

  /** The latest of what is wrong, a sentence each. */
  get complaints(): readonly string[] {
    return this.notices;
  }

  private say(sentence: string): void {
    this.notices = [...this.notices.filter((other) => other !== sentence), sentence].slice(-MOST_NOTICES);
  }

  private report(): AnsweringHealth {
    return {
      thread: this.thread,
      listening: [
        ...this.bound.dns.map((at) => `${textOf(at)} udp and tcp`),
        ...this.bound.tls.map((at) => `${textOf(at)} tls`),
        ...this.bound.https.map((at) => `${textOf(at)} https`),
      ],
      policyVersion: this.snapshot.version,
      outcomes: [...this.replies.outcomes],
      cache: { entries: this.cache.size, bytes: this.cacheBytes },
      underWay: this.misses.size,
      latency: { house: this.latency.house.report(), upstream: this.latency.upstream.report() },
      heap: getHeapStatistics().used_heap_size,
      ringDropped: this.ring.lost,
      unansweredByWatchdog: this.watchdog.failures,
      pressure: this.guard.pressure.level,
      notices: this.notices,
      upstreams: this.upstreams.state(),
    };
  }
}

const textOf = ({ host, port }: ListenAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

const faultSentence = (error: unknown): string =>
  `A question could not be answered because of a fault in Quell: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
