import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { tree } from './proc.ts';

/** The server under measure has a core of its own; load, stub and this program share the other. */
export const serverCore = '0';
export const loadCore = '1';
export const allCores = `0-${cpus().length - 1}`;

export interface Launch {
  readonly command: readonly string[];
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cores: string;
}

/** A process that runs until it is stopped; what it prints goes to a file in its folder. */
export class Child {
  private readonly launch: Launch;
  private process: ChildProcess | undefined;

  constructor(launch: Launch) {
    this.launch = launch;
  }

  get pid(): number {
    return this.process!.pid!;
  }

  get hasEnded(): boolean {
    return this.process!.exitCode !== null || this.process!.signalCode !== null;
  }

  start(): void {
    const { command, folder, env, cores } = this.launch;
    const log = openSync(`${folder}/output.log`, 'a');
    this.process = spawn('taskset', ['-c', cores, ...command], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
  }

  /** Ends it and whatever it started. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const started = tree(this.pid).slice(1);
    const ended = once(this.process!, 'exit');
    this.process!.kill('SIGTERM');
    const isOver = await Promise.race([ended.then(() => true), sleep(20_000, false, { ref: false })]);
    if (!isOver) {
      this.process!.kill('SIGKILL');
      await ended;
    }
    for (const pid of started) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended together with its parent.
      }
    }
  }
}
