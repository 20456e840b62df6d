import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installationId } from '@isola/agent';
import type { GuestSpec } from '@isola/agent-protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerPid } from '../world/containers.ts';
import { run, tryRun, until } from '../world/exec.ts';
import { launcherIn, type Place, placeAt } from '../world/place.ts';
import {
  guestSpec,
  type HostWorld,
  makeHostWorld,
  routerConfig,
  routerSpec,
  vlan,
} from './host-world.ts';
import { RemoteAgent } from './remote-agent.ts';

const network = { vlan: 100, publicHost: 10 };
let guest: GuestSpec;
let neighbour: GuestSpec;
const router = routerSpec(network, 1);
const boot = routerConfig(network, { number: 1, host: 7 });

let world: HostWorld;

function pidOf(name: string): Promise<number> {
  return containerPid({ launcher: launcherIn(world.namespace), home: world.options.home }, name);
}

/** The network of an instance, with the host's tools. */
async function networkOf(name: string): Promise<Place> {
  const pid = await pidOf(name);
  return placeAt(name, ['nsenter', '-t', String(pid), '-n']);
}

async function runsNow(name: string): Promise<boolean> {
  return pidOf(name).then(
    () => true,
    () => false,
  );
}

async function page(): Promise<string> {
  return until('the guest’s page', async () => {
    const url = 'http://203.0.113.10:8080/';
    const answer = await world.outside.tryRun(['curl', '-s', '--max-time', '2', url]);
    return answer.code === 0 && answer.stdout;
  });
}

beforeAll(async () => {
  world = await makeHostWorld('one');
  const key = await readFile(join(world.options.home, 'ssh/id_ed25519.pub'), 'utf8');
  guest = { ...guestSpec(network, 7, world.guestTemplate), sshPublicKeys: [key] };
  neighbour = guestSpec(network, 8, world.guestTemplate);
});
afterAll(() => world.remove());

describe('a router and a guest', () => {
  it('start, get a lease, and are reached from outside', async () => {
    const started = performance.now();
    await world.agent.call('ensureSegment', vlan(network.vlan));
    await world.agent.call('startRouter', router, boot);
    const report = await world.agent.call('report', router.id);
    const applied = performance.now();
    expect(report.generation).toBe(1);
    await world.agent.call('startGuest', guest);
    const inside = await networkOf(guest.name);
    await until('the lease', async () => {
      const { stdout } = await inside.tryRun(['ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0']);
      return stdout.includes('10.1.1.7/24');
    });
    const leased = performance.now();
    expect(await page()).toBe('guest7\n');
    process.stderr.write(
      `router start to report ${Math.round(applied - started)} ms, guest start to lease ${Math.round(leased - applied)} ms, router memory ${await memoryOf(router.name)} KiB\n`,
    );
    expect(await inside.ping('10.1.1.1')).toBe(true);
    expect(await inside.ping('203.0.113.254')).toBe(true);
    expect(await world.agent.call('inventory')).toEqual({
      segments: [{ isolation: 'VLAN', id: 100 }],
      templates: expect.arrayContaining([world.guestTemplate.checksum]),
      routers: [{ id: router.id, running: true, reachable: true }],
      guests: [{ id: guest.id, running: true }],
    });
  });

  it('answer commands over the control link', async () => {
    const next = { ...boot, generation: 2 };
    expect((await world.agent.call('applyConfig', router.id, next)).generation).toBe(2);
    expect((await world.agent.call('resyncRouter', router.id)).generation).toBe(2);
    const delta = { from: 7, generation: 8, put: {}, remove: {}, fingerprint: 'x' };
    expect(await world.agent.call('applyDelta', router.id, delta)).toBeNull();
    const checks = await world.agent.call('healthChecks', router.id);
    expect(checks.filter(check => !check.success)).toEqual([]);
    await expect(world.agent.call('report', guest.id)).rejects.toThrow('resource_unavailable');
  });

  it('are found and taken over by the next agent, untouched', async () => {
    const pid = await pidOf(router.name);
    await world.restartAgent();
    await world.agent.event('the link', event => event.kind === 'router-link' && event.reachable);
    expect((await world.agent.call('report', router.id)).generation).toBe(2);
    expect(await pidOf(router.name)).toBe(pid);
    await world.agent.call('startRouter', router, boot);
    await world.agent.call('startGuest', guest);
    expect(await pidOf(router.name)).toBe(pid);
  });

  it('let the holder of the key in, and nobody else', async () => {
    const key = join(world.options.home, 'ssh/id_ed25519');
    const common = ['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no'];
    const files = ['-o', 'UserKnownHostsFile=/dev/null', '-o', 'IdentitiesOnly=yes'];
    const login = ['ssh', '-F', 'none', ...common, ...files];
    const toRouter = ['-p', '3922', `root@${router.controlAddress}`, 'hostname'];
    expect(await world.host.run([...login, '-i', key, ...toRouter])).toBe('r-1-vm\n');
    expect((await world.host.tryRun([...login, ...toRouter])).code).toBe(255);
    const inside = await networkOf(router.name);
    const toGuest = ['-i', key, 'root@10.1.1.7', 'hostname'];
    expect(await inside.run([...login, ...toGuest])).toBe('guest7\n');
  });

  it('have segments that are not removed while they are in them', async () => {
    await expect(world.agent.call('removeSegment', vlan(100))).rejects.toThrow('in_use');
    await world.agent.call('ensureSegment', vlan(200));
    await world.agent.call('removeSegment', vlan(200));
    await world.agent.call('removeSegment', vlan(200));
  });
});

describe('a control link', () => {
  it('tells of drift that the router repaired', async () => {
    const inside = await networkOf(router.name);
    await inside.run(['nft', 'flush', 'ruleset']);
    await world.agent.event(
      'the drift',
      event => event.kind === 'router-drift' && event.routerId === router.id,
    );
    expect(await page()).toBe('guest7\n');
  });

  it('goes down with its cable and comes back', async () => {
    const bridge = `i${installationId(world.options.home)}c`;
    const ports = await world.host.run(['ip', '-brief', 'link', 'show', 'master', bridge]);
    const [port = ''] = ports.split(/[@ ]/);
    await world.host.run(['ip', 'link', 'set', port, 'down']);
    const link = (reachable: boolean) =>
      world.agent.event(
        `the link ${reachable ? 'up' : 'down'}`,
        event => event.kind === 'router-link' && event.reachable === reachable,
      );
    await link(false);
    expect((await world.agent.call('inventory')).routers).toEqual([
      { id: router.id, running: true, reachable: false },
    ]);
    expect(await page()).toBe('guest7\n');
    world.agent.events.length = 0;
    await world.host.run(['ip', 'link', 'set', port, 'up']);
    await link(true);
  });
});

describe('a hostile guest', () => {
  let hostile: Place;
  let victim: Place;

  beforeAll(async () => {
    const config = routerConfig(network, { number: 1, host: 8, generation: 3 });
    const hosts = [...boot.collections.hosts, ...config.collections.hosts];
    await world.agent.call('applyConfig', router.id, {
      ...boot,
      generation: 3,
      collections: { ...boot.collections, hosts },
    });
    await world.agent.call('startGuest', neighbour);
    hostile = await networkOf(neighbour.name);
    victim = await networkOf(guest.name);
    await until('the second lease', () => hostile.ping('10.1.1.7'));
  });

  it('is kept in its place after somebody flushed the host’s rules', async () => {
    const rules = async (): Promise<string> =>
      (await world.host.run(['nft', '-s', 'list', 'ruleset'])).split('\n').toSorted().join('\n');
    const before = await rules();
    await world.host.run(['nft', 'flush', 'ruleset']);
    await until('the rules', async () => (await rules()) === before);
  });

  it('cannot send from another address', async () => {
    await hostile.run(['ip', 'addr', 'add', '10.1.1.99/24', 'dev', 'eth0']);
    const seen = await victim.captured('host 10.1.1.99', async () => {
      await hostile.tryRun(['ping', '-c', '2', '-W', '1', '-I', '10.1.1.99', '10.1.1.7']);
    });
    await hostile.run(['ip', 'addr', 'del', '10.1.1.99/24', 'dev', 'eth0']);
    expect(seen).toEqual([]);
  });

  it('cannot claim the gateway’s address by ARP', async () => {
    const { mac } = neighbour.nics[0] ?? { mac: '' };
    const seen = await victim.captured(`ether src ${mac} and arp[14:4] = 0x0a010101`, async () => {
      await hostile.run(['ip', 'addr', 'add', '10.1.1.1/32', 'dev', 'eth0']);
      await hostile.run(['sysctl', '-qw', 'net.ipv4.conf.eth0.arp_notify=1']);
      await hostile.tryRun(['ping', '-c', '1', '-W', '1', '-I', '10.1.1.1', '10.1.1.7']);
      await hostile.run(['ip', 'addr', 'del', '10.1.1.1/32', 'dev', 'eth0']);
    });
    expect(seen).toEqual([]);
  });

  it('cannot answer DHCP', async () => {
    const seen = await victim.captured('udp src port 67', async () => {
      await hostile.send('10.1.1.7', 68, 67);
      await hostile.send('10.1.1.255', 68, 67);
    });
    expect(seen).toEqual([]);
  });

  it('cannot use IPv6, a VLAN tag or another MAC', async () => {
    const seen = await victim.captured('ip6 or vlan or ether src 02:00:00:00:00:99', async () => {
      await hostile.tryRun(['ping', '-6', '-c', '1', '-W', '1', '-I', 'eth0', 'ff02::1']);
      await hostile.run(['ip', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:99']);
      await hostile.tryRun(['ping', '-c', '1', '-W', '1', '10.1.1.7']);
    });
    const { mac } = neighbour.nics[0] ?? { mac: '' };
    await hostile.run(['ip', 'link', 'set', 'eth0', 'address', mac]);
    expect(seen).toEqual([]);
    expect(await hostile.ping('10.1.1.7')).toBe(true);
  });

  it('reaches neither the host nor the control links', async () => {
    const bridge = `i${installationId(world.options.home)}n100`;
    const [link] = JSON.parse(await world.host.run(['ip', '-j', 'link', 'show', bridge])) as {
      address: string;
    }[];
    await world.host.run(['ip', 'addr', 'add', '192.0.2.1/32', 'dev', 'lo']);
    await hostile.run(['ip', 'route', 'add', '192.0.2.1/32', 'dev', 'eth0']);
    const neigh = ['ip', 'neigh', 'replace', '192.0.2.1', 'lladdr', link?.address ?? ''];
    await hostile.run([...neigh, 'dev', 'eth0', 'nud', 'permanent']);
    expect(await hostile.ping('192.0.2.1')).toBe(false);
    expect(await hostile.ping('169.254.0.1')).toBe(false);
    await hostile.run(['ip', 'route', 'del', '192.0.2.1/32', 'dev', 'eth0']);
    await world.host.run(['ip', 'addr', 'del', '192.0.2.1/32', 'dev', 'lo']);
  });
});

describe('what dies', () => {
  it('is noticed, and comes back as it was', async () => {
    const pid = await pidOf(guest.name);
    const mark = ['nsenter', '-t', String(pid), '-a', 'sh', '-c', 'echo kept > /root/mark'];
    await run(mark);
    process.kill(pid, 'SIGKILL');
    await world.agent.event(
      'the end of the guest',
      event => event.kind === 'instance-stopped' && event.id === guest.id,
    );
    expect((await world.agent.call('inventory')).guests).toContainEqual({
      id: guest.id,
      running: false,
    });
    await world.agent.call('startGuest', guest);
    expect(await page()).toBe('guest7\n');
    const again = await pidOf(guest.name);
    expect(await run(['nsenter', '-t', String(again), '-a', 'cat', '/root/mark'])).toBe('kept\n');
  });

  it('cuts the link of a router, which returns with it', async () => {
    const pid = await pidOf(router.name);
    process.kill(pid, 'SIGKILL');
    await world.agent.event(
      'the end of the router',
      event => event.kind === 'instance-stopped' && event.id === router.id,
    );
    await expect(world.agent.call('report', router.id)).rejects.toThrow('resource_unavailable');
    await world.agent.call('startRouter', router, { ...boot, generation: 9 });
    expect((await world.agent.call('report', router.id)).generation).toBe(9);
    expect(await page()).toBe('guest7\n');
  });
});

describe('a replacement', () => {
  it('loses neither a connection nor packets', async () => {
    const next = routerSpec(network, 2);
    const inside = await networkOf(guest.name);
    const echo = await inside.serve('udp-server', 9000);
    const outer = await world.outside.serve('tcp-server', 7000);
    const stream = await world.outside.streamUdp('203.0.113.10', 9000, 1000);
    const held = await inside.holdTcp('203.0.113.254', 7000);
    const config = routerConfig(network, { number: 2, host: 7, generation: 10 });
    const report = await world.agent.call('replaceRouter', router.id, next, config);
    expect(report.generation).toBe(10);
    await new Promise(resolve => setTimeout(resolve, 500));
    const lost = await stream.end();
    const alive = await held.end();
    process.stderr.write(`replacement: ${JSON.stringify({ lost, alive })}\n`);
    await outer.end();
    await echo.end();
    expect(alive).toMatchObject({ alive: true });
    expect(lost).toMatchObject({ lost: 0 });
    expect((await world.agent.call('inventory')).routers).toEqual([
      { id: next.id, running: true, reachable: true },
    ]);
    const repeated = await world.agent.call('replaceRouter', router.id, next, config);
    expect(repeated.generation).toBe(10);
    expect(await page()).toBe('guest7\n');
  });

  const plugged = async (): Promise<number> => {
    const bridge = `i${installationId(world.options.home)}n100`;
    const ports = await world.host.run(['ip', '-o', 'link', 'show', 'master', bridge]);
    return ports.trim().split('\n').length;
  };
  const moments: readonly [string, (name: string) => Promise<boolean>][] = [
    ['the new router runs', name => runsNow(name)],
    ['both are plugged in', async () => (await plugged()) === 4],
    ['the old one is unplugged', async name => (await runsNow(name)) && (await plugged()) === 3],
  ];
  it.each(moments)(
    'is finished by repeating it when the agent is killed as %s',
    async (what, reached) => {
      const before = (await world.agent.call('inventory')).routers[0]?.id ?? '';
      const number = Number.parseInt(before.slice(-6), 16) + 1;
      const next = routerSpec(network, number);
      const config = routerConfig(network, { number, host: 7, generation: 10 + number });
      let over = false;
      const cut = world.agent.call('replaceRouter', before, next, config).finally(() => {
        over = true;
      });
      cut.catch(() => undefined);
      await until(what, async () => over || (await reached(next.name)));
      await world.restartAgent();
      await world.agent.call('replaceRouter', before, next, config);
      expect((await world.agent.call('inventory')).routers.map(router => router.id)).toEqual([
        next.id,
      ]);
      expect(await plugged()).toBe(3);
      expect(await page()).toBe('guest7\n');
    },
  );

  afterAll(async () => {
    for (const { id } of (await world.agent.call('inventory')).routers)
      await world.agent.call('destroyRouter', id);
  });
});

describe('an uplink with an address of the host', () => {
  it('is refused, for the host would be cut off', async () => {
    const { namespace, options, host } = world;
    await host.run(['ip', 'link', 'set', 'uplink', 'nomaster']);
    await host.run(['ip', 'addr', 'add', '198.51.100.7/24', 'dev', 'uplink']);
    await expect(RemoteAgent.prepare({ namespace, options })).rejects.toThrow('198.51.100.7');
    expect(await host.run(['ip', 'link', 'show', 'dev', 'uplink'])).not.toContain('master');
    await host.run(['ip', 'addr', 'del', '198.51.100.7/24', 'dev', 'uplink']);
    await RemoteAgent.prepare({ namespace, options });
    expect(await host.run(['ip', 'link', 'show', 'dev', 'uplink'])).toContain('master');
  });
});

describe('the end', () => {
  it('leaves nothing', async () => {
    for (const id of [guest.id, neighbour.id]) {
      await world.agent.call('stopGuest', id, false);
      await world.agent.call('destroyGuest', id);
      await world.agent.call('destroyGuest', id);
    }
    await world.agent.call('destroyRouter', router.id);
    await world.agent.call('removeSegment', vlan(100));
    expect(await world.agent.call('inventory')).toMatchObject({
      segments: [],
      routers: [],
      guests: [],
    });
    await world.agent.teardown();
    const links = await world.host.run(['ip', '-brief', 'link']);
    expect(links.split('\n').map(line => line.split(/[@ ]/)[0])).toEqual(['lo', 'uplink', '']);
    expect(await world.host.run(['nft', 'list', 'ruleset'])).toBe('');
    const groups = ['find', '/sys/fs/cgroup', '-name', `*i${installationId(world.options.home)}*`];
    expect(await run(groups)).toBe('');
    expect(await readFile('/proc/mounts', 'utf8')).not.toContain(world.options.home);
    expect(await leftProcesses()).toEqual([]);
  });
});

/** Command lines that name the home, without the agent of the test itself. */
async function leftProcesses(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(world.options.home) && !line.includes('driver.js')) found.push(line);
  }
  return found;
}

/** Proportional memory of all processes of a container, KiB. */
async function memoryOf(name: string): Promise<number> {
  const pid = await pidOf(name);
  const { stdout } = await tryRun(['pgrep', '--ns', String(pid), '--nslist', 'pid', '.']);
  let total = 0;
  for (const each of stdout.split('\n').filter(line => line !== '')) {
    const rollup = await readFile(`/proc/${each}/smaps_rollup`, 'utf8').catch(() => '');
    total += Number(/^Pss: +(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return total;
}
