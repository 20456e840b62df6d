import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { root } from './steps.mjs';

/**
 * Prepares the clone and runs `isola` with these arguments in the foreground. Gives its exit code.
 * Signals sent to this process alone are passed on; those of a terminal reach both anyway.
 */
export async function runIsola(args) {
  // Who is not root has nothing but a simulator to stop.
  const simulates = args.includes('--simulator') || args[0] === 'down';
  if (process.getuid() !== 0 && !simulates) {
    throw new Error('Isola makes bridges and containers: run it as root, or with --simulator');
  }
  await bootstrap();
  const child = spawn(process.execPath, [join(root, 'packages/cli/bin/isola.mjs'), ...args], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve(code ?? 1));
  });
}
