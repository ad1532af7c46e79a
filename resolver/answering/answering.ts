import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { RuleSet } from '../../lists/rule-set/rule-set.ts';
import type { DeviceTable } from '../between/device-table.ts';
import type { ToAnswering, ToControl } from '../between/messages.ts';
import type { PolicySnapshot } from '../between/policy-snapshot.ts';
import { HashedName } from '../policy/hashed-name.ts';
import { regexFor } from '../policy/linear-regex.ts';
import { Matcher } from '../policy/matcher.ts';
import { Policy } from '../policy/policy.ts';
import { Cache } from './cache/cache.ts';
import { CacheFile } from './cache/cache-file.ts';
import type { TtlClamps } from './cache/packed-answer.ts';
import { RebindingCheck, type RebindingOptions, rebindingDefaults } from './check/rebinding-check.ts';
import { compileAsOne } from './compile-as-one.ts';
import { Complaints } from './complaints.ts';
import { Cookies } from './cookies.ts';
import { Courier } from './courier.ts';
import type { EncryptedOptions } from './encrypted.ts';
import { Forward } from './forward.ts';
import { goFirst } from './go-first.ts';
import { Guard, type GuardOptions, guardDefaults } from './guard/guard.ts';
import { OwnNetworks } from './guard/own-networks.ts';
import { Standings } from './guard/standing.ts';
import { healthReport, type Reported } from './health-report.ts';
import { Hesitation } from './hesitation.ts';
import { Clients } from './identify.ts';
import { InForce } from './in-force.ts';
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

/** What takes its time to open. */
interface Opened {
  own: OwnNetworks;
  neighbours: Neighbours;
  openSocket: OpenSocket;
}

/** The answering plane on one thread: takes questions, owes answers. Control reaches it by `receive` only. */
export class Answering {
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
  private readonly complaints = new Complaints();
  private readonly inForce: InForce;
  private readonly reported: Reported;
  private health: NodeJS.Timeout | undefined;
  private clockAhead = 0;

  private constructor(
    options: AnsweringOptions,
    policy: Policy,
    { own, neighbours, openSocket, send }: Opened & { send: (message: ToControl) => void },
  ) {
    const { thread } = options;
    const { complaints } = this;
    const { say } = complaints;
    this.own = own;
    this.neighbours = neighbours;
    this.send = send;
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
      say,
    });
    const { cache, clients, replies, guard, local } = this;
    const now = () => performance.now();
    const wallClock = () => Date.now() - this.clockAhead;
    const check = new RebindingCheck({ options: options.rebinding ?? rebindingDefaults, conditional, aliases: local });
    const keep = new Keep({ cache, check, clamps: options.cache.ttl, now });
    const failed = (error: unknown) => say(faultSentence(error));
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
    const use = (next: Policy) => this.resolve.usePolicy(next);
    this.inForce = new InForce({ thread, snapshot: options.snapshot, policy, use, send });
    this.hesitation = new Hesitation({ clients, neighbours, handler: this.resolve, now });
    this.resolve.hesitation = this.hesitation;
    const listener = { handler: this.latency.timed(this.resolve, now), clients, now, reusePort: options.reusePort };
    this.listeners = new Listeners({
      listener,
      at: options.listen,
      encrypted: options.encrypted,
      designate: (designated) => local.designate(designated),
      say,
    });
    this.relayed = new Relayed(listener, send);
    this.watchdog = new Watchdog({
      at: () => this.bound.dns,
      reopen: () => this.reopen(),
      say,
    });
    const { folder, ttl } = options.cache;
    this.cacheFile = folder
      ? new CacheFile({
          cache,
          path: join(folder, `answers-${thread}.bin`),
          fingerprint: JSON.stringify([options.upstreams, options.rebinding, options.local, ttl]),
          now,
          wallClock: Date.now,
          say,
        })
      : undefined;
    const { inForce, latency, ring, watchdog, upstreams } = this;
    const answering = { inForce, replies, cache, misses, latency, ring, watchdog, guard, complaints, upstreams };
    this.reported = { thread, bound: () => this.bound, cacheBytes: options.cache.bytes, ...answering };
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
    compileAsOne();
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
    this.health = setInterval(() => this.send({ kind: 'health', health: healthReport(this.reported) }), 1000);
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
        void this.inForce.usePolicy(message.snapshot);
        return;
      case 'policy-change':
        this.inForce.changePolicy(message.change);
        return;
      case 'rules':
        void this.inForce.useRules(message);
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

  /** The latest of what is wrong, a sentence each. */
  get notices(): readonly string[] {
    return this.complaints.sentences;
  }
}

const faultSentence = (error: unknown): string =>
  `A question could not be answered because of a fault in Quell: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
