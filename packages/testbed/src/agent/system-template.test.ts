import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../world/exec.ts';
import { systemTemplate } from '../world/templates.ts';

/** Emulated, on a machine that does much else. */
const slow = 600_000;

it(
  'the system template boots by itself, from its own boot loader, and asks what it is to be',
  async () => {
    const { path } = await systemTemplate();
    const folder = await mkdtemp(join(tmpdir(), 'isola-template-'));
    const socket = join(folder, 'port');
    const machine = ['-machine', 'pc', '-accel', 'tcg,thread=multi,tb-size=64'];
    const size = ['-cpu', 'max,-cx16', '-m', '256', '-display', 'none', '-no-reboot'];
    const disk = ['-drive', `file=${path},if=virtio,format=qcow2,readonly=on`, '-snapshot'];
    const port = [
      '-device',
      'virtio-serial',
      '-chardev',
      `socket,id=port,path=${socket},server=on`,
      '-device',
      'virtserialport,chardev=port,name=org.isola.boot',
    ];
    const qemu = spawn('qemu-system-x86_64', [...machine, ...size, ...disk, ...port], {
      stdio: 'ignore',
    });
    const ended = once(qemu, 'exit');
    try {
      let said = '';
      const client = await until('its port', async () => {
        const attempt = connect(socket);
        return once(attempt, 'connect').then(
          () => attempt,
          () => undefined,
        );
      });
      client.on('data', data => {
        said += String(data);
      });
      await until('its word', () => Promise.resolve(said.includes('warm\n')), slow);
      expect(said).toBe('ready\nwarm\n');
      client.destroy();
    } finally {
      qemu.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    }
  },
  slow,
);
