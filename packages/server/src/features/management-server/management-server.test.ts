import { release } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const list = async (params: Record<string, string> = {}) =>
  (await server.call(server.admin, 'listManagementServers', params)).body.managementserver ?? [];

test('the server shows itself, with its machine, agents and jobs', async () => {
  const [one, ...others] = await list();
  expect(others).toEqual([]);
  const { host } = (await server.call(server.admin, 'listHosts')).body;
  expect(one).toMatchObject({
    state: 'Up',
    kernelversion: release(),
    serviceip: '127.0.0.1',
    agents: [host[0].id],
    agentscount: 1,
    pendingjobscount: 0,
  });
  expect(Date.parse(one.lastserverstart)).toBeGreaterThan(Date.parse(one.lastboottime));
  expect(one.peers).toBeUndefined();
  expect((await list({ peers: 'true' }))[0].peers).toEqual([]);
  expect(await list({ id: one.id, name: one.name, version: one.version })).toHaveLength(1);
  for (const params of [
    { id: host[0].id },
    { name: 'another' },
    { version: '1' },
    { keyword: '?' },
  ])
    expect(await list(params)).toEqual([]);
  await server.restart();
  expect((await list())[0].id).toBe(one.id);
});

test('a job names the server while it runs', async () => {
  const tenant = await server.tenant('tenant');
  const first = async (command: string, key: string): Promise<string> =>
    (await server.call(server.admin, command)).body[key][0].id;
  const made = await server.call(tenant, 'createNetwork', {
    name: 'net',
    zoneid: await first('listZones', 'zone'),
    networkofferingid: await first('listNetworkOfferings', 'networkoffering'),
  });
  let unblock = (): void => undefined;
  const released = new Promise<void>(resolve => {
    unblock = resolve;
  });
  server.agent.intercept = () => released;
  const { templateid, serviceofferingid, zoneid } = {
    templateid: (await server.call(server.admin, 'listTemplates', { templatefilter: 'executable' }))
      .body.template[0].id,
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
    zoneid: await first('listZones', 'zone'),
  };
  const { jobid } = (
    await server.call(tenant, 'deployVirtualMachine', {
      templateid,
      serviceofferingid,
      zoneid,
      networkids: made.body.network.id,
    })
  ).body;
  const [{ id: managementserverid, name }] = await list();
  const job = async () => (await server.call(tenant, 'queryAsyncJobResult', { jobid })).body;
  expect(await job()).toMatchObject({ managementserverid, managementservername: name });
  const jobs = async (id: string) =>
    (await server.call(tenant, 'listAsyncJobs', { managementserverid: id })).body.asyncjobs ?? [];
  expect((await jobs(managementserverid)).map((one: { jobid: string }) => one.jobid)).toEqual([
    jobid,
  ]);
  expect(await jobs(tenant.accountId)).toEqual([]);
  expect((await list())[0].pendingjobscount).toBe(1);
  unblock();
  await expect.poll(async () => (await job()).jobstatus, { timeout: 20_000 }).toBe(1);
  expect((await job()).managementserverid).toBeUndefined();
});
