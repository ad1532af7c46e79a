/** Runs every kind of test, then says how many passed and failed in one line. */
import { startVitest } from 'vitest/node';

const projects = process.argv.slice(2);
const vitest = await startVitest('test', [], {
  watch: false,
  config: new URL('vitest.config.ts', import.meta.url).pathname,
  project: projects.length ? projects : undefined,
});
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
const count = (state: string) => tests.filter((test) => test.result().state === state).length;
// A file that could not even be loaded has no tests to count.
const broken = vitest.state
  .getTestModules()
  .filter((module) => !module.ok() && [...module.children.allTests('failed')].length === 0);
const failed = count('failed') + broken.length + vitest.state.getUnhandledErrors().length;
const skipped = count('skipped');
await vitest.close();
console.log(`${count('passed')} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 ? 1 : 0);
