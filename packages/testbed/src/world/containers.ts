import type { Answer } from './api.ts';
import type { Place } from './place.ts';
import { type Launcher, outcome } from './program.ts';

/** Where containers are. */
export interface Containers {
  readonly launcher: Launcher;
  /** Home of their installation. */
  readonly home: string;
}

/** Process id of a container's init, by the instance's or router's name. Throws when it does not run. */
export async function containerPid({ launcher, home }: Containers, name: string): Promise<number> {
  const folder = `${home}/containers`;
  // The agent names containers by the instance's id; its record has the name.
  const named = ['grep', '-l', `"name": *"${name}"`, '{}', '+'];
  const find = ['find', folder, '-maxdepth', '2', '-name', 'instance.json', '-exec', ...named];
  const records = await outcome(launcher.program(find));
  for (const record of records.stdout.split('\n')) {
    const container = record.slice(folder.length + 1).split('/')[0] ?? '';
    if (container === '') continue;
    const info = await outcome(
      launcher.program(['lxc-info', '-P', folder, '-n', container, '-pH']),
    );
    const pid = Number(info.stdout.trim());
    if (pid > 0) return pid;
  }
  throw new Error(`no running container ${name} in ${folder}`);
}

/** Name of the host's end of a container's cable. */
export async function cableEnd(host: Place, container: Place, device: string): Promise<string> {
  const [inner] = JSON.parse(await container.run(['ip', '-j', 'link', 'show', device])) as Answer[];
  const links = JSON.parse(await host.run(['ip', '-j', 'link'])) as Answer[];
  const outer = links.find(link => link['ifindex'] === inner?.['link_index']);
  if (outer === undefined) throw new Error(`${device} of ${container.name} has no end on the host`);
  return outer['ifname'] as string;
}
