import { bootstrap } from './lib/bootstrap.mjs';
import { runMain, step } from './lib/steps.mjs';

/** `npm run bench [-- [--write] SECTION...]`: measures and prints; writes docs/benchmarks.md when all sections ran, or with `--write` the part of those that did. */
await runMain(async () => {
  await bootstrap();
  const { bench, needsRoot } = await import('../packages/testbed/dist/bench/main.js');
  const words = process.argv.slice(2);
  if (needsRoot(words)) {
    if (process.getuid() !== 0)
      throw new Error(
        'this part of npm run bench makes network namespaces and containers: run it as root (`npm run bench -- scale` needs no root)',
      );
    const { packagesFor, ensurePackages } = await import('../packages/cli/dist/index.js');
    await step('installing Debian packages', () => ensurePackages(packagesFor('tests')));
  }
  return await bench(words);
});
