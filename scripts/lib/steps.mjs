import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The clone's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Writes one line of progress. It goes to stderr, so that stdout holds results only. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Seconds since `start` (of `performance.now()`), as `12.3 s`. */
function elapsed(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/**
 * Runs `work`; when it takes more than a second, a line says so, repeated every half minute, and one says how long it took.
 * Rejects as `work` does.
 */
export async function step(title, work) {
  const start = performance.now();
  let shown = false;
  const show = () => {
    say(shown ? `  ${title}: still at it after ${elapsed(start)}` : `  ${title} ...`);
    shown = true;
  };
  const first = setTimeout(show, 1000);
  const later = setInterval(show, 30_000);
  try {
    const result = await work();
    if (shown) say(`  ${title}: done in ${elapsed(start)}`);
    return result;
  } finally {
    clearTimeout(first);
    clearInterval(later);
  }
}

/**
 * Runs a program to its end. With `quiet` its output is shown only if it fails.
 * Rejects with an `Error` that names the command when it cannot start or its exit code is not 0.
 */
export function run(command, args, { quiet = false, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const output = [];
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    child.stdout?.on('data', chunk => output.push(chunk));
    child.stderr?.on('data', chunk => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(output).toString());
      process.stderr.write(Buffer.concat(output));
      reject(new Error(`${command} ${args.join(' ')}: ${signal ?? `exit code ${code}`}`));
    });
  });
}

/** Runs `main` and ends the process: 0, or 1 with the error's message when it rejects. */
export async function runMain(main) {
  // `su` leaves root with a user's path.
  process.env.PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    say(`error: ${error.message}`);
    process.exitCode = 1;
  }
}
