/** Measures Quell beside other servers; `npm run bench -- --help` lists the options. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCore } from './child.ts';
import { Mixes } from './data/mixes.ts';
import { householdWorkloads } from './household-life.ts';
import { thisMachine } from './machine.ts';
import { measure, type Rig } from './measure.ts';
import { type Measurement, Medians, type Run, readRuns } from './measurements.ts';
import { readOptions, usage } from './options.ts';
import { buildPrograms } from './programs.ts';
import { writeResults } from './results.ts';
import { tables, written } from './tables.ts';
import { dnsdist } from './targets/dnsdist.ts';
import { dnsmasq } from './targets/dnsmasq.ts';
import { echo } from './targets/echo.ts';
import { Quell } from './targets/quell.ts';
import { smartdns } from './targets/smartdns.ts';
import type { Target } from './targets/target.ts';
import { unbound } from './targets/unbound.ts';
import { type Workload, workloads } from './workloads.ts';

const words = process.argv.slice(2);
if (words.includes('--help')) {
  console.log(usage);
  process.exit();
}
const options = readOptions(words);
const output = new URL('../../build/bench/', import.meta.url).pathname;

const run = options.from.length > 0 ? readRuns(options.from) : await measureAll();
console.log(`\n${tables(new Medians(run.measurements))}`);
if (options.results) writeResults(run);

async function measureAll(): Promise<Run> {
  mkdirSync(output, { recursive: true });
  const file = join(output, `run-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.json`);
  const work = mkdtempSync(join(tmpdir(), 'quell-bench-'));
  execFileSync('taskset', ['-cp', loadCore, String(process.pid)]);
  const rig: Rig = {
    programs: await buildPrograms(join(output, 'programs')),
    mixes: new Mixes(join(output, 'data')),
    options,
    work,
  };
  const quell = new Quell(work);
  const peers = [dnsmasq(), unbound(), dnsdist(), smartdns()];
  const chosen = (name: string, among: readonly string[]) => among.length === 0 || among.includes(name);
  const machine = thisMachine();
  const measurements: Measurement[] = [];
  const began = new Date().toISOString();
  try {
    for (const workload of [...workloads, ...householdWorkloads].filter(({ id }) => chosen(id, options.work))) {
      const targets: Target[] = workload.only ? [quell] : [quell, ...peers, echo(rig.programs.echo, workload.echo)];
      for (let repetition = 0; repetition < options.reps; repetition++) {
        for (const target of targets.filter(({ name }) => chosen(name, options.only))) {
          measurements.push(await one(rig, workload, target, repetition));
          writeFileSync(file, JSON.stringify({ at: began, machine, measurements } satisfies Run, null, 1));
        }
      }
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.log(`\n${file}`);
  return { at: began, machine, measurements };
}

async function one(rig: Rig, workload: Workload, target: Target, repetition: number): Promise<Measurement> {
  const base = { workload: workload.id, target: target.name, version: target.version, repetition };
  try {
    const metrics = await measure(rig, target, workload);
    const { cpu, perSecond, p99at5000, resident, lost, disturbance } = metrics;
    console.log(
      `${workload.id} ${repetition + 1}/${rig.options.reps} ${target.name}: CPU ${written(cpu, 2)} µs, ` +
        `${written(perSecond, 0)}/s, p99 ${written(p99at5000, 0)} µs, ${written(resident, 0)} MB, ` +
        `lost ${written(lost, 0)}, disturbed ${written(disturbance, 2)}`,
    );
    return { ...base, metrics };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    console.log(`${workload.id} ${repetition + 1}/${rig.options.reps} ${target.name}: ${text}`);
    return { ...base, metrics: {}, error: text };
  }
}
