import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let ann: Tenant;
let ben: Tenant;
let zone: string;
let network: string;
let template: string;

beforeAll(async () => {
  server = await testServer();
  ann = await server.tenant('ann');
  ben = await server.tenant('ben');
  zone = (await server.call(ann, 'listZones')).body.zone[0].id;
  const offerings = await server.call(ann, 'listNetworkOfferings', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  const made = await server.call(ann, 'createNetwork', {
    name: 'net',
    zoneid: zone,
    networkofferingid: offerings.body.networkoffering[0].id,
  });
  network = made.body.network.id;
  const templates = await server.call(server.admin, 'listTemplates', { templatefilter: 'all' });
  template = templates.body.template[0].id;
}, 60_000);
afterAll(() => server.close());

const details = (pairs: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(pairs).flatMap(([key, value], index) => [
      [`details[${index}].key`, key],
      [`details[${index}].value`, value],
    ]),
  );

async function listed(by: Keys, params: Record<string, string>): Promise<string[]> {
  const { status, body } = await server.call(by, 'listResourceDetails', params);
  expect(status, JSON.stringify(body)).toBe(200);
  return (body.resourcedetail ?? []).map(
    (one: { key: string; value: string }) => `${one.key}=${one.value}`,
  );
}

test('details are added, changed, listed with all filters and removed', async () => {
  const on = { resourcetype: 'network', resourceid: network };
  await server.run(server.admin, 'addResourceDetail', {
    ...on,
    ...details({ rack: '7', row: 'b' }),
  });
  await server.run(server.admin, 'addResourceDetail', {
    ...on,
    ...details({ hidden: 'yes' }),
    fordisplay: 'false',
  });
  await server.run(server.admin, 'addResourceDetail', { ...on, ...details({ rack: '8' }) });
  expect(await listed(ann, on)).toEqual(['rack=8', 'row=b']);
  expect(await listed(ann, { resourcetype: 'Network', key: 'row' })).toEqual(['row=b']);
  expect(await listed(ann, { resourcetype: 'Network', value: '8' })).toEqual(['rack=8']);
  expect(await listed(ann, { resourcetype: 'Network', pagesize: '1', page: '2' })).toEqual([
    'row=b',
  ]);
  expect(await listed(ben, on)).toEqual([]);
  expect(await listed(server.admin, { ...on, fordisplay: 'false' })).toEqual(['hidden=yes']);
  const { body } = await server.call(ann, 'listResourceDetails', on);
  expect(body.resourcedetail[0]).toEqual({
    key: 'rack',
    value: '8',
    resourceid: network,
    resourcetype: 'Network',
    account: 'ann',
    domain: 'ROOT',
    domainid: expect.any(String),
    domainpath: 'ROOT',
  });
  await server.run(server.admin, 'removeResourceDetail', { ...on, key: 'rack' });
  expect(await listed(ann, on)).toEqual(['row=b']);
  await server.run(server.admin, 'removeResourceDetail', on);
  expect(await listed(server.admin, on)).toEqual([]);
});

test('details of a template are shown with it', async () => {
  const on = { resourcetype: 'Template', resourceid: template };
  await server.run(server.admin, 'addResourceDetail', { ...on, ...details({ colour: 'red' }) });
  const shown = await server.call(server.admin, 'listTemplates', {
    templatefilter: 'all',
    id: template,
  });
  expect(shown.body.template[0].details).toMatchObject({ colour: 'red' });
  expect(await listed(server.admin, on)).toContain('colour=red');
  await server.run(server.admin, 'removeResourceDetail', { ...on, key: 'colour' });
  expect(await listed(server.admin, on)).not.toContain('colour=red');
});

test.each([
  'UserVm',
  'Volume',
  'Nic',
  'PublicIpAddress',
  'FirewallRule',
  'PortForwardingRule',
  'User',
  'Zone',
  'ServiceOffering',
  'NetworkOffering',
])('details of %s can be listed', async resourcetype => {
  expect(await listed(ann, { resourcetype })).toEqual([]);
  expect(
    (await server.call(server.admin, 'listResourceDetails', { resourcetype, listall: 'true' }))
      .status,
  ).toBe(200);
});

test('details of offerings and zones are for those who see these', async () => {
  const hugo = await server.tenant('hugo', 'Domain Admin');
  const { domainid } = (await server.call(hugo, 'listAccounts')).body.account[0];
  const one = async (list: string, entity: string): Promise<string> =>
    (await server.call(server.admin, list)).body[entity][0].id;
  const kept = [
    ['ServiceOffering', await one('listServiceOfferings', 'serviceoffering')],
    ['NetworkOffering', await one('listNetworkOfferings', 'networkoffering')],
    ['Zone', zone],
  ] as const;
  for (const [resourcetype, resourceid] of kept)
    await server.run(server.admin, 'addResourceDetail', {
      resourcetype,
      resourceid,
      ...details({ price: '7' }),
    });
  const seen = async (by: Keys) => {
    const shown: string[] = [];
    for (const [resourcetype, resourceid] of kept)
      shown.push(...(await listed(by, { resourcetype, resourceid, key: 'price' })));
    return shown.length;
  };
  expect([await seen(ann), await seen(hugo)]).toEqual([3, 3]);
  const places = { domain_ids: [domainid] };
  await server.db.updateTable('service_offerings').set(places).execute();
  await server.db.updateTable('network_offerings').set(places).execute();
  await server.db.updateTable('zones').set({ domain_id: domainid }).execute();
  expect([await seen(ann), await seen(hugo), await seen(server.admin)]).toEqual([0, 3, 3]);
  await server.db.updateTable('service_offerings').set({ domain_ids: [] }).execute();
  await server.db.updateTable('network_offerings').set({ domain_ids: [] }).execute();
  await server.db.updateTable('zones').set({ domain_id: null }).execute();
});

test('others than root administrators add none; what does not exist has none', async () => {
  const on = { resourcetype: 'Network', resourceid: network, ...details({ a: 'b' }) };
  expect((await server.call(ann, 'addResourceDetail', on)).status).toBe(432);
  for (const wrong of [{ resourcetype: 'x' }, { resourceid: zone }, { 'details[0].value': '' }])
    expect((await server.call(server.admin, 'addResourceDetail', { ...on, ...wrong })).status).toBe(
      431,
    );
});
