import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestServer, testServer } from '../http/test-server.ts';
import { refusalOf } from './database-error.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

test('a value too long for an index is refused', async () => {
  const made = async (parentdomainid?: string) =>
    server.call(server.admin, 'createDomain', {
      name: randomBytes(125).toString('hex'),
      ...(parentdomainid === undefined ? {} : { parentdomainid }),
    });
  let last = await made();
  for (let depth = 0; last.status === 200 && depth < 50; depth += 1)
    last = await made(last.body.domain.id);
  expect(last.status).toBe(431);
});

test('what went between being found and being locked is refused', async () => {
  const locked = server.db
    .selectFrom('networks')
    .selectAll()
    .where('id', '=', '00000000-0000-4000-8000-000000000000')
    .forUpdate()
    .executeTakeFirstOrThrow();
  const error = await locked.catch((thrown: unknown) => thrown);
  expect(refusalOf(error)).toMatchObject({ status: 431 });
});
