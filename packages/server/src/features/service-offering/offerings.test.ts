import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let alice: Tenant;
let carol: Tenant;
let zoneid: string;

const admin = (command: string, params = {}) => server.call(server.admin, command, params);
const names = async (by: Tenant, command: string, params = {}) => {
  const { body } = await server.call(by, command, params);
  const rows: { name: string }[] = body.serviceoffering ?? body.diskoffering ?? [];
  return rows.map(row => row.name);
};

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  carol = await server.tenant('carol', 'Domain Admin');
  zoneid = (await server.call(alice, 'listZones')).body.zone[0].id;
});
afterAll(() => server.close());

test('a size is renamed, limited, retired and deleted; who has it keeps it', async () => {
  const size = { name: 'tiny', cpunumber: '1', cpuspeed: '500', memory: '64' };
  const made = await admin('createServiceOffering', {
    ...size,
    'serviceofferingdetails[0].key': 'colour',
    'serviceofferingdetails[0].value': 'red',
  });
  const { id } = made.body.serviceoffering;
  expect(made.body.serviceoffering.serviceofferingdetails).toEqual({ colour: 'red' });
  const { body } = await server.run(alice, 'deployVirtualMachine', {
    zoneid,
    serviceofferingid: id,
    startvm: 'false',
    templateid: (await server.call(alice, 'listTemplates', { templatefilter: 'featured' })).body
      .template[0].id,
    networkids: (
      await server.call(alice, 'createNetwork', {
        name: 'net',
        zoneid,
        networkofferingid: (
          await server.call(alice, 'listNetworkOfferings', {
            name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
          })
        ).body.networkoffering[0].id,
      })
    ).body.network.id,
  });
  const virtualmachineid = body.virtualmachine.id;
  expect(await names(alice, 'listServiceOfferings', { virtualmachineid })).not.toContain('tiny');
  const renamed = await admin('updateServiceOffering', { id, name: 'little', sortkey: '-1' });
  expect(renamed.body.serviceoffering.name).toBe('little');
  expect((await names(alice, 'listServiceOfferings'))[0]).toBe('little');
  const domainid = (await server.call(carol, 'listDomains')).body.domain[0].id;
  await admin('updateServiceOffering', { id, domainid });
  expect(await names(alice, 'listServiceOfferings')).not.toContain('little');
  expect(await names(carol, 'listServiceOfferings')).toContain('little');
  await admin('updateServiceOffering', { id, domainid: 'public', state: 'Inactive' });
  expect(await names(alice, 'listServiceOfferings')).not.toContain('little');
  expect(await names(alice, 'listServiceOfferings', { state: 'inactive' })).toEqual(['little']);
  expect((await server.call(alice, 'updateServiceOffering', { id, name: 'x' })).status).toBe(432);
  expect((await admin('updateServiceOffering', { id, state: 'Removed' })).status).toBe(431);
  expect((await admin('deleteServiceOffering', { id })).body.success).toBe('true');
  expect(await names(alice, 'listServiceOfferings', { state: 'all' })).not.toContain('little');
  expect((await admin('deleteServiceOffering', { id })).status).toBe(431);
  const kept = await server.run(alice, 'startVirtualMachine', { id: virtualmachineid });
  expect(kept.body.virtualmachine).toMatchObject({
    state: 'Running',
    serviceofferingname: 'little',
  });
});

test('offerings of disks are made, limited, hidden and deleted', async () => {
  expect((await admin('createDiskOffering', { name: 'both' })).body.diskoffering).toMatchObject({
    iscustomized: true,
    disksize: 0,
  });
  const wrong = { name: 'x', disksize: '5', customized: 'true' };
  expect((await admin('createDiskOffering', wrong)).status).toBe(431);
  const made = await admin('createDiskOffering', { name: 'five', disksize: '5' });
  const { id } = made.body.diskoffering;
  expect(made.body.diskoffering).toMatchObject({ disksize: 5, iscustomized: false });
  expect(await names(alice, 'listDiskOfferings', { name: 'five', zoneid })).toEqual(['five']);
  await admin('updateDiskOffering', { id, displayoffering: 'false' });
  expect(await names(alice, 'listDiskOfferings')).toEqual(['both']);
  await admin('updateDiskOffering', { id, displayoffering: 'true', state: 'Inactive' });
  expect(await names(alice, 'listDiskOfferings')).toEqual(['both']);
  expect(await names(alice, 'listDiskOfferings', { state: 'all' })).toEqual(['both', 'five']);
  expect((await server.call(alice, 'deleteDiskOffering', { id })).status).toBe(432);
  expect((await admin('deleteDiskOffering', { id })).body.success).toBe('true');
  expect((await admin('updateDiskOffering', { id, name: 'y' })).status).toBe(431);
});

test('offerings and ranges of a project are listed, whole too, and when it is suspended', async () => {
  const made = await server.run(server.admin, 'createProject', { name: 'sleeping' });
  const projectid: string = made.body.project.id;
  await server.run(server.admin, 'suspendProject', { id: projectid });
  for (const command of [
    'listServiceOfferings',
    'listDiskOfferings',
    'listDedicatedGuestVlanRanges',
  ])
    for (const paging of [{}, { pagesize: '-1' }])
      expect((await admin(command, { projectid, ...paging })).status, command).toBe(200);
});

test('there is one way to choose a host', async () => {
  const { body } = await admin('listDeploymentPlanners');
  expect(body).toEqual({ count: 1, deploymentplanner: [{ name: 'FirstFitPlanner' }] });
});
