/**
 * Whether a new list is felt: 5,000 questions a second against the built product while a list of a million names is
 * changed and swapped in again and again, and the same without any change: `node test/bench/swap.ts [seconds]`.
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
const seconds = Number(process.argv[2] ?? 20);

await withRig((rig) =>
  withServer(rig, new Quell(rig.work), { list: SIZE, cores: allCores }, async (bench) => {
    const mix = bench.mixes.household(SIZE);
    goFirst(bench.server.pid);
    goFirst(bench.stub);
    await bench.load.put(mix, { rate: RATE, seconds: 5, sources: 50 });
    await bench.server.settle();
    const still = await bench.load.put(mix, { rate: RATE, seconds, sources: 50, first: true });
    await bench.server.settle();
    const over = new AbortController();
    const swapping = swap(bench, over.signal);
    const swapped = await bench.load.put(mix, { rate: RATE, seconds, sources: 50, first: true });
    over.abort();
    const swaps = await swapping;
    const goal = `no answer lost, wrong or later than 5 ms at ${RATE.toLocaleString('en')}/s while lists are swapped`;
    const { lost, bad } = swapped;
    const { late } = swapped.latency.all;
    const lateAnyhow = still.latency.all.late;
    const found = `${lost} lost, ${bad} wrong, ${late} late in ${swaps} swaps; ${lateAnyhow} late without any`;
    const isRight = lost === 0 && bad === 0;
    // Where answers are late without a swap, the machine has too much else to do to tell.
    const met = isRight && late > 0 && lateAnyhow > 0 ? undefined : isRight && late === 0;
    report('swap', [{ goal, found, met }], {
      swaps,
      swapped: figures(swapped),
      still: figures(still),
    });
  }),
);

/**
 * The question is what a swap does to answering, not what two cores do that load, stub, this program and whatever else
 * runs here share with it. So the process's first thread, which answers, and those that wait for its sockets go first,
 * like stub and load; needs root.
 */
function goFirst(pid: number): void {
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const name = readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim();
    // Threads that wait also pack texts of lists meanwhile, so they stand behind the one that answers.
    const rank = thread === String(pid) ? '5' : '4';
    if (thread === String(pid) || name === 'libuv-worker') execFileSync('chrt', ['-f', '-p', rank, thread]);
  }
}

function figures({ answered, lost, bad, sendLag, latency }: LoadReport) {
  // What of the latency is not above the load's own delay says nothing of the product.
  return { answered, lost, bad, sendLag, latency };
}

/** Changes the list until it is over, each time until the new one answers. @returns how often */
async function swap({ folder, mixes, server }: Bench, signal: AbortSignal): Promise<number> {
  const data = join(folder, 'data');
  const names = readFileSync(mixes.list(SIZE));
  const { lists } = await quellApi<{ lists: { id: string }[] }>(data, 'GET', '/lists');
  let swaps = 0;
  while (!signal.aborted) {
    const fresh = `swap-${++swaps}.q-bench.test`;
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
