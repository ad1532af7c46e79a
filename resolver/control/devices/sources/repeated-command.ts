import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';

/** Runs the command for each line that it reads, and says how it ended in a line that begins with the mark. */
const script =
  'mark=$1; shift; while IFS= read -r _; do "$@" </dev/null 2>/dev/null; printf "\\n%s%s\\n" "$mark" "$?"; done';

/**
 * A command whose output is wanted from time to time. A small shell that stays runs it, for to start a program from here
 * the system copies the table of all our memory, and nothing is answered meanwhile: 4 to 8 ms each time.
 */
export class RepeatedCommand {
  private readonly command: readonly string[];
  private readonly mark = randomUUID();
  private shell: ChildProcess | undefined;
  private output: string[] = [];
  private ended: ((output: string | undefined) => void) | undefined;

  constructor(command: readonly string[]) {
    this.command = command;
  }

  /**
   * One at a time.
   * @param patience milliseconds
   * @returns what it wrote; undefined when it failed, is not there, or took too long
   */
  async run(patience: number): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.output = [];
    this.ended = resolve;
    this.shell ??= this.start();
    this.shell.stdin!.write('\n');
    const timer = setTimeout(() => this.stop(), patience);
    return promise.finally(() => clearTimeout(timer));
  }

  /** Ends what runs, at once; the next run begins anew. */
  stop(): void {
    const { shell } = this;
    this.shell = undefined;
    this.ended?.(undefined);
    try {
      if (shell?.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }

  private start(): ChildProcess {
    // A group of its own, so that what it runs can be ended together with it.
    const shell = spawn('/bin/sh', ['-c', script, 'sh', this.mark, ...this.command], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    });
    const gone = () => {
      if (this.shell !== shell) return;
      this.shell = undefined;
      this.ended?.(undefined);
    };
    shell.once('error', gone).once('exit', gone);
    shell.stdin!.on('error', gone);
    createInterface({ input: shell.stdout! }).on('line', (line) => {
      if (this.shell === shell) this.hear(line);
    });
    return shell;
  }

  private hear(line: string): void {
    if (!line.startsWith(this.mark)) this.output.push(line);
    else this.ended?.(line === `${this.mark}0` ? this.output.join('\n') : undefined);
  }
}
