/**
 * How long lists take to be compiled, and with how much memory, by the child that the built product starts:
 * `node test/bench/compile.ts [list …]`. Without lists, a million lines in six formats that are generated.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { namesOf } from '../../lists/compile-pack.ts';
import { decodeList } from '../../lists/parse/decode.ts';
import type { CompileOutcome, CompileTask } from '../../resolver/control/lists/child-tasks.ts';
import { sha256, writeKept } from '../../resolver/control/lists/kept-text.ts';
import { answerTo } from '../../resolver/control/lists/list-child.ts';
import { keptName } from '../../resolver/control/lists/version-shelf.ts';
import { readShippedPacks } from '../../resolver/control/packs.ts';
import { mixedLists } from './data/mixed-lists.ts';
import { cpuOf, total, unlessGone } from './proc.ts';

const entry = new URL('../../build/compile-child.js', import.meta.url).pathname;
const ROUNDS = 5;
const MOST_BYTES = 2 ** 28;

const packs = readShippedPacks((sentence) => {
  throw new Error(sentence);
}).map(namesOf);
const folder = mkdtempSync(join(tmpdir(), 'quell-bench-'));
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

try {
  const files = process.argv.slice(2);
  if (files.length === 0) await measure('1,000,000 lines in six formats', mixedLists(1_000_000));
  for (const file of files) await measure(basename(file), [readFileSync(file)]);
} finally {
  rmSync(folder, { recursive: true });
}

async function measure(title: string, texts: readonly Uint8Array[]): Promise<void> {
  const lists = texts.map(keep);
  const task: CompileTask = { packs, lists, limits: { names: 4_000_000, patterns: 500 }, folder };
  const runs: Run[] = [];
  for (let round = 0; round < ROUNDS; round++) runs.push(await run(task));
  const { lines, names } = runs[0];
  const figures = [
    `${lines.toLocaleString('en')} rules, ${names.toLocaleString('en')} names`,
    `${median(runs.map(({ seconds }) => seconds)).toFixed(2)} s wall (${runs.map(({ seconds }) => seconds.toFixed(2)).join(' ')})`,
    `${median(runs.map(({ cpu }) => cpu)).toFixed(2)} s CPU`,
    `${median(runs.map(({ peak }) => peak)).toFixed(0)} MB peak`,
  ];
  console.log(`${title}: ${figures.join(', ')} on ${availableParallelism()} cores`);
}

function keep(text: Uint8Array, number: number): CompileTask['lists'][number] {
  const bytes = decodeList(text, MOST_BYTES);
  const version = sha256(bytes);
  const path = join(folder, keptName(version));
  writeKept(path, bytes);
  return { id: `l_${number}`, version, kind: 'block', path };
}

interface Run {
  /** From before the process is there to its end; the set is on the disk then. */
  readonly seconds: number;
  /** Most that was resident at once, megabytes of 2^20. */
  readonly peak: number;
  /** Seconds; what wall time would be on a machine with nothing else to do, less where threads help. */
  readonly cpu: number;
  readonly lines: number;
  readonly names: number;
}

/** As the product does it, with its default heap. */
async function run(task: CompileTask): Promise<Run> {
  const file = join(folder, 'task.json');
  writeFileSync(file, JSON.stringify({ name: 'compile', input: task }));
  const began = performance.now();
  const child = spawn(process.execPath, ['--max-old-space-size=96', entry, file], { stdio: 'inherit' });
  // It takes along what the kernel knows of it.
  let peak = 0;
  let cpu = 0;
  const watching = setInterval(() => {
    const found = unlessGone(() => ({ peak: peakOf(child.pid!), cpu: total(cpuOf(child.pid!)) }));
    if (found?.peak) ({ peak, cpu } = found);
  }, 5);
  await once(child, 'exit');
  const seconds = (performance.now() - began) / 1000;
  clearInterval(watching);
  const answer: { done: CompileOutcome } = JSON.parse(readFileSync(answerTo(file), 'utf8'));
  if (!('names' in answer.done)) throw new Error(JSON.stringify(answer));
  const { lists, names } = answer.done;
  return { seconds, peak, cpu, lines: lists.reduce((sum, { report }) => sum + report.rules, 0), names };
}

function peakOf(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
