/**
 * Whether a new list is felt: 5,000 questions a second against the built product while a list of a million names is
 * changed and swapped in again and again, and the same without any change in between: `node test/bench/swap.ts [rounds]`.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeInPieces } from '../../lists/short-calls.ts';
import { ask, isBlocked } from './ask.ts';
import { allCores } from './child.ts';
import { report } from './found.ts';
import type { LoadReport } from './load.ts';
import { quellApi } from './quell-api.ts';
import { withRig } from './rig.ts';
import { type Bench, withServer } from './running.ts';
import { Quell } from './targets/quell.ts';

const SIZE = 1_000_000;
const RATE = 5000;
const STILL_SECONDS = 3;
const SWAP_SECONDS = 6;
const rounds = Number(process.argv[2] ?? 6);

await withRig((rig) =>
  withServer(rig, new Quell(rig.work), { list: SIZE, cores: allCores }, async (bench) => {
    const mix = bench.mixes.household(SIZE);
    const names = readFileSync(bench.mixes.list(SIZE));
    goFirst(bench.server.pid);
    goFirst(bench.stub);
    await bench.load.put(mix, { rate: RATE, seconds: 5, sources: 50 });
    await bench.server.settle();
    const put = (seconds: number) => bench.load.put(mix, { rate: RATE, seconds, sources: 50, first: true });
    const still = [await put(STILL_SECONDS)];
    const swapped: (LoadReport & { swaps: number })[] = [];
    for (let round = 0; round < rounds; round++) {
      const over = new AbortController();
      const swapping = swap(bench, names, round, over.signal);
      const found = await put(SWAP_SECONDS);
      over.abort();
      swapped.push({ ...found, swaps: await swapping });
      await bench.server.settle();
      still.push(await put(STILL_SECONDS));
    }
    const lost = sum(swapped, ({ lost, bad }) => lost + bad);
    // Where answers are late without a swap, the machine has too much else to do to tell.
    const quiet = swapped.filter((_, round) => [round, round + 1].every((at) => still[at].latency.all.late === 0));
    const late = sum(quiet, ({ latency }) => latency.all.late);
    const goal = `no answer lost, wrong or later than 5 ms at ${RATE.toLocaleString('en')}/s while lists are swapped`;
    const inQuiet = `${late} late in ${sum(quiet, ({ swaps }) => swaps)} swaps with a quiet machine before and after`;
    const anyhow = `${sum(swapped, ({ latency }) => latency.all.late)} in all ${sum(swapped, ({ swaps }) => swaps)}, ${sum(still, ({ latency }) => latency.all.late)} without any`;
    const found = `${lost} lost or wrong; ${inQuiet}; ${anyhow}`;
    const met = lost > 0 ? false : quiet.length === 0 ? undefined : late === 0;
    report('swap', [{ goal, found, met }], { swapped: swapped.map(figures), still: still.map(figures) });
  }),
);

function sum<Of>(all: readonly Of[], of: (one: Of) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}

/**
 * The question is what a swap does to answering, not what two cores do that load, stub, this program and whatever else
 * runs here share with it. So the process's first thread, which answers, goes first, like stub and load, and with it
 * those that it waits for while memory is collected. Needs root.
 */
function goFirst(pid: number): void {
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const name = readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim();
    // They also work for control meanwhile, collect its memory and pack its texts, so they stand behind answering.
    const rank = thread === String(pid) ? '5' : { 'node-V8Worker': '4', 'libuv-worker': '3' }[name];
    if (rank) execFileSync('chrt', ['-f', '-p', rank, thread]);
  }
}

function figures({ answered, lost, bad, sendLag, latency }: LoadReport) {
  // What of the latency is not above the load's own delay says nothing of the product.
  return { answered, lost, bad, sendLag, latency };
}

/** Changes the list until it is over, each time until the new one answers. @returns how often */
async function swap({ folder, server }: Bench, names: Uint8Array, round: number, signal: AbortSignal): Promise<number> {
  const data = join(folder, 'data');
  const { lists } = await quellApi<{ lists: { id: string }[] }>(data, 'GET', '/lists');
  let swaps = 0;
  while (!signal.aborted) {
    const fresh = `swap-${round}-${++swaps}.q-bench.test`;
    // In one step, so that no half of it is read.
    write(join(data, 'lists', 'bench.txt.new'), Buffer.concat([names, Buffer.from(`${fresh}\n`)]));
    renameSync(join(data, 'lists', 'bench.txt.new'), join(data, 'lists', 'bench.txt'));
    await quellApi(data, 'POST', `/lists/${lists[0].id}/refresh`);
    while (!signal.aborted && !isBlocked(await ask(server.port, fresh))) await sleep(20);
  }
  return swaps;
}

/** Load and stub, which are on the same core, would wait for the end of a long system call. */
function write(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w');
  writeInPieces(file, bytes);
  closeSync(file);
}
