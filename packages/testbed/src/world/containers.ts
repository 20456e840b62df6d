import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { tryRun } from './exec.ts';

/** Process id of a container's init, by the instance's or router's name. Throws when it does not run. */
export async function containerPid(home: string, namespace: string, name: string): Promise<number> {
  const folder = join(home, 'containers');
  for (const container of await readdir(folder)) {
    if (!container.endsWith(name)) continue;
    const info = await tryRun([
      'ip',
      'netns',
      'exec',
      namespace,
      'lxc-info',
      '-P',
      folder,
      '-n',
      container,
      '-pH',
    ]);
    const pid = Number(info.stdout.trim());
    if (pid > 0) return pid;
  }
  throw new Error(`no running container ${name} in ${folder}`);
}
