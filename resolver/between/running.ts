import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './last-state.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where the running product can be reached, for the command line and for scripts: `<data>/running.json`. */
export interface RunningAt {
  readonly pid: number;
  readonly dns: readonly Address[];
  /** DNS over TLS and over HTTPS. */
  readonly tls: readonly Address[];
  readonly https: readonly Address[];
  /** Addresses of the page; empty until control is up. */
  readonly http: readonly string[];
  /** Lets the command line in, for as long as this process lives. */
  readonly token?: string;
}

const fileIn = (dataDir: string): string => join(dataDir, 'running.json');

export const writeRunning = (dataDir: string, running: RunningAt): Promise<void> =>
  replaceFile(fileIn(dataDir), `${JSON.stringify(running)}\n`);

export const removeRunning = (dataDir: string): Promise<void> => rm(fileIn(dataDir), { force: true });

/** @throws Error with a sentence when nothing runs on this data directory */
export async function readRunning(dataDir: string): Promise<RunningAt> {
  try {
    const running = JSON.parse(await readFile(fileIn(dataDir), 'utf8')) as RunningAt;
    if (!isAlive(running.pid)) throw new Error(`process ${running.pid} is gone`);
    return running;
  } catch (cause) {
    throw new Error(`No Quell is running on ${dataDir}; start it, or name its folder in QUELL_DATA_DIR.`, { cause });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
