/** Measures Quell beside other servers; `npm run bench -- --help` lists the options. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { householdWorkloads } from './household-life.ts';
import { thisMachine } from './machine.ts';
import { measure } from './measure.ts';
import { type Measurement, Medians, type Run, readRuns } from './measurements.ts';
import { readOptions, usage } from './options.ts';
import { writeResults } from './results.ts';
import { output, withRig } from './rig.ts';
import type { Rig } from './running.ts';
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
const run = options.from.length > 0 ? readRuns(options.from) : await withRig(measureAll);
console.log(`\n${tables(new Medians(run.measurements))}`);
if (options.results) writeResults(run);

async function measureAll(rig: Rig): Promise<Run> {
  const at = new Date().toISOString();
  const file = join(output, `run-${at.replaceAll(':', '-').slice(0, 19)}.json`);
  const quell = new Quell(rig.work);
  const peers = [dnsmasq(), unbound(), dnsdist(), smartdns()];
  const isChosen = (name: string, among: readonly string[]) => among.length === 0 || among.includes(name);
  const machine = thisMachine();
  const measurements: Measurement[] = [];
  for (const workload of [...workloads, ...householdWorkloads].filter(({ id }) => isChosen(id, options.work))) {
    const targets: Target[] = workload.only ? [quell] : [quell, ...peers, echo(rig.programs.echo, workload.echo)];
    for (let repetition = 0; repetition < options.reps; repetition++) {
      for (const target of targets.filter(({ name }) => isChosen(name, options.only))) {
        measurements.push(await one(rig, workload, target, repetition));
        writeFileSync(file, JSON.stringify({ at, machine, measurements } satisfies Run, null, 1));
      }
    }
  }
  console.log(`\n${file}`);
  return { at, machine, measurements };
}

async function one(rig: Rig, workload: Workload, target: Target, repetition: number): Promise<Measurement> {
  const base = { workload: workload.id, target: target.name, version: target.version, repetition };
  const label = `${workload.id} ${repetition + 1}/${options.reps} ${target.name}`;
  try {
    const metrics = await measure(rig, target, workload, options);
    const { cpu, perSecond, p99at5000, steadyP99at5000, slow, resident, lost, disturbance } = metrics;
    console.log(
      `${label}: CPU ${written(cpu, 2)} µs, ${written(perSecond, 0)}/s, p99 ${written(p99at5000, 0)} µs ` +
        `(${written(steadyP99at5000, 0)} at speed, machine slow ${written(slow, 1)} %), ` +
        `${written(resident, 0)} MB, lost ${written(lost, 0)}, disturbed ${written(disturbance, 2)}`,
    );
    return { ...base, metrics };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    console.log(`${label}: ${text}`);
    return { ...base, metrics: {}, error: text };
  }
}
