import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import { run } from '../world/exec.ts';
import { internet } from '../world/internet.ts';
import type { Place } from '../world/place.ts';
import { forward, open } from '../world/rules.ts';
import { makeWorld, type World } from '../world/world.ts';

const second = { gateway: '198.18.5.1', forwarded: '198.18.5.10', mapped: '198.18.5.11' };
const lan = { gateway: '192.0.2.1', first: '192.0.2.10', vlan: 2000 };

/** Networks of every type, addresses of several subnets, and NICs with several addresses. */
describe('networks and addresses of every kind', () => {
  let world: World;
  let tenant: Api;
  let neighbour: Api;
  let network: Answer;
  let instances: [Answer, Answer];
  let guests: [Place, Place];

  beforeAll(async () => {
    world = await makeWorld('nt');
    tenant = await world.tenant('carol');
    neighbour = await world.tenant('dave');
    network = await world.network(tenant, 'carol-net');
    instances = [
      await world.deploy(tenant, 'web', network['id']),
      await world.deploy(tenant, 'db', network['id']),
    ];
    guests = [await world.guest(instances[0]), await world.guest(instances[1])];
  });

  afterAll(async () => {
    await world?.remove();
  });

  const outside = (): Place => world.internet.outside;
  const acquire = (ipaddress: string): Promise<Answer> =>
    tenant.job('associateIpAddress', { networkid: network['id'], ipaddress });

  it('a router answers for addresses of a second subnet', async () => {
    await world.internet.core.run(['ip', 'addr', 'add', `${second.gateway}/24`, 'dev', 'public0']);
    const zone = await tenant.one('listZones');
    await world.admin.call('createVlanIpRange', {
      zoneid: zone['id'],
      gateway: second.gateway,
      netmask: '255.255.255.0',
      startip: second.forwarded,
      endip: '198.18.5.20',
      vlan: 'untagged',
    });
    const web = await guests[0].serve('tcp-server', 8000);
    const forwarded = await acquire(second.forwarded);
    await forward(tenant, forwarded, {
      to: instances[0],
      protocol: 'tcp',
      public: [80, 80],
      private: [8000, 8000],
    });
    await open(tenant, forwarded, { protocol: 'tcp', first: 80 });
    const answer = await outside().tcp(second.forwarded, 80);
    expect(answer.ok).toBe(true);

    const mapped = await acquire(second.mapped);
    await tenant.call('enableStaticNat', {
      ipaddressid: mapped['id'],
      virtualmachineid: instances[0]['id'],
    });
    await open(tenant, mapped, { protocol: 'tcp', first: 8000 });
    expect((await outside().tcp(second.mapped, 8000)).ok).toBe(true);
    await tenant.job('createEgressFirewallRule', { networkid: network['id'], protocol: 'all' });
    const server = await outside().serve('tcp-server', 7000);
    const seen = await guests[0].tcp(internet.outside, 7000);
    const other = await guests[1].tcp(internet.outside, 7000);
    await server.end();
    await web.end();
    expect(seen.peer).toContain(second.mapped);
    expect(other.peer).toContain('203.0.113.');

    await tenant.job('disassociateIpAddress', { id: mapped['id'] });
    expect((await outside().tcp(second.mapped, 8000, 800)).ok).toBe(false);
    expect((await outside().tcp(second.forwarded, 80, 800)).reason).not.toContain('unreachable');
  });

  it('a NIC speaks with its further addresses, and with no others', async () => {
    const nicid = instances[0]['nic'][0].id as string;
    const further = await tenant.job('addIpToNic', { nicid, ipaddress: '10.1.1.77' });
    const [speaker, listener] = guests;
    for (const address of ['10.1.1.77', '10.1.1.78'])
      await speaker.run(['ip', 'addr', 'add', `${address}/24`, 'dev', 'eth0']);
    const heard = (source: string): Promise<string[]> =>
      listener.captured(`icmp and src ${source}`, () =>
        speaker.tryRun([
          'ping',
          '-c',
          '1',
          '-W',
          '1',
          '-I',
          source,
          instances[1]['nic'][0].ipaddress,
        ]),
      );
    expect((await heard('10.1.1.77')).length).toBeGreaterThan(0);
    expect(await heard('10.1.1.78')).toEqual([]);

    const mapped = await acquire(second.mapped);
    await tenant.call('enableStaticNat', {
      ipaddressid: mapped['id'],
      virtualmachineid: instances[0]['id'],
      vmguestip: '10.1.1.77',
    });
    await open(tenant, mapped, { protocol: 'tcp', first: 8000 });
    const server = await speaker.serve('tcp-server', 8000, '10.1.1.77');
    expect((await outside().tcp(second.mapped, 8000)).ok).toBe(true);
    await server.end();
    await tenant.job('disableStaticNat', { ipaddressid: mapped['id'] });
    await tenant.job('removeIpFromNic', { id: further['id'] });
    expect(await heard('10.1.1.77')).toEqual([]);
    for (const address of ['10.1.1.77', '10.1.1.78'])
      await speaker.run(['ip', 'addr', 'del', `${address}/24`, 'dev', 'eth0']);
  });

  it('guests of an L2 network choose their addresses, but not their MACs', async () => {
    const segment = await world.network(tenant, 'segment', {
      offering: 'DefaultL2NetworkOffering',
    });
    const strange = await world.network(neighbour, 'segment', {
      offering: 'DefaultL2NetworkOffering',
    });
    const places: Place[] = [];
    for (const [api, id, address] of [
      [tenant, segment['id'], '192.168.77.1'],
      [tenant, segment['id'], '192.168.77.2'],
      [neighbour, strange['id'], '192.168.77.3'],
    ] as const) {
      const instance = await world.deploy(api, `l2-${address.slice(-1)}`, id);
      expect(instance['nic'][0].ipaddress).toBeUndefined();
      const place = await world.inside(instance);
      await place.run(['ip', 'link', 'set', 'eth0', 'up']);
      await place.run(['ip', 'addr', 'add', `${address}/24`, 'dev', 'eth0']);
      places.push(place);
    }
    const [one, two, stranger] = places;
    const pings = async (from: Place | undefined, to: string): Promise<boolean> =>
      (await from?.tryRun(['ping', '-c', '1', '-W', '1', to]))?.code === 0;
    expect(await pings(one, '192.168.77.2')).toBe(true);
    expect(await pings(stranger, '192.168.77.2')).toBe(false);
    await two?.run(['ip', 'link', 'set', 'eth0', 'address', '02:00:00:00:be:ef']);
    expect(await pings(two, '192.168.77.1')).toBe(false);
    expect(
      await world.admin.list('listRouters', { networkid: segment['id'], listall: true }),
    ).toEqual([]);
  });

  it('tenants share a network of the operator’s with DHCP and DNS, behind its own gateway', async () => {
    const zone = await tenant.one('listZones');
    const offering = await tenant.one('listNetworkOfferings', {
      name: 'DefaultSharedNetworkOffering',
    });
    const { network: shared } = await world.admin.call('createNetwork', {
      name: 'lan',
      zoneid: zone['id'],
      networkofferingid: offering['id'],
      vlan: lan.vlan,
      gateway: lan.gateway,
      netmask: '255.255.255.0',
      startip: lan.first,
      endip: '192.0.2.20',
      dns1: internet.dns,
    });
    const one = await world.deploy(tenant, 'lan-one', shared.id);
    await plugGateway(world);
    const two = await world.deploy(neighbour, 'lan-two', shared.id);
    expect([one['nic'][0].ipaddress, two['nic'][0].ipaddress]).toEqual([
      '192.0.2.11',
      '192.0.2.12',
    ]);
    const [first, other] = [await world.guest(one), await world.guest(two)];
    expect(await first.run(['ip', 'route', 'show', 'default'])).toContain(`via ${lan.gateway} `);
    expect(await first.ping('192.0.2.12')).toBe(true);
    expect(await other.ping(internet.outside)).toBe(true);
    const names = await world.inside(one);
    // The made-up DNS has no AAAA records: nslookup prints the address and fails.
    const asked = async (name: string): Promise<string> =>
      (await names.tryRun(['nslookup', name, lan.first])).stdout;
    expect(await asked(`lan-two.${shared.networkdomain}`)).toContain('192.0.2.12');
    expect(await asked(internet.webName)).toContain(internet.web);
    // The router gives leases and names; it leads nowhere.
    await first.run(['ip', 'route', 'add', internet.web, 'via', lan.first]);
    expect(await first.ping(internet.web)).toBe(false);
    await first.run(['ip', 'route', 'del', internet.web]);
    expect(await first.ping(internet.web)).toBe(true);
    await first.run(['ip', 'addr', 'add', '192.0.2.12/32', 'dev', 'eth0']);
    const stolen = await other.captured('icmp and src 192.0.2.12', () =>
      first.tryRun(['ping', '-c', '1', '-W', '1', '-I', '192.0.2.12', '192.0.2.12']),
    );
    expect(stolen).toEqual([]);
  });
});

/** The operator's physical gateway of the shared network: the core of the made-up internet, on the network's segment. */
async function plugGateway({ namespace, internet: { core }, mark }: World): Promise<void> {
  const ip = (...args: string[]): Promise<string> => run(['ip', ...args]);
  const far = ['peer', 'name', 'lan1', 'netns', core.name];
  await ip('link', 'add', 'lan0', 'netns', namespace, 'type', 'veth', ...far);
  await ip('-n', namespace, 'link', 'set', 'lan0', 'master', `${mark}n${lan.vlan}`, 'up');
  await core.run(['ip', 'addr', 'add', `${lan.gateway}/24`, 'dev', 'lan1']);
  await core.run(['ip', 'link', 'set', 'lan1', 'up']);
}
