import { type ChildProcess, spawn } from 'node:child_process';

export interface Finished {
  /** Exit status; 127 when the program is not there, 128 when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Never throws: what goes wrong is in the answer. */
export type Run = (command: readonly string[], options?: RunOptions) => Promise<Finished>;
/** Starts a program with three pipes. */
export type Start = (command: readonly string[]) => ChildProcess;

interface RunOptions {
  readonly input?: string;
  /** Milliseconds after which the program is killed; 60,000 by default. */
  readonly timeout?: number;
}

export interface Programs {
  readonly run: Run;
  readonly start: Start;
}

/** How programs are run: behind `prefix`, for instance `ip netns exec NAME`. */
export function programs(prefix: readonly string[] = []): Programs {
  const start: Start = command => {
    const [file = '', ...args] = [...prefix, ...command];
    return spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: environment });
  };
  const run: Run = (command, { input, timeout = 60_000 } = {}) =>
    new Promise(resolve => {
      const child = start(command);
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
      child.stdout?.on('data', (part: Buffer) => out.push(part));
      child.stderr?.on('data', (part: Buffer) => err.push(part));
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input ?? '');
      const finish = (code: number, problem: string): void => {
        clearTimeout(timer);
        resolve({
          code,
          stdout: Buffer.concat(out).toString(),
          stderr: Buffer.concat(err).toString() + problem,
        });
      };
      child.on('error', error => finish(127, error.message));
      child.on('close', code => finish(code ?? 128, ''));
    });
  return { run, start };
}

const environment = {
  PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
};
