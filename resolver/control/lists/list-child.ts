import { type ChildProcess, fork } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import type { TaskName, Tasks } from './child-tasks.ts';

export interface ListChildDeps {
  /** `compile-child.ts`, or what the build makes of it. */
  readonly entry: string;
  /** Megabytes of heap that the child may use. */
  readonly heapMb: number;
  /** Milliseconds after which a task is given up. */
  readonly patience?: number;
}

/** The child could not do it; the message is a sentence. */
export class ListChildFailed extends Error {
  override name = 'ListChildFailed';
}

/** Runs tasks on lists in a process of their own, one after the other, so that the memory of two is never needed. */
export class ListChild {
  private readonly deps: ListChildDeps;
  private queue: Promise<unknown> = Promise.resolve();
  private running: ChildProcess | undefined;
  private stopped = false;

  constructor(deps: ListChildDeps) {
    this.deps = deps;
  }

  /** @throws ListChildFailed */
  run<Name extends TaskName>(name: Name, input: Tasks[Name]['input']): Promise<Tasks[Name]['output']> {
    const result = this.queue.then(() => this.start(name, input));
    this.queue = result.catch(() => {});
    return result;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.running?.kill('SIGKILL');
    await this.queue;
  }

  private start<Name extends TaskName>(name: Name, input: Tasks[Name]['input']): Promise<Tasks[Name]['output']> {
    if (this.stopped) return Promise.reject(new ListChildFailed('Quell is stopping.'));
    const { entry, heapMb, patience = 180_000 } = this.deps;
    const child = fork(entry, {
      execArgv: [`--max-old-space-size=${heapMb}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    this.running = child;
    stepBack(child);
    return new Promise<Tasks[Name]['output']>((resolve, reject) => {
      const fail = (sentence: string) => reject(new ListChildFailed(sentence));
      const timer = setTimeout(() => {
        fail('Reading the lists took too long and was given up.');
        child.kill('SIGKILL');
      }, patience);
      child.once('message', (answer: { done: Tasks[Name]['output'] } | { failed: string }) => {
        if ('done' in answer) resolve(answer.done);
        else fail(answer.failed);
      });
      child.once('error', (error) => fail(`Lists could not be read: ${error.message}.`));
      child.once('exit', () => {
        clearTimeout(timer);
        this.running = undefined;
        fail(
          `Reading the lists needed more than the ${heapMb} MB of memory set aside for it, or was ended from outside.`,
        );
      });
      child.send({ name, input });
    });
  }
}

/** Where cores are few, reading lists must not take time from answering. */
function stepBack({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, Math.min(getPriority() + 15, 19));
  } catch {
    // It has ended already, or this system knows no priorities.
  }
}
