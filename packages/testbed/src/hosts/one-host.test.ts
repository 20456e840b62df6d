import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../machines/machine.ts';
import { product } from '../machines/product.ts';
import { rootPassword } from '../machines/recipe.ts';
import { type Answer, type Api, ApiError } from '../world/api.ts';
import { tryRun, until } from '../world/exec.ts';
import { testImages } from '../world/images.ts';
import { serverAddress } from '../world/local-site.ts';
import type { Outcome } from '../world/program.ts';
import { fillDisk } from './full-disk.ts';
import { agentHome, containersOf, HostsWorld, type JoinedMachine } from './hosts-world.ts';

let hosts: HostsWorld;
let machine: Machine;
let before: string;

const cli = fileURLToPath(new URL('../../../cli/dist/main.js', import.meta.url));
const agent = [product.node, product.cli, 'agent'];
const unit = '/etc/systemd/system/isola-agent.service';

/** What a host's agent may leave on a machine: files, links, packet filters, mounts, processes. */
async function traces(): Promise<string> {
  const script = `find /etc /usr/local /var/lib /opt/isola/packages -xdev -newer /root/since ! -type d \\
      ! -path '/var/lib/systemd/*' ! -path '/var/lib/libvirt/*' ! -path '/var/lib/dpkg/*' ! -path '/etc/libvirt/*' \\
      ! -path '/var/lib/logrotate/*' ! -path '/var/lib/private/*' ! -path '/etc/apparmor.d/local/*'
    head /etc/apparmor.d/local/abstractions/* 2> /dev/null
    ls -d /var/lib/isola* /etc/isola* 2> /dev/null
    ip -o link show | sed 's/^[0-9]*: //; s/[:@].*//' | sort
    nft list ruleset
    grep -i isola /proc/mounts | grep -v /opt/isola
    pgrep -af 'isola|lxc-start' | grep -v /opt/testbed
    systemctl list-unit-files 'isola*' --no-legend
    virsh --connect qemu:///system list --all --name
    true`;
  return await machine.run(['sh', '-c', script]);
}

/** What systemd knows of the agent. */
const service = async (property: string): Promise<string> =>
  (await machine.run(['systemctl', 'show', 'isola-agent', '--value', '-p', property])).trim();

beforeAll(async () => {
  hosts = await HostsWorld.make('oh', 0);
  machine = await hosts.addMachine(1);
  await machine.run(['systemctl', 'start', 'libvirtd']);
  await machine.run(['sh', '-c', 'touch /root/since; sleep 1']);
  before = await traces();
});
afterAll(async () => {
  await hosts?.remove();
});

describe('a host that is added over ssh', () => {
  let id: string;

  it('joins with libvirt, and systemd runs its agent', async () => {
    const { admin } = hosts.world;
    const pod = await admin.one('listPods');
    const added = admin.call('addHost', {
      url: `http://${machine.addresses.mgmt.split('/')[0]}`,
      username: 'root',
      password: rootPassword,
      hypervisor: 'KVM',
      zoneid: pod['zoneid'],
      podid: pod['id'],
      clustername: 'machines',
    });
    // The answer comes when the host is up, which may be later than a caller here waits.
    let refusal: unknown = null;
    added.catch((error: unknown) => {
      if (error instanceof ApiError) refusal = error;
    });
    const host = await until(
      'the host to be up',
      async () => {
        if (refusal !== null) throw refusal;
        const [found] = await admin.list('listHosts', { name: 'host1' });
        return found?.['state'] === 'Up' && found;
      },
      300_000,
    );
    expect(host['hypervisor']).toBe('KVM');
    id = host['id'];
    expect(await service('UnitFileState')).toBe('enabled');
    expect(await service('ActiveState')).toBe('active');
    expect((await machine.run(['stat', '-c', '%a', '/etc/isola/agent.json'])).trim()).toBe('600');
  });

  it('is back after its service was restarted', async () => {
    const first = await service('MainPID');
    await machine.run(['systemctl', 'restart', 'isola-agent']);
    expect(await service('MainPID')).not.toBe(first);
    await until(
      'the host to be up again',
      async () => (await hosts.world.admin.one('listHosts', { id }))['state'] === 'Up',
      300_000,
    );
  });

  it('is refused once its certificate is revoked', async () => {
    const { admin } = hosts.world;
    await admin.call('deleteHost', { id, forced: true });
    expect(await admin.list('listHosts', { id })).toEqual([]);
    const status = await until(
      'the agent to be refused',
      async () => {
        const { code, stdout } = await machine.tryRun([
          'node',
          '/usr/local/lib/isola/isola-agent.cjs',
          'status',
        ]);
        return code === 1 && stdout;
      },
      120_000,
    );
    expect(status).toContain('refused');
    expect(await admin.list('listHosts', { name: 'host1' })).toEqual([]);
  });

  it('leaves nothing when its agent is uninstalled', async () => {
    await machine.run(['node', '/usr/local/lib/isola/isola-agent.cjs', 'uninstall'], 120_000);
    expect(await traces()).toBe(before);
  });
});

describe('a host with containers', () => {
  let host: JoinedMachine;
  let tenant: Api;
  let network: Answer;
  let first: Answer;

  const pids = async (): Promise<readonly number[]> => {
    const router = await hosts.router(network['id']);
    const containers = containersOf(host);
    return [await containers.pid(router['name']), await containers.pid(first['instancename'])];
  };

  it('joins and runs a network', async () => {
    host = await hosts.join(machine);
    expect(await service('ActiveState')).toBe('active');
    tenant = await hosts.world.tenant('alice');
    network = await hosts.world.network(tenant, 'net');
    first = await hosts.deployOn(host, tenant, { name: 'first', network });
    expect((await pids()).every(pid => pid > 0)).toBe(true);
  });

  it('goes on while its service is restarted', async () => {
    const running = await pids();
    await machine.run(['systemctl', 'restart', 'isola-agent']);
    await hosts.hostState(host, 'Up', 300_000);
    expect(await pids()).toEqual(running);
  });

  it('stays the only one of its name', async () => {
    const folder = await mkdtemp('/var/tmp/isola-other-');
    await chmod(folder, 0o711);
    const settings = ['--config', join(folder, 'agent.json')];
    // Another machine: the lab's own side of the network.
    const other = (...words: string[]): Promise<Outcome> => {
      const inside = ['ip', 'netns', 'exec', hosts.lab.namespace, process.execPath, cli, 'agent'];
      return tryRun([...inside, ...words, ...settings], 240_000);
    };
    try {
      const token = join(folder, 'token');
      await writeFile(token, await hosts.joinToken(), { mode: 0o600 });
      const server = ['--server', `https://${serverAddress}:8250`, '--token-file', token];
      const named = ['--name', 'host1', '--hypervisor', 'LXC', '--home', join(folder, 'home')];
      const images = ['--images', await testImages(), '--no-service'];
      const { code, stderr } = await other('install', ...server, ...named, ...images);
      expect(stderr).toMatch(/wants to join as host1, and a host of that name is connected/);
      expect(code).toBe(1);
      const alerts = await hosts.world.admin.list('listAlerts', { keyword: 'host1' });
      expect(alerts.map(alert => alert['name'])).toContain('ALERT.COMPUTE.HOST');
      await hosts.hostState(host, 'Up', 300_000);
    } finally {
      await other('uninstall');
      await rm(folder, { recursive: true });
    }
  });

  it('says that it has no interface for a VLAN, and goes on when it is there', async () => {
    const link = async (...words: string[]): Promise<void> =>
      void (await machine.run(['ip', 'link', 'set', ...words]));
    const other = await hosts.world.network(tenant, 'without');
    await link('trunk0', 'down');
    await link('trunk0', 'name', 'away0');
    await expect(hosts.deployOn(host, tenant, { name: 'without', network: other })).rejects.toThrow(
      'no interface trunk0',
    );
    expect((await pids()).every(pid => pid > 0)).toBe(true);
    await link('away0', 'name', 'trunk0');
    await link('trunk0', 'up');
    const second = await hosts.deployOn(host, tenant, { name: 'with', network: other });
    expect(second['state']).toBe('Running');
  });

  it('says that its disk is full, and goes on when there is room', async () => {
    const running = await pids();
    const room = await fillDisk(machine, '/var');
    try {
      const full = hosts.deployOn(host, tenant, { name: 'full', network });
      await expect(full).rejects.toThrow(/no space left/i);
      expect(await pids()).toEqual(running);
    } finally {
      await room();
    }
    const later = await hosts.deployOn(host, tenant, { name: 'room', network });
    expect(later['state']).toBe('Running');
  });

  it('leaves nothing when its agent is uninstalled, with all that runs', async () => {
    // It removes the images, too: many small files.
    await machine.run([...agent, 'uninstall'], 540_000);
    expect(await traces()).toBe(before);
    expect((await machine.tryRun(['test', '-e', unit])).code).toBe(1);
    expect((await machine.tryRun(['test', '-e', agentHome])).code).toBe(1);
  });
});
