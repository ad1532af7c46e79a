import { defineConfig } from 'rolldown';

/** One file per thread or process, so that each loads only what it runs. */
export default defineConfig({
  input: {
    quell: 'resolver/cli.ts',
    control: 'resolver/control/control.ts',
    'config-thread': 'resolver/control/config/config-thread.ts',
    'compile-child': 'resolver/control/lists/compile-child.ts',
    'answering-thread': 'resolver/answering/answering-thread.ts',
  },
  platform: 'node',
  // Native, with a file per platform.
  external: ['koffi'],
  output: { dir: 'build', format: 'esm', sourcemap: true, minify: true },
});
