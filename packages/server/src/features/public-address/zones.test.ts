import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let alice: Tenant;
let bob: Tenant;
const address = '203.0.113.77';
/** Of the same address in another zone. */
let twin: string;

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  bob = await server.tenant('bob');
  const { body } = await server.call(server.admin, 'createZone', {
    name: 'zone2',
    dns1: '192.0.2.53',
    internaldns1: '192.0.2.53',
    networktype: 'Advanced',
  });
  const {
    id: _,
    seq: __,
    ...range
  } = await server.db.selectFrom('public_ranges').selectAll().executeTakeFirstOrThrow();
  const zone_id: string = body.zone.id;
  const { id } = await server.db
    .insertInto('public_ranges')
    .values({ ...range, zone_id })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { domain_id } = await server.db
    .selectFrom('accounts')
    .select('domain_id')
    .where('id', '=', bob.accountId)
    .executeTakeFirstOrThrow();
  const made = await server.db
    .insertInto('public_addresses')
    .values({
      range_id: id,
      zone_id,
      address,
      state: 'Reserved',
      account_id: bob.accountId,
      domain_id,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  twin = made.id;
}, 60_000);
afterAll(() => server.close());

test('an address that several zones have is that of the caller, or must be told by its id', async () => {
  const zones = await server.call(alice, 'listZones', { name: 'zone1' });
  const offerings = await server.call(alice, 'listNetworkOfferings', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  const { body } = await server.call(alice, 'createNetwork', {
    name: 'net',
    zoneid: zones.body.zone[0].id,
    networkofferingid: offerings.body.networkoffering[0].id,
  });
  const networkid: string = body.network.id;
  const associate = async (params = {}) =>
    (await server.run(alice, 'associateIpAddress', { networkid, ...params })).body.ipaddress;
  await associate();
  const own = await associate({ ipaddress: address });
  expect(own).toMatchObject({ ipaddress: address, zonename: 'zone1' });
  const release = (by: Keys) => server.call(by, 'disassociateIpAddress', { ipaddress: address });
  const asked = await release(server.admin);
  expect(asked.body.errortext).toContain('Several zones');
  await server.run(alice, 'disassociateIpAddress', { ipaddress: address });
  const left = await server.db
    .selectFrom('public_addresses')
    .select(['id', 'state'])
    .where('address', '=', address)
    .execute();
  expect(left).toEqual(
    expect.arrayContaining([
      { id: own.id, state: 'Free' },
      { id: twin, state: 'Reserved' },
    ]),
  );
  // Hers is free again: the other one is a stranger's.
  expect((await release(alice)).status).toBe(531);
});

test('a quarantine is told by its id when several zones have the address', async () => {
  const rows = await server.db
    .selectFrom('public_addresses')
    .select('id')
    .where('address', '=', address)
    .execute();
  const made = await server.db
    .insertInto('address_quarantines')
    .values(rows.map(({ id }) => ({ address_id: id, ends: new Date(Date.now() + 3_600_000) })))
    .returning('id')
    .execute();
  const remove = (params: Record<string, string>) =>
    server.call(server.admin, 'removeQuarantinedIp', { ...params, removalreason: 'over' });
  expect((await remove({ ipaddress: address })).body.errortext).toContain('Several zones');
  expect((await remove({ id: made[0]?.id ?? '' })).status).toBe(200);
  const { body } = await remove({ ipaddress: address });
  expect(body.quarantinedip.id).toBe(made[1]?.id);
});
