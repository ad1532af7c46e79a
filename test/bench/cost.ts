import { setTimeout as sleep } from 'node:timers/promises';
import { busy, cpuOf, cpuOfTree, droppedAt, since, total } from './proc.ts';
import type { Bench } from './running.ts';

/** What answering took. */
export interface Cost {
  /** Microseconds of CPU per answer: the whole process, its threads and children. */
  readonly cpu: number;
  readonly cpuUser: number;
  readonly cpuSystem: number;
  /** Datagrams that the kernel dropped in front of the server. */
  readonly drops: number;
  /** Cores that something else than server, stub and load kept busy. */
  readonly disturbance: number;
}

/** Lets the load run and counts what the server spent on it; work that it puts off is counted too. */
export async function costOf<Report extends { readonly answered: number }>(
  { server, stub }: Bench,
  load: () => Promise<Report>,
): Promise<Report & Cost> {
  const look = () => ({
    server: cpuOfTree(server.pid),
    others: total(cpuOf(stub)) + total(cpuOf(process.pid)),
    busy: busy(),
    drops: droppedAt(server.port),
    time: performance.now(),
  });
  const before = look();
  const report = await load();
  await server.settle();
  const after = look();
  const spent = since(after.server, before.server);
  const seconds = (after.time - before.time) / 1000;
  const known = total(spent) + after.others - before.others;
  const perAnswer = 1e6 / Math.max(1, report.answered);
  return {
    ...report,
    cpu: total(spent) * perAnswer,
    cpuUser: spent.user * perAnswer,
    cpuSystem: spent.system * perAnswer,
    drops: after.drops - before.drops,
    disturbance: Math.max(0, after.busy - before.busy - known) / seconds,
  };
}

/** Waits until the machine has nothing else to do. */
export async function quiet(most: number, patience: number): Promise<void> {
  for (const end = performance.now() + patience; performance.now() < end; ) {
    const before = busy();
    await sleep(500);
    if (busy() - before < most * 0.5) return;
  }
}
