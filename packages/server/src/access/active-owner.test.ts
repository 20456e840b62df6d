import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reserveResources } from '../features/resource-limit/reserve.ts';
import { type Tenant, type TestServer, testServer } from '../http/test-server.ts';
import { requireActiveOwner } from './active-owner.ts';

let server: TestServer;
let anna: Tenant;

beforeAll(async () => {
  server = await testServer();
  anna = await server.tenant('anna');
}, 60_000);
afterAll(() => server.close());

test('an owner that is required to be active can be reserved for by others, and not disabled', async () => {
  const { db } = server;
  const { id, domain_id } = await db
    .selectFrom('accounts')
    .selectAll()
    .where('id', '=', anna.accountId)
    .executeTakeFirstOrThrow();
  await db.transaction().execute(async first => {
    await requireActiveOwner({ tx: first }, id);
    await db.transaction().execute(async second => {
      // Instead of a wait that ends in a deadlock.
      await sql`set local lock_timeout = '2s'`.execute(second);
      await requireActiveOwner({ tx: second }, id);
      await reserveResources(second, { account_id: id, domain_id }, { public_ip: 1 });
    });
    await expect(
      db.selectFrom('accounts').select('id').where('id', '=', id).forUpdate().noWait().execute(),
    ).rejects.toMatchObject({ code: '55P03' });
  });
});
