import { runIsola } from './lib/isola.mjs';
import { runMain } from './lib/steps.mjs';

await runMain(() => runIsola(['down', ...process.argv.slice(2)]));
