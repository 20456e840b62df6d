import { defineConfig } from 'vitest/config';

/** What every body of routers and guests must do. */
const everyBody = ['isolation', 'rules', 'connections', 'drift'].map(
  name => `packages/testbed/src/tests/${name}.test.ts`,
);

/** Agents whose routers and guests are virtual machines. */
const agentsWithMachines =
  'packages/testbed/src/agent/{machines,guest-machines,migration,router-machines,router-deaths,system-template}.test.ts';

/** Tests with emulated machines, which are slow. */
const emulated = { pool: 'forks', testTimeout: 600_000, hookTimeout: 1_200_000 } as const;
/** Such a file keeps about one processor busy, those of `hosts` keep two. */
const inPairs = { ...emulated, maxWorkers: 2, sequence: { groupOrder: 3 } } as const;

/**
 * `unit` runs beside the code in threads; `packets` builds worlds and runs one file at a time; `hosts` does so with
 * emulated hosts, `machines` with emulated routers and guests. `packets-host` is a part of `packets` on such a host,
 * `packets-kvm` with such routers and guests.
 */
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
          setupFiles: ['scripts/lib/patience.mjs'],
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
          exclude: ['packages/testbed/src/{machines,hosts,kvm}/**', agentsWithMachines],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...emulated,
          name: 'hosts',
          include: ['packages/testbed/src/{machines,hosts}/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...inPairs,
          name: 'machines',
          include: [agentsWithMachines],
        },
      },
      {
        extends: true,
        test: {
          ...inPairs,
          name: 'packets-host',
          include: everyBody,
          env: { ISOLA_BODY: 'host' },
        },
      },
      {
        extends: true,
        test: {
          ...inPairs,
          name: 'packets-kvm',
          include: ['packages/testbed/src/kvm/**/*.test.ts', ...everyBody],
          env: { ISOLA_BODY: 'kvm' },
        },
      },
    ],
  },
});
