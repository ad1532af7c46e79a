import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** Microseconds since the epoch. */
export interface SlowTime {
  readonly from: number;
  readonly to: number;
}

/** What pace.c prints of a core. */
interface CoreReport {
  readonly slow: readonly SlowTime[];
}

/** Seconds after which a watch that nobody stopped ends by itself. */
const LONGEST = 300;

/**
 * Does something, and watches meanwhile how fast the machine's cores run. Where a hypervisor gives them a part of their
 * time only, as it does to idle machines too, every server answers late, and no figure of the kernel says so.
 *
 * @param program pace.c's
 * @returns beside the report, times in which any core ran at less than a quarter of its speed, in order and apart from
 *   each other
 */
export async function watched<Report>(
  program: string,
  work: () => Promise<Report>,
): Promise<{ report: Report; slowTimes: SlowTime[] }> {
  const watch = spawn(program, [String(LONGEST)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const printed = text(watch.stdout);
  const report = await work().finally(() => watch.kill('SIGTERM'));
  const cores = JSON.parse(await printed) as CoreReport[];
  return { report, slowTimes: merged(cores.flatMap(({ slow }) => slow)) };
}

/** @returns microseconds in all */
export const lengthOf = (times: readonly SlowTime[]): number => times.reduce((sum, { from, to }) => sum + to - from, 0);

function merged(times: readonly SlowTime[]): SlowTime[] {
  const found: SlowTime[] = [];
  for (const time of times.toSorted((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last && time.from <= last.to) found[found.length - 1] = { from: last.from, to: Math.max(last.to, time.to) };
    else found.push(time);
  }
  return found;
}
