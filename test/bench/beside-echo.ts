import { setTimeout as sleep } from 'node:timers/promises';
import { ask, freePort } from './ask.ts';
import { Child, serverCore } from './child.ts';
import { Load, type LoadOptions } from './load.ts';
import { cpuOfTree, total } from './proc.ts';
import type { Bench } from './running.ts';
import type { Metrics } from './workloads.ts';

/** Turns of each, and seconds of one. */
const TURNS = 5;
const SECONDS = 1;

/**
 * Server and echo on the same core, loaded in turn. A virtual machine's core may be half of a real one whose other half
 * is somebody else's: from second to second the same work takes up to 1.7 times as long. So only what was measured in
 * the same seconds can be compared as closely as the goals want it.
 */
export async function besideEcho(bench: Bench, mix: string, options: LoadOptions): Promise<Metrics> {
  const { server, folder, programs } = bench;
  const port = await freePort();
  const echo = new Child({ command: [programs.echo, 'udp', String(port)], folder, cores: serverCore });
  echo.start();
  try {
    while (!(await ask(port, 'ready.test'))) await sleep(10);
    const ofEcho = new Load(programs.load, port);
    await server.settle();
    const before = { server: total(cpuOfTree(server.pid)), echo: total(cpuOfTree(echo.pid)) };
    let served = 0;
    let echoed = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      served += (await bench.load.put(mix, { ...options, seconds: SECONDS })).answered;
      echoed += (await ofEcho.put(mix, { ...options, seconds: SECONDS })).answered;
    }
    await server.settle();
    const turnCpu = ((total(cpuOfTree(server.pid)) - before.server) / served) * 1e6;
    const turnEcho = ((total(cpuOfTree(echo.pid)) - before.echo) / echoed) * 1e6;
    return { turnCpu, turnEcho, timesEcho: turnCpu / turnEcho };
  } finally {
    await echo.stop();
  }
}
