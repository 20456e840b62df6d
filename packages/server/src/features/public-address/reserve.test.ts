import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let owner: Tenant;
let stranger: Tenant;
let networkid: string;
beforeAll(async () => {
  server = await testServer();
  owner = await server.tenant('owner');
  stranger = await server.tenant('stranger');
  const zoneid = (await server.call(server.admin, 'listZones')).body.zone[0].id;
  const offerings = await server.call(owner, 'listNetworkOfferings', {
    sourcenatsupported: 'true',
  });
  const made = await server.call(owner, 'createNetwork', {
    name: 'net',
    zoneid,
    networkofferingid: offerings.body.networkoffering[0].id,
  });
  networkid = made.body.network.id;
}, 60_000);
afterAll(() => server.close());

const addresses = async (by: Keys, params: Record<string, string>) =>
  (await server.call(by, 'listPublicIpAddresses', params)).body.publicipaddress ?? [];

test('a reserved address is the account’s alone, counts, and is taken by name', async () => {
  const [free] = await addresses(owner, { state: 'Free', pagesize: '1' });
  const reserved = await server.call(owner, 'reserveIpAddress', { id: free.id });
  expect(reserved.body.publicipaddress).toMatchObject({
    id: free.id,
    state: 'Reserved',
    account: 'owner',
  });
  expect((await server.call(owner, 'reserveIpAddress', { id: free.id })).status).toBe(200);
  const taken = await server.call(stranger, 'reserveIpAddress', { id: free.id });
  expect(taken).toMatchObject({ status: 431 });
  expect((await server.call(stranger, 'releaseIpAddress', { id: free.id })).status).toBe(531);
  expect(await addresses(owner, { state: 'Reserved' })).toHaveLength(1);
  expect(await addresses(stranger, { state: 'Reserved' })).toEqual([]);
  expect((await server.call(owner, 'listAccounts')).body.account[0].iptotal).toBe(1);
  const { body } = await server.run(owner, 'associateIpAddress', {
    networkid,
    ipaddress: free.ipaddress,
  });
  expect(body.ipaddress).toMatchObject({ id: free.id, associatednetworkid: networkid });
  expect((await server.call(owner, 'listAccounts')).body.account[0].iptotal).toBe(1);
  const refused = await server.call(owner, 'releaseIpAddress', { id: free.id });
  expect(refused.body.errortext).toContain('disassociateIpAddress');
});

test('a released reservation is free; releasing it again changes nothing', async () => {
  const [free] = await addresses(owner, { state: 'Free', pagesize: '1' });
  await server.call(owner, 'reserveIpAddress', { id: free.id, fordisplay: 'false' });
  expect(await addresses(owner, { fordisplay: 'false' })).toMatchObject([{ id: free.id }]);
  for (const _ of [1, 2])
    expect((await server.call(owner, 'releaseIpAddress', { id: free.id })).status).toBe(200);
  const [again] = await addresses(owner, { id: free.id, state: 'Free' });
  expect(again).toMatchObject({ state: 'Free', fordisplay: true });
  expect(again.account).toBeUndefined();
});

test('whether the owner sees an address is changed by the owner only', async () => {
  const [address] = await addresses(owner, { associatednetworkid: networkid });
  const update = { id: address.id, fordisplay: 'false' };
  expect((await server.call(stranger, 'updateIpAddress', update)).status).toBe(531);
  const { body } = await server.run(owner, 'updateIpAddress', update);
  expect(body.publicipaddress).toMatchObject({ id: address.id, fordisplay: false });
});
