import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { controlGroupRoots } from '../../host/control-groups.ts';
import { awaitControlGroupsGone } from './control-group-remains.ts';

const roots = controlGroupRoots(await readFile('/proc/self/cgroup', 'utf8'));
const name = `lxc.monitor.test${process.pid}`;

test('groups of any name that matches go from all hierarchies, with what is in them', async () => {
  const made = roots.flatMap(root => [`${root}/${name}-a`, `${root}/${name}-b-1`]);
  for (const group of made) await mkdir(`${group}/inner`, { recursive: true });
  await awaitControlGroupsGone([`${name}-a*`, `${name}-b*`]);
  for (const group of made) await expect(stat(group)).rejects.toThrow('ENOENT');
});

test('groups that others make and remove meanwhile are no failure', async () => {
  const groups = roots.map(root => `${root}/${name}-c`);
  const script = 'while :; do mkdir "$@"; rmdir "$@"; done 2>/dev/null';
  const others = spawn('sh', ['-c', script, 'others', ...groups]);
  const ended = once(others, 'exit');
  try {
    // A sweep that minded what vanished failed about once in 700 times.
    for (let round = 0; round < 50; round++) {
      const sweep = awaitControlGroupsGone([`${name}-c`]);
      await sweep.catch((error: unknown) => expect(String(error)).toContain('still in use'));
    }
  } finally {
    others.kill();
    await ended;
    for (const group of groups) await rmdir(group).catch(() => undefined);
  }
});

test('a group with a process in it is named', async () => {
  const [root] = roots;
  const group = `${root}/${name}-d`;
  await mkdir(group);
  const sleeper = spawn('sh', [
    '-c',
    'echo $$ > "$1/cgroup.procs"; echo in; read -r _',
    'sleeper',
    group,
  ]);
  const ended = once(sleeper, 'exit');
  await once(sleeper.stdout, 'data');
  await expect(awaitControlGroupsGone([`${name}-d`])).rejects.toThrow(`still in use: ${group}`);
  sleeper.stdin.end();
  await ended;
  await awaitControlGroupsGone([`${name}-d`]);
  await rm(group, { recursive: true, force: true });
});
