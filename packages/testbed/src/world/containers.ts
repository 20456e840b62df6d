import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tryRun } from './exec.ts';

/** Process id of a container's init, by the instance's or router's name. Throws when it does not run. */
export async function containerPid(home: string, namespace: string, name: string): Promise<number> {
  const folder = join(home, 'containers');
  for (const container of await readdir(folder)) {
    if ((await nameOf(join(folder, container))) !== name) continue;
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

/** The agent names containers by the instance's id; its record has the name. */
async function nameOf(folder: string): Promise<string | null> {
  const text = await readFile(join(folder, 'instance.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as { spec: { name: string } }).spec.name;
}
