import { type TaskName, tasks } from './child-tasks.ts';

/**
 * The child process that reads lists: it does one task and ends, so that its memory is given back and a list that breaks
 * it breaks nothing else. Started by `ListChild` only.
 */
process.once('message', ({ name, input }: { name: TaskName; input: never }) => {
  const answer = attempt(() => tasks[name](input));
  process.send!(answer, () => process.disconnect!());
});

// The parent is gone, so nobody waits for the answer.
process.once('disconnect', () => process.exit());

function attempt(task: () => unknown): { done: unknown } | { failed: string } {
  try {
    return { done: task() };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
