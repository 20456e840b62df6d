import { bootstrap } from './lib/bootstrap.mjs';
import { runMain, step } from './lib/steps.mjs';

/** `npm run bench [-- SECTION...]`: measures, prints and, when all sections ran, writes docs/benchmarks.md. */
await runMain(async () => {
  if (process.getuid() !== 0) {
    throw new Error('npm run bench makes network namespaces and containers: run it as root');
  }
  await bootstrap();
  const { packagesFor, ensurePackages } = await import('../packages/cli/dist/index.js');
  await step('installing Debian packages', () => ensurePackages(packagesFor('tests')));
  const { bench } = await import('../packages/testbed/dist/bench/main.js');
  return await bench(process.argv.slice(2));
});
