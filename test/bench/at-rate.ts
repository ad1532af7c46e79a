import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadOptions, LoadReport } from './load.ts';
import { lengthOf, type SlowTime, watched } from './pace.ts';
import type { Bench } from './running.ts';

/** How soon answers came at a fixed rate, of all and of those the machine was there for. */
export interface RateReport extends LoadReport {
  /** Percentiles in microseconds, without questions that were under way while the machine was slow. */
  readonly steady: { readonly p99: number; readonly p999: number };
  /** Share of the time that the machine was slow. */
  readonly slow: number;
}

/** Microseconds in which what has queued up while the machine was slow is answered. */
const CATCHING_UP = 5000;

/** Asks so often a second, and watches the machine meanwhile. */
export async function atRate(
  { load, folder, programs }: Bench,
  mix: string,
  options: LoadOptions & { readonly rate: number },
): Promise<RateReport> {
  const answersTo = join(folder, 'answers');
  try {
    const { report, slowTimes } = await watched(programs.pace, () => load.put(mix, { ...options, answersTo }));
    const answers = new BigUint64Array(new Uint8Array(readFileSync(answersTo)).buffer);
    return {
      ...report,
      steady: percentiles(steadyOf(answers, slowTimes)),
      slow: lengthOf(slowTimes) / (report.seconds * 1e6),
    };
  } finally {
    rmSync(answersTo, { force: true });
  }
}

/** @returns how long those took that no slow time fell upon, microseconds, in order */
function steadyOf(answers: BigUint64Array, slowTimes: readonly SlowTime[]): Float64Array {
  const took: number[] = [];
  for (let i = 0; i < answers.length; i += 2) {
    const sent = Number(answers[i] / 1000n);
    const waited = Number(answers[i + 1]) / 1000;
    if (!slowTimes.some(({ from, to }) => sent < to + CATCHING_UP && sent + waited > from)) took.push(waited);
  }
  return Float64Array.from(took).sort();
}

function percentiles(ordered: Float64Array): RateReport['steady'] {
  const at = (share: number) => ordered[Math.max(0, Math.ceil(ordered.length * share) - 1)] ?? 0;
  return { p99: at(0.99), p999: at(0.999) };
}
