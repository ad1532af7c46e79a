/**
 * Whether a new list is felt: 5,000 questions a second while a list of a million names is changed and swapped in again
 * and again, as a file of the household's own and from a server: `node test/bench/swap.ts [rounds] [file|http]`. Needs
 * root.
 *
 * A core that others use too makes answers late in any server. So while the same Quell goes on swapping, the echo of
 * echo.c is asked as well, in turn with Quell: at the same rate, with the same load, on the same core, with the same
 * priority and the same wish for short slices. What is late there is what the machine, the child that reads lists and
 * control's share of the core cost a process that does nothing but answer; what is late at Quell above that, Quell's
 * own process held up, or its answers cost too much. They take turns because two loads at once would be in each other's
 * way, and a Quell that kept the core to itself would excuse itself by the echo's late answers. Each goes first in
 * every other round. Both are asked without any swap as well.
 *
 * Everything that is Quell's has core 0, the child too: that is the worst there is for answering, and nothing else of
 * the bench is there. With both cores the scheduler puts answering beside the load half of the time, which has core 1
 * before everybody else (FIFO, like the stub), and what is late then says little of Quell. Quell itself is measured as
 * it comes, without a priority that its user would have to give it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChangingList, listInFile, listOverHttp } from './changing-list.ts';
import { serverCore } from './child.ts';
import { report } from './found.ts';
import type { Verdict } from './goals.ts';
import type { LoadReport } from './load.ts';
import { withRig } from './rig.ts';
import { type Bench, withServer } from './running.ts';
import { changingText, type Swap, Swapping } from './swapping.ts';
import { echo } from './targets/echo.ts';
import { Quell } from './targets/quell.ts';
import { goesFirst } from './turns.ts';

const SIZE = 1_000_000;
const RATE = 5000;
const STILL_SECONDS = 2;
const SWAP_SECONDS = 5;
const rounds = Number(process.argv[2] ?? 6);
const ways = process.argv[3] ? [process.argv[3]] : ['file', 'http'];

interface Asked {
  readonly quell: LoadReport[];
  readonly echo: LoadReport[];
}

interface Found {
  readonly swapped: Asked;
  readonly still: Asked;
  readonly swaps: Swap[];
}

await withRig((rig) => {
  const quell = new Quell(rig.work, { QUELL_LISTS_ALLOW_PRIVATE: 'true' });
  return withServer(rig, quell, { list: SIZE, cores: serverCore }, (asked) => {
    const control = echo(rig.programs.echo, 'udp', { shortSlices: true });
    return withServer(rig, control, { list: SIZE, cores: serverCore, isEcho: 'udp' }, (echoed) => both(asked, echoed));
  });
});

async function both(quell: Bench, control: Bench): Promise<void> {
  goesFirst(quell.stub);
  await quell.load.put(quell.mixes.household(SIZE), { rate: RATE, seconds: 5, sources: 50 });
  const verdicts: Verdict[] = [];
  const figures: Record<string, unknown> = {};
  for (const way of ways) {
    await using list = way === 'http' ? await listOverHttp() : listInFile(join(quell.folder, 'data'));
    const found = await swapAndAsk(quell, control, list, way);
    verdicts.push(verdict(way, found));
    const shown = ({ quell, echo }: Asked) => ({ quell: quell.map(figuresOf), echo: echo.map(figuresOf) });
    figures[way] = { swapped: shown(found.swapped), still: shown(found.still), swaps: found.swaps };
  }
  report('swap', verdicts, figures);
}

async function swapAndAsk(quell: Bench, control: Bench, list: ChangingList, way: string): Promise<Found> {
  const text = changingText(readFileSync(quell.mixes.list(SIZE)));
  const found: Found = { swapped: { quell: [], echo: [] }, still: { quell: [], echo: [] }, swaps: [] };
  for (let round = 0; round < rounds; round++) {
    const inTurn = async (seconds: number, { quell: ofQuell, echo: ofEcho }: Asked) => {
      const turns = [
        async () => ofQuell.push(await put(quell, seconds)),
        async () => ofEcho.push(await put(control, seconds)),
      ];
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    };
    const swapping = new Swapping({ bench: quell, list, text });
    swapping.start(`${way}-${round}`);
    await inTurn(SWAP_SECONDS, found.swapped);
    await swapping.stop();
    found.swaps.push(...swapping.swaps);
    await quell.server.settle();
    await inTurn(STILL_SECONDS, found.still);
  }
  return found;
}

function put({ load, mixes }: Bench, seconds: number): Promise<LoadReport> {
  return load.put(mixes.household(SIZE), { rate: RATE, seconds, sources: 50, first: true });
}

function verdict(way: string, { swapped, still, swaps }: Found): Verdict {
  const from = way === 'http' ? 'over HTTP' : 'as a file';
  const goal = `No answer lost, wrong or later than 5 ms at ${RATE.toLocaleString('en')}/s while lists are swapped, ${from}`;
  const lost = sum(swapped.quell, ({ lost, bad }) => lost + bad);
  const late = lateOf(swapped.quell);
  const seconds = sum(swaps, ({ published, inForce }) => inForce - published) / swaps.length / 1e6;
  const found =
    `${lost} lost or wrong; late in ${swaps.length} swaps of ${seconds.toFixed(1)} s: ${written(swapped.quell)}, ` +
    `the echo meanwhile ${written(swapped.echo)}; without swaps ${written(still.quell)}, the echo ${written(still.echo)}`;
  // Late answers of which the echo has as many may be the machine's, and may not.
  const met = lost > 0 ? false : late === 0 ? true : late <= lateOf(swapped.echo) ? undefined : false;
  return { goal, found, met };
}

function lateOf(reports: readonly LoadReport[]): number {
  return sum(reports, ({ latency }) => latency.all.late);
}

function written(reports: readonly LoadReport[]): string {
  const asked = sum(reports, ({ sent }) => sent).toLocaleString('en');
  const stalls = reports.flatMap((one) => one.stalls);
  const longest = Math.max(0, ...stalls.map((one) => one.longest)) / 1000;
  return `${lateOf(reports)} of ${asked}${stalls.length > 0 ? ` in ${stalls.length} stalls of up to ${longest.toFixed(1)} ms` : ''}`;
}

function sum<Of>(all: readonly Of[], of: (one: Of) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}

function figuresOf({ answered, lost, bad, sendLag, latency, stalls }: LoadReport) {
  // What of the latency is not above the load's own delay says nothing of the product.
  return { answered, lost, bad, sendLag, latency: latency.all, stalls };
}
