import { Bootstrap } from './bootstrap.ts';
import { labelOf, standardPath, type UpstreamAddress, type UpstreamsConfig } from './config.ts';
import type { OpenSocket } from './connected-socket.ts';
import { Deadlines } from './deadlines.ts';
import { openDgramSocket } from './dgram-socket.ts';
import { Domains } from './domains.ts';
import { EdnsOptional } from './edns-optional.ts';
import { Group } from './group.ts';
import { Health } from './health.ts';
import { HttpsUpstream } from './https.ts';
import type { Runner } from './race.ts';
import { Randomness } from './randomness.ts';
import { TcpUpstream } from './tcp.ts';
import { TlsUpstream } from './tls.ts';
import { UdpUpstream } from './udp.ts';
import type { Asker, Upstream } from './upstream.ts';

/** How one upstream is doing, for people and metrics. */
export interface UpstreamState {
  label: string;
  healthy: boolean;
  /** Smoothed milliseconds from question to answer; 0 while none was answered. */
  latency: number;
  /** Questions without a usable answer since start. */
  failures: number;
  /** The latest of them, in a sentence. */
  lastError: string | undefined;
  /** Packets that answered no question in flight, late or forged; 0 for streams. */
  mismatches: number;
}

/** All servers that questions are forwarded to. Nothing is opened before there is something to ask. */
export class Upstreams {
  private readonly now: () => number;
  private readonly openSocket: OpenSocket;
  private readonly deadlines: Deadlines;
  private readonly randomness = new Randomness();
  private readonly bootstrap: Bootstrap;
  private readonly runners = new Map<string, Runner>();
  private readonly general: Group;
  private readonly conditional = new Domains<Group>();

  /** @param now monotonic milliseconds */
  constructor(
    config: UpstreamsConfig,
    now: () => number = () => performance.now(),
    openSocket: OpenSocket = openDgramSocket,
  ) {
    this.now = now;
    this.openSocket = openSocket;
    this.deadlines = new Deadlines(now);
    const servers = config.bootstrap.map((server) => this.build({ protocol: 'udp', ...server }));
    this.bootstrap = new Bootstrap(servers, now);
    const shared = { budget: config.budget, deadlines: this.deadlines, now };
    this.general = new Group({
      ...shared,
      members: config.upstreams.map((address) => this.runner(address)),
      fallback: config.fallback.map((address) => this.runner(address)),
      strategy: config.strategy,
    });
    for (const { domain, to } of config.conditional) {
      const members = to.map((address) => this.runner(address));
      this.conditional.add(domain, new Group({ ...shared, members, fallback: [], strategy: 'strict' }));
    }
  }

  /**
   * @param query complete message with exactly one well-formed question; only read
   * @param name its name, lower-cased wire form: which upstreams it goes to may depend on it
   * @param asker gets the answer to exactly this question with the query's id and spelling, SERVFAIL and the like only
   *   when no upstream did better
   */
  ask(query: Uint8Array, name: Uint8Array, asker: Asker): void {
    (this.conditional.find(name) ?? this.general).ask(query, asker);
  }

  state(): UpstreamState[] {
    return [...this.runners.values()].map(({ upstream, health }) => ({
      label: upstream.label,
      healthy: health.healthy,
      latency: health.latency,
      failures: health.failures,
      lastError: health.lastError,
      mismatches: upstream.mismatches ?? 0,
    }));
  }

  /** Fails what is in flight and closes everything. */
  async stop(): Promise<void> {
    const upstreams = [...this.runners.values()].map(({ upstream }) => upstream.stop());
    await Promise.all([...upstreams, this.bootstrap.stop()]);
  }

  /** An upstream named in several places is one, with one experience. */
  private runner(address: UpstreamAddress): Runner {
    const label = labelOf(address);
    const known = this.runners.get(label);
    if (known) return known;
    const runner = { upstream: this.build(address), health: new Health() };
    this.runners.set(label, runner);
    return runner;
  }

  private build({ protocol, address, port, name, path = standardPath, ca }: UpstreamAddress): Upstream {
    const label = labelOf({ protocol, address, port, name, path });
    const { openSocket, deadlines, randomness, now } = this;
    const shared = { label, port, deadlines, now };
    const secure = { ...shared, address, name, ca, lookup: this.lookup };
    if (protocol === 'https') return new HttpsUpstream({ ...secure, path });
    if (protocol === 'tls') return new TlsUpstream(secure);
    if (!address) throw new Error(`"${label}" needs an address in digits: plain DNS upstreams have no other name.`);
    const tcp = new TcpUpstream({ ...shared, address });
    const server = protocol === 'tcp' ? tcp : new UdpUpstream({ ...shared, address, tcp, openSocket, randomness });
    return new EdnsOptional(server, now);
  }

  private readonly lookup: Bootstrap['lookup'] = (host, options, callback) =>
    this.bootstrap.lookup(host, options, callback);
}
