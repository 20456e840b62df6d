import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let anna: Tenant;
let domainid: string;
let networkid: string;

beforeAll(async () => {
  server = await testServer();
  anna = await server.tenant('anna');
  domainid = await first('listDomains', 'domain');
  const made = await server.call(server.admin, 'createNetwork', {
    name: 'net',
    account: 'anna',
    domainid,
    zoneid: await first('listZones', 'zone'),
    networkofferingid: await first('listNetworkOfferings', 'networkoffering'),
  });
  networkid = made.body.network.id;
});
afterAll(() => server.close());

async function first(command: string, key: string): Promise<string> {
  const { body } = await server.call(server.admin, command);
  return body[key][0].id;
}

const eventsOf = async (by: Parameters<TestServer['call']>[0], type: string) =>
  (await server.call(by, 'listEvents', { type })).body.event ?? [];

test('an owner sees what an administrator does with his objects, as events that belong together', async () => {
  await server.run(server.admin, 'updateNetwork', { id: networkid, displaytext: 'changed' });
  const [done, started, begun] = await eventsOf(anna, 'NETWORK.UPDATE');
  expect(done).toMatchObject({ state: 'Completed', username: 'admin', account: 'anna' });
  expect(begun).toMatchObject({ state: 'Scheduled', username: 'admin', account: 'anna' });
  expect(started).toMatchObject({ state: 'Started', parentid: begun.id });
  expect(done.parentid).toBe(begun.id);
  for (const event of [done, started, begun])
    expect(event).toMatchObject({
      resourceid: networkid,
      resourcetype: 'Network',
      resourcename: 'net',
    });
  expect(await eventsOf(anna, 'NETWORK.CREATE')).toHaveLength(2);
  const own = await server.call(server.admin, 'listEvents', { type: 'NETWORK.UPDATE' });
  expect(own.body).toEqual({});
});

test('an owner sees the changes of synchronous commands, too', async () => {
  const key = { name: 'key', account: 'anna', domainid };
  await server.call(server.admin, 'createSSHKeyPair', key);
  expect(await eventsOf(anna, 'REGISTER.SSH.KEYPAIR')).toMatchObject([{ username: 'admin' }]);
});

test('the job of such a change is the caller’s', async () => {
  const { body } = await server.call(server.admin, 'updateNetwork', {
    id: networkid,
    name: 'net2',
  });
  const jobid: string = body.jobid;
  expect((await server.call(anna, 'queryAsyncJobResult', { jobid })).status).toBe(531);
  expect((await server.call(server.admin, 'queryAsyncJobResult', { jobid })).status).toBe(200);
});
