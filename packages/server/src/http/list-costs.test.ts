import { type CommandDefinition, commands } from '@isola/api';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { everythingRuns, populate } from '../store/test-population.ts';
import { type Tenant, type TestServer, testServer } from './test-server.ts';

const copies = 60;
const large = 50;
/** How often both are counted at most. */
const attempts = 25;

let server: TestServer;
let tenant: Tenant;
/** What lists need to know, by the name of their parameter. */
const known: Record<string, string> = { templatefilter: 'all' };

beforeAll(async () => {
  server = await testServer({ simulated: 2 });
  tenant = await server.tenant('lister');
  const first = async (command: string, key: string, params = {}) =>
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
  const networkid = made.body.network.id;
  const deployed = await server.run(tenant, 'deployVirtualMachine', {
    zoneid,
    networkids: networkid,
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
    templateid: await first('listTemplates', 'template', { templatefilter: 'executable' }),
  });
  const virtualmachineid = deployed.body.virtualmachine.id;
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
  const router = await first('listRouters', 'router', { listall: 'true' });
  await server.run(tenant, 'createEgressFirewallRule', { networkid, protocol: 'all' });
  const project = await server.run(tenant, 'createProject', { name: 'listed' });
  Object.assign(known, {
    networkid,
    projectid: project.body.project.id,
    virtualmachineid,
    domainid: await first('listDomains', 'domain'),
    physicalnetworkid: await first('listPhysicalNetworks', 'physicalnetwork'),
  });
  await populate(
    server.db,
    {
      accounts: tenant.accountId,
      users: tenant.userId,
      networks: networkid,
      routers: router,
      instances: virtualmachineid,
    },
    copies,
  );
  // Nobody else is to ask anything meanwhile.
  await server.restart();
  await everythingRuns(server.db);
}, 120_000);
afterAll(() => server.close());

/** What the call sends to PostgreSQL, without settings, which are looked at again now and then. */
async function statements(work: () => Promise<unknown>): Promise<string[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  await work();
  const texts = query.mock.calls.map(([statement]: readonly unknown[]) =>
    typeof statement === 'object' && statement !== null && 'text' in statement
      ? String(statement.text)
      : String(statement),
  );
  query.mockRestore();
  return texts;
}

const lists = Object.values<CommandDefinition>(commands).filter(
  ({ name, shape, params }) =>
    name.startsWith('list') &&
    shape === 'list' &&
    Object.entries(params).every(
      ([parameter, { required }]) =>
        required !== true || parameter === 'templatefilter' || parameter.endsWith('id'),
    ),
);

/** Lists of which there are more than one page of `large`. */
const long = new Set([
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

test.each(lists.map(list => list.name))('%s asks as often for many as for one', async name => {
  const command = lists.find(list => list.name === name);
  const needed = Object.fromEntries(
    Object.entries(command?.params ?? {}).flatMap(([parameter, { required }]) =>
      required === true ? [[parameter, known[parameter] ?? '']] : [],
    ),
  );
  const everything = command?.params['listall'] === undefined ? {} : { listall: 'true' };
  const call = async (pagesize: number) => {
    const reply = await server.call(server.admin, name, {
      ...needed,
      ...everything,
      page: '1',
      pagesize: String(pagesize),
    });
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    const items = Object.values(reply.body).find(Array.isArray) ?? [];
    return items.length;
  };
  // Statements of others come between now and then: the fewest of several calls are the call's own.
  const counts = { one: Number.POSITIVE_INFINITY, many: Number.POSITIVE_INFINITY };
  await call(1);
  if (long.has(name)) expect(await call(large)).toBe(large);
  for (let at = 0; at < 4 || (counts.many > counts.one && at < attempts); at += 1) {
    counts.one = Math.min(counts.one, (await statements(() => call(1))).length);
    counts.many = Math.min(counts.many, (await statements(() => call(large))).length);
  }
  if (long.has(name)) expect(counts.one).toBeGreaterThan(0);
  expect(counts.many).toBeLessThanOrEqual(counts.one);
});
