import { populate } from '../store/test-population.ts';
import { type TestServer, testServer } from './test-server.ts';

export interface PopulatedServer {
  readonly server: TestServer;
  /** What lists need to know, by the name of their parameter. */
  readonly known: Readonly<Record<string, string>>;
}

/** A server on which commands made one of everything that lists show, and `copies` more of it. The copies do not run. */
export async function populatedServer(copies: number): Promise<PopulatedServer> {
  const server = await testServer({ simulated: 2 });
  const tenant = await server.tenant('lister');
  const first = async (command: string, key: string, params = {}): Promise<string> =>
    (await server.call(server.admin, command, params)).body[key][0].id;
  const zoneid = await first('listZones', 'zone');
  const networkofferingid = await first('listNetworkOfferings', 'networkoffering', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  const made = await server.call(tenant, 'createNetwork', {
    name: 'one',
    zoneid,
    networkofferingid,
  });
  const networkid: string = made.body.network.id;
  const deployed = await server.run(tenant, 'deployVirtualMachine', {
    zoneid,
    networkids: networkid,
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
    templateid: await first('listTemplates', 'template', { templatefilter: 'executable' }),
  });
  const virtualmachineid: string = deployed.body.virtualmachine.id;
  const address = (await server.run(tenant, 'associateIpAddress', { networkid })).body.ipaddress;
  await server.run(tenant, 'createPortForwardingRule', {
    ipaddressid: address.id,
    virtualmachineid,
    protocol: 'tcp',
    publicport: '80',
    privateport: '80',
  });
  await server.run(tenant, 'createTags', {
    resourceids: networkid,
    resourcetype: 'Network',
    'tags[0].key': 'a',
    'tags[0].value': 'b',
  });
  const routers = await first('listRouters', 'router', { listall: 'true' });
  await server.run(tenant, 'createEgressFirewallRule', { networkid, protocol: 'all' });
  const project = await server.run(tenant, 'createProject', { name: 'listed' });
  const known = {
    templatefilter: 'all',
    networkid,
    projectid: project.body.project.id,
    virtualmachineid,
    domainid: await first('listDomains', 'domain'),
    physicalnetworkid: await first('listPhysicalNetworks', 'physicalnetwork'),
  };
  await populate(
    server.db,
    {
      accounts: tenant.accountId,
      users: tenant.userId,
      networks: networkid,
      routers,
      instances: virtualmachineid,
    },
    copies,
  );
  return { server, known };
}

/** Lists of which there is a row for each copy. */
export const longLists: ReadonlySet<string> = new Set([
  'listAccounts',
  'listUsers',
  'listNetworks',
  'listRouters',
  'listVirtualMachines',
  'listPublicIpAddresses',
  'listFirewallRules',
  'listEgressFirewallRules',
  'listPortForwardingRules',
  'listVolumes',
  'listTags',
  'listEvents',
]);
