import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connected } from '../machines/socket.ts';
import { until } from '../world/exec.ts';
import { localProgram } from '../world/program.ts';
import { clock } from './clock.ts';
import { routerMiB } from './machine-host.ts';
import { emulatorOf, type Memory, memoryOf } from './processes.ts';

const patienceMs = 300_000;

/**
 * Boots the system template's disk as it is, through its own boot loader, without libvirt and without NICs, until it
 * waits for what it is to be. Gives the milliseconds that took and the emulator's memory then.
 */
export async function plainBoot(disk: string): Promise<{ milliseconds: number; memory: Memory }> {
  const folder = await mkdtemp('/var/tmp/isola-bench-');
  const socketPath = join(folder, 'boot.sock');
  const command = [
    ['setpriv', '--pdeathsig', 'KILL', '--', 'qemu-system-x86_64'],
    ['-accel', 'tcg,tb-size=64', '-cpu', 'max,-cx16', '-smp', '1', '-m', String(routerMiB)],
    ['-nodefaults', '-no-user-config', '-display', 'none'],
    ['-drive', `if=none,id=disk,format=qcow2,snapshot=on,file=${disk}`],
    ['-device', 'virtio-blk-pci,drive=disk', '-device', 'virtio-rng-pci'],
    ['-device', 'virtio-serial-pci'],
    ['-chardev', `socket,id=boot,path=${socketPath},server=on,wait=off`],
    ['-device', 'virtserialport,chardev=boot,name=org.isola.boot'],
  ].flat();
  const begin = clock();
  const qemu = localProgram(command);
  let text = '';
  let errors = '';
  qemu.onOutput((_, data) => {
    errors += data.toString();
  });
  const ended = qemu.exited.then(code => {
    throw new Error(`QEMU ended with ${code}: ${errors}`);
  });
  ended.catch(() => undefined);
  try {
    const socket = await until('QEMU', () => connected(socketPath).catch(() => undefined));
    socket.on('data', (data: Buffer) => {
      text += data.toString();
    });
    const ready = until(
      'the template to boot',
      () => Promise.resolve(text.includes('ready\n')),
      patienceMs,
    );
    await Promise.race([ready, ended]);
    const milliseconds = clock() - begin;
    const memory = await memoryOf([await emulatorOf(socketPath)]);
    socket.destroy();
    return { milliseconds, memory };
  } finally {
    qemu.kill('SIGKILL');
    await ended.catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}
