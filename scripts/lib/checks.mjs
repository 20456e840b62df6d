import { join } from 'node:path';
import { checkBoundaries } from './boundaries.mjs';
import { root, run, say } from './steps.mjs';

const bin = name => join(root, 'node_modules/.bin', name);

/** Static checks, in the order of their cost. Each gives what it wants to say besides "ok", or nothing. */
const checks = [
  {
    title: 'format (biome)',
    work: () => run(bin('biome'), ['check', '--error-on-warnings', '.'], { quiet: true }),
  },
  { title: 'types (tsc)', work: () => run(bin('tsc'), ['-b'], { quiet: true }) },
  {
    title: 'lint (oxlint)',
    work: () => run(bin('oxlint'), ['--type-aware', '--quiet'], { quiet: true }),
  },
  { title: 'import boundaries (dependency-cruiser)', work: checkBoundaries },
  {
    title: 'unused code and dependencies (knip)',
    work: () => run(bin('knip'), ['--no-progress'], { quiet: true }),
  },
];

/** Runs the static checks one after the other and stops at the first that fails. */
export async function runChecks() {
  for (const { title, work } of checks) {
    const start = performance.now();
    try {
      await work();
    } catch (error) {
      throw new Error(`${title} failed: ${error.message}`, { cause: error });
    }
    say(`ok    ${title}  ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
}
