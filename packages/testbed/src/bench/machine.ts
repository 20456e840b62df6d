import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { tryRun } from '../world/exec.ts';

/** Lines that say where and when a run took place. */
export async function describeMachine(root: string): Promise<readonly string[]> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const system = /^PRETTY_NAME="(.*)"$/m.exec(release)?.[1] ?? 'unknown system';
  const processors = os.cpus();
  const commit = (
    await tryRun(['git', '-C', root, 'describe', '--always', '--dirty'])
  ).stdout.trim();
  return [
    `date: ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `machine: ${processors.length} x ${processors[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    `system: ${system}, kernel ${os.release()}, Node ${process.versions.node}`,
    `load before the run: ${os.loadavg()[0]?.toFixed(1)}`,
    `source: ${commit === '' ? 'unknown' : commit}`,
  ];
}
