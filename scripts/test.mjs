import { join } from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { runChecks } from './lib/checks.mjs';
import { root, run, runMain, say, step } from './lib/steps.mjs';

async function prepareImages() {
  const { testImages } = await import('../packages/testbed/dist/world/images.js');
  await testImages();
}

async function prepareHosts() {
  const { prepareMachines } = await import('../packages/testbed/dist/machines/lab.js');
  await prepareMachines(line => say(`  ${line}`));
}

/** Everything: what the tests need is installed, then static checks, then unit, property and packet tests. */
await runMain(async () => {
  if (process.getuid() !== 0) {
    throw new Error('npm test makes network namespaces and containers: run it as root');
  }
  await bootstrap();
  const { packagesFor, ensurePackages } = await import('../packages/cli/dist/index.js');
  await step('installing Debian packages', () => ensurePackages(packagesFor('tests')));
  await runChecks();
  await step('building images', prepareImages);
  await step('preparing test hosts', prepareHosts);
  const start = performance.now();
  await run(join(root, 'node_modules/.bin/vitest'), ['run', ...process.argv.slice(2)], {
    env: { ...process.env, NO_COLOR: '1', CI: '1' },
  });
  say(`ok    tests  ${((performance.now() - start) / 1000).toFixed(0)} s`);
});
