import { runChecks } from './lib/checks.mjs';
import { runMain } from './lib/steps.mjs';
import { prepareImages, prepareTests, runProjects } from './lib/tests.mjs';

/** What the tests need is installed, then static checks, then unit, property and packet tests. */
await runMain(async () => {
  await prepareTests();
  await runChecks();
  await prepareImages();
  await runProjects(['unit', 'packets']);
});
