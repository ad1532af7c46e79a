import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';

export interface LauncherDeps {
  /** Program and first arguments; each run adds one more. */
  readonly command: readonly string[];
}

/** The lowest priority there is. */
const LAST = 19;

/** Runs the command for each line that it reads, and says how it ended. */
const script = 'while IFS= read -r last; do "$@" "$last" </dev/null >/dev/null 2>&1; echo "$?"; done';

/**
 * Starts programs in place of a process that is too large for it. To start one, the system copies the table of all our
 * memory, and no thread of ours that writes to it goes on meanwhile: 7 ms at 150 MB, in which nothing is answered. A
 * shell that was started early and stays small does it for us.
 */
export class Launcher {
  private readonly deps: LauncherDeps;
  private shell: ChildProcess | undefined;
  private ended: ((status: number | undefined) => void) | undefined;

  constructor(deps: LauncherDeps) {
    this.deps = deps;
  }

  /** Best done before there is much memory to copy; else the first run does it. */
  start(): void {
    // A group of its own, so that what it runs can be ended together with it.
    const shell = spawn('/bin/sh', ['-c', script, 'sh', ...this.deps.command], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    });
    this.shell = shell;
    const gone = () => {
      // One that was killed has a successor, perhaps, whose work goes on.
      if (this.shell !== shell) return;
      this.shell = undefined;
      this.ended?.(undefined);
    };
    shell.once('error', gone).once('exit', gone);
    shell.stdin!.on('error', gone);
    createInterface({ input: shell.stdout! }).on('line', (status) => this.ended?.(Number(status)));
    stepBack(shell);
  }

  /**
   * One at a time.
   * @param last last argument of the command; no line break in it
   * @returns how it ended; undefined when it was killed together with the shell
   */
  async run(last: string): Promise<number | undefined> {
    if (!this.shell) this.start();
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    this.ended = resolve;
    this.shell!.stdin!.write(`${last}\n`);
    return promise;
  }

  /** Ends what runs, at once. */
  kill(): void {
    const { shell } = this;
    this.shell = undefined;
    this.ended?.(undefined);
    try {
      if (shell?.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
}

/** Where cores are few, what it runs must not take time from answering. */
function stepBack({ pid }: ChildProcess): void {
  try {
    if (pid === undefined) return;
    setPriority(pid, LAST);
    // Where each session gets the same share (sched(7), "autogroup"), a priority counts within its own session only.
    writeFileSync(`/proc/${pid}/autogroup`, String(LAST));
  } catch {
    // This system knows no priorities, or no groups.
  }
}
