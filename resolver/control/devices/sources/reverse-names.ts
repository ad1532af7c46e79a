import { Resolver } from 'node:dns/promises';
import type { WallMs } from '../../../policy/model.ts';
import { isPrivateAddress } from '../address.ts';
import type { Report, Source, SourceState } from '../sighting.ts';

export interface ReverseNamesDeps {
  readonly now: () => WallMs;
  /** Whom to ask: the household's router, as "192.168.1.1" or "192.168.1.1:53". Nobody else hears of the household's addresses. */
  readonly servers: () => readonly string[];
  /** Addresses of devices that have no name yet. */
  readonly nameless: () => readonly string[];
  /** Milliseconds between rounds. */
  readonly every?: number;
}

const ASK_AGAIN_AFTER = 24 * 60 * 60_000;
const PER_ROUND = 10;
const MOST_REMEMBERED = 10_000;

/** Asks the router what it calls an address, for devices that nothing else names. A few at a time, each once a day. */
export class ReverseNames implements Source {
  readonly name = 'reverse-names';
  private readonly deps: ReverseNamesDeps;
  private readonly asked = new Map<string, WallMs>();
  private resolver: Resolver | undefined;
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();

  constructor(deps: ReverseNamesDeps) {
    this.deps = deps;
  }

  async start(report: Report): Promise<void> {
    this.resolver = new Resolver({ timeout: 2_000, tries: 1 });
    this.timer = setInterval(() => {
      this.round = this.round.then(() => this.ask(report));
    }, this.deps.every ?? 5_000);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.resolver?.cancel();
    await this.round;
    this.resolver = undefined;
  }

  state(): SourceState {
    const servers = this.deps.servers();
    return servers.length > 0
      ? { working: true, sentence: `Asks ${servers.join(', ')} for the names of devices without one.` }
      : { working: false, sentence: 'Knows no router to ask for the names of devices.' };
  }

  private async ask(report: Report): Promise<void> {
    const now = this.deps.now();
    const servers = this.deps.servers();
    if (servers.length === 0) return;
    this.resolver?.setServers(servers);
    const due = this.deps
      .nameless()
      .filter((address) => isPrivateAddress(address) && now - (this.asked.get(address) ?? 0) > ASK_AGAIN_AFTER)
      .slice(0, PER_ROUND);
    if (this.asked.size > MOST_REMEMBERED) this.asked.clear();
    for (const address of due) this.asked.set(address, now);
    await Promise.all(due.map((address) => this.askFor(address, report)));
  }

  private async askFor(address: string, report: Report): Promise<void> {
    try {
      const [name] = (await this.resolver?.reverse(address)) ?? [];
      if (name !== undefined) report({ kind: 'host-name', source: 'reverse', name, address, at: this.deps.now() });
    } catch {
      // The router has no name for it, or does not answer: nothing is lost.
    }
  }
}
