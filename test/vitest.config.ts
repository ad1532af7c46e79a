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
        // Others start whole products or shape the network; many side by side would only slow each other down.
        fileParallelism: name === 'unit' || name === 'scenario',
        maxWorkers: name === 'scenario' ? 2 : undefined,
        testTimeout: name === 'unit' ? 10_000 : 60_000,
        hookTimeout: 60_000,
      },
    })),
  },
});
