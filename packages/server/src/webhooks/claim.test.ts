import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { recordEvents } from '../events/record.ts';
import { type TestNetworks, testNetworks } from '../features/network/test-network.ts';
import { startReceiver } from '../features/webhook/test-receiver.ts';
import { secretBox } from '../identity/secret.ts';
import { type Claimed, claim, releaseClaims } from './claim.ts';
import { startDelivering } from './deliver.ts';

let world: TestNetworks;

beforeAll(async () => {
  world = await testNetworks();
  await world.db
    .insertInto('settings')
    .values({ name: 'webhook.allowed.internal.sites', value: '127.0.0.0/8' })
    .onConflict(conflict => conflict.column('name').doUpdateSet({ value: '127.0.0.0/8' }))
    .execute();
});
afterAll(() => world.close());
afterEach(async () => {
  await world.db.deleteFrom('webhooks').execute();
});

/** Webhooks of one account, each at a path of its own. */
async function makeWebhooks(count: number, url = 'http://192.0.2.1/hook'): Promise<void> {
  const { account, domain } = world.caller;
  await world.db
    .insertInto('webhooks')
    .values(
      Array.from({ length: count }, (_, at) => ({
        account_id: account.id,
        domain_id: domain.id,
        name: `hook ${at}`,
        payload_url: `${url}/${at}`,
      })),
    )
    .execute();
}

async function happen(count: number): Promise<void> {
  const { account, domain, user } = world.caller;
  const event = {
    type: 'X.TEST',
    level: 'INFO',
    state: 'Completed',
    description: 'x',
    accountId: account.id,
    domainId: domain.id,
    userId: user.id,
  } as const;
  await recordEvents(
    world.db,
    Array.from({ length: count }, () => event),
  );
}

const room = { free: 3, ofAccount: 1000, ofTenant: 1000, underway: [] };
const waiting = () =>
  world.db.selectFrom('webhook_deliveries').selectAll().where('ended', 'is', null).execute();

test('of deliverers that claim at once, one gets each delivery, and none the next one of a webhook before it is made', async () => {
  await makeWebhooks(30);
  await happen(4);
  const claimed: Claimed[] = [];
  const underway = new Set<string>();
  const deliverer = async (): Promise<void> => {
    while ((await waiting()).length > 0)
      for (const one of await claim(world.db, room)) {
        claimed.push(one);
        expect(underway).not.toContain(one.webhook_id);
        underway.add(one.webhook_id);
        await delay(1);
        underway.delete(one.webhook_id);
        await world.db
          .updateTable('webhook_deliveries')
          .set({ ended: new Date() })
          .where('id', '=', one.id)
          .execute();
      }
  };
  await Promise.all(Array.from({ length: 8 }, deliverer));
  expect(claimed).toHaveLength(120);
  expect(new Set(claimed.map(one => one.id)).size).toBe(120);
  for (const id of new Set(claimed.map(one => one.webhook_id))) {
    const order = claimed.filter(one => one.webhook_id === id).map(one => Number(one.seq));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }
});

test('what a dead server had claimed is to be had at once, and the try does not count', async () => {
  await makeWebhooks(2);
  await happen(2);
  const [first] = await claim(world.db, { ...room, free: 1 });
  const rest = await claim(world.db, room);
  expect([first, ...rest].map(one => one?.tries)).toEqual([1, 1]);
  expect(await claim(world.db, room)).toEqual([]);
  await world.db
    .updateTable('webhook_deliveries')
    .set({ ended: new Date(), claimed_until: null })
    .where('id', '=', first?.id ?? '')
    .execute();
  await releaseClaims(world.db);
  expect((await waiting()).map(one => [one.tries, one.claimed_until])).toEqual(
    Array.from({ length: 3 }, () => [0, null]),
  );
  const again = await claim(world.db, room);
  expect(again.map(one => one.id)).toContain(rest[0]?.id);
  expect(again.map(one => one.tries)).toEqual([1, 1]);
});

test('two that deliver send each event once to each webhook, in order', async () => {
  const receiver = await startReceiver();
  const delivering = {
    db: world.db,
    secrets: secretBox(randomBytes(32)),
    log: pino({ level: 'silent' }),
    fault: () => undefined,
  };
  const stops = [startDelivering(delivering), startDelivering(delivering)];
  await makeWebhooks(10, receiver.url);
  await happen(5);
  await vi.waitFor(async () => expect(await waiting()).toEqual([]));
  for (const stop of stops) await stop();
  await receiver.close();
  const events = await world.db
    .selectFrom('events')
    .select('id')
    .orderBy('seq', 'desc')
    .limit(5)
    .execute();
  const inOrder = events.map(({ id }) => id).toReversed();
  for (let at = 0; at < 10; at += 1) {
    const sent = receiver.received.filter(({ path }) => path === `/hook/${at}`);
    expect(sent.map(({ headers }) => headers['x-cs-event-id'])).toEqual(inOrder);
  }
});

test('the accounts of a tenant share what a tenant has, and leave the rest to others', async () => {
  const { db } = world;
  const root = await db
    .selectFrom('domains')
    .selectAll()
    .where('path', '=', 'ROOT')
    .executeTakeFirstOrThrow();
  const domain = async (path: string, parent_id: string): Promise<string> =>
    (
      await db
        .insertInto('domains')
        .values({ parent_id, name: path.split('/').at(-1) ?? '', path })
        .returning('id')
        .executeTakeFirstOrThrow()
    ).id;
  const { role_id } = world.caller.account;
  const account = async (name: string, domain_id: string): Promise<void> => {
    const { id } = await db
      .insertInto('accounts')
      .values({ domain_id, name, role: 'User', role_id })
      .returning('id')
      .executeTakeFirstOrThrow();
    await db
      .insertInto('webhooks')
      .values(
        Array.from({ length: 10 }, (_, at) => ({
          account_id: id,
          domain_id,
          name: `${name} ${at}`,
          payload_url: 'http://192.0.2.1/hook',
        })),
      )
      .execute();
    const { user } = world.caller;
    await recordEvents(db, [
      {
        type: 'X.TEST',
        level: 'INFO',
        state: 'Completed',
        description: 'x',
        accountId: id,
        domainId: domain_id,
        userId: user.id,
      },
    ]);
  };
  const big = await domain('ROOT/big', root.id);
  const below = await domain('ROOT/big/below', big);
  // First come, with four accounts in two of its domains.
  for (const [at, place] of [big, big, below, below].entries()) await account(`big${at}`, place);
  await account('other', await domain('ROOT/other', root.id));
  const shares = { free: 16, ofAccount: 4, ofTenant: 8 };
  const names = (claimed: readonly Claimed[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { webhook } of claimed) {
      const name = webhook.name.split(' ')[0] ?? '';
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  };
  const first = await claim(db, { ...shares, underway: [] });
  expect(names(first)).toEqual({ big0: 2, big1: 2, big2: 2, big3: 2, other: 4 });
  const underway = first.map(one => one.webhook);
  await account('late', root.id);
  expect(names(await claim(db, { ...shares, free: 4, underway }))).toEqual({ late: 4 });
});
