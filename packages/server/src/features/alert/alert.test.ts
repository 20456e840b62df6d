import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alertTypes } from '../../events/alert-types.ts';
import { type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let zoneid: string;

beforeAll(async () => {
  server = await testServer();
  zoneid = (await server.call(server.admin, 'listZones')).body.zone[0].id;
});
afterAll(() => server.close());
beforeEach(() => server.db.deleteFrom('alerts').execute());

const raise = (change: Record<string, string> = {}) =>
  server.run(server.admin, 'generateAlert', {
    name: 'ALERT.NETWORK.VLAN',
    type: '18',
    description: 'few VLANs are left',
    zoneid,
    ...change,
  });
const names = async (params: Record<string, string> = {}) =>
  ((await server.call(server.admin, 'listAlerts', params)).body.alert ?? []).map(
    (one: { name: string }) => one.name,
  );

test('an operator raises alerts of CloudStack’s types and of own ones', async () => {
  expect((await raise()).body).toEqual({ success: true });
  await raise({ name: 'ALERT.OURS', type: '900', description: 'the door is open' });
  expect(await names()).toEqual(['ALERT.OURS', 'ALERT.NETWORK.VLAN']);
  expect(await names({ type: '18' })).toEqual(['ALERT.NETWORK.VLAN']);
  const wrong = { name: 'ALERT.OURS', type: '18', description: 'x' };
  expect((await server.call(server.admin, 'generateAlert', wrong)).status).toBe(431);
  const nowhere = { ...wrong, type: '900', zoneid: '11111111-1111-4111-8111-111111111111' };
  expect((await server.call(server.admin, 'generateAlert', nowhere)).status).toBe(431);
});

test('types are listed by name and number', async () => {
  const { body } = await server.call(server.admin, 'listAlertTypes');
  expect(body.count).toBe(Object.keys(alertTypes).length);
  expect(body.alerttype).toContainEqual({ name: 'ALERT.SERVICE.DOMAINROUTER', type: 9 });
});

test.each(['archiveAlerts', 'deleteAlerts'])(
  '%s takes what was chosen and no more',
  async command => {
    await raise();
    await raise({ name: 'ALERT.OURS', type: '900', description: 'the door is open' });
    const { alert } = (await server.call(server.admin, 'listAlerts')).body;
    expect((await server.call(server.admin, command)).status).toBe(431);
    const both = { ids: `${alert[0].id},11111111-1111-4111-8111-111111111111` };
    expect((await server.call(server.admin, command, both)).status).toBe(431);
    expect(await names()).toHaveLength(2);
    expect((await server.call(server.admin, command, { type: '900' })).body.success).toBe('true');
    expect(await names()).toEqual(['ALERT.NETWORK.VLAN']);
    const left = await server.db.selectFrom('alerts').select('archived').execute();
    expect(new Set(left.map(row => row.archived))).toEqual(
      new Set(command === 'deleteAlerts' ? [false] : [false, true]),
    );
    await server.call(server.admin, command, { ids: alert[1].id });
    expect(await names()).toEqual([]);
  },
);

test('alerts are not for tenants', async () => {
  const domainAdmin = await server.tenant('tenant', 'Domain Admin');
  for (const command of [
    'listAlerts',
    'listAlertTypes',
    'archiveAlerts',
    'deleteAlerts',
    'generateAlert',
  ])
    expect((await server.call(domainAdmin, command)).status).toBe(432);
});
