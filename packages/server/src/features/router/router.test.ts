import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let alice: Tenant;
let instanceId: string;
let routerId: string;
let guestAddress: string;

const admin = (command: string, params = {}) => server.call(server.admin, command, params);
const run = (command: string, params = {}) => server.run(server.admin, command, params);
const router = async (params = {}): Promise<Record<string, unknown>> =>
  (await admin('listRouters', { listall: 'true', ...params })).body.router[0];

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  const first = async (command: string, key: string, params = {}) =>
    (await server.call(alice, command, params)).body[key][0].id;
  const zoneid = await first('listZones', 'zone');
  const networkofferingid = await first('listNetworkOfferings', 'networkoffering', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  const network = await server.call(alice, 'createNetwork', {
    name: 'net',
    zoneid,
    networkofferingid,
  });
  const { body } = await server.run(alice, 'deployVirtualMachine', {
    zoneid,
    templateid: await first('listTemplates', 'template', { templatefilter: 'featured' }),
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
    networkids: network.body.network.id,
  });
  instanceId = body.virtualmachine.id;
  guestAddress = body.virtualmachine.nic[0].ipaddress;
  routerId = String((await router())['id']);
});
afterAll(() => server.close());

test('a router tries out what it is asked, strictly validated; what comes of it is the answer', async () => {
  const asked = { targetid: routerId, type: 'ping', ipaddress: guestAddress, params: '-c 2 -n' };
  await expect
    .poll(async () => (await run('runDiagnostics', asked)).body.diagnostics.exitcode)
    .toBe('0');
  const stranger = { ...asked, ipaddress: '198.51.100.7' };
  expect((await run('runDiagnostics', stranger)).body.diagnostics.exitcode).toBe('1');
  for (const wrong of [
    { params: '-c 2; id' },
    { params: '-f' },
    { ipaddress: '-f' },
    { ipaddress: '$(id)' },
    { type: 'nmap' },
    { targetid: instanceId },
  ])
    expect((await admin('runDiagnostics', { ...asked, ...wrong })).status).toBe(431);
  expect((await server.call(alice, 'runDiagnostics', asked)).status).toBe(432);
});

test('files are packed and given out for their token, and for no other', async () => {
  const origin = new URL(server.url).origin;
  await admin('updateConfiguration', { name: 'endpoint.url', value: server.url });
  const targetid = routerId;
  const { body } = await run('getDiagnosticsData', { targetid, files: '/var/log/cloud.log' });
  const { url } = body.diagnostics;
  expect(url).toMatch(new RegExp(`^${origin}/client/diagnostics/[\\w-]{43}$`));
  const response = await fetch(url);
  expect(response.headers.get('content-type')).toBe('application/gzip');
  const archive = gunzipSync(Buffer.from(await response.arrayBuffer()));
  expect(archive.toString()).toContain('/var/log/cloud.log');
  expect((await fetch(`${url}x`)).status).toBe(404);
  for (const files of ['/etc/shadow', '/var/log/../../etc/shadow', '/etc/ssh/ssh_host_key'])
    expect((await admin('getDiagnosticsData', { targetid, files })).status).toBe(431);
  await server.db
    .updateTable('diagnostics')
    .set({ created: new Date(Date.now() - 25 * 3_600_000) })
    .execute();
  expect((await fetch(url)).status).toBe(404);
});

test('a router gets another size: stopped, or replaced while it runs', async () => {
  const made = await admin('createServiceOffering', {
    name: 'large router',
    cpunumber: '2',
    cpuspeed: '1000',
    memory: '512',
    issystem: 'true',
    systemvmtype: 'domainrouter',
  });
  const serviceofferingid = made.body.serviceoffering.id;
  const before = await router();
  const resize = { id: routerId, serviceofferingid };
  expect((await admin('changeServiceForRouter', resize)).status).toBe(431);
  const scaled = await run('scaleSystemVm', resize);
  expect(scaled.body.systemvm).toMatchObject({
    systemvmtype: 'domainrouter',
    serviceofferingid,
    publicip: before['publicip'],
  });
  const after = await router();
  expect(after).toMatchObject({ state: 'Running', guestmacaddress: before['guestmacaddress'] });
  expect(after['id']).not.toBe(before['id']);
  routerId = String(after['id']);
  expect(server.agent.routers.get(routerId)?.spec.limits.memoryMiB).toBe(512);
  await run('stopRouter', { id: routerId, forced: 'true' });
  const small = before['serviceofferingid'];
  const back = { id: routerId, serviceofferingid: small };
  const changed = await admin('changeServiceForRouter', back);
  expect(changed.body.router).toMatchObject({ state: 'Stopped', serviceofferingid: small });
  await run('startRouter', { id: routerId });
  expect(server.agent.routers.get(routerId)?.spec.limits.memoryMiB).not.toBe(512);
  const guests = await server.call(alice, 'listServiceOfferings');
  const wrong = { id: routerId, serviceofferingid: guests.body.serviceoffering[0].id };
  expect((await admin('scaleSystemVm', wrong)).status).toBe(431);
});

test('a router whose image is old requires an upgrade, and gets it', async () => {
  expect((await router())['requiresupgrade']).toBe(false);
  const { body: none } = await admin('upgradeRouterTemplate', { id: routerId });
  expect(none).toEqual({});
  await server.db.updateTable('routers').set({ image: 'old' }).execute();
  expect((await router())['requiresupgrade']).toBe(true);
  const failed = async () =>
    (await admin('listRouters', { listall: 'true', healthchecksfailed: 'true' })).body.count;
  const health = async () => {
    const asked = { routerid: routerId, performfreshchecks: 'true' };
    const { healthchecks } = (await admin('getRouterHealthCheckResults', asked)).body
      .routerhealthchecks;
    return healthchecks.filter((check: { success: boolean }) => !check.success);
  };
  expect(await health()).toMatchObject([
    { checkname: 'router_version_check', checktype: 'basic', status: 'FAILED' },
  ]);
  expect(await failed()).toBe(1);
  await server.db.updateTable('routers').set({ reachable: false }).execute();
  const { healthcheckresults } = await router({ fetchhealthcheckresults: 'true' });
  expect(healthcheckresults).toContainEqual(
    expect.objectContaining({ checkname: 'connectivity.test', success: false }),
  );
  await server.db.updateTable('routers').set({ reachable: true }).execute();
  expect((await admin('upgradeRouterTemplate')).status).toBe(431);
  const { body } = await admin('upgradeRouterTemplate', { id: routerId });
  expect(body.count).toBe(1);
  const { jobid } = body.asyncjobs[0];
  await expect
    .poll(async () => (await admin('queryAsyncJobResult', { jobid })).body.jobstatus)
    .toBe(1);
  const upgraded = await router();
  expect(upgraded).toMatchObject({ state: 'Running', requiresupgrade: false });
  expect(upgraded['id']).not.toBe(routerId);
  routerId = String(upgraded['id']);
  expect(await health()).toEqual([]);
  expect(await failed()).toBeUndefined();
});

test('settings say what a healthy router must have free, in its zone, and whether it is asked', async () => {
  const set = (name: string, value: string, params: Record<string, string> = {}) =>
    admin('updateConfiguration', { name: `router.health.checks.${name}`, value, ...params });
  const asked = { routerid: routerId, performfreshchecks: 'true' };
  const failed = async () =>
    (await admin('getRouterHealthCheckResults', asked)).body.routerhealthchecks.healthchecks
      .filter((check: { success: boolean }) => !check.success)
      .map(({ checkname, details }: Record<string, string>) => [checkname, details]);
  const zoneid = String((await router())['zoneid']);
  expect(await failed()).toEqual([]);
  await set('free.disk.space.threshold', '2000', { zoneid });
  await set('max.memory.usage.threshold', '10');
  expect(await failed()).toEqual([
    ['disk_space_check', '1024 MiB free, not at least 2000 MiB'],
    ['memory_usage_check', '20 % used, not at most 10 %'],
  ]);
  await set('free.disk.space.threshold', '1000', { zoneid });
  await set('max.memory.usage.threshold', '20');
  expect(await failed()).toEqual([]);
  expect((await set('to.exclude', 'nonsense')).status).toBe(431);
  await set('enabled', 'false');
  const { status, body } = await admin('getRouterHealthCheckResults', asked);
  expect([status, body.errortext]).toEqual([431, expect.stringContaining('are not enabled')]);
  expect((await admin('getRouterHealthCheckResults', { routerid: routerId })).status).toBe(200);
  await set('enabled', 'true');
});

test('a router that has no other host to go to stays', async () => {
  const { status, body } = await admin('migrateSystemVm', { virtualmachineid: routerId });
  expect([status, body.errortext]).toEqual([533, expect.stringContaining('it is to be left')]);
  expect(await router()).toMatchObject({ id: routerId, state: 'Running' });
});
