import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from './run.ts';

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

/** Services of runit in `folder`. */
export function runitServices(run: Run, folder: string): Services {
  const control = async (verb: string, name: string): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      const { code, stdout, stderr } = await run(['sv', '-w', '5', verb, join(folder, name)]);
      if (code === 0) return;
      // At boot the supervisor may not have got to this service yet.
      if (attempt === 50) throw new Error(`sv ${verb} ${name}: ${stdout}${stderr}`.trim());
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  };
  return {
    pid: async name => {
      const text = await readFile(join(folder, name, 'supervise/pid'), 'utf8').catch(() => '');
      return /^[1-9]\d*\s*$/.test(text) ? Number(text) : null;
    },
    up: name => control('up', name),
    down: name => control('down', name),
    restart: name => control('restart', name),
    reload: name => control('hup', name),
  };
}
