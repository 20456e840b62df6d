import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import { until } from '../world/exec.ts';
import { internet } from '../world/internet.ts';
import type { Place } from '../world/place.ts';
import { acquire, allowEgress, forward, open } from '../world/rules.ts';
import { FileServer } from './file-server.ts';
import { domainsOf, type HostsOptions, HostsWorld, type JoinedMachine } from './hosts-world.ts';

interface Tenant {
  readonly api: Api;
  readonly network: Answer;
  readonly instances: readonly [Answer, Answer];
  readonly guests: readonly [Place, Place];
}

/** Where the hosts keep disks of guests that start elsewhere when a host is dead. */
const sharedFolder = '/srv/isola';

/** Virtual machines whose hosts share a folder of a file server's. */
function withSharedStorage(): HostsOptions {
  let files: FileServer | null = null;
  return {
    body: 'KVM',
    sharedStorage: sharedFolder,
    ready: async (machine, lab) => {
      files ??= await FileServer.add(lab, 9);
      await files.mountOn(machine, sharedFolder);
    },
  };
}

describe.each([
  ['VLAN', 'KVM'],
  ['VXLAN', 'LXC'],
] as const)('two tenants with the same addresses on two hosts, %s, %s', (isolation, body) => {
  let hosts: HostsWorld;
  let tenants: readonly [Tenant, Tenant];

  /** A network with a guest on each host. */
  async function tenant(name: string): Promise<Tenant> {
    const api = await hosts.world.tenant(name);
    const network = await hosts.world.network(api, `${name}-net`, {
      gateway: '10.1.1.1',
      netmask: '255.255.255.0',
    });
    const [first, second] = hosts.hosts;
    if (first === undefined || second === undefined) throw new Error('there are not two hosts');
    const instances = await Promise.all([
      hosts.deployOn(first, api, { name: `${name}1`, network }),
      hosts.deployOn(second, api, { name: `${name}2`, network }),
    ]);
    await allowEgress(api, network['id']);
    const guests = await Promise.all([hosts.guest(instances[0]), hosts.guest(instances[1])]);
    return { api, network, instances, guests };
  }

  beforeAll(async () => {
    const options = body === 'KVM' ? withSharedStorage() : {};
    hosts = await HostsWorld.make(isolation === 'VLAN' ? 'vl' : 'vx', 2, {
      isolation,
      ...options,
    });
    tenants = await Promise.all([tenant('alice'), tenant('bob')]);
  });

  afterAll(async () => {
    await hosts?.remove();
  });

  const addressOf = (instance: Answer): string => instance['nic'][0].ipaddress as string;
  /** How the trunk tells a network's frames from others'. */
  const tagOf = async ({ network }: Tenant): Promise<number> => {
    const shown = await hosts.world.admin.one('listNetworks', {
      id: network['id'],
      listall: true,
    });
    return Number(String(shown['broadcasturi']).split('://')[1]);
  };

  it('gives leases, names and the way to each other across the trunk', async () => {
    for (const { instances, guests } of tenants) {
      expect(instances[0]['hostid']).not.toBe(instances[1]['hostid']);
      expect(await guests[0].ping(addressOf(instances[1]))).toBe(true);
      expect(await guests[1].ping(addressOf(instances[0]))).toBe(true);
      for (const guest of guests)
        expect(await guest.run(['ip', 'route'])).toContain('default via 10.1.1.1');
    }
  });

  it('carries the frames of a network under its own tag and no other', async () => {
    const [alice, bob] = tenants;
    const tags = [await tagOf(alice), await tagOf(bob)];
    expect(tags[0]).not.toBe(tags[1]);
    const [mark, filter] =
      isolation === 'VLAN' ? [`vlan ${tags[0]},`, 'vlan'] : [`vni ${tags[0]}`, 'udp port 4789'];
    const lines = await hosts.lab.capture('trunk', filter, async () => {
      expect(await alice.guests[0].ping(addressOf(alice.instances[1]))).toBe(true);
    });
    // What is inside VXLAN is on a line of its own, below the outside.
    const pings = lines.flatMap((line, at) =>
      line.includes('ICMP echo') ? [isolation === 'VLAN' ? line : (lines[at - 1] ?? '')] : [],
    );
    expect(pings.length).toBeGreaterThanOrEqual(2);
    for (const frame of pings) expect(frame).toContain(mark);
  });

  it('lets no frame of one tenant reach the other', async () => {
    const [alice, bob] = tenants;
    const server = await bob.guests[1].serve('tcp-server', 7001);
    const own = await bob.guests[0].tcp(addressOf(bob.instances[1]), 7001, 5000);
    const strange = await alice.guests[0].tcp(addressOf(bob.instances[1]), 7001, 2000);
    await server.end();
    expect(own.ok).toBe(true);
    expect(strange.ok).toBe(false);
    const seen = await bob.guests[1].captured('icmp or arp', async () => {
      await alice.guests[0].ping(addressOf(alice.instances[1]));
    });
    expect(seen).toEqual([]);
  });

  it('lets each out through its own address, and in by port forward and static NAT', async () => {
    const { outside } = hosts.world.internet;
    const server = await outside.serve('tcp-server', 7000);
    const peers: string[] = [];
    for (const { api, network, guests } of tenants) {
      const sourceNat = await api.one('listPublicIpAddresses', {
        associatednetworkid: network['id'],
        issourcenat: true,
      });
      for (const guest of guests) {
        const seen = await guest.tcp(internet.outside, 7000, 5000);
        expect(seen).toMatchObject({
          ok: true,
          peer: expect.stringContaining(sourceNat['ipaddress']),
        });
      }
      peers.push(sourceNat['ipaddress']);
    }
    await server.end();
    expect(peers[0]).not.toBe(peers[1]);

    const [{ api, network, instances, guests }] = tenants;
    const servers = await Promise.all(guests.map(guest => guest.serve('tcp-server', 8000)));
    const forwarded = await acquire(api, network['id']);
    const mapped = await acquire(api, network['id']);
    await forward(api, forwarded, {
      to: instances[0],
      protocol: 'tcp',
      public: [80, 80],
      private: [8000, 8000],
    });
    await open(api, forwarded, { protocol: 'tcp', first: 80 });
    await api.call('enableStaticNat', {
      ipaddressid: mapped['id'],
      virtualmachineid: instances[1]['id'],
    });
    await open(api, mapped, { protocol: 'tcp', first: 8000 });
    expect((await outside.tcp(forwarded['ipaddress'], 80, 5000)).ok).toBe(true);
    expect((await outside.tcp(mapped['ipaddress'], 8000, 5000)).ok).toBe(true);
    await Promise.all(servers.map(each => each.end()));
  });

  it.runIf(body === 'KVM')('has its machines on the processors of its hosts', async () => {
    for (const { id } of hosts.hosts)
      expect(await hosts.world.admin.one('listHosts', { id, details: 'all' })).toMatchObject({
        hypervisor: 'KVM',
        details: { 'Host.accelerated': 'true' },
      });
    const [{ network, instances }] = tenants;
    const router = await hosts.router(network['id']);
    const names = [[router, router['name']] as const];
    for (const instance of instances) names.push([instance, instance['instancename']]);
    for (const [shown, name] of names) {
      const inside = domainsOf(hosts.hostOf(shown));
      expect(await inside.definition(name)).toContain("<domain type='kvm'");
    }
  });

  it.runIf(body === 'KVM')('moves a guest that runs, with its connections', async () => {
    const [{ guests, instances }] = tenants;
    const from = hosts.hostOf(await hosts.shown(instances[0]));
    const to = hosts.hosts.find(host => host !== from) as JoinedMachine;
    const server = await guests[0].serve('tcp-server', 7100);
    const held = await guests[1].holdTcp(addressOf(instances[0]), 7100);
    const started = performance.now();
    await hosts.world.admin.job(
      'migrateVirtualMachine',
      { virtualmachineid: instances[0]['id'], hostid: to.id },
      600_000,
    );
    const took = performance.now() - started;
    const { longestStallMs, ...connection } = await held.end();
    expect(connection).toMatchObject({ alive: true });
    await server.end();
    process.stderr.write(
      `moved in ${Math.round(took)} ms, longest silence ${String(longestStallMs)} ms\n`,
    );
    expect(await hosts.placesOf(instances[0]['instancename'])).toEqual([to]);
    expect((await hosts.shown(instances[0]))['hostid']).toBe(to.id);
  });

  // It is the same for every kind of segment.
  it.runIf(isolation === 'VLAN')(
    'starts routers and highly available guests elsewhere when a host loses its power, and never twice',
    async () => {
      const [{ api, network, instances }] = tenants;
      const lost = hosts.hostOf(await hosts.router(network['id']));
      const left = hosts.hosts.find(host => host !== lost) as JoinedMachine;
      const wanted = { name: 'bob3', network, highlyAvailable: true };
      const available = body === 'KVM' ? await hosts.deployOn(lost, api, wanted) : null;
      if (available !== null) await hosts.guest(available);
      await lost.machine.kill();
      const took = await hosts.hostState(lost, 'Down', 180_000);
      process.stderr.write(`host Down after ${Math.round(took)} ms\n`);
      const router = await until(
        'the router on the other host',
        async () => {
          const shown = await hosts.router(network['id']);
          return shown['hostid'] === left.id && shown['state'] === 'Running' && shown;
        },
        300_000,
      );
      const moved = [router['name'] as string];
      if (available !== null) {
        const shown = await until(
          'the guest on the other host',
          async () => {
            const now = await hosts.shown(available);
            return now['hostid'] === left.id && now['state'] === 'Running' && now;
          },
          300_000,
        );
        moved.push(shown['instancename']);
        await hosts.guest(shown);
      }
      for (const name of moved) expect(await left.inside.runs(name)).toBe(true);
      const kept = await Promise.all(instances.map(instance => hosts.shown(instance)));
      const [survivor] = kept.filter(instance => instance['hostid'] === left.id);
      if (survivor === undefined) throw new Error('no guest is left');
      const inside = await hosts.guest(survivor);
      await until('the survivor to reach the router', () => inside.ping('10.1.1.1'), 120_000);

      await lost.machine.boot();
      await hosts.hostState(lost, 'Up', 300_000);
      for (const name of moved) expect(await hosts.placesOf(name)).toEqual([left]);
      expect(await inside.ping('10.1.1.1')).toBe(true);
    },
  );
});
