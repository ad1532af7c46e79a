import { purposeIds } from '../../lists/purposes.ts';
import type { PolicySnapshot } from '../between/policy-snapshot.ts';
import { HashedName } from '../policy/hashed-name.ts';
import type { WallMs } from '../policy/model.ts';
import { Verdict } from '../policy/verdict.ts';
import type { SimulationFacts, Simulator } from './api/simulator.ts';
import type { CurrentPolicy } from './current-policy.ts';
import type { RecordStore } from './store/store.ts';

/** Rows looked at before a simulation says what it has: a page's worth of waiting. */
const MOST_ROWS = 200_000;
const PAGE = 1000;
const NAMES_SHOWN = 50;

type Domain = SimulationFacts['domains'][number];

/** Runs a policy that is not in force over what was recorded, row by row, in time slices that leave room for others. */
export class PolicySimulator implements Simulator {
  private readonly policy: CurrentPolicy;
  private readonly record: Pick<RecordStore, 'attempts'>;

  constructor(deps: { policy: CurrentPolicy; record: Pick<RecordStore, 'attempts'> }) {
    this.policy = deps.policy;
    this.record = deps.record;
  }

  async simulate({
    snapshot,
    from,
    to,
  }: {
    snapshot: PolicySnapshot;
    from: WallMs;
    to: WallMs;
  }): Promise<SimulationFacts> {
    const trial = await this.policy.compile(snapshot);
    const name = new HashedName();
    const verdict = new Verdict();
    const changed = new Map<string, { -readonly [K in keyof Domain]: Domain[K] } & { devices: string[] }>();
    let attempts = 0;
    let wouldBlock = 0;
    let wouldAllow = 0;
    let cursor: string | undefined;
    let rows = 0;
    do {
      const page = await this.record.attempts({ from, to, cursor, limit: PAGE });
      for (const row of page.attempts) {
        attempts += row.count;
        if (!name.readText(row.domain)) continue;
        trial.decide(name, row.qtype, trial.device(row.device), row.at, verdict);
        if (verdict.blocked === (row.outcome === 'blocked')) continue;
        if (verdict.blocked) wouldBlock += row.count;
        else wouldAllow += row.count;
        const to = verdict.blocked ? 'block' : 'pass';
        const key = `${to} ${row.domain}`;
        const domain = changed.get(key) ?? {
          domain: row.domain,
          ...(verdict.purpose >= 0 && { purpose: purposeIds[verdict.purpose] }),
          to,
          count: 0,
          devices: [],
        };
        domain.count += row.count;
        if (!domain.devices.includes(row.device)) domain.devices.push(row.device);
        changed.set(key, domain);
      }
      rows += page.attempts.length;
      cursor = page.next;
    } while (cursor !== undefined && rows < MOST_ROWS);
    const domains = [...changed.values()].sort((a, b) => b.count - a.count).slice(0, NAMES_SHOWN);
    return { attempts, wouldBlock, wouldAllow, domains };
  }
}
