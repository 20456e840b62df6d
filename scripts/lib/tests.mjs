import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { root, run, say, step } from './steps.mjs';

/** Projects of `vitest.config.ts` whose routers and guests are virtual machines on this machine. */
export const machines = ['machines', 'packets-kvm'];

/** Installs what the tests need: npm packages, the build, Debian packages, images. */
export async function prepareTests() {
  if (process.getuid() !== 0) {
    throw new Error('the tests make network namespaces and containers: run them as root');
  }
  await bootstrap();
  const { packagesFor, ensurePackages } = await import('../../packages/cli/dist/index.js');
  await step('installing Debian packages', () => ensurePackages(packagesFor('tests')));
}

/** Builds the images of routers and guests, unless they are there. */
export async function prepareImages() {
  const { testImages } = await import('../../packages/testbed/dist/world/images.js');
  await step('building images', testImages);
}

/** Builds and starts the hosts that tests emulate, unless that was done: the tests go on from there. */
export async function prepareHosts() {
  const { prepareMachines } = await import('../../packages/testbed/dist/machines/lab.js');
  await step('preparing test hosts', () => prepareMachines(line => say(`  ${line}`)));
}

/** Runs projects of `vitest.config.ts`; what follows on the command line goes to vitest. */
export async function runProjects(projects) {
  const start = performance.now();
  const chosen = projects.flatMap(project => ['--project', project]);
  await run(join(root, 'node_modules/.bin/vitest'), ['run', ...chosen, ...process.argv.slice(2)], {
    env: { ...process.env, NO_COLOR: '1', CI: '1' },
  });
  say(`ok    tests  ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
