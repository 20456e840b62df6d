import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestServer, testServer } from '../../http/test-server.ts';
import { setting } from './value.ts';

let server: TestServer;

beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

test('who reads a setting while it is being changed does not make others see it late', async () => {
  const { db } = server;
  // The change is written, and takes a while until it counts.
  await sql`create function linger() returns trigger language plpgsql as $$ begin perform pg_sleep(0.3); return null; end $$`.execute(
    db,
  );
  await sql`create constraint trigger linger after insert on settings deferrable initially deferred
    for each row execute function linger()`.execute(db);
  const name = 'webhook.delivery.thread.pool.size';
  let changed = false;
  const change = server
    .call(server.admin, 'updateConfiguration', { name, value: '7' })
    .finally(() => {
      changed = true;
    });
  while (!changed) {
    await setting(db, name);
    await setImmediate();
  }
  expect((await change).status).toBe(200);
  expect(await setting(db, name)).toBe(7);
});
