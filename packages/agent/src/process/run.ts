import { spawn } from 'node:child_process';

/** A program that could not be started, failed, or took too long; the message carries what it wrote to stderr. */
export class CommandError extends Error {
  readonly exitCode: number | null;
  readonly stderr: string;

  constructor(command: string, exitCode: number | null, stderr: string) {
    super(`${command} failed (${exitCode ?? 'no exit code'}): ${stderr.trim().slice(-2000)}`);
    this.name = 'CommandError';
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

export interface RunOptions {
  /** Written to the program's standard input. */
  readonly input?: string;
  /** Milliseconds before it is killed; 30,000 unless told. */
  readonly timeoutMs?: number;
  /** Called with each line of stderr as it appears. */
  readonly onErrorLine?: (line: string) => void;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program with an argument array. Gives its standard output; throws `CommandError`. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const label = [command, ...args.slice(0, 3)].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 30_000,
      killSignal: 'SIGKILL',
      env: { ...process.env, LC_ALL: 'C', ...options.env },
    });
    let stdout = '';
    let stderr = '';
    let partLine = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
      if (options.onErrorLine === undefined) return;
      const lines = (partLine + chunk).split('\n');
      partLine = lines.pop() ?? '';
      for (const line of lines) options.onErrorLine(line);
    });
    child.on('error', error => reject(new CommandError(label, null, error.message)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else reject(new CommandError(label, code, signal === null ? stderr : `${stderr} ${signal}`));
    });
    // A program that exits without reading its input is judged by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}
