import { setImmediate } from 'node:timers/promises';
import type { Pack } from '../../lists/pack/format.ts';
import { evidenceFor } from '../../lists/pack.ts';
import { purposeIds } from '../../lists/purposes.ts';
import type { PolicySnapshot } from '../between/policy-snapshot.ts';
import { HashedName } from '../policy/hashed-name.ts';
import type { WallMs } from '../policy/model.ts';
import type { Policy } from '../policy/policy.ts';
import { Verdict } from '../policy/verdict.ts';
import { type SimulationFacts, type Simulator, TRIED_RULE } from './api/simulator.ts';
import type { CurrentPolicy } from './current-policy.ts';
import type { AttemptRow, RecordStore } from './store/store.ts';

/** Milliseconds after which a simulation says what it has: a page's worth of waiting. */
const PATIENCE = 5_000;
/** Milliseconds for which nothing else gets a turn. */
const SLICE = 8;
const PAGE = 1000;
const NAMES_SHOWN = 50;

type Domain = SimulationFacts['domains'][number];
type Changed = { -readonly [K in keyof Domain]: Domain[K] } & { devices: string[] };

interface SimulatorDeps {
  readonly policy: Pick<CurrentPolicy, 'compile' | 'present'>;
  readonly record: Pick<RecordStore, 'attempts'>;
  readonly packs: readonly Pack[];
}

/**
 * Runs a policy that is not in force over what was recorded, beside the one that is: what differs is the change's
 * doing. What was decided in between is not.
 */
export class PolicySimulator implements Simulator {
  private readonly deps: SimulatorDeps;

  constructor(deps: SimulatorDeps) {
    this.deps = deps;
  }

  async simulate(wanted: {
    readonly snapshot: PolicySnapshot;
    readonly from: WallMs;
    readonly to: WallMs;
  }): Promise<SimulationFacts> {
    const { policy, record, packs } = this.deps;
    const { snapshot, from, to } = wanted;
    const present = await policy.compile(lasting((await policy.present()).parts));
    const run = new Run(present, await policy.compile(lasting(snapshot)), packs);
    const deadline = performance.now() + PATIENCE;
    let slice = performance.now();
    let reached = to;
    let cursor: string | undefined;
    do {
      const page = await record.attempts({ from, to, cursor, limit: PAGE });
      for (const row of page.attempts) {
        run.take(row);
        if (performance.now() - slice < SLICE) continue;
        await setImmediate();
        slice = performance.now();
      }
      reached = page.attempts.at(-1)?.at ?? reached;
      cursor = page.next;
    } while (cursor !== undefined && performance.now() < deadline);
    return { ...run.facts(), from: cursor === undefined ? from : reached };
  }
}

/** Without what ends soon: a pause of now says nothing about last week. A rule that is tried out stays. */
function lasting(snapshot: PolicySnapshot): PolicySnapshot {
  return {
    ...snapshot,
    rules: snapshot.rules.filter(({ id, until }) => until === undefined || id === TRIED_RULE),
    devices: snapshot.devices.map(({ pausedUntil: _, ...device }) => ({
      ...device,
      purposes: Object.fromEntries(Object.entries(device.purposes).filter(([, choice]) => choice.until === undefined)),
    })),
  };
}

class Run {
  private readonly present: Policy;
  private readonly trial: Policy;
  private readonly packs: readonly Pack[];
  private readonly name = new HashedName();
  private readonly before = new Verdict();
  private readonly after = new Verdict();
  private readonly changed = new Map<string, Changed>();
  private attempts = 0;
  private wouldBlock = 0;
  private wouldAllow = 0;
  private useful = 0;

  constructor(present: Policy, trial: Policy, packs: readonly Pack[]) {
    this.present = present;
    this.trial = trial;
    this.packs = packs;
  }

  take({ domain, device, qtype, at, count }: AttemptRow): void {
    const { name, before, after, present, trial } = this;
    this.attempts += count;
    if (!name.readText(domain)) return;
    present.decide(name, qtype, present.device(device), at, before);
    trial.decide(name, qtype, trial.device(device), at, after);
    if (after.blocked === before.blocked) return;
    const found = this.domain(domain, after);
    found.count += count;
    if (!found.devices.includes(device)) found.devices.push(device);
    if (!after.blocked) {
      this.wouldAllow += count;
      return;
    }
    this.wouldBlock += count;
    if (found.breaks !== undefined) this.useful += count;
  }

  facts(): Omit<SimulationFacts, 'from'> {
    const { attempts, wouldBlock, wouldAllow, useful } = this;
    // What may be missed is seen first.
    const domains = [...this.changed.values()].sort(
      (a, b) => Number(b.breaks !== undefined) - Number(a.breaks !== undefined) || b.count - a.count,
    );
    return { attempts, wouldBlock, wouldAllow, useful, domains: domains.slice(0, NAMES_SHOWN) };
  }

  private domain(domain: string, verdict: Verdict): Changed {
    const to = verdict.blocked ? 'block' : 'pass';
    const key = `${to} ${domain}`;
    let found = this.changed.get(key);
    if (!found) {
      const breaks = verdict.blocked ? evidenceFor(this.packs, domain)?.entry.breaks : undefined;
      found = {
        domain,
        ...(verdict.purpose >= 0 && { purpose: purposeIds[verdict.purpose] }),
        to,
        count: 0,
        devices: [],
        ...(breaks !== undefined && { breaks }),
      };
      this.changed.set(key, found);
    }
    return found;
  }
}
