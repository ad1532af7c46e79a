import { readFileSync, writeFileSync } from 'node:fs';
import { type TaskName, tasks } from './child-tasks.ts';

/**
 * The child process that reads lists: it does the one task that its argument names a file of, leaves the answer beside
 * it and ends, so that its memory is given back and a list that breaks it breaks nothing else. Started by `ListChild`.
 */
const task = process.argv[2];
const { name, input } = JSON.parse(readFileSync(task, 'utf8')) as { name: TaskName; input: never };
writeFileSync(`${task}.answer`, JSON.stringify(attempt(() => tasks[name](input))));

function attempt(task: () => unknown): { done: unknown } | { failed: string } {
  try {
    return { done: task() };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
