import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let anna: Tenant;
let networkId: string;

beforeAll(async () => {
  server = await testServer();
  anna = await server.tenant('anna');
  const first = async (command: string, key: string): Promise<string> =>
    (await server.call(anna, command)).body[key][0].id;
  const made = await server.call(anna, 'createNetwork', {
    name: 'net',
    zoneid: await first('listZones', 'zone'),
    networkofferingid: await first('listNetworkOfferings', 'networkoffering'),
  });
  networkId = made.body.network.id;
  await server.run(anna, 'updateNetwork', { id: networkId, name: 'by-anna' });
  await server.run(server.admin, 'updateNetwork', { id: networkId, name: 'by-admin' });
});
afterAll(() => server.close());

test('jobs are listed, but not those that carry synchronous commands', async () => {
  const commandsOf = async (by: Parameters<TestServer['call']>[0]) =>
    (await server.call(by, 'listAsyncJobs', { listall: 'true' })).body.asyncjobs.map(
      (job: { cmd: string }) => job.cmd,
    );
  expect(await commandsOf(anna)).toEqual(['updateNetwork']);
  expect(await commandsOf(server.admin)).toEqual(['updateNetwork', 'updateNetwork']);
});

test('the newest job of an object is the newest that the caller may see', async () => {
  const named = { resourceid: networkId, resourcetype: 'Network' };
  const nameFor = async (by: Parameters<TestServer['call']>[0]) =>
    (await server.call(by, 'queryAsyncJobResult', named)).body.jobresult.network.name;
  expect(await nameFor(anna)).toBe('by-anna');
  expect(await nameFor(server.admin)).toBe('by-admin');
});
