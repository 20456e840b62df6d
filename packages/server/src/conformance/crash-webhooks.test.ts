import { afterAll, beforeAll, expect } from 'vitest';
import { type Receiver, startReceiver } from '../features/webhook/test-receiver.ts';
import { type CrashCloud, crashCloud, testDeaths } from './test-crash.ts';
import type { Person } from './test-people.ts';

/** Events that are sent to webhooks, while the server dies. */
let cloud: CrashCloud;
let owner: Person;
let receiver: Receiver;

beforeAll(async () => {
  cloud = await crashCloud();
  receiver = await startReceiver();
  for (const [name, value] of [
    ['webhook.allowed.internal.sites', '127.0.0.0/8'],
    ['webhook.delivery.timeout', '5'],
  ] as const)
    await cloud.call(cloud.admin, 'updateConfiguration', { name, value });
  owner = await cloud.person();
}, 120_000);
afterAll(async () => {
  await receiver?.close();
  await cloud?.close();
});

testDeaths('events of which the first is delivered at the second try', () => cloud, {
  steps: 4,
  async carryOut() {
    const { db } = cloud.mortal.server;
    const refused = receiver.received.length;
    receiver.answer = () => (receiver.received.length === refused + 1 ? 500 : 200);
    const wanted = { name: 'hook', payloadurl: receiver.url };
    const hook = await cloud.call(owner, 'createWebhook', wanted);
    for (const lastname of ['One', 'Two'])
      await cloud.call(owner, 'updateUser', { id: owner.userId, lastname });
    const deliveries = () =>
      db
        .selectFrom('webhook_deliveries')
        .select(['event_id', 'success', 'ended'])
        .where('webhook_id', '=', hook.id)
        .execute();
    await cloud.mortal.until('deliveries', async () => {
      const all = await deliveries();
      return all.length >= 2 && all.every(one => one.ended !== null);
    });
    const all = await deliveries();
    expect(all.map(one => one.success)).toEqual(all.map(() => true));
    const sent = receiver.received.map(({ headers }) => headers['x-cs-event-id']);
    expect(sent).toEqual(expect.arrayContaining(all.map(one => one.event_id)));
    await cloud.call(owner, 'deleteWebhook', { id: hook.id });
  },
});
