import { runIsola } from './lib/isola.mjs';
import { runMain } from './lib/steps.mjs';

await runMain(() => runIsola(['up', ...process.argv.slice(2)]));
