import { runMain } from './lib/steps.mjs';
import { machines, prepareHosts, prepareImages, prepareTests, runProjects } from './lib/tests.mjs';

/** The tests with emulated machines: hosts, networks between them, routers and guests that are virtual machines. */
await runMain(async () => {
  await prepareTests();
  await prepareImages();
  await prepareHosts();
  await runProjects(['hosts', 'packets-host', ...machines]);
});
