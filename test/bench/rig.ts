import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCore } from './child.ts';
import { Mixes } from './data/mixes.ts';
import { buildPrograms } from './programs.ts';
import type { Rig } from './running.ts';

/** Where figures, programs and generated lists are kept from run to run. */
export const output = new URL('../../build/bench/', import.meta.url).pathname;

/** Compiles and generates what is missing; folders of servers are gone afterwards. */
export async function withRig<Found>(use: (rig: Rig) => Promise<Found>): Promise<Found> {
  mkdirSync(output, { recursive: true });
  // What this program does itself must not take the server's core.
  execFileSync('taskset', ['-acp', loadCore, String(process.pid)]);
  const work = mkdtempSync(join(tmpdir(), 'quell-bench-'));
  try {
    return await use({
      programs: await buildPrograms(join(output, 'programs')),
      mixes: new Mixes(join(output, 'data')),
      work,
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
