import { IsolaError } from '@isola/model';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../store/database.ts';
import type { JobRow } from '../store/schema.ts';
import { type TestDatabase, testDatabase } from '../store/test-database.ts';
import type { JobResult } from './complete.ts';
import { createJobs } from './jobs.ts';
import { recoverJobs } from './recover.ts';
import { sweep } from './sweep.ts';
import { jobWaiters } from './waiters.ts';

const log = pino({ level: 'silent' });
const subject = '11111111-1111-4111-8111-111111111111';
const someone = '22222222-2222-4222-8222-222222222222';
let database: TestDatabase;
let resultOf: JobResult;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  resultOf = () => Promise.resolve({ success: true });
  await database.db.deleteFrom('jobs').execute();
  await database.db.deleteFrom('events').execute();
});

const jobs = () => createJobs({ resultOf: (db, job) => resultOf(db, job), log });

function pending(generation: number, command = 'restartNetwork'): Promise<JobRow> {
  return database.db
    .insertInto('jobs')
    .values({
      command,
      user_id: someone,
      account_id: someone,
      domain_id: someone,
      params: '{}',
      waits_kind: 'network',
      waits_id: subject,
      waits_generation: generation,
      object_type: 'Network',
      object_id: subject,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

const statuses = async () => {
  const rows = await database.db.selectFrom('jobs').select('status').orderBy('seq').execute();
  return rows.map(row => row.status);
};

test('ends what the generation covers, each with its event, and nothing else', async () => {
  for (const generation of [1, 2, 3]) await pending(generation);
  await jobs().complete(database.db, subject, 2);
  expect(await statuses()).toEqual([1, 1, 0]);
  await jobs().complete(database.db, someone, 9);
  expect(await statuses()).toEqual([1, 1, 0]);
  const events = await database.db.selectFrom('events').selectAll().execute();
  expect(events).toHaveLength(2);
  expect(events[0]).toMatchObject({
    type: 'NETWORK.RESTART',
    level: 'INFO',
    state: 'Completed',
    resource_id: subject,
  });
});

test('a failure has its code and text', async () => {
  const job = await pending(1);
  const error = new IsolaError('insufficient_capacity', { reason: 'the host is full' });
  await jobs().fail(database.db, subject, { generation: 1, error });
  const row = await database.db
    .selectFrom('jobs')
    .selectAll()
    .where('id', '=', job.id)
    .executeTakeFirst();
  expect(row).toMatchObject({
    status: 2,
    result_code: 533,
    result: { errorcode: 533, errortext: 'the host is full' },
  });
});

test('a result that cannot be computed fails its job and spares the transaction', async () => {
  await pending(1);
  await pending(1);
  let first = true;
  resultOf = async db => {
    if (!first) return { success: true };
    first = false;
    await db.selectFrom('jobs').select('id').where('id', '=', 'no uuid').execute();
    return {};
  };
  await database.db.transaction().execute(tx => jobs().complete(tx, subject, 1));
  expect(await statuses()).toEqual([2, 1]);
});

test('a waiter hears of the end when it is committed', async () => {
  const { db, pool } = openDatabase(database.url);
  const waiters = await jobWaiters({ db, pool, log });
  const [one, two] = [await pending(1, 'enableStaticNat'), await pending(2, 'enableStaticNat')];
  const both = Promise.all([waiters.ended(one.id), waiters.ended(two.id), waiters.ended(one.id)]);
  await jobs().complete(database.db, subject, 2);
  expect((await both).map(job => job.status)).toEqual([1, 1, 1]);
  const never = waiters.ended((await pending(3)).id);
  waiters.close();
  await expect(never).rejects.toMatchObject({ status: 534 });
  await db.destroy();
});

test('recovery fails jobs whose network is gone', async () => {
  await pending(1);
  await recoverJobs(database.db, jobs());
  expect(await statuses()).toEqual([2]);
});

test('sweeping removes ended jobs after a day', async () => {
  await pending(1);
  await pending(2);
  await jobs().complete(database.db, subject, 1);
  await sweep(database.db, new Date(Date.now() + 23 * 3_600_000));
  expect(await statuses()).toEqual([1, 0]);
  await sweep(database.db, new Date(Date.now() + 25 * 3_600_000));
  expect(await statuses()).toEqual([0]);
});
