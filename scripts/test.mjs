import { runChecks } from './lib/checks.mjs';
import { runMain } from './lib/steps.mjs';
import { machines, prepareImages, prepareTests, runProjects } from './lib/tests.mjs';

/** What the tests need is installed, then static checks, then the tests but those with emulated hosts. */
await runMain(async () => {
  await prepareTests();
  await runChecks();
  await prepareImages();
  await runProjects(['unit', 'packets', ...machines]);
});
