import { readdir, readFile } from 'node:fs/promises';
import { run, tryRun } from './exec.ts';

/** What a test must leave as it found it. */
export interface Snapshot {
  readonly links: readonly string[];
  readonly namespaces: readonly string[];
  readonly mounts: readonly string[];
  readonly ruleset: string;
  readonly controlGroups: readonly string[];
  /** Command lines, without kernel threads and short-lived ones of the test runner. */
  readonly processes: readonly string[];
}

/** Reads the machine, or one network namespace's view of it. */
export async function snapshot(namespace?: string): Promise<Snapshot> {
  const inside = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
  const links = JSON.parse(await run([...inside, 'ip', '-j', 'link'])) as { ifname: string }[];
  const namespaces = (await run(['ip', 'netns', 'list']))
    .split('\n')
    .map(line => line.split(' ')[0] ?? '');
  const mounts = (await readFile('/proc/mounts', 'utf8'))
    .split('\n')
    .map(line => line.split(' ').slice(0, 3).join(' '));
  return {
    links: links.map(link => link.ifname).sort(),
    namespaces: namespaces.filter(name => name !== '').sort(),
    mounts: mounts.filter(mount => mount !== '').sort(),
    ruleset: (await tryRun([...inside, 'nft', 'list', 'ruleset'])).stdout,
    controlGroups: await lxcGroups(),
    processes: await daemons(),
  };
}

async function lxcGroups(): Promise<string[]> {
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
    .filter(line => line !== '')
    .sort();
}

const watched = /^(?:lxc|dnsmasq|runsv|sshd|dropbear|postgres|busybox|nft|conntrack|node .*isola)/;

async function daemons(): Promise<string[]> {
  const result: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const text = line.replaceAll('\0', ' ').trim();
    if (watched.test(text.replace(/^\S*\//, ''))) result.push(text);
  }
  return result.sort();
}
