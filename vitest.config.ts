import { defineConfig } from 'vitest/config';

/** `unit` runs beside the code in threads; `packets` builds worlds and runs one file at a time. */
export default defineConfig({
  ssr: { resolve: { conditions: ['isola-source'] } },
  resolve: { conditions: ['isola-source'] },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts'],
          exclude: ['packages/testbed/**', '**/node_modules/**'],
          pool: 'threads',
          isolate: false,
          // Tests wait for conditions: a slow machine must not fail them.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'packets',
          include: ['packages/testbed/src/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
