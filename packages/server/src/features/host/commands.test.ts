import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';
import type { HostRow, NewRow } from '../../store/schema.ts';

let server: TestServer;
let user: Tenant;
let chief: Tenant;
let local: HostRow;

beforeAll(async () => {
  server = await testServer();
  user = await server.tenant('user');
  chief = await server.tenant('chief', 'Domain Admin');
  local = await server.db.selectFrom('hosts').selectAll().executeTakeFirstOrThrow();
});
afterAll(() => server.close());

beforeEach(async () => {
  await server.db
    .updateTable('hosts')
    .set({ state: 'Removed' })
    .where('id', '<>', local.id)
    .execute();
  await server.db.updateTable('hosts').set({ is_local: true }).where('id', '=', local.id).execute();
});

/** A host that has joined. */
async function addHost(name: string, patch: Partial<NewRow<'hosts'>> = {}): Promise<string> {
  const { id: _id, seq: _seq, load: _load, ...like } = local;
  const row = await server.db
    .insertInto('hosts')
    .values({ ...like, is_local: false, name, state: 'Disconnected', ...patch })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

const call = (command: string, params: Record<string, string>) =>
  server.call(server.admin, command, params);
const host = async (id: string) => (await call('listHosts', { id })).body.host?.[0];

async function deploy(params: Record<string, string> = {}): Promise<string> {
  const first = async (command: string, key: string, asked = {}) =>
    (await server.call(user, command, asked)).body[key][0].id;
  const place = {
    zoneid: await first('listZones', 'zone'),
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
  };
  const network = await server.call(user, 'createNetwork', {
    zoneid: place.zoneid,
    name: randomUUID(),
    networkofferingid: await first('listNetworkOfferings', 'networkoffering', {
      name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    }),
  });
  const { body } = await server.run(user, 'deployVirtualMachine', {
    ...place,
    templateid: await first('listTemplates', 'template', { templatefilter: 'featured' }),
    networkids: network.body.network.id,
    ...params,
  });
  return body.virtualmachine.id;
}

test('a host shows what it is, what it holds and how busy it is', async () => {
  const load = {
    cpuPercent: 12.5,
    memoryUsedBytes: 2 ** 30,
    disk: { totalBytes: 100, freeBytes: 60 },
    nics: [
      { instanceId: randomUUID(), device: 'eth0', receivedBytes: 2048, sentBytes: 1024 },
      { instanceId: randomUUID(), device: 'eth0', receivedBytes: 3072, sentBytes: 0 },
    ],
  };
  const id = await addHost('shown', {
    hypervisor_version: 'libvirt 9.0.0, QEMU 7.2.0',
    agent_version: '0.3.0',
    accelerated: false,
    tags: ['ssd', 'fast'],
    underlay_address: '192.0.2.7',
    underlay_mtu: 9000,
    shared_storage: 'nfs1',
    disconnected: new Date('2026-01-02T03:04:05Z'),
    load: JSON.stringify(load),
  });
  expect(await host(id)).toMatchObject({
    name: 'shown',
    state: 'Disconnected',
    disconnected: '2026-01-02T03:04:05+0000',
    hypervisorversion: 'libvirt 9.0.0, QEMU 7.2.0',
    version: '0.3.0',
    hosttags: 'ssd,fast',
    cpuused: '12.50%',
    memoryused: 2 ** 30,
    disksizetotal: 100,
    disksizeallocated: 40,
    networkkbsread: 5,
    networkkbswrite: 1,
    islocalstorageactive: false,
    details: {
      'Host.accelerated': 'false',
      'Host.public.network': 'true',
      'Host.underlay.address': '192.0.2.7',
      'Host.underlay.mtu': '9000',
      'Host.shared.storage': 'nfs1',
      secured: 'true',
    },
  });
  expect(await host(id)).not.toHaveProperty('managementserverid');
  const { managementserverid = '' } = await host(local.id);
  const ids = async (params: Record<string, string>) =>
    ((await call('listHosts', params)).body.host ?? []).map((one: { id: string }) => one.id);
  expect(await ids({ version: '0.3.0' })).toEqual([id]);
  expect(await ids({ managementserverid })).toEqual([local.id]);
  expect(await ids({ hahost: 'true' })).toEqual([]);
  expect(await ids({ state: 'disconnected', keyword: 'HOW' })).toEqual([id]);
  const [least] = (await call('listHosts', { id, details: 'min' })).body.host;
  for (const field of ['cpuused', 'memoryallocated']) expect(least).not.toHaveProperty(field);
});

test('name, tags and whether anything is put there can be changed', async () => {
  const id = await addHost('before');
  const changed = await call('updateHost', {
    id,
    name: 'after',
    hosttags: 'ssd, fast,ssd',
    allocationstate: 'Disable',
  });
  expect(changed.body.host).toMatchObject({
    name: 'after',
    hosttags: 'ssd,fast',
    resourcestate: 'Disabled',
  });
  await call('updateHost', { id, allocationstate: 'enable' });
  expect(await host(id)).toMatchObject({ resourcestate: 'Enabled', hosttags: 'ssd,fast' });
  const status = async (params: Record<string, string>) =>
    (await call('updateHost', { id, ...params })).status;
  expect(await status({ allocationstate: 'Maintenance' })).toBe(431);
  expect(await status({ hosttags: 'two words' })).toBe(431);
  expect(await status({ name: ' ' })).toBe(431);
  expect(await status({ name: local.name.toUpperCase() })).toBe(537);
  const noted = await call('updateHost', { id, annotation: 'to be watched' });
  expect(noted.body.host).toMatchObject({ name: 'after', annotation: 'to be watched' });
  const notes = await call('listAnnotations', { entityid: id });
  expect(notes.body.annotation).toMatchObject([
    { annotation: 'to be watched', entitytype: 'HOST', adminsonly: true },
  ]);
  expect(await status({ id: randomUUID() })).toBe(431);
});

test('a host goes into maintenance, at once when nothing runs there, and comes out of it', async () => {
  const id = await addHost('kept', { state: 'Up' });
  const { body } = await server.run(server.admin, 'prepareHostForMaintenance', { id });
  expect(body.host).toMatchObject({ id, resourcestate: 'Maintenance' });
  expect((await call('prepareHostForMaintenance', { id })).status).toBe(431);
  expect((await call('updateHost', { id, allocationstate: 'Enable' })).status).toBe(431);
  const ended = await server.run(server.admin, 'cancelHostMaintenance', { id });
  expect(ended.body.host).toMatchObject({ resourcestate: 'Enabled' });
  expect((await call('cancelHostMaintenance', { id })).status).toBe(431);
  const { body: events } = await call('listEvents', { type: 'MAINT.PREPARE' });
  expect(events.event[0]).toMatchObject({ level: 'INFO', state: 'Completed' });
});

test('a lost host is removed and its certificates revoked', async () => {
  const id = await addHost('lost');
  const certificate = { fingerprint: 'f1', serial: 's1', host_id: id, host_name: 'lost' };
  await server.db
    .insertInto('host_certificates')
    .values({ ...certificate, expires: new Date(Date.now() + 1e6) })
    .execute();
  expect((await call('deleteHost', { id })).body).toMatchObject({ success: 'true' });
  expect(await host(id)).toBeUndefined();
  expect((await call('deleteHost', { id })).status).toBe(431);
  const row = await server.db
    .selectFrom('host_certificates')
    .select('revoked')
    .where('fingerprint', '=', 'f1')
    .executeTakeFirstOrThrow();
  expect(row.revoked).not.toBeNull();
});

test('a host that is up is in maintenance before it is removed, or the removal is forced', async () => {
  const id = await addHost('up', { state: 'Up' });
  const plain = await call('deleteHost', { id });
  expect(plain).toMatchObject({ status: 431, body: { errortext: /maintenance/ } });
  expect((await call('deleteHost', { id, forced: 'true' })).status).toBe(200);
  const other = await addHost('up2', { state: 'Up' });
  await server.run(server.admin, 'prepareHostForMaintenance', { id: other });
  expect((await call('deleteHost', { id: other })).status).toBe(200);
});

test('a host that something is on stays, and the error names it', async () => {
  expect((await call('deleteHost', { id: local.id, forced: 'true' })).status).toBe(431);
  const vm = await deploy({ name: 'held' });
  await server.db
    .updateTable('hosts')
    .set({ is_local: false })
    .where('id', '=', local.id)
    .execute();
  const running = await call('deleteHost', { id: local.id, forced: 'true' });
  expect(running.status).toBe(536);
  expect(running.body.errortext).toMatch(/still runs instance held, router r-\d+-vm/i);
  await server.run(user, 'stopVirtualMachine', { id: vm });
  await server.db.updateTable('routers').set({ state: 'Stopped' }).execute();
  await server.db.updateTable('hosts').set({ state: 'Alert' }).where('id', '=', local.id).execute();
  const disk = await call('deleteHost', { id: local.id });
  expect([disk.status, disk.body.errortext]).toEqual([
    536,
    expect.stringMatching(/has the disks of instance held/),
  ]);
  await server.db
    .updateTable('hosts')
    .set({ state: 'Up', is_local: true })
    .where('id', '=', local.id)
    .execute();
  await server.db.updateTable('routers').set({ state: 'Running' }).execute();
});

test('instances whose disks are only on a lost host are destroyed with it when that is asked for', async () => {
  const id = await addHost('with-disk');
  const vm = await deploy({ startvm: 'false' });
  await server.db.updateTable('instances').set({ last_host_id: id }).where('id', '=', vm).execute();
  expect((await call('deleteHost', { id, forced: 'true' })).status).toBe(536);
  expect((await call('deleteHost', { id, forcedestroylocalstorage: 'true' })).status).toBe(200);
  await expect
    .poll(async () => (await call('listVirtualMachines', { id: vm })).body.count ?? 0)
    .toBe(0);
});

test('hosts are not for tenants', async () => {
  for (const command of [
    'listHosts',
    'updateHost',
    'deleteHost',
    'prepareHostForMaintenance',
    'cancelHostMaintenance',
  ])
    for (const by of [user, chief])
      expect([command, (await server.call(by, command, { id: local.id })).status]).toEqual([
        command,
        432,
      ]);
});
