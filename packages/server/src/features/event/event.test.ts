import { afterAll, beforeAll, expect, test } from 'vitest';
import { raiseAlert, resolveAlerts } from '../../events/alert.ts';
import { recordEvent } from '../../events/record.ts';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';
import { eventTypes } from './types.ts';

let server: TestServer;
let anna: Tenant;
let bert: Tenant;
let domainId: string;

beforeAll(async () => {
  server = await testServer();
  anna = await server.tenant('anna');
  bert = await server.tenant('bert');
  const { body } = await server.call(server.admin, 'listDomains');
  domainId = body.domain[0].id;
});
afterAll(() => server.close());

async function event(description: string, change: { ageSeconds?: number; startId?: string } = {}) {
  const id = await recordEvent(server.db, {
    type: 'NETWORK.CREATE',
    level: 'INFO',
    state: change.startId === undefined ? 'Scheduled' : 'Completed',
    description,
    accountId: anna.accountId,
    domainId,
    userId: anna.userId,
    resource: { type: 'Network', id: anna.accountId },
    ...(change.startId === undefined ? {} : { startId: change.startId }),
  });
  const created = new Date(Date.now() - (change.ageSeconds ?? 0) * 1000);
  await server.db.updateTable('events').set({ created }).where('id', '=', id).execute();
  return id;
}

const seen = async (by: Tenant, params: Record<string, string>): Promise<string[]> => {
  const { body } = await server.call(by, 'listEvents', params);
  return (body.event ?? []).map((one: { description: string }) => one.description);
};

test('events are listed newest first and by every filter', async () => {
  const slow = await event('slow', { ageSeconds: 100 });
  await event('slow done', { ageSeconds: 10, startId: slow });
  const quick = await event('quick', { ageSeconds: 90 });
  await event('quick done', { ageSeconds: 89, startId: quick });
  await event('open', { ageSeconds: 80 });
  expect(await seen(anna, {})).toEqual(['open', 'quick done', 'quick', 'slow done', 'slow']);
  expect(await seen(anna, { startid: slow })).toEqual(['slow done', 'slow']);
  expect(await seen(anna, { id: quick })).toEqual(['quick']);
  expect(await seen(anna, { keyword: 'DONE' })).toEqual(['quick done', 'slow done']);
  expect(await seen(anna, { state: 'completed' })).toEqual(['quick done', 'slow done']);
  expect(await seen(anna, { level: 'ERROR' })).toEqual([]);
  expect(await seen(anna, { type: 'network.create', pagesize: '2' })).toEqual([
    'open',
    'quick done',
  ]);
  expect(await seen(anna, { resourceid: anna.accountId, resourcetype: 'network' })).toHaveLength(5);
  expect(await seen(anna, { resourceid: bert.accountId })).toEqual([]);
  expect(await seen(anna, { entrytime: '60', duration: '30' })).toEqual(['open', 'slow']);
  expect(await seen(anna, { entrytime: '95', duration: '30' })).toEqual(['slow']);
  const startdate = new Date(Date.now() - 85_000).toISOString().replace(/\.\d+Z/, '+0000');
  expect(await seen(anna, { startdate })).toEqual(['open', 'slow done']);
  expect(await seen(anna, { enddate: startdate })).toEqual(['quick done', 'quick', 'slow']);
});

test('a stranger sees no events of others', async () => {
  const id = await event('secret');
  expect(await seen(bert, { listall: 'true' })).toEqual([]);
  expect(await seen(bert, { id })).toEqual([]);
  const named = { account: 'anna', domainid: domainId };
  expect((await server.call(bert, 'listEvents', named)).status).toBe(531);
});

test('commands leave events of listed types', async () => {
  await server.call(bert, 'createSSHKeyPair', { name: 'key' });
  const { body } = await server.call(bert, 'listEvents', {});
  expect(body.event[0]).toMatchObject({ account: 'bert', username: 'bert', level: 'INFO' });
  expect(eventTypes).toContain(body.event[0].type);
  const types = await server.call(bert, 'listEventTypes');
  expect(types.body.count).toBe(eventTypes.length);
  expect(types.body.eventtype).toContainEqual({ name: 'NETWORK.CREATE' });
});

test('alerts are shown to root administrators until they are archived, one while it is open', async () => {
  const alert = { name: 'ALERT.SERVICE.DOMAINROUTER' as const, subjectId: anna.accountId };
  await raiseAlert(server.db, { ...alert, description: 'router r-1-VM is unreachable' });
  await raiseAlert(server.db, { ...alert, description: 'router r-1-VM is unreachable' });
  const { body } = await server.call(server.admin, 'listAlerts', { keyword: 'R-1-vm' });
  expect(body).toMatchObject({ count: 1, alert: [{ name: alert.name, type: 9 }] });
  const { id } = body.alert[0];
  expect((await server.call(server.admin, 'listAlerts', { id, type: '9' })).body.count).toBe(1);
  expect((await server.call(server.admin, 'listAlerts', { type: 'x' })).body).toEqual({});
  expect((await server.call(anna, 'listAlerts')).status).toBe(432);
  // One that is over is listed as in CloudStack; when it comes again, it is another.
  await resolveAlerts(server.db, alert.name, alert.subjectId);
  const shown = async () =>
    ((await server.call(server.admin, 'listAlerts')).body.alert ?? []).map(
      (one: { id: string }) => one.id,
    );
  expect(await shown()).toEqual([id]);
  await raiseAlert(server.db, { ...alert, description: 'router r-1-VM is unreachable' });
  expect(await shown()).toEqual([expect.not.stringContaining(id), id]);
  await server.call(server.admin, 'archiveAlerts', { ids: (await shown()).join() });
  expect(await shown()).toEqual([]);
});
