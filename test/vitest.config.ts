import { defineConfig } from 'vitest/config';

const kinds = {
  unit: ['test/lists/**/*.test.ts', 'test/resolver/**/*.test.ts', 'test/web/**/*.test.ts', 'test/house.test.ts'],
  contract: ['test/contract/**/*.test.ts'],
  scenario: ['test/scenario/**/*.test.ts'],
  network: ['test/network/**/*.test.ts'],
  browser: ['test/browser/**/*.test.ts'],
};

export default defineConfig({
  test: {
    projects: Object.entries(kinds).map(([name, include]) => ({
      root: new URL('..', import.meta.url).pathname,
      test: {
        name,
        include,
        pool: 'forks' as const,
        ...sideBySide(name),
        testTimeout: name === 'unit' ? 10_000 : 60_000,
        hookTimeout: 60_000,
        // Tests talk to real sockets, processes and clocks; on a machine under load one may miss its moment once.
        retry: process.env.CI ? 1 : 0,
      },
    })),
  },
});

/**
 * Unit tests first, then scenarios, two at a time; then one file each of the kinds that start servers and browsers or
 * shape the network. More side by side would only slow each other down on a small machine.
 */
function sideBySide(kind: string) {
  if (kind === 'unit') return { fileParallelism: true, maxWorkers: 2, sequence: { groupOrder: 0 } };
  if (kind === 'scenario') return { fileParallelism: true, maxWorkers: 2, sequence: { groupOrder: 1 } };
  return { fileParallelism: false, maxWorkers: 1, sequence: { groupOrder: 2 } };
}
