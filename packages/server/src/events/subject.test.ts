import { type CommandDefinition, commands } from '@isola/api';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../store/test-database.ts';
import { nameOf, subjectNames, subjectType } from './subject.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** Events of synchronous commands that are about nothing with an id. */
const aboutNothing = ['CONFIGURATION.VALUE.EDIT', 'RESOURCE.LIMIT.UPDATE', 'API.LIMIT.RESET'];

const changes = Object.values<CommandDefinition>(commands).filter(
  ({ async: isAsync, event }) => !isAsync && event !== undefined && !aboutNothing.includes(event),
);

test.each(changes)('the event of $name says what it is about', ({ event }) => {
  expect(subjectType(event ?? '')).not.toBeNull();
});

test.each(Object.keys(subjectNames))('the name of a %s can be looked up', async type => {
  const id = '11111111-1111-4111-8111-111111111111';
  const { rows } = await sql<{ name: string | null }>`
    select ${nameOf({ type, id })} as name`.execute(database.db);
  expect(rows).toEqual([{ name: null }]);
});
