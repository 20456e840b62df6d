import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../world/api.ts';
import type { Running } from '../world/exec.ts';
import { until } from '../world/exec.ts';
import { internet } from '../world/internet.ts';
import type { Place } from '../world/place.ts';
import { acquire, forward, open } from '../world/rules.ts';
import { makeWorld, type World } from '../world/world.ts';

/** What a test expects of the whole network at one time: it is checked again after every kind of restart. */
describe('rules decide what is reachable', () => {
  let world: World;
  let tenant: Api;
  let network: Answer;
  let instances: [Answer, Answer];
  let guests: [Place, Place];
  let sourceNat: Answer;
  let forwarded: Answer;
  let mapped: Answer;
  let servers: Running[] = [];

  beforeAll(async () => {
    world = await makeWorld('ru');
    tenant = await world.tenant('carol');
    network = await world.network(tenant, 'carol-net');
    instances = [
      await world.deploy(tenant, 'web', network['id']),
      await world.deploy(tenant, 'db', network['id']),
    ];
    guests = [await world.guest(instances[0]), await world.guest(instances[1])];
    sourceNat = await tenant.one('listPublicIpAddresses', {
      associatednetworkid: network['id'],
      issourcenat: true,
    });
    forwarded = await acquire(tenant, network['id']);
    mapped = await acquire(tenant, network['id']);
    servers = await Promise.all([
      ...[9022, 8000, 8001, 8002, 9000].map(port => guests[0].serve('tcp-server', port)),
      guests[0].serve('udp-server', 5353),
      guests[1].serve('tcp-server', 9022),
      world.internet.outside.serve('tcp-server', 7000),
      world.internet.outside.serve('tcp-server', 7001),
      world.internet.outside.serve('udp-server', 7000),
    ]);
  });

  afterAll(async () => {
    await Promise.all(servers.map(server => server.end()));
    await world?.remove();
  });

  const outside = (): Place => world.internet.outside;
  const reaches = async (address: Answer, port: number): Promise<boolean> =>
    (await outside().tcp(address['ipaddress'], port, 800)).ok;

  it('denies everything out until a rule allows it', async () => {
    expect((await guests[0].tcp(internet.outside, 7000, 800)).ok).toBe(false);
    expect(await guests[0].ping(internet.outside)).toBe(false);
    const rule = await tenant.job('createEgressFirewallRule', {
      networkid: network['id'],
      protocol: 'tcp',
      startport: 7000,
      endport: 7000,
      cidrlist: `${instances[0]['nic'][0].ipaddress}/32`,
    });
    expect((await guests[0].tcp(internet.outside, 7000)).ok).toBe(true);
    expect((await guests[0].tcp(internet.outside, 7001, 800)).ok).toBe(false);
    expect((await guests[0].udp(internet.outside, 7000, 800)).ok).toBe(false);
    expect((await guests[1].tcp(internet.outside, 7000, 800)).ok).toBe(false);
    await tenant.job('deleteEgressFirewallRule', { id: rule['id'] });
    expect((await guests[0].tcp(internet.outside, 7000, 800)).ok).toBe(false);
  });

  it('matches egress destinations and ICMP types', async () => {
    const narrow = await tenant.job('createEgressFirewallRule', {
      networkid: network['id'],
      protocol: 'udp',
      startport: 7000,
      endport: 7010,
      destcidrlist: `${internet.outside}/32`,
    });
    const echo = await tenant.job('createEgressFirewallRule', {
      networkid: network['id'],
      protocol: 'icmp',
      icmptype: 8,
      icmpcode: 0,
    });
    expect((await guests[0].udp(internet.outside, 7000)).ok).toBe(true);
    expect((await guests[0].tcp(internet.outside, 7000, 800)).ok).toBe(false);
    expect(await guests[0].ping(internet.outside)).toBe(true);
    await tenant.job('deleteEgressFirewallRule', { id: narrow['id'] });
    await tenant.job('deleteEgressFirewallRule', { id: echo['id'] });
    expect((await guests[0].udp(internet.outside, 7000, 800)).ok).toBe(false);
    expect(await guests[0].ping(internet.outside)).toBe(false);
  });

  it('lets everything out by default where the offering says so, but for the rules', async () => {
    const offering = await world.admin.call('createNetworkOffering', {
      name: 'EgressAllowed',
      displaytext: 'Egress allowed',
      guestiptype: 'Isolated',
      traffictype: 'Guest',
      supportedservices: 'Dhcp,Dns,SourceNat,Firewall,PortForwarding,StaticNat',
      egressdefaultpolicy: true,
      ...Object.fromEntries(
        ['Dhcp', 'Dns', 'SourceNat', 'Firewall', 'PortForwarding', 'StaticNat'].flatMap(
          (service, index) => [
            [`serviceproviderlist[${index}].service`, service],
            [`serviceproviderlist[${index}].provider`, 'VirtualRouter'],
          ],
        ),
      ),
    });
    await world.admin.call('updateNetworkOffering', {
      id: offering['networkoffering'].id,
      state: 'Enabled',
    });
    const allowed = await world.network(tenant, 'open-net', {
      offering: 'EgressAllowed',
      gateway: '10.9.9.1',
      netmask: '255.255.255.0',
    });
    const instance = await world.deploy(tenant, 'roamer', allowed['id']);
    const roamer = await world.guest(instance);
    expect((await roamer.tcp(internet.outside, 7000)).ok).toBe(true);
    const rule = await tenant.job('createEgressFirewallRule', {
      networkid: allowed['id'],
      protocol: 'tcp',
      startport: 7000,
      endport: 7000,
    });
    expect((await roamer.tcp(internet.outside, 7000, 800)).ok).toBe(false);
    expect((await roamer.tcp(internet.outside, 7001)).ok).toBe(true);
    await tenant.job('deleteEgressFirewallRule', { id: rule['id'] });
    expect((await roamer.tcp(internet.outside, 7000)).ok).toBe(true);
    await tenant.job('destroyVirtualMachine', { id: instance['id'] });
  });

  it('forwards a port only while forward and firewall both say so', async () => {
    const rule = await forward(tenant, forwarded, {
      to: instances[0],
      protocol: 'tcp',
      public: [2222, 2222],
      private: [9022, 9022],
    });
    expect(await reaches(forwarded, 2222)).toBe(false);
    const opened = await open(tenant, forwarded, { protocol: 'tcp', first: 2222 });
    const answer = await outside().tcp(forwarded['ipaddress'], 2222);
    expect(answer).toMatchObject({ ok: true, peer: expect.stringContaining(internet.outside) });
    await tenant.job('deletePortForwardingRule', { id: rule['id'] });
    expect(await reaches(forwarded, 2222)).toBe(false);
    await tenant.job('deleteFirewallRule', { id: opened['id'] });
  });

  it('limits sources, with overlapping rules', async () => {
    const rule = await forward(tenant, forwarded, {
      to: instances[0],
      protocol: 'tcp',
      public: [8000, 8002],
      private: [8000, 8002],
    });
    const wrong = await open(tenant, forwarded, {
      protocol: 'tcp',
      first: 8000,
      last: 8002,
      cidrs: '192.0.2.0/24',
    });
    expect(await reaches(forwarded, 8001)).toBe(false);
    const right = await open(tenant, forwarded, {
      protocol: 'tcp',
      first: 8001,
      last: 8001,
      cidrs: '198.51.100.0/28,192.0.2.128/25',
    });
    expect(await reaches(forwarded, 8001)).toBe(true);
    expect(await reaches(forwarded, 8000)).toBe(false);
    const wide = await open(tenant, forwarded, {
      protocol: 'tcp',
      first: 7990,
      last: 8100,
      cidrs: '198.51.0.0/16',
    });
    expect(await reaches(forwarded, 8000)).toBe(true);
    for (const each of [wide, right, wrong])
      await tenant.job('deleteFirewallRule', { id: each['id'] });
    expect(await reaches(forwarded, 8001)).toBe(false);
    await tenant.job('deletePortForwardingRule', { id: rule['id'] });
  });

  it('forwards shifted ranges, UDP and hairpin', async () => {
    await forward(tenant, forwarded, {
      to: instances[0],
      protocol: 'tcp',
      public: [18000, 18002],
      private: [8000, 8002],
    });
    await forward(tenant, forwarded, {
      to: instances[0],
      protocol: 'udp',
      public: [15353, 15353],
      private: [5353, 5353],
    });
    await open(tenant, forwarded, { protocol: 'tcp', first: 18000, last: 18002 });
    await open(tenant, forwarded, { protocol: 'udp', first: 15353 });
    for (const port of [18000, 18001, 18002]) expect(await reaches(forwarded, port)).toBe(true);
    expect((await outside().udp(forwarded['ipaddress'], 15353)).ok).toBe(true);
    // From inside, to the public address: the neighbour and the server itself.
    expect((await guests[1].tcp(forwarded['ipaddress'], 18001)).ok).toBe(true);
    expect((await guests[0].tcp(forwarded['ipaddress'], 18001)).ok).toBe(true);
  });

  it('maps an address one to one', async () => {
    await tenant.call('enableStaticNat', {
      ipaddressid: mapped['id'],
      virtualmachineid: instances[1]['id'],
    });
    expect(await reaches(mapped, 9022)).toBe(false);
    await open(tenant, mapped, { protocol: 'tcp', first: 9022 });
    expect(await reaches(mapped, 9022)).toBe(true);
    const egress = await tenant.job('createEgressFirewallRule', {
      networkid: network['id'],
      protocol: 'all',
    });
    expect(await guests[1].tcp(internet.outside, 7000)).toMatchObject({
      ok: true,
      peer: expect.stringContaining(mapped['ipaddress']),
    });
    expect(await guests[0].tcp(internet.outside, 7000)).toMatchObject({
      ok: true,
      peer: expect.stringContaining(sourceNat['ipaddress']),
    });
    await tenant.job('deleteEgressFirewallRule', { id: egress['id'] });
  });

  it('answers no DNS towards the public side', async () => {
    await open(tenant, sourceNat, { protocol: 'udp', first: 53 });
    await open(tenant, sourceNat, { protocol: 'tcp', first: 53 });
    expect((await outside().udp(sourceNat['ipaddress'], 53, 800)).ok).toBe(false);
    expect((await outside().tcp(sourceNat['ipaddress'], 53, 800)).ok).toBe(false);
  });

  /** The state that the tests above left: forwards 18000-18002 and UDP 15353, static NAT with port 22. */
  const holds = async (): Promise<void> => {
    for (const port of [18000, 18002]) expect(await reaches(forwarded, port)).toBe(true);
    expect(await reaches(forwarded, 18003)).toBe(false);
    expect(await reaches(forwarded, 2222)).toBe(false);
    expect((await outside().udp(forwarded['ipaddress'], 15353)).ok).toBe(true);
    expect(await reaches(mapped, 9022)).toBe(true);
    expect(await reaches(mapped, 8000)).toBe(false);
    expect((await guests[0].tcp(internet.outside, 7000, 800)).ok).toBe(false);
  };
  const settled = (): Promise<unknown> =>
    until('the router to answer', async () => await reaches(mapped, 9022), world.pace.repairMs);

  it('is the same after restartNetwork without cleanup', async () => {
    await tenant.job('restartNetwork', { id: network['id'], cleanup: false });
    await holds();
  });

  it('is the same after restartNetwork with cleanup', async () => {
    await tenant.job('restartNetwork', { id: network['id'], cleanup: true });
    await holds();
  });

  it('is the same after a reboot of the router', async () => {
    const router = await world.admin.one('listRouters', {
      networkid: network['id'],
      listall: true,
    });
    await world.admin.job('rebootRouter', { id: router['id'] });
    await holds();
  });

  it('is the same after stopping and starting the router', async () => {
    const router = await world.admin.one('listRouters', {
      networkid: network['id'],
      listall: true,
    });
    await world.admin.job('stopRouter', { id: router['id'] });
    expect(await reaches(mapped, 9022)).toBe(false);
    await world.admin.job('startRouter', { id: router['id'] });
    await holds();
  });

  it('is the same after kill -9 of the server', async () => {
    await world.isola.killServer();
    await holds();
    await until(
      'the API to answer again',
      async () => (await tenant.list('listNetworks').catch(() => [])).length > 0,
      180_000,
    );
    await holds();
  });

  it('comes back when the router is killed', async () => {
    await world.killRouter(network['id']);
    await until('the router to be gone', async () => !(await reaches(mapped, 9022)), 10_000).catch(
      () => undefined,
    );
    await settled();
    await holds();
  });
});
