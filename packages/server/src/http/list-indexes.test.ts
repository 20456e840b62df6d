import { randomUUID } from 'node:crypto';
import { type CommandDefinition, commands } from '@isola/api';
import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { longLists, populatedServer } from './test-populated.ts';
import type { TestServer } from './test-server.ts';

const copies = 1000;
/** Rows that a filter may read and throw away: some, and some for each that it finds. */
const tolerated = { ever: 150, each: 10 };

let server: TestServer;
let known: Readonly<Record<string, string>>;

beforeAll(async () => {
  ({ server, known } = await populatedServer(copies));
}, 120_000);
afterAll(() => server.close());

const lists = Object.values<CommandDefinition>(commands).filter(({ name }) => longLists.has(name));

/** Parameters that say how to show a list, and not what of it. */
const showing = new Set([
  'page',
  'pagesize',
  'listall',
  'isrecursive',
  'details',
  'showicon',
  'retrieveonlyresourcecount',
  'fetchhealthcheckresults',
  'accumulate',
  'userdata',
  'displaytext',
]);

/** Filters that halve a list at most, or search in texts: a page of them is found in the order of the list. */
const isBroad = (definition: CommandDefinition, parameter: string): boolean =>
  parameter === 'keyword' || definition.params[parameter]?.type === 'boolean';

const filters = lists.flatMap(list =>
  Object.keys(list.params)
    .filter(parameter => !showing.has(parameter) && !isBroad(list, parameter))
    .map(parameter => [list.name, parameter] as const),
);

/** A row in the middle of the list, as it is shown. */
async function shownBy(name: string): Promise<Record<string, unknown>> {
  const reply = await server.call(server.admin, name, {
    listall: 'true',
    page: String(copies / 2),
    pagesize: '1',
  });
  const [row] = Object.values<Record<string, unknown>[]>(reply.body).find(Array.isArray) ?? [];
  return row ?? {};
}

/** The answers' names of what filters are called otherwise. */
const fieldOf: Readonly<Record<string, string>> = {
  'listRouters networkid': 'guestnetworkid',
  'listVirtualMachines ids': 'id',
  'listVolumes ids': 'id',
  'listEvents startid': 'parentid',
};

function valueFor(command: string, parameter: string, row: Record<string, unknown>): string {
  const value = row[fieldOf[`${command} ${parameter}`] ?? parameter];
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const kind = commands[command as keyof typeof commands].params as CommandDefinition['params'];
  if (kind[parameter]?.type === 'date') return '2000-01-01';
  return known[parameter] ?? randomUUID();
}

interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Actual Loops': number;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Rows that a plan read and threw away. */
function wasted(node: PlanNode): number {
  const own = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  const below = (node.Plans ?? []).reduce((sum, plan) => sum + wasted(plan), 0);
  return below + (node['Relation Name'] === undefined ? 0 : own * node['Actual Loops']);
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What the call sends to PostgreSQL. */
async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  await work();
  const sent = query.mock.calls.map(([statement]: readonly unknown[]) => statement as Statement);
  query.mockRestore();
  return sent.filter(({ text }) => /^\s*select/i.test(text));
}

test.each(filters)('%s finds what %s asks for by an index', async (name, parameter) => {
  const value = valueFor(name, parameter, await shownBy(name));
  const params = {
    listall: 'true',
    page: '1',
    pagesize: '500',
    [parameter === 'tags' ? 'tags[0].key' : parameter]: value,
  };
  const sent = await statementsOf(() => server.call(server.admin, name, params));
  for (const { text, values } of sent) {
    if (!/limit/i.test(text)) continue;
    const { rows } = await server.db.executeQuery<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
      CompiledQuery.raw(`explain (analyze, format json) ${text}`, [...values]),
    );
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
    if (plan === undefined) throw new Error('there is no plan');
    expect(wasted(plan), `${value}: ${text}`).toBeLessThan(
      tolerated.ever + tolerated.each * plan['Actual Rows'],
    );
  }
});
