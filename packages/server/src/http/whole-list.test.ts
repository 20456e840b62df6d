import { get, type IncomingMessage } from 'node:http';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { httpLimits } from './limits.ts';
import { populatedServer } from './test-populated.ts';
import { sign, type TestServer } from './test-server.ts';

const copies = 1300;

let server: TestServer;
let networks: number;

beforeAll(async () => {
  ({ server } = await populatedServer(copies));
  await lengthen();
  networks = (await server.call(server.admin, 'listNetworks', { listall: 'true' })).body.count;
}, 120_000);
afterAll(() => server.close());

/** Makes the list more than what the sockets between the two hold. */
async function lengthen(): Promise<void> {
  await server.db
    .updateTable('networks')
    .set({ display_text: 'x'.repeat(8000) })
    .execute();
}

const whole = { listall: 'true', pagesize: '-1' };

async function answering(response = 'json'): Promise<IncomingMessage> {
  const query = await sign(server.admin, { command: 'listNetworks', response, ...whole });
  return new Promise((resolve, reject) => {
    get(`${server.url}?${query.toString()}`, { agent: false }, resolve).once('error', reject);
  });
}

/** Transactions of the server that nobody ended. */
async function openTransactions(): Promise<number> {
  const { rows } = await sql<{ open: number }>`select count(*)::int as open from pg_stat_activity
    where datname = current_database() and state like 'idle in transaction%' and backend_xmin is not null`.execute(
    server.db,
  );
  return rows[0]?.open ?? 0;
}

test('a root administrator gets a whole list, of which every row is there once', async () => {
  expect(networks).toBeGreaterThan(copies);
  const { status, body } = await server.call(server.admin, 'listNetworks', whole);
  expect(status).toBe(200);
  expect(body.count).toBe(networks);
  expect(new Set(body.network.map((network: { id: string }) => network.id)).size).toBe(networks);
  const page = await server.call(server.admin, 'listNetworks', {
    listall: 'true',
    page: '2',
    pagesize: '500',
  });
  expect(body.network.slice(500, 1000)).toEqual(page.body.network);
  await vi.waitFor(async () => expect(await openTransactions()).toBe(0), { timeout: 20_000 });
});

test('in XML, too', async () => {
  const reply = await answering('xml');
  let text = '';
  for await (const piece of reply.setEncoding('utf8')) text += String(piece);
  expect(text.match(/<network>/g)).toHaveLength(networks);
  expect(text).toMatch(/^<\?xml.*<count>\d+<\/count><network>/);
  expect(text.endsWith('</network></listnetworksresponse>')).toBe(true);
});

test('what changes while it is sent is not in it', async () => {
  const reply = await answering();
  const [first] = await server.db
    .selectFrom('networks')
    .select('name')
    .orderBy('seq')
    .limit(1)
    .execute();
  await server.db.updateTable('networks').set({ display_text: 'changed meanwhile' }).execute();
  let text = '';
  for await (const piece of reply.setEncoding('utf8')) text += String(piece);
  const { listnetworksresponse: list } = JSON.parse(text);
  expect(list.network).toHaveLength(networks);
  expect(list.network[0].name).toBe(first?.name);
  expect(text).not.toContain('changed meanwhile');
});

test('receivers that go away leave no transaction open, and those who come after them are served', async () => {
  await lengthen();
  for (let at = 0; at < httpLimits.wholeLists + 2; at += 1) {
    const reply = await answering();
    await new Promise(resolve => reply.once('readable', resolve));
    await vi.waitFor(async () => expect(await openTransactions()).toBeGreaterThan(0));
    reply.destroy();
  }
  await vi.waitFor(async () => expect(await openTransactions()).toBe(0), { timeout: 20_000 });
  const { body } = await server.call(server.admin, 'listNetworks', whole);
  expect(body.network).toHaveLength(networks);
});

test('others get the most that a page holds', async () => {
  const admin = await server.tenant('second', 'Domain Admin');
  const { body } = await server.call(admin, 'listNetworks', whole);
  expect(body.count ?? 0).toBe(0);
  const zones = await server.call(admin, 'listZones', { pagesize: '-1' });
  expect(zones.body.zone).toHaveLength(1);
});
