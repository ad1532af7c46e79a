import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from './goals.ts';
import { output } from './rig.ts';

/** Prints what a program of its own found, and leaves it for RESULTS.md. */
export function report(name: string, verdicts: readonly Verdict[], figures: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify(figures, null, 1));
  for (const { goal, found, met } of verdicts) {
    console.log(`${met === undefined ? 'NOT TO TELL' : met ? 'met' : 'NOT MET'}: ${goal}: ${found}`);
  }
  writeFileSync(join(output, `${name}.json`), JSON.stringify({ verdicts, figures }, null, 1));
}
