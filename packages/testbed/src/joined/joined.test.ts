import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import { run, until } from '../world/exec.ts';
import { makeWorld, type World } from '../world/world.ts';
import { JoinedHost, serverAddress } from './joined-host.ts';

let world: World;
let host: JoinedHost;
let tenant: Api;
let network: Answer;
let first: Answer;

beforeAll(async () => {
  world = await makeWorld('join', { agentsAt: serverAddress });
  host = await JoinedHost.make(world, 'second');
});
afterAll(async () => {
  await host.remove();
  await world.remove();
});

/** Its internal name, by which it is found on a host. */
async function nameOf(instance: Answer): Promise<string> {
  const shown = await world.admin.one('listVirtualMachines', { id: instance['id'], listall: true });
  return shown['instancename'] as string;
}

async function routerName(): Promise<string> {
  const router = await world.admin.one('listRouters', { networkid: network['id'], listall: true });
  return router['name'] as string;
}

/** Everything that runs on the host: process ids by name. */
async function running(): Promise<Record<string, number>> {
  const names = [await routerName(), await nameOf(first)];
  return Object.fromEntries(
    await Promise.all(names.map(async name => [name, await host.pid(name)] as const)),
  );
}

async function containers(): Promise<number> {
  return (await readdir(join(host.home, 'containers'))).length;
}

describe('a second host', () => {
  it('joins with what `isola agent token` prints, once', async () => {
    const text = await host.tokenText();
    expect(text).toContain(`https://${serverAddress}:8250/isola-agent.cjs`);
    await host.fetchProgram(text);
    const token = /echo (\S+) \| node/.exec(text)?.[1] ?? '';
    await host.install(token);
    host.start();
    const took = await host.until('Up');
    const status = await host.cli('status');
    expect(status).toContain('knows this host');
    expect(status).toMatch(/runs as process \d+/);
    // Again: nothing is asked of the server, and the token is spent.
    await host.install(token);
    const [shown] = await world.admin.list('listHosts', { name: 'second' });
    expect(shown).toMatchObject({ state: 'Up', hypervisor: 'LXC', version: expect.any(String) });
    process.stderr.write(`up ${Math.round(took)} ms after the start of the agent\n`);
  });

  it('runs routers and guests', async () => {
    const [local] = await world.admin.list('listHosts', { type: 'Routing' });
    const hosts = await world.admin.list('listHosts', { type: 'Routing' });
    const server = hosts.find(each => each['name'] !== 'second') ?? local;
    await world.admin.call('updateHost', { id: server?.['id'], allocationstate: 'Disable' });
    tenant = await world.tenant('joined');
    network = await world.network(tenant, 'net');
    first = await world.deploy(tenant, 'first', network['id'] as string);
    expect(Object.values(await running()).every(pid => pid > 0)).toBe(true);
    expect(await readdir(join(world.isola.home, 'containers')).catch(() => [])).toEqual([]);
  });
});

describe('what runs goes on', () => {
  it('when the agent is killed and comes back; its state is shown within seconds', async () => {
    const before = await running();
    await host.end();
    const lost = await host.until('Disconnected');
    expect(lost).toBeLessThan(5000);
    expect(await running()).toEqual(before);
    host.start();
    const back = await host.until('Up');
    expect(await running()).toEqual(before);
    process.stderr.write(`lost ${Math.round(lost)} ms, back ${Math.round(back)} ms\n`);
  });

  it('when the server is killed: the agent dials again and takes commands', async () => {
    const before = await running();
    await world.isola.killServer();
    await until('the API', () =>
      world.admin.list('listZones').then(
        () => true,
        () => false,
      ),
    );
    await host.until('Up');
    const second = await world.deploy(tenant, 'after-server', network['id'] as string);
    expect(await host.pid(await nameOf(second))).toBeGreaterThan(0);
    expect(await running()).toEqual(before);
    await world.admin.job('destroyVirtualMachine', { id: second['id'], expunge: true });
  });

  it('when the cable is cut for a while', async () => {
    const before = await running();
    await host.cable('down');
    const lost = await host.until('Disconnected');
    expect(lost).toBeLessThan(9000);
    await host.cable('up');
    await host.until('Up');
    expect(await running()).toEqual(before);
  });
});

describe('an agent that is killed in the middle of commands', () => {
  const moments = [0, 150, 300, 500, 800, 1200];
  it.each(moments)('after %i ms: a guest is started once, and removed', async ms => {
    const before = await running();
    const count = await containers();
    const zone = await tenant.one('listZones');
    const template = await tenant.one('listTemplates', { templatefilter: 'executable' });
    const size = await tenant.one('listServiceOfferings', { name: 'Small Instance' });
    const deploying = tenant.job('deployVirtualMachine', {
      name: `at-${ms}`,
      zoneid: zone['id'],
      templateid: template['id'],
      serviceofferingid: size['id'],
      networkids: network['id'],
    });
    await new Promise(resolve => setTimeout(resolve, ms));
    await host.end();
    host.start();
    const made = await deploying;
    expect(await host.pid(await nameOf(made))).toBeGreaterThan(0);
    expect(await containers()).toBe(count + 1);
    const removing = world.admin.job('destroyVirtualMachine', { id: made['id'], expunge: true });
    await new Promise(resolve => setTimeout(resolve, ms / 4));
    await host.end();
    host.start();
    await removing;
    await until('its container to go', async () => (await containers()) === count);
    expect(await running()).toEqual(before);
  });
});

describe('a host that sees nobody', () => {
  it('stops its routers and keeps guests that nobody else will start', async () => {
    const guest = await nameOf(first);
    const guestPid = await host.pid(guest);
    const router = await routerName();
    await host.end();
    await host.set('isolationSeconds', 5);
    await host.cable('down');
    await writeFile(join(host.home, 'neighbours.json'), '["192.0.2.99"]');
    host.start();
    await until(
      'the router to stop',
      () =>
        host.pid(router).then(
          () => false,
          () => true,
        ),
      40_000,
    );
    expect(await host.pid(guest)).toBe(guestPid);
    await host.cable('up');
    await host.until('Up');
    await until(
      'a router',
      async () => (await host.pid(await routerName()).catch(() => 0)) > 0,
      60_000,
    );
    expect(await host.pid(guest)).toBe(guestPid);
  });
});

describe('the end', () => {
  it('leaves nothing on the host', async () => {
    await world.admin.job('destroyVirtualMachine', { id: first['id'], expunge: true });
    await host.end('SIGTERM');
    await host.cli('uninstall');
    const links = await run(['ip', '-n', host.namespace, '-br', 'link']);
    const names = links
      .split('\n')
      .flatMap(line => (line === '' ? [] : [line.split(/[@ ]/)[0] ?? '']));
    expect(names.toSorted()).toEqual(['lo', 'nobody', 'public0', 'trunk']);
    await expect(access(host.home)).rejects.toThrow('ENOENT');
    expect(await readFile('/proc/mounts', 'utf8')).not.toContain(host.home);
    expect(await run(['ip', 'netns', 'exec', host.namespace, 'nft', 'list', 'ruleset'])).toBe('');
  });
});
