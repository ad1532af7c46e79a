import { Race, type RaceTerms, type Runner } from './race.ts';
import { type Asker, UpstreamFailed } from './upstream.ts';

/** One question in so many lets another than the two quickest run, so that their latencies stay known. */
const EXPLORE_EVERY = 32;

export interface GroupOptions extends RaceTerms {
  members: readonly Runner[];
  /** Asked after the members. */
  fallback: readonly Runner[];
  strategy: 'parallel' | 'strict';
}

/** Upstreams that may stand in for each other, and the order in which they are asked. */
export class Group {
  private readonly options: GroupOptions;
  private readonly all: readonly Runner[];
  private asked = 0;

  constructor(options: GroupOptions) {
    this.options = options;
    this.all = [...options.members, ...options.fallback];
  }

  ask(query: Uint8Array, asker: Asker): void {
    const { now, strategy } = this.options;
    if (this.all.length === 0) {
      queueMicrotask(() => asker.failed(new UpstreamFailed('No upstream is set; add one in the DNS settings.')));
      return;
    }
    const at = now();
    // Whom to try again is asked of real questions: they cost nobody anything, and tell no third party.
    const probed = this.all.length > 1 ? this.all.find(({ health }) => health.wantsProbe(at)) : undefined;
    const width = (strategy === 'parallel' ? 2 : 1) + (probed ? 1 : 0);
    const runners = this.all.length > 1 ? this.order(probed) : this.all;
    new Race(this.options, runners, query, asker).start(width);
  }

  /** The one to probe, those that work, their fall-backs, and last those that are down: better than no answer. */
  private order(probed: Runner | undefined): Runner[] {
    const { members, fallback, strategy } = this.options;
    const works = ({ health }: Runner) => health.healthy;
    const working = members.filter(works);
    if (strategy === 'parallel') this.quickestFirst(working);
    const resting = this.all.filter((runner) => !works(runner) && runner !== probed);
    return [...(probed ? [probed] : []), ...working, ...fallback.filter(works), ...resting];
  }

  private quickestFirst(working: Runner[]): void {
    working.sort((a, b) => a.health.latency - b.health.latency);
    if (working.length < 3 || ++this.asked % EXPLORE_EVERY !== 0) return;
    const other = 2 + (Math.floor(this.asked / EXPLORE_EVERY) % (working.length - 2));
    [working[1], working[other]] = [working[other], working[1]];
  }
}
