import { type SpawnOptions, spawn } from 'node:child_process';
import { CliError } from '../cli-error.ts';

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export interface Finished {
  /** Exit code; 128 and more where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without input to its end. Rejects only when it cannot be started. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const spawnOptions: SpawnOptions = { ...options, stdio: ['ignore', 'pipe', 'pipe'] };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, spawnOptions);
    const output = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.on('error', reject);

    child.on('close', code => resolve({ code: code ?? 128, ...output }));
  });
}

/** As `runProgram`, and throws a `CliError` with the end of the program's output unless it exits with 0. Gives its stdout. */
export async function runChecked(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await runProgram(command, args, options);
  if (code === 0) return stdout;
  const lines = `${stdout}\n${stderr}`.trim().split('\n').slice(-15).join('\n');
  throw new CliError(`${command} ${args.join(' ')} failed with exit code ${code}\n${lines}`);
}
