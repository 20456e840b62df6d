import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let root: string;
let offering: string;
let zone: string;

beforeAll(async () => {
  server = await testServer();
  const admin = async (command: string, params: Record<string, string> = {}) =>
    (await server.call(server.admin, command, params)).body;
  root = (await admin('listDomains')).domain[0].id;
  zone = (await admin('listZones')).zone[0].id;
  const name = 'DefaultIsolatedNetworkOfferingWithSourceNatService';
  offering = (await admin('listNetworkOfferings', { name })).networkoffering[0].id;
});
afterAll(() => server.close());

const network = (by: Keys, name: string) =>
  server.call(by, 'createNetwork', { name, zoneid: zone, networkofferingid: offering });

const limit = async (params: Record<string, string>) =>
  server.call(server.admin, 'updateResourceLimit', params);

async function domainOf(who: Tenant): Promise<string> {
  const { body } = await server.call(server.admin, 'listAccounts', { id: who.accountId });
  return body.account[0].domainid;
}

test('of a hundred that ask at once, as many get it as may', async () => {
  const who = await server.tenant('crowd');
  await limit({ account: 'crowd', domainid: root, resourcetype: '6', max: '7' });
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => network(who, `n${index}`)),
  );
  const made = answers.filter(answer => answer.status === 200);
  expect(made).toHaveLength(7);
  for (const answer of answers.filter(one => one.status !== 200))
    expect(answer).toMatchObject({
      status: 535,
      body: { errortext: expect.stringMatching(/network.*crowd.*7 of 7/) },
    });
  const { body } = await server.call(who, 'listAccounts');
  expect(body.account[0]).toMatchObject({
    networktotal: 7,
    networklimit: '7',
    networkavailable: '0',
    vmlimit: '20',
  });
  await server.run(who, 'deleteNetwork', { id: made[0]?.body.network.id });
  expect((await network(who, 'again')).status).toBe(200);
});

test('accounts of a domain share its limit, whichever asks', async () => {
  const first = await server.tenant('shared', 'Domain Admin');
  const domainid = await domainOf(first);
  const person = { password: 'x', email: 'a@b.example', firstname: 'A', lastname: 'B' };
  const { body } = await server.call(server.admin, 'createAccount', {
    ...person,
    username: 'sharer',
    accounttype: '0',
    domainid,
  });
  const keys = await server.run(server.admin, 'registerUserKeys', { id: body.account.user[0].id });
  const second = { apiKey: keys.body.userkeys.apikey, secretKey: keys.body.userkeys.secretkey };
  await limit({ domainid, resourcetype: '6', max: '5' });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      network(index % 2 === 0 ? first : second, `d${index}`),
    ),
  );
  expect(answers.filter(answer => answer.status === 200)).toHaveLength(5);
  const listed = await server.call(server.admin, 'listResourceLimits', {
    domainid,
    resourcetype: '6',
  });
  expect(listed.body.resourcelimit).toMatchObject([
    { resourcetype: '6', resourcetypename: 'network', max: 5, domainpath: 'ROOT/shared' },
  ]);
  const counted = await server.call(server.admin, 'updateResourceCount', {
    domainid,
    resourcetype: '6',
  });
  expect(counted.body.resourcecount).toMatchObject([{ resourcecount: 5 }]);
});

test('cores and memory of instances count, those that are destroyed do not', async () => {
  const who = await server.tenant('small');
  await network(who, 'net');
  const template = await server.call(who, 'listTemplates', { templatefilter: 'featured' });
  const sizes = await server.call(who, 'listServiceOfferings', { name: 'Small Instance' });
  const size = sizes.body.serviceoffering[0];
  const deploy = () =>
    server.call(who, 'deployVirtualMachine', {
      zoneid: zone,
      templateid: template.body.template[0].id,
      serviceofferingid: size.id,
      startvm: 'false',
    });
  const memory = { account: 'small', domainid: root, resourcetype: '9' };
  await limit({ ...memory, max: String(size.memory * 2) });
  const made = [await deploy(), await deploy()];
  expect((await deploy()).body.errortext).toMatch(/'memory'/);
  await limit({ ...memory, max: '-1' });
  await limit({ account: 'small', domainid: root, resourcetype: '0', max: '2' });
  expect((await deploy()).body.errortext).toMatch(/'user_vm'/);
  await server.run(who, 'destroyVirtualMachine', { id: made[0]?.body.id });
  expect((await deploy()).status).toBe(200);
});

test('nobody raises his own limit, nor one above that of the domain', async () => {
  const chief = await server.tenant('limited', 'Domain Admin');
  const domainid = await domainOf(chief);
  await limit({ domainid, resourcetype: '0', max: '10' });
  const tries: [Keys, Record<string, string>, number][] = [
    [chief, { account: 'limited', domainid, resourcetype: '0', max: '5' }, 531],
    [chief, { domainid, resourcetype: '0', max: '5' }, 531],
    [chief, { domainid: root, resourcetype: '0', max: '5' }, 531],
    [server.admin, { account: 'limited', domainid, resourcetype: '0', max: '11' }, 431],
    [server.admin, { account: 'limited', domainid, resourcetype: '0', max: '-1' }, 431],
    [server.admin, { account: 'limited', domainid, resourcetype: '99', max: '1' }, 431],
    [server.admin, { account: 'limited', domainid, resourcetype: '0', max: '-2' }, 431],
    [server.admin, { account: 'limited', domainid, resourcetype: '0', max: '10' }, 200],
  ];
  for (const [by, params, status] of tries)
    expect([params, (await server.call(by, 'updateResourceLimit', params)).status]).toEqual([
      params,
      status,
    ]);
  const user = await server.tenant('plain');
  const own = await server.call(user, 'listResourceLimits');
  expect(own.body.resourcelimit).toHaveLength(7);
  const foreign = { account: 'limited', domainid };
  expect((await server.call(user, 'listResourceLimits', foreign)).status).toBe(531);
});

test('root administrators have no limit', async () => {
  const { body } = await server.call(server.admin, 'listAccounts', { name: 'admin' });
  expect(body.account[0]).toMatchObject({ vmlimit: 'Unlimited', networkavailable: 'Unlimited' });
});
