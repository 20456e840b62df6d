import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';

/** A process, told apart from later ones with the same number by when it started (clock ticks since boot). */
interface Identity {
  readonly pid: number;
  readonly started: string;
}

/** Who may hold a lock, for messages. */
interface LockHolder {
  readonly holder: string;
  readonly hint: string;
}

const isolaUp: LockHolder = {
  holder: 'isola up',
  hint: 'Stop it with Ctrl-C, or with `npm run down`.',
};

/** Takes the lock file for this process. Gives what lets it go. Throws a `CliError` when a living process holds it. */
export async function takeLock(
  path: string,
  { holder: what, hint }: LockHolder = isolaUp,
): Promise<() => Promise<void>> {
  const started = await startTime(process.pid);
  const text = `${process.pid} ${started ?? ''}\n`;
  while (!(await writeNew(path, text))) {
    const holder = await lockHolder(path);
    if (holder !== null) {
      throw new CliError(`${what} runs already, as process ${holder}`, hint);
    }
    await rm(path, { force: true });
  }
  return () => rm(path, { force: true });
}

/** Process id of the living process that holds the lock, or `null`. */
export async function lockHolder(path: string): Promise<number | null> {
  const holder = parseLock(await readFile(path, 'utf8').catch(() => ''));
  if (holder === null) return null;
  return (await startTime(holder.pid)) === holder.started ? holder.pid : null;
}

/** Asks the holder to end and waits until it has. Gives whether there was one. Throws when it does not end in time. */
export async function endHolder(path: string, timeoutMs: number): Promise<boolean> {
  const pid = await lockHolder(path);
  if (pid === null) return false;
  process.kill(pid, 'SIGTERM');
  const deadline = performance.now() + timeoutMs;
  while ((await lockHolder(path)) === pid) {
    if (performance.now() > deadline) {
      throw new CliError(`process ${pid} does not end`, `Look at it, or kill -9 ${pid}.`);
    }
    await delay(50);
  }
  return true;
}

/** Reads a lock file's `pid started`. */
export function parseLock(text: string): Identity | null {
  const match = /^(\d+) (\d+)\n$/.exec(text);
  return match === null ? null : { pid: Number(match[1]), started: match[2] ?? '' };
}

async function startTime(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The name, in parentheses, may hold anything; the start time is the 20th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
}

async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o644 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
