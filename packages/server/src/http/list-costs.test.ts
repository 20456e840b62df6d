import { type CommandDefinition, commands } from '@isola/api';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { everythingRuns } from '../store/test-population.ts';
import { longLists, populatedServer } from './test-populated.ts';
import type { TestServer } from './test-server.ts';

const copies = 60;
const large = 50;
/** How often both are counted at most. */
const attempts = 25;

let server: TestServer;
let known: Readonly<Record<string, string>>;

beforeAll(async () => {
  ({ server, known } = await populatedServer(copies));
  // Nobody else is to ask anything meanwhile.
  await server.restart();
  await everythingRuns(server.db);
}, 120_000);
afterAll(() => server.close());

/** What the call sends to PostgreSQL, without settings, which are looked at again now and then. */
async function statements(work: () => Promise<unknown>): Promise<string[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  await work();
  const texts = query.mock.calls.map(([statement]: readonly unknown[]) =>
    typeof statement === 'object' && statement !== null && 'text' in statement
      ? String(statement.text)
      : String(statement),
  );
  query.mockRestore();
  return texts;
}

const lists = Object.values<CommandDefinition>(commands).filter(
  ({ name, shape, params }) =>
    name.startsWith('list') &&
    shape === 'list' &&
    Object.entries(params).every(
      ([parameter, { required }]) =>
        required !== true || parameter === 'templatefilter' || parameter.endsWith('id'),
    ),
);

test.each(lists.map(list => list.name))('%s asks as often for many as for one', async name => {
  const command = lists.find(list => list.name === name);
  const needed = Object.fromEntries(
    Object.entries(command?.params ?? {}).flatMap(([parameter, { required }]) =>
      required === true ? [[parameter, known[parameter] ?? '']] : [],
    ),
  );
  const everything = command?.params['listall'] === undefined ? {} : { listall: 'true' };
  const call = async (pagesize: number) => {
    const reply = await server.call(server.admin, name, {
      ...needed,
      ...everything,
      page: '1',
      pagesize: String(pagesize),
    });
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    const items = Object.values(reply.body).find(Array.isArray) ?? [];
    return items.length;
  };
  // Statements of others come between now and then: the fewest of several calls are the call's own.
  const counts = { one: Number.POSITIVE_INFINITY, many: Number.POSITIVE_INFINITY };
  await call(1);
  if (longLists.has(name)) expect(await call(large)).toBe(large);
  for (let at = 0; at < 4 || (counts.many > counts.one && at < attempts); at += 1) {
    counts.one = Math.min(counts.one, (await statements(() => call(1))).length);
    counts.many = Math.min(counts.many, (await statements(() => call(large))).length);
  }
  if (longLists.has(name)) expect(counts.one).toBeGreaterThan(0);
  expect(counts.many).toBeLessThanOrEqual(counts.one);
});
