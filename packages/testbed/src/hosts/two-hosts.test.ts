import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import { until } from '../world/exec.ts';
import { internet } from '../world/internet.ts';
import type { Place } from '../world/place.ts';
import { acquire, allowEgress, forward, open } from '../world/rules.ts';
import { HostsWorld, type JoinedMachine } from './hosts-world.ts';

interface Tenant {
  readonly api: Api;
  readonly network: Answer;
  readonly instances: readonly [Answer, Answer];
  readonly guests: readonly [Place, Place];
}

describe.each(['VLAN', 'VXLAN'] as const)(
  'two tenants with the same addresses on two hosts, %s',
  isolation => {
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
      const instances = [
        await hosts.deployOn(first, api, { name: `${name}1`, network }),
        await hosts.deployOn(second, api, { name: `${name}2`, network }),
      ] as const;
      await allowEgress(api, network['id']);
      const guests = [await hosts.guest(instances[0]), await hosts.guest(instances[1])] as const;
      return { api, network, instances, guests };
    }

    beforeAll(async () => {
      hosts = await HostsWorld.make(isolation === 'VLAN' ? 'vl' : 'vx', 2, { isolation });
      tenants = [await tenant('alice'), await tenant('bob')];
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

    // It is the same for every kind of segment.
    it.runIf(isolation === 'VLAN')(
      'starts routers elsewhere when a host loses its power, and never twice',
      async () => {
        const [{ network, guests, instances }] = tenants;
        const lost = hosts.hostOf(await hosts.router(network['id']));
        const left = hosts.hosts.find(host => host !== lost) as JoinedMachine;
        await lost.machine.kill();
        const took = await hosts.hostState(lost, 'Down', 180_000);
        const router = await until(
          'the router on the other host',
          async () => {
            const shown = await hosts.router(network['id']);
            return shown['hostid'] === left.id && shown['state'] === 'Running' && shown;
          },
          180_000,
        );
        expect(await left.containers.pid(router['name'])).toBeGreaterThan(0);
        const survivor = hosts.hostOf(instances[0]) === left ? guests[0] : guests[1];
        await until('the survivor to reach the router', () => survivor.ping('10.1.1.1'), 60_000);
        process.stderr.write(`host Down after ${Math.round(took)} ms\n`);

        await lost.machine.boot();
        await hosts.hostState(lost, 'Up', 180_000);
        await expect(lost.containers.pid(router['name'])).rejects.toThrow('no running container');
        expect(await survivor.ping('10.1.1.1')).toBe(true);
      },
    );
  },
);
