import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { missingPackage } from './lockfile.mjs';
import { root, run, say, step } from './steps.mjs';

const oldestNode = [20, 19];

/** Throws unless the running Node is new enough. */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = oldestNode;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new Error(
    `Isola needs Node ${oldestNode.join('.')} or newer, this is ${version}. Install it from your distribution or https://nodejs.org.`,
  );
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

async function installNpmPackages() {
  const lock = readJson(join(root, 'package-lock.json'));
  const installed = readJson(join(root, 'node_modules/.package-lock.json'));
  const missing = missingPackage(lock, installed);
  if (missing === null) return;
  if (installed !== null) say(`  npm packages: ${missing} differs from package-lock.json`);
  // Not `npm ci`: it refuses a lock file that lacks packages of other systems, which registries' mirrors cause.
  await step('installing npm packages', () =>
    run('npm', ['install', '--no-save', '--no-audit', '--no-fund'], { quiet: true }),
  );
}

/** Makes a clone runnable: npm packages as in package-lock.json, and everything built. Needs no `node_modules`. */
export async function bootstrap() {
  checkNode();
  // Two starts of one clone at the same time must not install or build into each other.
  await withLock(join(root, '.isola-build.lock'), async () => {
    await installNpmPackages();
    await step('building', () => run(join(root, 'node_modules/.bin/tsc'), ['-b'], { quiet: true }));
  });
}
