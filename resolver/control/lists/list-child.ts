import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskName, Tasks } from './child-tasks.ts';
import { FetchFailed } from './fetch-failed.ts';
import { Launcher } from './launcher.ts';

export interface ListChildDeps {
  /** `compile-child.ts`, or what the build makes of it. */
  readonly entry: string;
  /** For tasks, answers and texts that are only looked at; it is emptied at the start. */
  readonly folder: string;
  /** Megabytes of heap that the child may use. */
  readonly heapMb: number;
  /** Milliseconds after which a task is given up. */
  readonly patience?: number;
}

/**
 * It collects its garbage itself instead of on as many threads as there are cores: answering finds another core free, and
 * reading a million names takes no longer.
 */
const ONE_CORE = ['--single-threaded-gc', '--v8-pool-size=1'];

/** The child could not do it; the message is a sentence. */
export class ListChildFailed extends Error {
  override name = 'ListChildFailed';
}

export type Answer<Name extends TaskName> =
  | { readonly done: Tasks[Name]['output'] }
  /** The text is not what a list may be. */
  | { readonly refused: string }
  | { readonly failed: string };

/** Runs tasks on lists in a process of their own, one after the other, so that the memory of two is never needed. */
export class ListChild {
  private readonly deps: ListChildDeps;
  private readonly launcher: Launcher;
  private queue: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(deps: ListChildDeps) {
    this.deps = deps;
    const { entry, heapMb } = deps;
    this.launcher = new Launcher({ command: [process.execPath, ...ONE_CORE, `--max-old-space-size=${heapMb}`, entry] });
  }

  async start(): Promise<void> {
    this.launcher.start();
    await this.clear();
    await mkdir(this.deps.folder, { recursive: true, mode: 0o700 });
  }

  /** @throws ListChildFailed; FetchFailed when a text is not what a list may be */
  run<Name extends TaskName>(name: Name, input: Tasks[Name]['input']): Promise<Tasks[Name]['output']> {
    const result = this.queue.then(() => this.ask(name, input));
    this.queue = result.catch(() => {});
    return result;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.launcher.kill();
    await this.queue;
    await this.clear();
  }

  /** A child of an earlier control may still be at work and leave an answer meanwhile, which is for nobody. */
  private async clear(): Promise<void> {
    await rm(this.deps.folder, { recursive: true, force: true, maxRetries: 2 }).catch(() => {});
  }

  private async ask<Name extends TaskName>(name: Name, input: Tasks[Name]['input']): Promise<Tasks[Name]['output']> {
    if (this.stopped) throw new ListChildFailed('Quell is stopping.');
    const { folder, heapMb, patience = 180_000 } = this.deps;
    // No name comes twice, lest the answer of such a child be taken for ours.
    const task = join(folder, `${randomUUID()}.json`);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.launcher.kill();
    }, patience);
    try {
      await writeFile(task, JSON.stringify({ name, input }));
      await this.launcher.run(task);
      if (isLate) throw new ListChildFailed('Reading the lists took too long and was given up.');
      const answer = await readAnswer<Name>(task);
      if (answer === undefined) {
        throw new ListChildFailed(
          `Reading the lists needed more than the ${heapMb} MB of memory set aside for it, or was ended from outside.`,
        );
      }
      if ('refused' in answer) throw new FetchFailed(answer.refused);
      if ('failed' in answer) throw new ListChildFailed(answer.failed);
      return answer.done;
    } catch (error) {
      if (error instanceof ListChildFailed || error instanceof FetchFailed) throw error;
      throw new ListChildFailed(`Lists could not be read: ${(error as Error).message}.`, { cause: error });
    } finally {
      clearTimeout(timer);
      await Promise.all([task, answerTo(task)].map((path) => rm(path, { force: true })));
    }
  }
}

/** Where the child leaves its answer. */
export const answerTo = (task: string): string => `${task}.answer`;

async function readAnswer<Name extends TaskName>(task: string): Promise<Answer<Name> | undefined> {
  const text = await readFile(answerTo(task), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Answer<Name>);
}
