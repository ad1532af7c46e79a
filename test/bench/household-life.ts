import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atRate } from './at-rate.ts';
import { allCores } from './child.ts';
import { costOf } from './cost.ts';
import type { ListSize } from './data/mixes.ts';
import { LightReader } from './light-reader.ts';
import { quellApi } from './quell-api.ts';
import type { Bench } from './running.ts';
import { goesFirst, goLast } from './turns.ts';
import { type Workload, warmUp } from './workloads.ts';

/**
 * What a household does beside asking: lists change, people read the log. Only Quell has these, and like a household's
 * machine it has all cores then. Phones, upstreams and browsers are no programs of that machine, so load and stub go
 * before Quell and the reader after it; needs root.
 */
const life = (
  id: string,
  list: ListSize,
  title: string,
  during: (bench: Bench, signal: AbortSignal) => Promise<number>,
): Workload => ({
  id,
  title,
  list,
  echo: 'udp',
  only: 'Quell',
  cores: allCores,
  async measure(bench, seconds) {
    const mix = bench.mixes.household(list);
    // Enough for a day's log.
    await warmUp(bench, mix, 5);
    await bench.server.settle();
    goesFirst(bench.stub);
    using _ = goLast();
    const over = new AbortController();
    const doing = during(bench, over.signal);
    const report = await costOf(bench, async () => {
      const load = await atRate(bench, mix, {
        rate: 5000,
        seconds: Math.max(8, seconds.rate),
        sources: 50,
        first: true,
      });
      over.abort();
      await doing;
      return load;
    });
    const { p50, p99, p999 } = report.latency.all;
    const { lost, bad, disturbance, steady } = report;
    return {
      p50at5000: p50,
      p99at5000: p99,
      p999at5000: p999,
      steadyP99at5000: steady.p99,
      steadyP999at5000: steady.p999,
      slow: report.slow * 100,
      rounds: await doing,
      lost,
      bad,
      disturbance,
    };
  },
});

export const householdWorkloads: readonly Workload[] = [
  life('idle', 1_000_000, 'Household mix at 5,000/s, all cores, nothing else to do', async () => 0),
  life('swap', 1_000_000, 'Household mix at 5,000/s while a list of 1,000,000 is swapped in', swapList),
  life('reading', 200_000, "Household mix at 5,000/s while pages read a day's log", readLog),
];

/** Changes the list again and again, each time until the new one is in force. */
async function swapList({ folder, mixes }: Bench, signal: AbortSignal): Promise<number> {
  const data = join(folder, 'data');
  const names = readFileSync(mixes.list(1_000_000));
  const { lists } = await quellApi<{ lists: { id: string }[] }>(data, 'GET', '/lists');
  let rounds = 0;
  while (!signal.aborted) {
    rounds++;
    // In one step, so that no half of it is read.
    writeFileSync(
      join(data, 'lists', 'bench.txt.new'),
      Buffer.concat([names, Buffer.from(`swap-${rounds}.q-bench.test\n`)]),
    );
    renameSync(join(data, 'lists', 'bench.txt.new'), join(data, 'lists', 'bench.txt'));
    await quellApi(data, 'POST', `/lists/${lists[0].id}/refresh`);
    await sleep(200);
  }
  return rounds;
}

/** Two readers who page through the attempts and look at the day's figures without pause. */
async function readLog({ folder }: Bench, signal: AbortSignal): Promise<number> {
  let pages = 0;
  const reader = async () => {
    using browser = await LightReader.open(join(folder, 'data'));
    let cursor = '';
    while (!signal.aborted) {
      const next = await browser.cursorOf(`/attempts?limit=200${cursor}`);
      cursor = next ? `&cursor=${next}` : '';
      await browser.read('/summary?by=hour');
      await browser.read('/summary?by=domain');
      pages++;
    }
  };
  await Promise.all([reader(), reader()]);
  return pages;
}
