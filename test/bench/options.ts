import { parseArgs } from 'node:util';

export interface Options {
  readonly reps: number;
  /** Names of targets; empty: all. */
  readonly only: readonly string[];
  /** Workload ids; empty: all. */
  readonly work: readonly string[];
  /** Seconds at full speed before anything counts, at full speed, and at each fixed rate. */
  readonly seconds: { readonly warm: number; readonly full: number; readonly rate: number };
  /** Cores that something else may keep busy before a measurement is made again, and how often it is. */
  readonly disturbance: number;
  readonly retries: number;
  /** Milliseconds to wait for an idle machine. */
  readonly patience: number;
  /** Write RESULTS.md. */
  readonly results: boolean;
  /** Measurements of an earlier run to show instead of measuring; several are put together. */
  readonly from: readonly string[];
}

export const usage = `npm run bench -- [options]
  --reps N            repetitions, each going round all targets (3)
  --only NAME,…       of Quell, dnsmasq, unbound, dnsdist, smartdns, echo
  --work ID,…         of blocked-200k, blocked-1m, cached, household, misses, tcp, swap, reading
  --seconds N         how long each measurement takes (4)
  --warm N            seconds at full speed before, for every server; what they cost has a column of its own (8)
  --quick             one repetition of a second each: shows that all works, not how fast it is
  --results           write test/bench/RESULTS.md
  --from FILE,…       show earlier measurements (build/bench/*.json) instead of measuring
`;

export function readOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      reps: { type: 'string' },
      only: { type: 'string' },
      work: { type: 'string' },
      from: { type: 'string' },
      seconds: { type: 'string' },
      warm: { type: 'string' },
      quick: { type: 'boolean', default: false },
      results: { type: 'boolean', default: false },
    },
  });
  const { reps, only, work, from, seconds, warm, quick, results } = values;
  const long = Number(seconds ?? 4);
  const several = (text: string | undefined) => text?.split(',') ?? [];
  return {
    reps: Number(reps ?? (quick ? 1 : 3)),
    only: several(only),
    work: several(work),
    from: several(from),
    seconds: quick ? { warm: 1, full: 1, rate: 0.5 } : { warm: Number(warm ?? 8), full: long, rate: long },
    disturbance: 0.08,
    retries: quick ? 0 : 2,
    patience: quick ? 0 : 40_000,
    results,
  };
}
