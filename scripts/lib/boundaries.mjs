import { join } from 'node:path';
import { root, run } from './steps.mjs';

/** Fewer than this, and the cruiser did not understand the sources, which it reports as success. */
const fewestModules = 50;

/** Checks who imports whom by the rules in `.dependency-cruiser.cjs`. Throws with the list of violations. */
export async function checkBoundaries() {
  const output = await run(
    join(root, 'node_modules/.bin/depcruise'),
    ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages'],
    // With `json` the exit code counts violations: they are read from the report instead.
    { quiet: true },
  );
  const { summary } = JSON.parse(output);
  const violations = summary.violations.filter(violation => violation.rule.severity === 'error');
  if (violations.length > 0) {
    const lines = violations.map(({ rule, from, to }) => `  ${rule.name}: ${from} -> ${to}`);
    throw new Error(`${violations.length} forbidden imports\n${lines.join('\n')}`);
  }
  if (summary.totalCruised < fewestModules) {
    throw new Error(`read only ${summary.totalCruised} modules: the check does not work`);
  }
}
