import { bootstrap } from './lib/bootstrap.mjs';
import { runChecks } from './lib/checks.mjs';
import { runMain } from './lib/steps.mjs';

await runMain(async () => {
  await bootstrap();
  await runChecks();
});
