import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { recordEvent, recordEvents } from '../../events/record.ts';
import { type Keys, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';
import { dropOrphans, thinOutWaiting } from '../../webhooks/thin-out.ts';
import { type Receiver, startReceiver } from './test-receiver.ts';

let server: TestServer;
let anna: Tenant;
let bert: Tenant;
let boss: Tenant;
let receiver: Receiver;

beforeAll(async () => {
  server = await testServer();
  anna = await server.tenant('anna');
  bert = await server.tenant('bert');
  boss = await server.tenant('boss', 'Domain Admin');
});
afterAll(() => server.close());
beforeEach(async () => {
  receiver = await startReceiver();
  await allow('127.0.0.0/8');
});
afterEach(async () => {
  await server.db.deleteFrom('webhooks').execute();
  await receiver.close();
});

const set = (name: string, value: string, more = {}) =>
  server.call(server.admin, 'updateConfiguration', { name, value, ...more });
const allow = (value: string) => set('webhook.allowed.internal.sites', value);
const create = async (by: Keys, change: Record<string, string> = {}) => {
  const given = { name: 'hook', payloadurl: receiver.url, ...change };
  const { status, body } = await server.call(by, 'createWebhook', given);
  return { status, webhook: body.webhook, body };
};
/** A change that leaves one event of the owner. */
const change = (by: Tenant) => server.call(by, 'updateUser', { id: by.userId, lastname: 'Other' });
const deliveries = async (by: Keys, params: Record<string, string> = {}) =>
  (await server.call(by, 'listWebhookDeliveries', params)).body.webhookdelivery ?? [];
const seen = () => receiver.received.map(({ body }) => JSON.parse(body).event);
const patience = { timeout: 20_000, interval: 20 };

test('an event is sent, signed, and the delivery is kept', async () => {
  const { webhook } = await create(anna, { secretkey: 'a secret', description: 'about anna' });
  expect(webhook).toMatchObject({
    name: 'hook',
    description: 'about anna',
    state: 'Enabled',
    scope: 'Local',
    account: 'anna',
    payloadurl: receiver.url,
    secretkey: 'a secret',
    sslverification: false,
  });
  const stored = await server.db.selectFrom('webhooks').select('secret_key').executeTakeFirst();
  expect(stored?.secret_key).not.toContain('secret');
  await change(anna);
  await vi.waitFor(() => expect(seen()).toContain('USER.UPDATE'), patience);
  const one = receiver.received.find(({ body }) => body.includes('USER.UPDATE'));
  const events = await server.call(anna, 'listEvents', { type: 'USER.UPDATE' });
  const [event] = events.body.event;
  expect(JSON.parse(one?.body ?? '')).toMatchObject({
    event: 'USER.UPDATE',
    eventid: event.id,
    status: 'Completed',
    account: anna.accountId,
    user: anna.userId,
    description: event.description,
    entityname: event.resourcename,
  });
  expect(one?.headers).toMatchObject({
    'content-type': 'application/json; charset=UTF-8',
    'x-cs-event': 'USER.UPDATE',
    'x-cs-event-id': event.id,
    'x-cs-signature': createHmac('sha256', 'a secret')
      .update(one?.body ?? '')
      .digest('base64'),
  });
  await vi.waitFor(async () => {
    const [kept] = await deliveries(anna, { eventtype: 'USER.UPDATE' });
    expect(kept).toMatchObject({
      eventid: event.id,
      webhookid: webhook.id,
      webhookname: 'hook',
      success: true,
      payload: one?.body,
      response: 'status 200\ntaken with 200',
    });
  }, patience);
});

test('a scope decides whose events are sent', async () => {
  await create(anna);
  await create(boss, { scope: 'Domain', payloadurl: `${receiver.url}/domain` });
  await create(server.admin, { scope: 'Global', payloadurl: `${receiver.url}/global` });
  const whose = (path: string) =>
    receiver.received
      .filter(one => one.path === path && one.body.includes('USER.UPDATE'))
      .map(({ body }) => JSON.parse(body).account);
  for (const tenant of [anna, bert, boss]) await change(tenant);
  const all = [anna, bert, boss].map(tenant => tenant.accountId);
  await vi.waitFor(() => expect(whose('/hook/global')).toEqual(all), patience);
  await vi.waitFor(() => expect(whose('/hook/domain')).toEqual([boss.accountId]), patience);
  expect(whose('/hook')).toEqual([anna.accountId]);
});

test('scopes reach no further than who asks for them', async () => {
  for (const [by, scope, status] of [
    [anna, 'Domain', 531],
    [anna, 'Global', 531],
    [boss, 'Global', 531],
    [boss, 'Domain', 200],
  ] as const)
    expect((await create(by, { scope })).status).toBe(status);
  const { webhook } = await create(anna);
  const wider = { id: webhook.id, scope: 'Global' };
  expect((await server.call(anna, 'updateWebhook', wider)).status).toBe(531);
});

test('what fails is tried again, in order, and given up after the tries of its domain', async () => {
  const domainid = (await server.call(server.admin, 'listDomains', { name: 'ROOT' })).body.domain[0]
    .id;
  await set('webhook.delivery.tries', '2', { domainid });
  await create(anna);
  let failures = 1;
  receiver.answer = () => (failures-- > 0 ? 503 : 200);
  await change(anna);
  await vi.waitFor(async () => expect(await deliveries(anna)).toHaveLength(2), patience);
  const [key, made] = await deliveries(anna);
  expect([made.eventtype, key.eventtype]).toEqual(['WEBHOOK.CREATE', 'USER.UPDATE']);
  expect([made.success, key.success]).toEqual([true, true]);
  expect(seen()).toEqual(['WEBHOOK.CREATE', 'WEBHOOK.CREATE', 'USER.UPDATE']);
  receiver.answer = () => 500;
  await change(anna);
  await vi.waitFor(async () => expect(await deliveries(anna)).toHaveLength(3), patience);
  const [failed] = await deliveries(anna);
  expect(failed).toMatchObject({ success: false, response: 'status 500\ntaken with 500' });
  expect(receiver.received).toHaveLength(5);
  await server.call(server.admin, 'resetConfiguration', {
    name: 'webhook.delivery.tries',
    domainid,
  });
});

test('a receiver that is down, slow or redirects fails; others are not held up', async () => {
  await set('webhook.delivery.tries', '1');
  await set('webhook.delivery.timeout', '1');
  const slow = await startReceiver();
  slow.answer = () => null;
  await create(anna, { name: 'slow', payloadurl: slow.url });
  await create(anna, { name: 'down', payloadurl: 'http://127.0.0.1:9/' });
  await create(anna, { name: 'moved', payloadurl: `${receiver.url}/moved` });
  receiver.answer = ({ path }) => (path === '/hook/moved' ? 302 : 200);
  await create(anna, { name: 'good' });
  await change(anna);
  await vi.waitFor(async () => {
    const results = new Map<string, { success: boolean; response: string }>(
      (await deliveries(anna)).map((one: { webhookname: string }) => [one.webhookname, one]),
    );
    expect(results.get('slow')).toMatchObject({
      success: false,
      response: 'no answer within 1 seconds',
    });
    expect(results.get('down')?.response).toContain('ECONNREFUSED');
    expect(results.get('moved')).toMatchObject({
      success: false,
      response: 'status 302\ntaken with 302',
    });
    expect(results.get('good')).toMatchObject({ success: true });
  }, patience);
  expect(receiver.received.some(({ path }) => path === '/elsewhere')).toBe(false);
  await slow.close();
  for (const name of ['webhook.delivery.tries', 'webhook.delivery.timeout'])
    await server.call(server.admin, 'resetConfiguration', { name });
});

test('a certificate that nobody trusts is refused, unless it is not to be checked', async () => {
  const secure = await startReceiver({ tls: true });
  const { webhook } = await create(anna, { payloadurl: secure.url, sslverification: 'true' });
  const shoot = async () =>
    (await server.call(anna, 'executeWebhookDelivery', { webhookid: webhook.id })).body
      .webhookdelivery;
  const refused = await shoot();
  expect(refused.success).toBe(false);
  expect(refused.response).toMatch(/certificate|self.signed/i);
  expect(secure.received).toEqual([]);
  const update = { id: webhook.id, sslverification: 'false' };
  await server.call(anna, 'updateWebhook', update);
  expect(await shoot()).toMatchObject({ success: true });
  await secure.close();
});

test('internal addresses are reached only where the operator allows it', async () => {
  await allow('');
  const { webhook } = await create(anna);
  const shot = await server.call(anna, 'executeWebhookDelivery', { webhookid: webhook.id });
  expect(shot.body.webhookdelivery).toMatchObject({
    success: false,
    response: expect.stringContaining('internal address'),
  });
  for (const payloadurl of [
    receiver.url.replace('127.0.0.1', 'localhost'),
    receiver.url.replace('127.0.0.1', '[::ffff:127.0.0.1]'),
    'http://169.254.169.254/latest',
  ]) {
    const { body } = await server.call(anna, 'executeWebhookDelivery', { payloadurl });
    expect(body.webhookdelivery.success).toBe(false);
  }
  expect(receiver.received).toEqual([]);
});

test('a delivery is made again as it was, and a URL is tried without a webhook', async () => {
  const { webhook } = await create(anna, { secretkey: 'k' });
  await vi.waitFor(async () => expect(await deliveries(anna)).toHaveLength(1), patience);
  const [first] = await deliveries(anna, { webhookid: webhook.id });
  const again = await server.call(anna, 'executeWebhookDelivery', { id: first.id });
  expect(again.body.webhookdelivery).toMatchObject({
    success: true,
    eventid: first.eventid,
    payload: first.payload,
  });
  expect(receiver.received.map(({ body }) => body)).toEqual([first.payload, first.payload]);
  expect(await deliveries(anna)).toHaveLength(2);
  const free = { payloadurl: receiver.url, payload: '{"a":1}', secretkey: 'other' };
  const shot = await server.call(anna, 'executeWebhookDelivery', free);
  expect(shot.body.webhookdelivery).toMatchObject({ success: true, payload: '{"a":1}' });
  expect(receiver.received.at(-1)?.headers['x-cs-signature']).toBe(
    createHmac('sha256', 'other').update('{"a":1}').digest('base64'),
  );
  expect(await deliveries(anna)).toHaveLength(2);
});

test('deliveries are thinned out and deleted', async () => {
  await set('webhook.deliveries.limit', '3');
  const { webhook } = await create(anna);
  for (let at = 0; at < 5; at += 1) await change(anna);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(6), patience);
  await vi.waitFor(async () => expect(await deliveries(anna)).toHaveLength(3), patience);
  const [newest] = await deliveries(anna);
  await server.call(anna, 'deleteWebhookDelivery', { id: newest.id });
  expect(await deliveries(anna)).toHaveLength(2);
  await server.call(anna, 'deleteWebhookDelivery', { webhookid: webhook.id });
  expect(await deliveries(anna)).toEqual([]);
  expect((await server.call(anna, 'deleteWebhookDelivery')).status).toBe(431);
  await server.call(server.admin, 'resetConfiguration', { name: 'webhook.deliveries.limit' });
});

test('what was queued when the server stopped is delivered by the next', async () => {
  await create(anna, { state: 'Disabled' });
  await change(anna);
  const { webhook } = (await server.call(anna, 'listWebhooks', { state: 'Disabled' })).body;
  expect(webhook).toHaveLength(1);
  await server.db.updateTable('webhooks').set({ state: 'Enabled' }).execute();
  receiver.answer = () => null;
  await recordEvent(server.db, eventOf(anna, webhook[0].domainid));
  await vi.waitFor(() => expect(seen()).toEqual(['X.TEST']), patience);
  receiver.answer = () => 200;
  await server.restart();
  await vi.waitFor(async () => expect(await deliveries(anna)).toHaveLength(1), patience);
  expect(seen()).toEqual(['X.TEST', 'X.TEST']);
});

/** An event of the tenant, as the commands write them. */
const eventOf = ({ accountId, userId }: Tenant, domainId: string) =>
  ({
    type: 'X.TEST',
    level: 'INFO',
    state: 'Completed',
    description: 'x',
    accountId,
    domainId,
    userId,
  }) as const;
const rootId = async (): Promise<string> =>
  (await server.call(server.admin, 'listDomains', { name: 'ROOT' })).body.domain[0].id;

test('an account with many slow receivers holds up nobody else, deleted deliveries or not', async () => {
  await set('webhook.delivery.thread.pool.size', '8');
  const slow = await startReceiver();
  slow.answer = () => null;
  for (let at = 0; at < 12; at += 1)
    await create(anna, { name: `slow${at}`, payloadurl: slow.url });
  await change(anna);
  await vi.waitFor(() => expect(slow.received).toHaveLength(2), patience);
  const { numDeletedRows } = await server.db
    .deleteFrom('webhook_deliveries')
    .where('claimed_until', 'is not', null)
    .executeTakeFirstOrThrow();
  expect(numDeletedRows).toBe(2n);
  await create(bert);
  await change(bert);
  await vi.waitFor(() => expect(seen()).toContain('USER.UPDATE'), patience);
  expect(slow.received).toHaveLength(2);
  await server.db.deleteFrom('webhooks').execute();
  await slow.close();
  await server.call(server.admin, 'resetConfiguration', {
    name: 'webhook.delivery.thread.pool.size',
  });
});

test('a webhook has a thousand deliveries waiting at most, the newest', async () => {
  const { webhook } = await create(anna);
  await vi.waitFor(async () => expect(await deliveries(anna)).toHaveLength(1), patience);
  // Nothing is made while it is disabled.
  await server.db.updateTable('webhook_deliveries').set({ ended: new Date() }).execute();
  const domainId = await rootId();
  receiver.answer = () => null;
  await recordEvents(
    server.db,
    Array.from({ length: 1200 }, () => eventOf(anna, domainId)),
  );
  await server.call(anna, 'updateWebhook', { id: webhook.id, state: 'Disabled' });
  const { seq: newest } = await server.db
    .selectFrom('webhook_deliveries')
    .select('seq')
    .orderBy('seq', 'desc')
    .executeTakeFirstOrThrow();
  await thinOutWaiting(server.db);
  const left = await server.db
    .selectFrom('webhook_deliveries')
    .select('seq')
    .where('ended', 'is', null)
    .where('claimed_until', 'is', null)
    .orderBy('seq', 'desc')
    .execute();
  expect(left).toHaveLength(1000);
  expect(left[0]?.seq).toBe(newest);
});

test('an event neither waits for a webhook that is being deleted nor fails with it', async () => {
  const domainId = await rootId();
  const { webhook } = await create(anna);
  const deleting = await server.db.startTransaction().execute();
  await deleting.deleteFrom('webhooks').where('id', '=', webhook.id).execute();
  const id = await server.db.transaction().execute(async tx => {
    await sql`set local lock_timeout = '2s'`.execute(tx);
    return recordEvent(tx, eventOf(anna, domainId));
  });
  await deleting.commit().execute();
  const left = () => server.db.selectFrom('webhook_deliveries').select('event_id').execute();
  expect(await left()).toEqual([{ event_id: id }]);
  await dropOrphans(server.db);
  expect(await left()).toEqual([]);
});

test('a webhook of a domain is told of those below, not of those beside or above', async () => {
  const made = async (name: string, parentdomainid: string): Promise<string> =>
    (await server.call(server.admin, 'createDomain', { name, parentdomainid })).body.domain.id;
  const root = await rootId();
  const upper = await made('upper', root);
  const [lower, beside] = [await made('lower', upper), await made('uppermost', root)];
  const { webhook } = await create(server.admin, { scope: 'Domain', state: 'Disabled' });
  await server.db
    .updateTable('webhooks')
    .set({ domain_id: upper, state: 'Enabled' })
    .where('id', '=', webhook.id)
    .execute();
  receiver.answer = () => null;
  const ids: string[] = [];
  for (const domain of [root, beside, upper, lower])
    ids.push(await recordEvent(server.db, eventOf(boss, domain)));
  const queued = await server.db
    .selectFrom('webhook_deliveries')
    .select('event_id')
    .orderBy('seq')
    .execute();
  expect(queued.map(({ event_id }) => event_id)).toEqual(ids.slice(2));
});

test('a stranger sees and changes nothing', async () => {
  const { webhook } = await create(anna, { secretkey: 'hers' });
  await vi.waitFor(async () => expect(await deliveries(anna)).toHaveLength(1), patience);
  const [delivery] = await deliveries(anna);
  const by = { id: webhook.id };
  expect((await server.call(bert, 'listWebhooks', { listall: 'true' })).body).toEqual({});
  expect((await server.call(bert, 'listWebhooks', by)).body).toEqual({});
  expect(await deliveries(bert)).toEqual([]);
  expect(await deliveries(bert, { webhookid: webhook.id })).toEqual([]);
  for (const [command, params] of [
    ['updateWebhook', by],
    ['deleteWebhook', by],
    ['deleteWebhookDelivery', { webhookid: webhook.id }],
    ['executeWebhookDelivery', { webhookid: webhook.id }],
    ['executeWebhookDelivery', { id: delivery.id }],
  ] as const)
    expect((await server.call(bert, command, params)).status).toBe(531);
  expect((await server.call(bert, 'deleteWebhookDelivery', { id: delivery.id })).status).toBe(431);
  expect((await server.call(server.admin, 'listWebhooks', by)).body.webhook[0].account).toBe(
    'anna',
  );
  expect((await server.call(anna, 'deleteWebhook', by)).body.success).toBe('true');
  expect(await deliveries(anna)).toEqual([]);
});

test.each([
  { payloadurl: 'ftp://example.org/' },
  { payloadurl: 'nonsense' },
  { payloadurl: 'http://user:password@example.org/' },
  { payloadurl: 'http://example.org/', sslverification: 'true' },
  { scope: 'Universal' },
  { state: 'Asleep' },
])('createWebhook refuses %o', async change => {
  expect((await create(anna, change)).status).toBe(431);
});

test('an account has twenty webhooks at most, however many it asks for at once', async () => {
  const made = await Promise.all(
    Array.from({ length: 24 }, () => create(anna, { state: 'Disabled' })),
  );
  expect(made.filter(({ status }) => status === 200)).toHaveLength(20);
  expect(made.filter(({ status }) => status === 436)).toHaveLength(4);
});
