/**
 * How soon a decision of the household holds: `node test/bench/rule-change.ts [changes]`, 1,000 without it, under
 * 5,000 questions a second, with one answering thread and with two. Measured from the API's answer, over all threads.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, isBlocked, isResolved } from './ask.ts';
import { allCores } from './child.ts';
import { report } from './found.ts';
import type { Verdict } from './goals.ts';
import { quellApi } from './quell-api.ts';
import { withRig } from './rig.ts';
import { type Bench, withServer } from './running.ts';
import { Quell } from './targets/quell.ts';
import type { Target } from './targets/target.ts';
import { warmUp } from './workloads.ts';

const changes = Number(process.argv[2] ?? 1000);
const LIMIT = 200;
const RATE = 5000;
const PHONE = '127.77.0.1';
const NAME = 'data.mistat.xiaomi.com';
/** The kernel chooses the thread by the asker's port, so that so many questions miss one of two threads once in 256 times. */
const QUESTIONS = 8;

interface Found {
  readonly changes: number;
  /** Changes for which the very next questions, on every thread, were answered by the new rule. */
  readonly atOnce: number;
  /** Milliseconds from the API's answer to the last question that was still answered by the old rule. */
  readonly late: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Milliseconds that the API took to answer. */
  readonly api: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly lost: number;
  readonly p99OfLoad: number;
}

const found = await withRig(async (rig) => {
  const quell = new Quell(rig.work);
  const each: Record<number, Found> = {};
  for (const threads of [1, 2])
    each[threads] = await withServer(rig, withThreads(quell, threads), { list: 200_000, cores: allCores }, measure);
  return each;
});

report(
  'rule-change',
  Object.entries(found).map(
    ([threads, { late, changes }]): Verdict => ({
      goal: `A rule holds within ${LIMIT} ms of the API's answer at ${RATE} questions/s, ${threads} answering thread(s), p99 of ${changes} changes`,
      found: `${late.p99.toFixed(1)} ms`,
      met: late.p99 <= LIMIT,
    }),
  ),
  found,
);

function withThreads(quell: Quell, threads: number): Target {
  return {
    name: quell.name,
    version: quell.version,
    async prepare(setting) {
      const launch = await quell.prepare(setting);
      const file = join(setting.folder, 'threads.yaml');
      // One phone asks more here than any does.
      writeFileSync(file, `answering:\n  threads: ${threads}\n  limits:\n    perSecond: 100000\n`);
      return { ...launch, env: { ...launch.env, QUELL_CONFIG: file } };
    },
  };
}

async function measure(bench: Bench): Promise<Found> {
  const { load, mixes, server, folder } = bench;
  const data = join(folder, 'data');
  const mix = mixes.household(200_000);
  await warmUp(bench, mix);
  const device = await phone(server.port, data);
  const late: number[] = [];
  const api: number[] = [];
  let isOver = false;
  const deciding = async () => {
    for (let i = 0; i < changes; i++) {
      const isAllowed = i % 2 === 0;
      const began = performance.now();
      const action = isAllowed ? 'allow' : 'block';
      await quellApi(data, 'PUT', `/devices/${device}/purposes/system-usage`, { action });
      api.push(performance.now() - began);
      late.push(await lateness(server.port, isAllowed ? isResolved : isBlocked));
    }
    isOver = true;
  };
  const loading = async () => {
    const reports = [];
    while (!isOver) reports.push(await load.put(mix, { rate: RATE, seconds: 2, sources: 50 }));
    return reports;
  };
  const [reports] = await Promise.all([loading(), deciding()]);
  return {
    changes,
    atOnce: late.filter((time) => time === 0).length,
    late: spread(late),
    api: spread(api),
    lost: reports.reduce((sum, { lost }) => sum + lost, 0),
    p99OfLoad: Math.max(...reports.map(({ latency }) => latency.all.p99)),
  };
}

/** Milliseconds until everybody who asks is answered by the new rule; 0 when the first who asked were. */
async function lateness(port: number, isNew: (heard: Awaited<ReturnType<typeof ask>>) => boolean): Promise<number> {
  const answered = performance.now();
  for (let last = 0; ; last = performance.now() - answered) {
    const heard = await Promise.all(Array.from({ length: QUESTIONS }, () => ask(port, NAME, PHONE)));
    if (heard.every(isNew)) return last;
  }
}

async function phone(port: number, data: string): Promise<string> {
  for (;;) {
    await ask(port, NAME, PHONE);
    const { devices } = await quellApi<{ devices: { id: string; addresses: string[] }[] }>(data, 'GET', '/devices');
    const device = devices.find(({ addresses }) => addresses.includes(PHONE));
    if (device) return device.id;
  }
}

function spread(values: readonly number[]): { p50: number; p99: number; max: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { p50: at(0.5), p99: at(0.99), max: sorted[sorted.length - 1] };
}
