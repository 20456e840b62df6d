import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';
import { settingAt } from './value.ts';

let server: TestServer;
let anna: Tenant;
let boss: Tenant;
let zoneid: string;
let clusterid: string;
const ids: Record<'root' | 'boss', string> = { root: '', boss: '' };

beforeAll(async () => {
  server = await testServer();
  anna = await server.tenant('anna');
  boss = await server.tenant('boss', 'Domain Admin');
  zoneid = (await server.call(server.admin, 'listZones')).body.zone[0].id;
  clusterid = (await server.call(server.admin, 'listClusters')).body.cluster[0].id;
  const { body } = await server.call(server.admin, 'listDomains', { listall: 'true' });
  for (const { id, name } of body.domain) ids[name === 'ROOT' ? 'root' : 'boss'] = id;
});
afterAll(() => server.close());

const set = (params: Record<string, string>) =>
  server.call(server.admin, 'updateConfiguration', params);
const reset = (params: Record<string, string>) =>
  server.call(server.admin, 'resetConfiguration', params);
const shown = async (params: Record<string, string>): Promise<string | undefined> =>
  (await server.call(server.admin, 'listConfigurations', params)).body.configuration?.[0]?.value;

test('a value of a zone wins over the global one there, and comes back to it', async () => {
  const name = 'vr.public.interface.max.mtu';
  await set({ name, value: '1450' });
  const { body } = await set({ name, value: '1400', zoneid });
  expect(body.configuration).toMatchObject({ name, value: '1400', scope: 'zone' });
  expect([await shown({ name }), await shown({ name, zoneid })]).toEqual(['1450', '1400']);
  const { zone } = (await server.call(server.admin, 'listZones', { id: zoneid })).body;
  expect(zone[0].routerpublicinterfacemaxmtu).toBe(1400);
  await reset({ name, zoneid });
  expect(await shown({ name, zoneid })).toBe('1450');
  await reset({ name });
  expect(await shown({ name, zoneid })).toBe('1500');
});

test('a cluster has its own value, else that of its zone', async () => {
  const name = 'mem.overprovisioning.factor';
  const at = () => settingAt(server.db, name, { scope: 'cluster', id: clusterid });
  await set({ name, value: '3', zoneid });
  expect(await at()).toBe(3);
  await set({ name, value: '5', clusterid });
  expect([await at(), await shown({ name, clusterid }), await shown({ name })]).toEqual([
    5,
    '5',
    '1',
  ]);
  const { cluster } = (await server.call(server.admin, 'listClusters', { id: clusterid })).body;
  expect(cluster[0]).toMatchObject({
    memoryovercommitratio: '5.0',
    resourcedetails: { cpuOvercommitRatio: '1.0', memoryOvercommitRatio: '5.0' },
  });
  await reset({ name, clusterid });
  expect(await at()).toBe(3);
  await reset({ name, zoneid });
});

test('an account has its own value, else that of the nearest domain', async () => {
  const name = 'allow.user.expunge.recover.vm';
  const of = ({ accountId: id }: Tenant) => settingAt(server.db, name, { scope: 'account', id });
  await set({ name, value: 'true', domainid: ids.root });
  expect([await of(anna), await of(boss)]).toEqual([1, 1]);
  await set({ name, value: 'false', domainid: ids.boss });
  expect([await of(anna), await of(boss)]).toEqual([1, 0]);
  await set({ name, value: 'true', accountid: boss.accountId });
  expect([await of(anna), await of(boss)]).toEqual([1, 1]);
  expect(await shown({ name, domainid: ids.boss })).toBe('false');
  expect(await shown({ name, accountid: anna.accountId })).toBe('true');
  for (const domainid of Object.values(ids)) await reset({ name, domainid });
  expect([await of(anna), await of(boss)]).toEqual([0, 1]);
});

test('lists for a place have only what can differ there', async () => {
  const { body } = await server.call(server.admin, 'listConfigurations', { zoneid });
  const names = body.configuration.map((one: { name: string }) => one.name);
  expect(names).toContain('vr.private.interface.max.mtu');
  expect(names).toContain('mem.overprovisioning.factor');
  expect(names).not.toContain('default.page.size');
  expect(names).not.toContain('allow.user.expunge.recover.vm');
});

test('a place that is not there, or of the wrong kind, or two at once are refused', async () => {
  const name = 'vr.public.interface.max.mtu';
  for (const params of [
    { name, value: '1400', zoneid: anna.accountId },
    { name, value: '1400', accountid: anna.accountId },
    { name, value: '1400', zoneid, clusterid },
    { name, value: '99', zoneid, storageid: zoneid },
    { name: 'default.page.size', value: '9', zoneid },
    { name, value: '1', zoneid },
  ])
    expect((await set(params)).status).toBe(431);
  expect(await server.db.selectFrom('scoped_settings').select('name').execute()).toEqual([
    { name: 'allow.user.expunge.recover.vm' },
  ]);
});

test('values of a place go with it', async () => {
  await server.run(server.admin, 'deleteAccount', { id: boss.accountId });
  expect(await server.db.selectFrom('scoped_settings').select('name').execute()).toEqual([]);
});
