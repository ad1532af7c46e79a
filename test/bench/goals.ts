import { existsSync, readFileSync } from 'node:fs';
import type { Medians } from './measurements.ts';
import { written } from './tables.ts';

/** Something that was set out to be reached, and whether it was. */
export interface Verdict {
  readonly goal: string;
  readonly found: string;
  /** Undefined: not measured. */
  readonly met: boolean | undefined;
}

const peers = ['dnsmasq', 'unbound', 'dnsdist', 'smartdns'] as const;

/** Every goal with what was found. */
export function verdicts(medians: Medians, output: string): Verdict[] {
  const of = (workload: string, target: string, metric: string) => medians.of(workload, target, metric);
  const cpu = (workload: string, target: string) => of(workload, target, 'cpu');
  const best = (workload: string, targets: readonly string[]) => least(targets.map((target) => cpu(workload, target)));
  const atMostTimes = (goal: string, workload: string, factor: number, other: number | undefined): Verdict => {
    const own = cpu(workload, 'Quell');
    if (own === undefined || other === undefined) return unmeasured(goal);
    return { goal, found: `${written(own, 2)} of ${written(other * factor, 2)} µs`, met: own <= other * factor };
  };
  const ahead = (goal: string, workload: string): Verdict => {
    const own = of(workload, 'Quell', 'perSecond');
    const others = peers.map((peer) => of(workload, peer, 'perSecond') ?? Number.NaN);
    const most = Math.max(...others);
    if (own === undefined || Number.isNaN(most)) return unmeasured(goal);
    return { goal, found: `${written(own, 0)} against ${written(most, 0)} at most`, met: own > most };
  };
  const atMost = (goal: string, workload: string, metric: string, limit: number, unit: string): Verdict => {
    const own = of(workload, 'Quell', metric);
    if (own === undefined) return unmeasured(goal);
    return { goal, found: `${written(own, unit === 's' ? 2 : 0)} ${unit}`, met: own <= limit };
  };
  // A machine that its hypervisor has taken away is not idle; with those moments, the figure stands beside.
  const soon = (goal: string, workload: string): Verdict => {
    const own = of(workload, 'Quell', 'steadyP99at5000');
    if (own === undefined) return unmeasured(goal);
    const [all, slow] = ['p99at5000', 'slow'].map((metric) => of(workload, 'Quell', metric));
    const found = `${written(own, 0)} µs (${written(all, 0)} with the ${written(slow, 1)} % of the time that the machine was slow)`;
    return { goal, found, met: own <= 1000 };
  };
  const besideEcho = (goal: string, workload: string): Verdict => {
    const own = of(workload, 'Quell', 'timesEcho');
    if (own === undefined) return unmeasured(goal);
    const all = medians.values(workload, 'Quell', 'timesEcho').toSorted((a, b) => a - b);
    const [least, most] = [all[0], all[all.length - 1]].map((one) => written(one, 2));
    return { goal, found: `${written(own, 2)} (${least} to ${most})`, met: own <= 1.5 };
  };
  const blocked = (id: string, size: string): Verdict[] => [
    atMostTimes(`Blocked, ${size} names: at most 0.75 of dnsmasq's CPU`, id, 0.75, cpu(id, 'dnsmasq')),
    atMostTimes(
      `Blocked, ${size} names: no more CPU than unbound, dnsdist and smartdns`,
      id,
      1,
      best(id, peers.slice(1)),
    ),
    besideEcho(`Blocked, ${size} names: at most 1.5 of the echo's CPU, in turns with it`, id),
    ahead(`Blocked, ${size} names: more queries/s than all four`, id),
  ];
  return [
    ...blocked('blocked-200k', '200,000'),
    ...blocked('blocked-1m', '1,000,000'),
    atMostTimes('Cached: no more CPU than any of the four', 'cached', 1, best('cached', peers)),
    ahead('Cached: more queries/s than all four', 'cached'),
    atMostTimes("Household mix: at most half of dnsmasq's CPU", 'household', 0.5, cpu('household', 'dnsmasq')),
    atMostTimes('Household mix: no more CPU than unbound', 'household', 1, cpu('household', 'unbound')),
    atMostTimes("Misses: at most half of dnsmasq's CPU", 'misses', 0.5, cpu('misses', 'dnsmasq')),
    atMostTimes('Misses: no more CPU than unbound', 'misses', 1, cpu('misses', 'unbound')),
    atMost('Misses: none lost', 'misses', 'lost', 0, 'lost'),
    soon('Household mix at 5,000/s: p99 within 1 ms', 'household'),
    soon('The same with all cores and a list of 1,000,000', 'idle'),
    soon('The same while a list of 1,000,000 is swapped in', 'swap'),
    soon("The same while pages read a day's log", 'reading'),
    atMost('RSS with 200,000 names: at most 110 MB', 'blocked-200k', 'resident', 110, 'MB'),
    atMost('RSS with 1,000,000 names: at most 125 MB', 'blocked-1m', 'resident', 125, 'MB'),
    atMost('First answer within 0.7 s of a start with 1,000,000 names', 'blocked-1m', 'firstAnswer', 0.7, 's'),
    ...kept(output),
  ];
}

const unmeasured = (goal: string): Verdict => ({ goal, found: 'not measured', met: undefined });

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? Math.min(...known) : undefined;
}

/** What soak.ts, false-positives.ts, decide.ts and rule-change.ts left beside the runs. */
function kept(output: string): Verdict[] {
  return ['false-positives', 'soak', 'decide', 'rule-change'].flatMap((name) => {
    const file = `${output}${name}.json`;
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { verdicts: Verdict[] }).verdicts : [];
  });
}
