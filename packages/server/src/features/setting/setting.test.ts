import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestServer, testServer } from '../../http/test-server.ts';
import { settingNames, settingRegistry, settingText } from './registry.ts';
import { textSettingNames } from './text-registry.ts';
import { setting } from './value.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

test('every default lies in its own range, and is shown', async () => {
  for (const name of settingNames) {
    const { min, max, default: value } = settingRegistry[name];
    expect(value).toBeGreaterThanOrEqual(min);
    expect(value).toBeLessThanOrEqual(max);
    const { body } = await server.call(server.admin, 'listConfigurations', { name });
    expect(body.count).toBe(1);
    expect(body.configuration[0]).toMatchObject({
      name,
      value: settingText(name, value),
      defaultvalue: settingText(name, value),
      isdynamic: true,
    });
  }
});

test('lists filter by group, subgroup and parent', async () => {
  const names = async (params: Record<string, string>): Promise<string[]> =>
    ((await server.call(server.admin, 'listConfigurations', params)).body.configuration ?? []).map(
      (one: { name: string }) => one.name,
    );
  const routers = await names({ group: 'network', subgroup: 'Virtual Router' });
  expect(routers).toContain('router.check.interval');
  expect(routers).not.toContain('network.gc.wait');
  expect(await names({ group: 'Nothing' })).toEqual([]);
  expect(await names({ parent: 'network.gc.wait' })).toEqual(['network.gc.interval']);
  expect(await names({})).toHaveLength(settingNames.length + textSettingNames.length);
});

test('a change holds from the next reading on, and without a value goes back', async () => {
  expect(await setting(server.db, 'network.gc.wait')).toBe(600);
  const changed = await server.call(server.admin, 'updateConfiguration', {
    name: 'network.gc.wait',
    value: '7',
  });
  expect(changed.body.configuration).toMatchObject({ name: 'network.gc.wait', value: '7' });
  expect(await setting(server.db, 'network.gc.wait')).toBe(7);
  await server.call(server.admin, 'updateConfiguration', { name: 'network.gc.wait' });
  expect(await setting(server.db, 'network.gc.wait')).toBe(600);
  const name = 'network.gc.wait';
  await server.call(server.admin, 'updateConfiguration', { name, value: '9' });
  const reset = await server.call(server.admin, 'resetConfiguration', { name });
  expect(reset.body.configuration).toMatchObject({ name, value: '600', defaultvalue: '600' });
  expect(await setting(server.db, name)).toBe(600);
});

test('a text setting is kept as it is given', async () => {
  const name = 'secstorage.allowed.internal.sites';
  const value = '10.0.0.0/8, fd00::/8,192.0.2.1';
  await server.call(server.admin, 'updateConfiguration', { name, value });
  const { body } = await server.call(server.admin, 'listConfigurations', { name });
  expect(body.configuration).toMatchObject([{ name, value, defaultvalue: '', type: 'String' }]);
});

test.each([
  { name: 'no.such.setting', value: '1' },
  { name: 'network.gc.wait', value: '-1' },
  { name: 'network.gc.wait', value: '1e3' },
  { name: 'allow.user.expunge.recover.vm', value: '2' },
  { name: 'network.guest.cidr.limit', value: '31' },
  { name: 'secstorage.allowed.internal.sites', value: '10.0.0.0/33' },
  { name: 'secstorage.allowed.internal.sites', value: 'files.example' },
  { name: 'default.page.size', value: '99999999999999999999' },
])('updateConfiguration refuses %o and changes nothing', async params => {
  const before = await server.db.selectFrom('settings').selectAll().execute();
  expect((await server.call(server.admin, 'updateConfiguration', params)).status).toBe(431);
  expect(await server.db.selectFrom('settings').selectAll().execute()).toEqual(before);
});

test('settings are for root administrators', async () => {
  const tenant = await server.tenant('tenant', 'Domain Admin');
  for (const command of ['listConfigurations', 'updateConfiguration', 'resetConfiguration'])
    expect((await server.call(tenant, command, { name: 'network.gc.wait' })).status).toBe(432);
});
