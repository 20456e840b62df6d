import { readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { installationId } from '@isola/agent';
import type { RouterSpec } from '@isola/agent-protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../world/exec.ts';
import { routerConfig, type TestNetwork } from './host-world.ts';
import {
  isCopy,
  makeRouterWorld,
  type RouterWorld,
  routerMachine,
  slow,
  startAndConfigure,
  virsh,
  warmImages,
} from './router-machines.ts';

const networks: readonly TestNetwork[] = [1, 2, 3].map(number => ({
  vlan: 120 + number,
  publicHost: 30 + number,
}));
let world: RouterWorld;

/** The router of a network, by its number. */
function router(index: number, number: number = index + 1): RouterSpec {
  return routerMachine(world, networks[index] ?? fail(), number);
}

function config(index: number, { number = index + 1, generation = 1 } = {}) {
  return routerConfig(networks[index] ?? fail(), { number, host: 7, generation });
}

function fail(): never {
  throw new Error('no such network');
}

const startTimed = (index: number): Promise<string> =>
  startAndConfigure(world, router(index), config(index));

const folderOf = ({ id }: RouterSpec): string =>
  join(world.files, `machines/i${installationId(world.options.home)}-${id}`);

/** As an operator enters it from the host: with the installation's key, or another one. */
function ssh(spec: RouterSpec, command: string, key?: string): Promise<string> {
  const identity = key ?? join(world.files, 'ssh/id_ed25519');
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
  const flags = ['BatchMode=yes', ...options].flatMap(option => ['-o', option]);
  const where = ['-p', '3922', `root@${spec.controlAddress}`];
  return world.host.run(['ssh', '-i', identity, ...flags, ...where, command]);
}

beforeAll(async () => {
  world = await makeRouterWorld('routers', networks);
}, slow);
afterAll(() => world.remove());

describe('a router that is a virtual machine', () => {
  it(
    'boots where there is no warm image, and takes its configuration',
    async () => {
      process.stderr.write(`boot: ${await startTimed(0)}\n`);
      expect(await isCopy(world, router(0).id)).toBe(false);
      const report = await world.agent.call(
        'applyConfig',
        router(0).id,
        config(0, { generation: 2 }),
      );
      expect(report.generation).toBe(2);
      const url = `http://${router(0).controlAddress}:8080/health`;
      expect(JSON.parse(await world.host.run(['curl', '-s', url]))).toMatchObject({
        healthy: true,
        generation: 2,
      });
    },
    slow,
  );

  it(
    'shows an operator what the handbook says',
    async () => {
      const spec = router(0);
      const addresses = await ssh(spec, 'ip -br -4 addr show');
      expect(addresses).toMatch(/^eth0 .*169\.254\..*\/16/m);
      expect(addresses).toMatch(/^eth1 .*10\.1\.1\.1\/24/m);
      expect(addresses).toMatch(/^eth2 .*203\.0\.113\.31\/24/m);
      expect(await ssh(spec, 'tail /var/log/cloud.log')).toContain('apply generation 2: ok');
      expect(await ssh(spec, 'iptables -t nat -S')).toContain('--dport 8080');
      expect(await ssh(spec, 'pidof dnsmasq')).toMatch(/^\d+/);
      expect(await ssh(spec, 'systemctl restart cloud-postinit')).toContain('generation 2');
      expect((await ssh(spec, 'hostname')).trim()).toBe(spec.name);
      const clock = Number(await ssh(spec, 'date +%s'));
      expect(Math.abs(clock - Date.now() / 1000)).toBeLessThan(5);
      expect(await world.host.run(['ip', 'addr', 'show', 'cloud0'])).toContain('169.254.0.1/16');
      const table = await virsh(world, 'domiflist', spec.id);
      expect(table).toContain(spec.nics[2]?.mac);
    },
    slow,
  );

  it(
    'is a copy of a warm one once there is an image',
    async () => {
      await until('the warm image', async () => (await warmImages(world)).length > 0, slow);
      process.stderr.write(`copy: ${await startTimed(1)}\n`);
      process.stderr.write(`copy: ${await startTimed(2)}\n`);
      const copies = [router(1), router(2)];
      for (const spec of copies) expect(await isCopy(world, spec.id)).toBe(true);
      const report = await world.agent.call(
        'applyConfig',
        router(1).id,
        config(1, { generation: 2 }),
      );
      expect(report.generation).toBe(2);
      const own = [
        'cat /etc/machine-id',
        'md5sum < /etc/ssh/ssh_host_ed25519_key',
        'md5sum < /root/.ssh/authorized_keys',
        'head -c 32 /dev/urandom | md5sum',
        'cat /proc/sys/kernel/random/uuid',
        'cat /sys/class/net/eth1/address',
        'hostname',
      ];
      const lines = await Promise.all(
        copies.map(async spec => (await ssh(spec, own.join('; '))).trim().split('\n')),
      );
      for (const [index, command] of own.entries())
        expect(new Set(lines.map(answers => answers[index])).size, command).toBe(2);
      for (const spec of copies) {
        const [clock, ...resync] = (
          await ssh(spec, 'date +%s; systemctl restart cloud-postinit')
        ).split('\n');
        expect(Math.abs(Number(clock) - Date.now() / 1000)).toBeLessThan(30);
        expect(resync).toContain('driftsRepaired 0');
      }
    },
    slow,
  );

  it(
    'is entered with its own key, which opens no other',
    async () => {
      const key = join(folderOf(router(1)), 'id_ed25519');
      expect((await stat(key)).mode & 0o777).toBe(0o600);
      expect((await ssh(router(1), 'hostname', key)).trim()).toBe(router(1).name);
      await expect(ssh(router(2), 'hostname', key)).rejects.toThrow(/Permission denied/);
    },
    slow,
  );

  it(
    'is taken over by the next agent',
    async () => {
      await world.restartAgent();
      const ids = [0, 1, 2].map(index => router(index).id);
      await until(
        'the links',
        async () => {
          const { routers } = await world.agent.call('inventory');
          return ids.every(id => routers.some(found => found.id === id && found.reachable));
        },
        slow,
      );
    },
    slow,
  );

  it(
    'hands over to its successor',
    async () => {
      const [previous, next] = [router(1), router(1, 12)];
      // As the server does, until it is done: a step may find the router still busy with its start.
      const report = await until(
        'the replacement',
        () =>
          world.agent
            .call('replaceRouter', previous.id, next, config(1, { number: 12 }))
            .catch(() => undefined),
        slow,
      );
      expect(report.generation).toBe(1);
      const { routers } = await world.agent.call('inventory');
      expect(routers.map(({ id }) => id)).not.toContain(previous.id);
      expect(await ssh(next, 'ip -br -4 addr show')).toContain('203.0.113.32/24');
      const asked = ['arping', '-c', '1', '-w', '2', '-I', 'eth0', '203.0.113.32'];
      await until('an answer', async () => (await world.outside.tryRun(asked)).code === 0, slow);
    },
    slow,
  );

  it(
    'boots when its image turns out to be of no use, and the image is made anew',
    async () => {
      const [image = ''] = await warmImages(world);
      const { ino } = await stat(image);
      await truncate(join(image, 'state'), 10_000);
      await world.agent.call('stopRouter', router(2).id);
      process.stderr.write(`boot after a spoilt image: ${await startTimed(2)}\n`);
      expect(await isCopy(world, router(2).id)).toBe(false);
      await until(
        'another image',
        async () => {
          const [found] = await warmImages(world);
          return found !== undefined && (await stat(found)).ino !== ino;
        },
        slow,
      );
    },
    slow,
  );

  it(
    'is started anew when the agent died before it was told what it is to be',
    async () => {
      const spec = router(2);
      await world.agent.call('stopRouter', spec.id);
      void world.agent.call('startRouter', spec, config(2)).catch(() => undefined);
      await until(
        'the machine',
        async () => (await virsh(world, 'list', '--uuid')).includes(spec.id),
        slow,
      );
      await world.restartAgent();
      process.stderr.write(`after the agent died: ${await startTimed(2)}\n`);
      expect(await readFile(join(folderOf(spec), 'started'), 'utf8')).toBe('');
    },
    slow,
  );

  it(
    'ends for good when its kernel gives up',
    async () => {
      const spec = router(2);
      await ssh(
        spec,
        'echo 1 > /proc/sys/kernel/sysrq; (sleep 0.2; echo c > /proc/sysrq-trigger) > /dev/null 2>&1 &',
      );
      await world.agent.event(
        'its end',
        event => event.kind === 'instance-stopped' && event.id === spec.id,
      );
      const { routers } = await world.agent.call('inventory');
      expect(routers).toContainEqual({ id: spec.id, running: false, reachable: false });
    },
    slow,
  );
});
