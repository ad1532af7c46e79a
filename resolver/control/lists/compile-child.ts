import { readFileSync, writeFileSync } from 'node:fs';
import { TooLarge } from '../../../lists/parse/decode.ts';
import { type TaskName, type Tasks, tasks } from './child-tasks.ts';
import { FetchFailed } from './fetch-failed.ts';
import type { Answer } from './list-child.ts';

/**
 * The child process that reads lists: it does the one task that its argument names a file of, leaves the answer beside
 * it and ends, so that its memory is given back and a list that breaks it breaks nothing else. Started by `ListChild`.
 */
const task = process.argv[2];
const { name, input } = JSON.parse(readFileSync(task, 'utf8')) as { name: TaskName; input: never };
writeFileSync(`${task}.answer`, JSON.stringify(attempt(() => tasks[name](input))));

function attempt(task: () => Tasks[TaskName]['output']): Answer<TaskName> {
  try {
    return { done: task() };
  } catch (error) {
    if (error instanceof FetchFailed || error instanceof TooLarge) return { refused: error.message };
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
