import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, freePort } from './ask.ts';
import { Child, loadCore } from './child.ts';
import type { ListSize, Mixes } from './data/mixes.ts';
import { Load } from './load.ts';
import type { Programs } from './programs.ts';
import { Server, type ServerOptions } from './server.ts';
import type { Target } from './targets/target.ts';

export interface Rig {
  readonly programs: Programs;
  readonly mixes: Mixes;
  /** Where servers get their folders. */
  readonly work: string;
}

/** A running server with load and stub at hand. */
export interface Bench {
  readonly server: Server;
  /** Process id of the stub. */
  readonly stub: number;
  /** The server's own. */
  readonly folder: string;
  readonly load: Load;
  readonly programs: Programs;
  readonly mixes: Mixes;
  /** Where the target has a record. */
  readonly storedAttempts?: () => Promise<number>;
}

export interface Wish extends ServerOptions {
  readonly list: ListSize;
  /** Seconds that the stub's answers may be kept. */
  readonly ttl?: number;
}

/** Starts stub and server afresh, waits until the server idles, and stops both after use. */
export async function withServer<Found>(
  { programs, mixes, work }: Rig,
  target: Target,
  { list, ttl = 300, ...options }: Wish,
  use: (bench: Bench) => Promise<Found>,
): Promise<Found> {
  const folder = join(work, target.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const upstream = await freePort();
  const stub = new Child({ command: [programs.stub, String(upstream), String(ttl)], folder: work, cores: loadCore });
  stub.start();
  try {
    while (!(await ask(upstream, 'ready.test'))) await sleep(10);
    const setting = { folder, upstream, port: await freePort(), list, mixes };
    const server = new Server(await target.prepare(setting), setting, options);
    try {
      await server.start();
      await server.settle();
      const load = new Load(programs.load, server.port);
      const storedAttempts = target.storedAttempts && (() => target.storedAttempts!(folder));
      return await use({ server, stub: stub.pid, folder, load, programs, mixes, storedAttempts });
    } finally {
      await server.stop();
    }
  } finally {
    await stub.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
