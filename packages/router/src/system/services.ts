import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The daemons of a router, kept up by a supervisor. */
export interface Services {
  /** Process id, or `null` when it does not run. */
  pid(name: string): Promise<number | null>;
  /** Has it run, from now on. */
  up(name: string): Promise<void>;
  down(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  /** Sends SIGHUP: read your files again. */
  reload(name: string): Promise<void>;
}

/** How long a daemon may take to come or go, in milliseconds, and how often is looked. */
const PATIENCE = 10_000;
const PAUSE = 5;

/** Services of runit in `folder`, spoken to through their control pipes as `sv` does. */
export function runitServices(folder: string): Services {
  const pid = async (name: string): Promise<number | null> => {
    const text = await readFile(join(folder, name, 'supervise/pid'), 'utf8').catch(() => '');
    return /^[1-9]\d*\s*$/.test(text) ? Number(text) : null;
  };
  const control = async (name: string, command: 'u' | 'd' | 't' | 'h'): Promise<void> => {
    const pipe = join(folder, name, 'supervise/control');
    // At boot the supervisor may not have got to this service yet.
    await waitFor(`${name} is not supervised`, () => send(pipe, command));
  };
  const up = async (name: string): Promise<void> => {
    await control(name, 'u');
    await waitFor(`${name} does not start`, async () => (await pid(name)) !== null);
  };
  return {
    pid,
    up,
    down: async name => {
      await control(name, 'd');
      await waitFor(`${name} does not stop`, async () => (await pid(name)) === null);
    },
    restart: async name => {
      const before = await pid(name);
      if (before !== null) {
        await control(name, 't');
        await waitFor(`${name} does not stop`, async () => (await pid(name)) !== before);
      }
      await up(name);
    },
    reload: name => control(name, 'h'),
  };
}

async function waitFor(problem: string, happened: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await happened())) {
    if (performance.now() > end) throw new Error(problem);
    await new Promise(resolve => setTimeout(resolve, PAUSE));
  }
}

/** Writes to a pipe; `false` when nobody reads it. */
async function send(pipe: string, text: string): Promise<boolean> {
  try {
    const file = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    return true;
  } catch {
    return false;
  }
}
