import { createHash } from 'node:crypto';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../world/exec.ts';
import { type Launcher, localProgram, success } from '../world/program.ts';
import { made } from './cache.ts';
import { Channel } from './channel.ts';
import type { HostImage } from './image.ts';
import { channelSocket, monitorSocket, qemuCommand } from './qemu.ts';
import { Monitor } from './qmp.ts';
import { insideFolder, insideFolders, insideHash } from './recipe.ts';

/** A host that has started, on disk and in memory: others go on from here. */
export interface WarmHost {
  readonly image: HostImage;
  readonly folder: string;
  readonly disk: string;
  readonly inside: string;
  readonly memory: string;
  readonly memoryMiB: number;
}

/** Half a minute on a machine that does nothing else; on one that is busy it takes what it takes. */
export const bootTimeout = 15 * 60_000;

/** Name of the file with the devices' state, relative to the folder: QEMU reads it through a shell. */
export const stateFile = 'state';

/** Boots the image once with so much memory and saves it, unless that was done. `say` hears what is being done. */
export async function warmHost(
  image: HostImage,
  options: { cache: string; memoryMiB: number },
  say: (line: string) => void,
): Promise<WarmHost> {
  const { cache, memoryMiB } = options;
  const command = qemuCommand({
    name: 'warm',
    image,
    disk: 'warm.qcow2',
    inside: 'inside.raw',
    folder: '.',
    memoryMiB,
    memory: { file: 'memory', mode: 'shared' },
  });
  const hash = createHash('sha256')
    .update(JSON.stringify([command, await run(['qemu-system-x86_64', '--version'])]))
    .update(await insideHash())
    .digest('hex')
    .slice(0, 12);
  const folder = await made(cache, `warm-${hash}`, async building => {
    await writeInside(join(building, 'inside.raw'), building);
    const overlay = ['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', image.disk];
    await run([...overlay, join(building, 'warm.qcow2')]);
    say('test host: first start');
    await bootAndSave(command, building, say);
  });
  return {
    image,
    folder,
    disk: join(folder, 'warm.qcow2'),
    inside: join(folder, 'inside.raw'),
    memory: join(folder, 'memory'),
    memoryMiB,
  };
}

async function writeInside(disk: string, folder: string): Promise<void> {
  const tree = join(folder, 'inside');
  await mkdir(tree);
  for (const name of insideFolders)
    await cp(join(insideFolder, name), join(tree, name), { recursive: true });
  await writeFile(join(tree, 'package.json'), '{ "type": "module" }\n');
  await run(['mke2fs', '-q', '-t', 'ext4', '-O', '^has_journal', '-d', tree, disk, '16M']);
  await rm(tree, { recursive: true });
}

async function bootAndSave(
  command: readonly string[],
  folder: string,
  say: (line: string) => void,
): Promise<void> {
  const qemu = localProgram([
    'setpriv',
    '--pdeathsig',
    'KILL',
    '--',
    'env',
    '-C',
    folder,
    ...command,
  ]);
  let errors = '';
  qemu.onOutput((_, data) => {
    errors += data.toString();
  });
  try {
    const monitor = await Promise.race([
      Monitor.open(monitorSocket(folder)),
      qemu.exited.then(code => {
        throw new Error(`QEMU ended with ${code}: ${errors}`);
      }),
    ]);
    const channel = await Channel.open(channelSocket(folder), bootTimeout);
    say('test host: warming up');
    await warmUp(channel);
    channel.close();
    say('test host: saving');
    await monitor.execute('stop');
    await monitor.keepMemoryInFile();
    await monitor.execute('migrate', { uri: `exec:cat > ${stateFile}` });
    await monitor.migrated();
    await monitor.execute('quit').catch(() => undefined);
    monitor.close();
    await qemu.exited;
  } finally {
    qemu.kill('SIGKILL');
  }
}

/** Waits until the machine is up, and reads what tests will start, so that it is in memory. */
async function warmUp(machine: Launcher): Promise<void> {
  const inside = (...argv: string[]): Promise<string> =>
    success(argv, machine.program(argv), 3 * 60_000);
  // `degraded` is an answer too; what failed shows in the tests.
  await inside('sh', '-c', 'systemctl is-system-running --wait || systemctl --failed');
  await inside('virsh', '--connect', 'qemu:///system', 'capabilities');
  await inside('systemctl', 'stop', 'libvirtd.service');
  await inside('node', '-e', '1');
  await inside('sync');
}
