import { spawn } from 'node:child_process';

/** A program that runs somewhere: on this machine, or in a virtual one. */
export interface Program {
  onOutput(listener: (stream: 'stdout' | 'stderr', data: Buffer) => void): void;
  /** Its exit code, once all that it printed has come. */
  readonly exited: Promise<number>;
  input(data: Buffer): void;
  endOfInput(): void;
  kill(signal: NodeJS.Signals): void;
}

/** Where programs and probes can be started. */
export interface Launcher {
  program(argv: readonly string[], env?: Readonly<Record<string, string>>): Program;
  probe(args: readonly string[]): Program;
}

/** Programs of this machine, started by way of `prefix`, for example `ip netns exec NAME`. */
export function localLauncher(prefix: readonly string[], probe: string): Launcher {
  const program: Launcher['program'] = (argv, env) => localProgram([...prefix, ...argv], env);
  return { program, probe: args => program([process.execPath, probe, ...args]) };
}

/** Programs behind `prefix` at the same launcher. A probe has nowhere to run there. */
export function prefixed(launcher: Launcher, prefix: readonly string[]): Launcher {
  return {
    program: (argv, env) => launcher.program([...prefix, ...argv], env),
    probe: args => {
      throw new Error(`no probe runs behind ${prefix.join(' ')}: ${args.join(' ')}`);
    },
  };
}

/** Starts a program of this machine; `env` comes on top of this process's own. */
export function localProgram(
  [file = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  // One that is gone takes no more input.
  child.stdin.on('error', () => undefined);
  return {
    onOutput: listener => {
      child.stdout.on('data', (data: Buffer) => listener('stdout', data));
      child.stderr.on('data', (data: Buffer) => listener('stderr', data));
    },
    exited: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', code => resolve(code ?? 255));
    }),
    input: data => void child.stdin.write(data),
    endOfInput: () => void child.stdin.end(),
    kill: signal => void child.kill(signal),
  };
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits for a program's end and gives all it printed. After `timeout` ms it is killed and its code is 255. */
export async function outcome(program: Program, timeout = 60_000): Promise<Outcome> {
  const printed = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  program.onOutput((stream, data) => printed[stream].push(data));
  program.endOfInput();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<number>(resolve => {
    timer = setTimeout(() => {
      program.kill('SIGKILL');
      printed.stderr.push(Buffer.from(`killed after ${timeout} ms\n`));
      resolve(255);
    }, timeout);
  });
  const code = await Promise.race([program.exited, late]);
  clearTimeout(timer);
  return {
    code,
    stdout: Buffer.concat(printed.stdout).toString(),
    stderr: Buffer.concat(printed.stderr).toString(),
  };
}

/** As `outcome`, but a program that fails is an error with what it printed. Gives its standard output. */
export async function success(
  argv: readonly string[],
  program: Program,
  timeout?: number,
): Promise<string> {
  const { code, stdout, stderr } = await outcome(program, timeout);
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr || stdout}`);
  return stdout;
}

/** A long-running program: closing its input ends it and gives its last line. */
export interface Running {
  end(): Promise<Record<string, unknown>>;
}

/** Waits for a program's first line, which says that it is ready. It prints JSON lines. */
export async function ready(what: string, program: Program, timeout = 60_000): Promise<Running> {
  let out = '';
  let errors = '';
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      program.kill('SIGKILL');
      reject(new Error(`${what} was not ready after ${timeout} ms: ${out}${errors}`));
    }, timeout);
    program.onOutput((stream, data) => {
      if (stream === 'stderr') errors += data.toString();
      else out += data.toString();
      if (!out.includes('\n')) return;
      clearTimeout(timer);
      resolve();
    });
    program.exited.then(
      code => {
        clearTimeout(timer);
        reject(new Error(`${what} ended with ${code}: ${out}${errors}`));
      },
      (error: unknown) => reject(error),
    );
  });
  return {
    end: async () => {
      program.endOfInput();
      await program.exited;
      return JSON.parse(out.trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>;
    },
  };
}
