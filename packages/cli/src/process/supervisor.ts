import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';

export interface Supervised {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Hears of every end that nobody asked for, and how long until the next start. */
  readonly onCrash: (how: string, delayMs: number) => void;
}

export interface Supervisor {
  /** The first answer of the child: what it says when it is ready. Throws when it ends before. */
  readonly ready: Promise<string>;
  /** Ends the child in order (SIGTERM), by force after `timeoutMs`. It is not started again. */
  stop(timeoutMs: number): Promise<void>;
}

const shortestDelay = 250;
const longestDelay = 15_000;
/** A child that lived this long did not crash because of how it was started. */
const settledAfter = 60_000;

/**
 * Runs a Node program as a child and starts it again when it dies, later each time. The child holds one end of a channel:
 * it ends by itself when this process is gone, however that died. It sends `{ ready: text }` when it is ready.
 */
export function supervise(options: Supervised): Supervisor {
  let child: ChildProcess | undefined;
  let stopping = false;
  const wake = new AbortController();

  const live = async (
    resolve: (text: string) => void,
    reject: (error: Error) => void,
  ): Promise<void> => {
    let wait = shortestDelay;
    for (let first = true; !stopping; first = false) {
      const start = performance.now();
      child = launch(options, first);
      let wasReady = false;
      child.on('message', message => {
        const text = readyText(message);
        if (text === null) return;
        wasReady = true;
        resolve(text);
      });
      const how = await ended(child);
      if (first && !wasReady) {
        reject(new CliError(`the management server ended before it was ready (${how})`));
        return;
      }
      if (stopping) return;
      if (performance.now() - start > settledAfter) wait = shortestDelay;
      options.onCrash(how, wait);
      await delay(wait, undefined, { signal: wake.signal }).catch(() => undefined);
      wait = Math.min(wait * 2, longestDelay);
    }
  };
  let life: Promise<void> = Promise.resolve();
  const ready = new Promise<string>((resolve, reject) => {
    life = live(resolve, reject);
  });

  return {
    ready,
    stop: async timeoutMs => {
      stopping = true;
      wake.abort();
      child?.kill('SIGTERM');
      const force = setTimeout(() => child?.kill('SIGKILL'), timeoutMs);
      await life;
      clearTimeout(force);
    },
  };
}

function launch({ program, args, env }: Supervised, first: boolean): ChildProcess {
  // A fault that a test asked for happens once.
  const { ISOLA_FAULT: fault, ...rest } = env;
  return spawn(process.execPath, [program, ...args], {
    env: first && fault !== undefined ? { ...rest, ISOLA_FAULT: fault } : rest,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // A terminal's Ctrl-C reaches the whole group: the child waits to be told.
    detached: true,
  });
}

function ended(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

function readyText(message: unknown): string | null {
  if (typeof message !== 'object' || message === null || !('ready' in message)) return null;
  return typeof message.ready === 'string' ? message.ready : null;
}
