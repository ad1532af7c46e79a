/**
 * Quell at full speed for minutes: `node test/bench/soak.ts [questions]`, 24,000,000 without it. Half of them are
 * damaged packets; every well-formed one must be answered rightly, and memory must stay as it is.
 */
import { report } from './found.ts';
import { median } from './measurements.ts';
import { residentOfTree } from './proc.ts';
import { withRig } from './rig.ts';
import { type Bench, withServer } from './running.ts';
import { written } from './tables.ts';
import { Quell } from './targets/quell.ts';
import { warmUp } from './workloads.ts';

const packets = Number(process.argv[2] ?? 24_000_000);

await withRig((rig) =>
  // Answers are kept for half a minute only, so that expiry and prefetch take part.
  withServer(rig, new Quell(rig.work), { list: 200_000, ttl: 30 }, soak),
);

async function soak(bench: Bench): Promise<void> {
  const mix = bench.mixes.household(200_000);
  await warmUp(bench, mix);
  const samples: number[] = [];
  const watch = setInterval(() => samples.push(residentOfTree(bench.server.pid)), 1000);
  const options = { seconds: 3600, questions: packets / 2, inFlight: 150, sources: 50, timeout: 5000, fuzz: true };
  const load = await bench.load.put(mix, options);
  clearInterval(watch);
  const isUp = !bench.server.hasEnded;
  // Memory grows at first, until caches and heaps have the size that this load needs.
  const steady = samples.slice(Math.ceil(samples.length / 4));
  const middle = median(steady);
  const swing = Math.max(...steady.map((sample) => Math.abs(sample / middle - 1)));
  const { sent, answered, fuzzed, fuzzAnswers, perSecond, lost, bad } = load;
  report(
    'soak',
    [
      {
        goal: `Soak of ${(sent + fuzzed).toLocaleString('en')} packets, half of them damaged: no crash`,
        found: isUp ? `up, ${written(perSecond * 2, 0)} packets/s` : 'crashed',
        met: isUp,
      },
      {
        goal: 'Soak: every well-formed question answered rightly',
        found: `${lost} lost, ${bad} wrong of ${sent.toLocaleString('en')}`,
        met: isUp && lost === 0 && bad === 0 && answered === sent,
      },
      {
        goal: 'Soak: RSS flat within 10 %',
        found: `${written(middle, 0)} MB ± ${written(swing * 100, 1)} %`,
        met: swing <= 0.1,
      },
    ],
    { sent, answered, fuzzed, fuzzAnswers, seconds: load.seconds, outcomes: load.outcomes, resident: samples },
  );
}
