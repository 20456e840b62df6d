import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { runChecks } from './lib/checks.mjs';
import { root, run, runMain, say, step } from './lib/steps.mjs';

/** Where the packet tests expect images: built here once, since their worlds cannot reach Debian's archive. */
const imagesFolder = process.env.ISOLA_TEST_IMAGES ?? '/var/cache/isola/images';

async function prepareImages() {
  const { buildImages } = await import('../packages/agent/dist/index.js');
  const home = mkdtempSync(join(tmpdir(), 'isola-images-'));
  try {
    await buildImages({ home, imagesFolder }, () => undefined);
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** Everything: what the tests need is installed, then static checks, then unit, property and packet tests. */
await runMain(async () => {
  if (process.getuid() !== 0) {
    throw new Error('npm test makes network namespaces and containers: run it as root');
  }
  await bootstrap();
  const { packagesFor, ensurePackages } = await import('../packages/cli/dist/index.js');
  await step('installing Debian packages', () => ensurePackages(packagesFor('tests')));
  await runChecks();
  await step('building images', prepareImages);
  const start = performance.now();
  await run(join(root, 'node_modules/.bin/vitest'), ['run', ...process.argv.slice(2)], {
    env: { ...process.env, NO_COLOR: '1', CI: '1' },
  });
  say(`ok    tests  ${((performance.now() - start) / 1000).toFixed(0)} s`);
});
