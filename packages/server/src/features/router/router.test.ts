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
const router = async (): Promise<Record<string, unknown>> =>
  (await admin('listRouters', { listall: 'true' })).body.router[0];

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
