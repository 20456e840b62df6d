import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let first: Tenant;
let second: Tenant;
let domainAdmin: Tenant;
let zoneid: string;
beforeAll(async () => {
  server = await testServer();
  first = await server.tenant('first');
  second = await server.tenant('second');
  domainAdmin = await server.tenant('elsewhere', 'Domain Admin');
  zoneid = (await server.call(server.admin, 'listZones')).body.zone[0].id;
}, 60_000);
afterAll(() => server.close());

const duration = (value: string) =>
  server.call(server.admin, 'updateConfiguration', {
    name: 'public.ip.address.quarantine.duration',
    value,
  });
const listed = async (by: Keys, params: Record<string, string> = {}) =>
  (await server.call(by, 'listQuarantinedIps', params)).body.quarantinedip ?? [];

async function network(by: Tenant): Promise<string> {
  const offerings = await server.call(by, 'listNetworkOfferings', { sourcenatsupported: 'true' });
  const { body } = await server.call(by, 'createNetwork', {
    name: by.account,
    zoneid,
    networkofferingid: offerings.body.networkoffering[0].id,
  });
  return body.network.id;
}

async function associate(by: Tenant, networkid: string, ipaddress?: string) {
  const { body } = await server.run(by, 'associateIpAddress', {
    networkid,
    ...(ipaddress === undefined ? {} : { ipaddress }),
  });
  return body.ipaddress;
}

test('a released address is kept from others until its quarantine is over', async () => {
  const mine = await network(first);
  const theirs = await network(second);
  await associate(first, mine);
  await duration('10');
  const address = await associate(first, mine);
  await server.run(first, 'disassociateIpAddress', { id: address.id });
  const [quarantine] = await listed(server.admin);
  expect(quarantine).toMatchObject({
    ipaddress: address.ipaddress,
    previousownerid: first.accountId,
    previousownername: 'first',
  });
  const minutes = (Date.parse(quarantine.enddate) - Date.parse(quarantine.created)) / 60_000;
  expect(Math.round(minutes)).toBe(10);
  await expect(associate(second, theirs, address.ipaddress)).rejects.toThrow('quarantine');
  const other = await associate(second, theirs);
  expect(other.ipaddress).not.toBe(address.ipaddress);
  const again = await associate(first, mine, address.ipaddress);
  expect(again.ipaddress).toBe(address.ipaddress);
  await server.run(first, 'disassociateIpAddress', { id: again.id });
  const removed = await server.call(server.admin, 'removeQuarantinedIp', {
    ipaddress: address.ipaddress,
    removalreason: 'customer moved',
  });
  expect(removed.body.quarantinedip).toMatchObject({ removalreason: 'customer moved' });
  await server.call(server.admin, 'removeQuarantinedIp', {
    id: quarantine.id,
    removalreason: 'both',
  });
  expect(await listed(server.admin)).toEqual([]);
  expect(await listed(server.admin, { showremoved: 'true' })).toHaveLength(2);
  expect((await associate(second, theirs, address.ipaddress)).ipaddress).toBe(address.ipaddress);
  await duration('0');
});

test('an administrator changes the end of those of the own domains only', async () => {
  const mine = (await server.call(first, 'listNetworks')).body.network[0].id;
  await duration('10');
  const address = await associate(first, mine);
  await server.run(first, 'disassociateIpAddress', { id: address.id });
  await duration('0');
  expect(await listed(domainAdmin)).toEqual([]);
  const change = (by: Keys, enddate: string) =>
    server.call(by, 'updateQuarantinedIp', { ipaddress: address.ipaddress, enddate });
  const later = '2199-01-01T00:00:00+0000';
  expect((await change(domainAdmin, later)).status).toBe(431);
  const changed = (await change(server.admin, later)).body.quarantinedip;
  expect(Date.parse(changed.enddate)).toBe(Date.parse('2199-01-01T00:00:00Z'));
  expect((await change(server.admin, '2001-01-01T00:00:00+0000')).body.errortext).toContain(
    'not in the future',
  );
  expect((await server.call(first, 'listQuarantinedIps')).status).toBe(432);
  await server.db
    .updateTable('address_quarantines')
    .set({ ends: new Date(0) })
    .where('removed', 'is', null)
    .execute();
  expect(await listed(server.admin)).toEqual([]);
  expect(await listed(server.admin, { showinactive: 'true' })).toHaveLength(1);
  expect((await change(server.admin, later)).status).toBe(431);
});
