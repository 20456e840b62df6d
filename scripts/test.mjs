import { runChecks } from './lib/checks.mjs';
import { runMain } from './lib/steps.mjs';
import { emulated, prepareHosts, prepareImages, prepareTests, runProjects } from './lib/tests.mjs';

/** What the tests need is installed, then static checks, then all tests. */
await runMain(async () => {
  await prepareTests();
  await runChecks();
  await prepareImages();
  await prepareHosts();
  await runProjects(['unit', 'packets', ...emulated]);
});
