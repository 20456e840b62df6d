import { readdir, readFile } from 'node:fs/promises';
import { run, tryRun } from './exec.ts';

/** What a world must leave as it found it. */
export interface Snapshot {
  readonly links: readonly string[];
  readonly ruleset: string;
  readonly mounts: readonly string[];
  readonly controlGroups: readonly string[];
  readonly processes: readonly string[];
}

/**
 * What there is in a network namespace (the machine's own when not given), and what of control groups, mounts and processes
 * belongs to containers whose name has `mark` in it, or to command lines that name it. An empty mark is everybody's.
 */
export async function snapshot(mark: string, namespace?: string): Promise<Snapshot> {
  const inside = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
  const links = JSON.parse(await run([...inside, 'ip', '-j', 'link'])) as { ifname: string }[];
  return {
    links: links.map(link => link.ifname).sort(),
    // Counters move by themselves.
    ruleset: (await tryRun([...inside, 'nft', '-s', 'list', 'ruleset'])).stdout,
    mounts: (await readFile('/proc/mounts', 'utf8'))
      .split('\n')
      .filter(line => line.includes(mark))
      .sort(),
    controlGroups: await containerGroups(mark),
    processes: await daemons(mark),
  };
}

/** Control groups of containers, but not those that a container made inside its own. */
async function containerGroups(mark: string): Promise<string[]> {
  const found = await tryRun([
    'find',
    '/sys/fs/cgroup',
    '-maxdepth',
    '3',
    '-type',
    'd',
    '-name',
    'lxc.*',
  ]);
  return found.stdout
    .split('\n')
    .filter(line => line !== '' && line.includes(mark))
    .sort();
}

/** Long-lived programs of the product. */
const program =
  /(?:^|\/)(?:lxc-\S+|dnsmasq|runsv\S*|sshd\S*|dropbear|busybox|nft|init|isola-init)$/;

/** Programs that run in a container of the mark, or whose command line names it. */
async function daemons(mark: string): Promise<string[]> {
  const result: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const [line, groups] = await Promise.all(
      ['cmdline', 'cgroup'].map(file => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    const text = (line ?? '').replaceAll('\0', ' ').trim();
    const contained = /lxc\.payload/.test(groups ?? '') && (groups ?? '').includes(mark);
    if (
      (contained && program.test(text.split(' ')[0] ?? '')) ||
      (/^\S*(?:lxc-|node)/.test(text) && mark !== '' && text.includes(mark))
    ) {
      result.push(text);
    }
  }
  return result.sort();
}
