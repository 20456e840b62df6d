import { bootstrap } from './lib/bootstrap.mjs';
import { runMain, step } from './lib/steps.mjs';

/** `npm run bench [-- [--write] SECTION...]`: measures and prints; writes docs/benchmarks.md when all sections ran, or with `--write` the part of those that did. */
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
