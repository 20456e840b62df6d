import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { localProgram, type Running, ready } from './program.ts';

export type { Running };

const execFileAsync = promisify(execFile);

/** Runs a program; gives its standard output. Throws with its standard error when it fails. */
export async function run(
  argv: readonly string[],
  options: { timeout?: number; env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<string> {
  const [file = '', ...rest] = argv;
  const { stdout } = await execFileAsync(file, rest, {
    timeout: options.timeout ?? 60_000,
    maxBuffer: 64 * 1024 * 1024,
    ...(options.env ? { env: options.env } : {}),
    ...(options.cwd ? { cwd: options.cwd } : {}),
  });
  return stdout;
}

/** Runs a program that may fail: its exit code and all it printed. */
export async function tryRun(
  argv: readonly string[],
  timeout = 60_000,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [file = '', ...rest] = argv;
  return await new Promise(resolve => {
    execFile(file, rest, { timeout, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** Waits until `check` gives a value other than `undefined` or `false`. Throws after `timeout` ms with what it waited for. */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | false>,
  timeout = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline)
      throw new Error(`gave up after ${timeout} ms waiting for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** Starts a program of this machine that prints JSON lines, and waits for the first. */
export async function start(argv: readonly string[], timeout?: number): Promise<Running> {
  return await ready(argv.join(' '), localProgram(argv), timeout);
}
