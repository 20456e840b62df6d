import { runMain, say, step } from './lib/steps.mjs';
import { prepareImages, prepareTests, runProjects } from './lib/tests.mjs';

/** The tests with emulated machines: hosts, networks between them, routers and guests that are virtual machines. */
await runMain(async () => {
  await prepareTests();
  await prepareImages();
  const { prepareMachines } = await import('../packages/testbed/dist/machines/lab.js');
  await step('preparing test hosts', () => prepareMachines(line => say(`  ${line}`)));
  await runProjects(['machines', 'packets-host', 'packets-kvm']);
});
