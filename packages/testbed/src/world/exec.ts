import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

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

/** A long-running probe: first line printed says that it is ready, closing its input ends it and gives its last line. */
export interface Running {
  readonly pid: number;
  end(): Promise<Record<string, unknown>>;
}

/** Starts a program that prints JSON lines and waits for the first. */
export async function start(argv: readonly string[], timeout = 10_000): Promise<Running> {
  const [file = '', ...rest] = argv;
  const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  let out = '';
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${argv.join(' ')} was not ready after ${timeout} ms: ${out}${errors}`));
    }, timeout);
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
      if (!out.includes('\n')) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`${argv.join(' ')} ended: ${out}${errors}`));
    });
  });
  return {
    pid: child.pid ?? 0,
    end: async () => {
      child.stdin.end();
      await exited;
      const lines = out.trim().split('\n');
      return JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
    },
  };
}
