import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Reply, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let alice: Tenant;
let mallory: Tenant;
let zoneid: string;
let offeringid: string;
let deployment: Record<string, string>;

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  mallory = await server.tenant('mallory');
  const first = async (command: string, key: string, params = {}): Promise<string> =>
    (await server.call(server.admin, command, params)).body[key][0].id;
  zoneid = await first('listZones', 'zone');
  offeringid = await first('listNetworkOfferings', 'networkoffering', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  deployment = {
    zoneid,
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
    templateid: await first('listTemplates', 'template', { templatefilter: 'executable' }),
  };
}, 60_000);
afterAll(() => server.close());

const create = async (by: Tenant, name: string, params = {}): Promise<Reply> =>
  server.call(by, 'createNetwork', { name, zoneid, networkofferingid: offeringid, ...params });

/** Everything of the tables that these commands write. */
async function contents(): Promise<unknown> {
  const tables = [
    'networks',
    'public_addresses',
    'firewall_rules',
    'port_forwarding_rules',
    'vlan_tags',
    'network_offerings',
    'jobs',
  ] as const;
  const all: unknown[] = [];
  for (const table of tables)
    all.push(
      (await server.db.selectFrom(table).selectAll().execute())
        .map(row => JSON.stringify(row))
        .toSorted(),
    );
  return all;
}

/** A network of alice's with an instance and a port forward: rules of every kind. */
async function furnish(name: string) {
  const networkid: string = (await create(alice, name)).body.network.id;
  const vm = await server.run(alice, 'deployVirtualMachine', {
    ...deployment,
    networkids: networkid,
    name: `${name}-vm`,
  });
  const virtualmachineid: string = vm.body.virtualmachine.id;
  const acquire = async (): Promise<string> =>
    (await server.run(alice, 'associateIpAddress', { networkid })).body.ipaddress.id;
  const ipaddressid = await acquire();
  const forward = await server.run(alice, 'createPortForwardingRule', {
    ipaddressid,
    virtualmachineid,
    protocol: 'tcp',
    publicport: '2222',
    privateport: '22',
  });
  const natAddressId = await acquire();
  const nat = await server.call(alice, 'enableStaticNat', {
    ipaddressid: natAddressId,
    virtualmachineid,
  });
  expect(nat.body).toMatchObject({ success: 'true' });
  const firewall = await server.run(alice, 'createFirewallRule', {
    ipaddressid: natAddressId,
    protocol: 'tcp',
    startport: '80',
  });
  const egress = await server.run(alice, 'createEgressFirewallRule', {
    networkid,
    protocol: 'all',
  });
  return {
    networkid,
    virtualmachineid,
    ipaddressid,
    natAddressId,
    forward: forward.body.portforwardingrule,
    firewall: firewall.body.firewallrule,
    egress: egress.body.firewallrule,
  };
}

test('a network takes its defaults, is shown to its owner, and tells plain users no VLAN', async () => {
  const { status, body } = await create(alice, 'first');
  expect(status).toBe(200);
  expect(body.network).toMatchObject({
    name: 'first',
    state: 'Allocated',
    cidr: '10.1.1.0/24',
    gateway: '10.1.1.1',
    netmask: '255.255.255.0',
    networkdomain: 'isola.internal',
    account: 'alice',
    egressdefaultpolicy: false,
    type: 'Isolated',
  });
  expect(body.network.vlan).toBeUndefined();
  expect(body.network.service.map((one: { name: string }) => one.name)).toEqual([
    'Dhcp',
    'Dns',
    'Firewall',
    'PortForwarding',
    'SourceNat',
    'StaticNat',
  ]);
  const { id } = body.network;
  expect((await server.call(alice, 'listNetworks', { id })).body.count).toBe(1);
  expect((await server.call(mallory, 'listNetworks', { id })).body).toEqual({});
  expect((await server.call(mallory, 'listNetworks', { listall: 'true' })).body).toEqual({});
  const same = { gateway: '10.1.1.1', netmask: '255.255.255.0' };
  expect((await create(mallory, 'other', same)).body.network.cidr).toBe('10.1.1.0/24');
  const refused = await create(alice, 'second', same);
  expect(refused.status).toBe(431);
  expect(refused.body.errortext).toContain('overlaps');
  expect((await create(alice, 'third')).body.network.cidr).toBe('10.1.2.0/24');
  for (const name of ['first', 'third']) {
    const [network] = (await server.call(alice, 'listNetworks', { name })).body.network;
    await server.run(alice, 'deleteNetwork', { id: network.id });
  }
  expect((await server.call(alice, 'listNetworks')).body).toEqual({});
});

test('a VLAN can be chosen by the root administrator where the offering allows it', async () => {
  const made = await server.call(server.admin, 'createNetworkOffering', {
    name: 'tagged',
    guestiptype: 'Isolated',
    traffictype: 'GUEST',
    specifyvlan: 'true',
    ispersistent: 'true',
    enable: 'true',
    supportedservices: 'Dhcp,Dns,SourceNat',
  });
  const networkofferingid: string = made.body.networkoffering.id;
  const ask = (by: Tenant | TestServer['admin'], params: Record<string, string>) =>
    server.call(by, 'createNetwork', { name: 'tagged', zoneid, networkofferingid, ...params });
  expect((await ask(server.admin, {})).status).toBe(431);
  expect((await ask(alice, { vlan: '2000' })).status).toBe(531);
  expect((await ask(server.admin, { vlan: '100' })).body.errortext).toContain('in the range');
  expect((await ask(server.admin, { vlan: '4095' })).status).toBe(431);
  const network = (await ask(server.admin, { vlan: '2000' })).body.network;
  expect(network).toMatchObject({
    state: 'Implemented',
    vlan: '2000',
    broadcasturi: 'vlan://2000',
  });
  expect((await ask(server.admin, { vlan: '2000' })).body.errortext).toContain('already exists');
  await server.run(server.admin, 'deleteNetwork', { id: network.id });
  const tags = await server.db.selectFrom('vlan_tags').selectAll().execute();
  expect(tags).toEqual([]);
});

test('MTUs are chosen by the root administrator', async () => {
  const { body } = await create(alice, 'mtu', { publicmtu: '1500', privatemtu: '1500' });
  const { id } = body.network;
  expect((await create(alice, 'small', { publicmtu: '68' })).status).toBe(531);
  expect((await server.call(alice, 'updateNetwork', { id, privatemtu: '9000' })).status).toBe(531);
  const updated = await server.run(server.admin, 'updateNetwork', { id, privatemtu: '1450' });
  expect(updated.body.network).toMatchObject({ privatemtu: 1450, publicmtu: 1500 });
  await server.run(alice, 'deleteNetwork', { id });
});

test('rules of every kind reach the router, and leave it with what they belong to', async () => {
  const made = await furnish('rules');
  expect(made.forward).toMatchObject({
    publicport: '2222',
    privateport: '22',
    state: 'Active',
    protocol: 'tcp',
  });
  expect(made.firewall).toMatchObject({ cidrlist: '0.0.0.0/0', startport: 80, state: 'Active' });
  expect(made.egress).toMatchObject({ protocol: 'all', traffictype: 'Egress', state: 'Active' });
  const [router] = [...server.agent.routers.values()].filter(one => one.running);
  const installed = () => {
    const { collections } = router?.index?.toConfig() ?? { collections: null };
    if (collections === null) throw new Error('no configuration');
    return Object.fromEntries(
      Object.entries(collections).map(([name, items]) => [name, items.length]),
    );
  };
  // The first address that alice acquired is not the source NAT address: the router had one.
  expect(installed()).toEqual({
    publicAddresses: 3,
    hosts: 1,
    firewall: 2,
    egress: 1,
    portForwards: 1,
    staticNats: 1,
  });
  const addresses = await server.call(alice, 'listPublicIpAddresses', { isstaticnat: 'true' });
  expect(addresses.body.publicipaddress).toMatchObject([
    { virtualmachineid: made.virtualmachineid, isstaticnat: true, hasrules: true },
  ]);
  expect(addresses.body.publicipaddress[0].vlanname).toBeUndefined();
  const { id } = addresses.body.publicipaddress[0];
  const origin = await server.call(server.admin, 'listPublicIpAddresses', { id });
  expect(origin.body.publicipaddress[0].vlanname).toBe('vlan://untagged');
  await server.run(alice, 'deletePortForwardingRule', { id: made.forward.id });
  expect(installed()).toMatchObject({ portForwards: 0, firewall: 1 });
  await server.run(alice, 'disableStaticNat', { ipaddressid: made.natAddressId });
  expect(installed()).toMatchObject({ staticNats: 0 });
  await server.run(alice, 'disassociateIpAddress', { id: made.natAddressId });
  expect(installed()).toMatchObject({ publicAddresses: 2, firewall: 0 });
  await server.run(alice, 'deleteEgressFirewallRule', { id: made.egress.id });
  expect(installed()).toMatchObject({ egress: 0 });
  const busy = await server.call(alice, 'deleteNetwork', { id: made.networkid });
  expect(busy.status).toBe(536);
  await server.run(alice, 'createPortForwardingRule', {
    ipaddressid: made.ipaddressid,
    virtualmachineid: made.virtualmachineid,
    protocol: 'udp',
    publicport: '5000',
    publicendport: '5009',
    privateport: '6000',
    privateendport: '6009',
  });
  await server.run(server.admin, 'destroyVirtualMachine', {
    id: made.virtualmachineid,
    expunge: 'true',
  });
  expect(installed()).toMatchObject({ hosts: 0, portForwards: 0, firewall: 0, staticNats: 0 });
  await server.run(alice, 'deleteNetwork', { id: made.networkid });
  const left = await server.db
    .selectFrom('public_addresses')
    .select('id')
    .where('state', '<>', 'Free')
    .execute();
  expect(left).toEqual([]);
}, 60_000);

test('a stranger changes and sees nothing, whichever id he gives', async () => {
  const made = await furnish('private');
  const own: string = (await create(mallory, 'own')).body.network.id;
  await server.db.deleteFrom('jobs').execute();
  const before = await contents();
  const calls: [string, Record<string, string>][] = [
    ['updateNetwork', { id: made.networkid, name: 'mine' }],
    ['deleteNetwork', { id: made.networkid }],
    ['restartNetwork', { id: made.networkid, cleanup: 'true' }],
    ['associateIpAddress', { networkid: made.networkid }],
    ['disassociateIpAddress', { id: made.ipaddressid }],
    ['createFirewallRule', { ipaddressid: made.ipaddressid, protocol: 'tcp', startport: '1' }],
    ['updateFirewallRule', { id: made.firewall.id, fordisplay: 'false' }],
    ['deleteFirewallRule', { id: made.firewall.id }],
    ['createEgressFirewallRule', { networkid: made.networkid, protocol: 'tcp' }],
    ['updateEgressFirewallRule', { id: made.egress.id, fordisplay: 'false' }],
    ['deleteEgressFirewallRule', { id: made.egress.id }],
    [
      'createPortForwardingRule',
      {
        ipaddressid: made.ipaddressid,
        virtualmachineid: made.virtualmachineid,
        protocol: 'tcp',
        publicport: '1',
        privateport: '1',
      },
    ],
    ['updatePortForwardingRule', { id: made.forward.id, privateport: '1' }],
    ['deletePortForwardingRule', { id: made.forward.id }],
    ['enableStaticNat', { ipaddressid: made.ipaddressid, virtualmachineid: made.virtualmachineid }],
    ['disableStaticNat', { ipaddressid: made.natAddressId }],
  ];
  for (const [command, params] of calls)
    expect((await server.call(mallory, command, params)).status, command).toBe(531);
  const lists: [string, Record<string, string>][] = [
    ['listNetworks', { id: made.networkid }],
    ['listPublicIpAddresses', { associatednetworkid: made.networkid }],
    ['listPublicIpAddresses', { id: made.ipaddressid, allocatedonly: 'false' }],
    ['listFirewallRules', { id: made.firewall.id, listall: 'true' }],
    ['listEgressFirewallRules', { networkid: made.networkid }],
    ['listPortForwardingRules', { ipaddressid: made.ipaddressid }],
  ];
  for (const [command, params] of lists)
    expect((await server.call(mallory, command, params)).body, command).toEqual({});
  for (const command of ['createNetworkOffering', 'updateNetworkOffering', 'deleteNetworkOffering'])
    expect((await server.call(mallory, command, { id: offeringid })).status, command).toBe(432);
  expect(await contents()).toEqual(before);
  await server.run(mallory, 'deleteNetwork', { id: own });
}, 60_000);

test('a refused call changes nothing', async () => {
  const { networkid, ipaddressid, natAddressId, virtualmachineid, firewall } =
    await furnish('refusals');
  const [source] = (
    await server.call(alice, 'listPublicIpAddresses', {
      associatednetworkid: networkid,
      issourcenat: 'true',
    })
  ).body.publicipaddress;
  await server.db.deleteFrom('jobs').execute();
  const before = await contents();
  const forward = { virtualmachineid, protocol: 'tcp', publicport: '90', privateport: '90' };
  const calls: [number, string, Record<string, string>][] = [
    [431, 'disassociateIpAddress', { id: source.id }],
    [431, 'enableStaticNat', { ipaddressid: source.id, virtualmachineid }],
    [537, 'enableStaticNat', { ipaddressid, virtualmachineid }],
    [431, 'createPortForwardingRule', { ...forward, ipaddressid: natAddressId }],
    [537, 'createPortForwardingRule', { ...forward, ipaddressid, publicport: '2222' }],
    [431, 'createPortForwardingRule', { ...forward, ipaddressid, publicendport: '80' }],
    [
      431,
      'createPortForwardingRule',
      { ...forward, ipaddressid, publicendport: '99', privateendport: '95' },
    ],
    [431, 'createPortForwardingRule', { ...forward, ipaddressid, vmguestip: '10.1.1.250' }],
    [431, 'createPortForwardingRule', { ...forward, ipaddressid, publicport: '70000' }],
    [537, 'createFirewallRule', { ipaddressid: natAddressId, protocol: 'tcp', startport: '80' }],
    [431, 'createFirewallRule', { ipaddressid, protocol: 'icmp', startport: '80' }],
    [431, 'createFirewallRule', { ipaddressid, protocol: 'tcp', startport: '9', endport: '8' }],
    [431, 'createFirewallRule', { ipaddressid, protocol: 'tcp', cidrlist: '300.1.1.1/8' }],
    [431, 'createFirewallRule', { ipaddressid, protocol: 'tcp', icmptype: '8' }],
    [431, 'createEgressFirewallRule', { networkid, protocol: 'tcp', cidrlist: '172.16.0.0/24' }],
    [537, 'createEgressFirewallRule', { networkid, protocol: 'all' }],
    [431, 'deleteEgressFirewallRule', { id: firewall.id }],
    [431, 'updateNetwork', { id: networkid, networkdomain: 'not a domain' }],
    [431, 'updateNetwork', { id: networkid, dns1: '1.2.3' }],
    [431, 'updateNetwork', { id: networkid, sourcenatipaddress: '203.0.113.240' }],
    [431, 'updateNetwork', { id: networkid, networkofferingid: networkid }],
    [
      431,
      'createNetwork',
      { name: 'x', zoneid, networkofferingid: offeringid, gateway: '10.9.9.1' },
    ],
    [431, 'createNetwork', { name: 'x', zoneid: offeringid, networkofferingid: offeringid }],
    [431, 'associateIpAddress', { networkid, ipaddress: '203.0.113.9' }],
    [431, 'associateIpAddress', { networkid, ipaddress: source.ipaddress }],
    [431, 'deletePortForwardingRule', { id: '00000000-0000-0000-0000-000000000000' }],
    [431, 'listNetworks', { supportedservices: 'Nonsense' }],
  ];
  for (const [status, command, params] of calls)
    expect(
      (await server.call(alice, command, params)).status,
      `${command} ${JSON.stringify(params)}`,
    ).toBe(status);
  expect(await contents()).toEqual(before);
}, 60_000);

test('an update reaches the router; texts alone do not trouble it', async () => {
  const { networkid, ipaddressid } = await furnish('updates');
  const named = await server.run(alice, 'updateNetwork', { id: networkid, name: 'renamed' });
  expect(named.body.network).toMatchObject({ name: 'renamed', state: 'Implemented' });
  const changed = await server.run(alice, 'updateNetwork', {
    id: networkid,
    dns1: '9.9.9.9',
    networkdomain: 'Example.ORG',
  });
  expect(changed.body.network).toMatchObject({ dns1: '9.9.9.9', networkdomain: 'example.org' });
  const headers = () => [...server.agent.routers.values()].map(router => router.index?.header);
  expect(headers()).toContainEqual(
    expect.objectContaining({ domain: 'example.org', nameservers: ['9.9.9.9'] }),
  );
  const [address] = (await server.call(alice, 'listPublicIpAddresses', { id: ipaddressid })).body
    .publicipaddress;
  await server.run(alice, 'updateNetwork', {
    id: networkid,
    sourcenatipaddress: address.ipaddress,
  });
  expect(headers()).toContainEqual(expect.objectContaining({ sourceNat: address.ipaddress }));
  await server.run(alice, 'restartNetwork', { id: networkid });
  await server.run(alice, 'restartNetwork', { id: networkid, cleanup: 'true' });
  expect((await server.call(alice, 'listNetworks', { id: networkid })).body.network[0].state).toBe(
    'Implemented',
  );
}, 60_000);
