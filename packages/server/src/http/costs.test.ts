import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type Reply, type Tenant, type TestServer, testServer } from './test-server.ts';

let server: TestServer;
let alice: Tenant;
let networkid: string;
let ipaddressid: string;
let place: Record<string, string>;

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  const first = async (command: string, key: string, params = {}): Promise<string> =>
    (await server.call(server.admin, command, params)).body[key][0].id;
  const zoneid = await first('listZones', 'zone');
  place = {
    zoneid,
    networkofferingid: await first('listNetworkOfferings', 'networkoffering', {
      name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    }),
  };
  networkid = (await server.call(alice, 'createNetwork', { name: 'one', ...place })).body.network
    .id;
  await server.run(alice, 'deployVirtualMachine', {
    zoneid,
    networkids: networkid,
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
    templateid: await first('listTemplates', 'template', { templatefilter: 'executable' }),
  });
  const { ipaddress } = (await server.run(alice, 'associateIpAddress', { networkid })).body;
  ipaddressid = ipaddress.id;
}, 60_000);
afterAll(() => server.close());
afterEach(() => {
  vi.restoreAllMocks();
  server.agent.intercept = () => undefined;
});

/** What this process sends to PostgreSQL meanwhile, without the settings that are looked at again every two seconds. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  await work();
  const texts = query.mock.calls.map(([statement]: readonly unknown[]) =>
    typeof statement === 'object' && statement !== null && 'text' in statement
      ? String(statement.text)
      : String(statement),
  );
  query.mockRestore();
  return texts.filter(text => !text.includes('"settings"'));
}

/** How many: statements of others come between now and then, so the fewest of several times are the work's own. */
async function fewestStatements(work: () => Promise<unknown>): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY;
  for (let at = 0; at < 5; at += 1) {
    const waited = (await statementsOf(work)).filter(text => !notCounted.test(text));
    fewest = Math.min(fewest, waited.length);
  }
  return fewest;
}

/** What goes along with the next statement, and what only these tests ask. */
const notCounted = /^(?:begin|savepoint|release savepoint|.. looking)/;

function open(port: number): Promise<Reply> {
  const ports = { startport: String(port), endport: String(port) };
  return server.call(alice, 'createFirewallRule', { ipaddressid, protocol: 'tcp', ...ports });
}

async function ended(jobid: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const { body } = await server.call(alice, 'queryAsyncJobResult', { jobid });
      expect(body.jobstatus).toBe(1);
    },
    { timeout: 20_000, interval: 10 },
  );
}

const counted = (command: 'applyDelta' | 'applyConfig') => server.agent.calls.get(command) ?? 0;

test('a list of networks is two statements, its rows and which have notes, however many they are and whatever tags they carry', async () => {
  const list = () => server.call(alice, 'listNetworks');
  await list();
  expect(await fewestStatements(list)).toBe(2);
  for (let at = 0; at < 10; at += 1)
    await server.call(alice, 'createNetwork', { name: `more-${at}`, ...place });
  await server.run(alice, 'createTags', {
    resourceids: networkid,
    resourcetype: 'Network',
    'tags[0].key': 'a',
    'tags[0].value': 'b',
  });
  await list();
  expect(await fewestStatements(list)).toBe(2);
  expect((await list()).body.network[0]).toMatchObject({ tags: [{ key: 'a', value: 'b' }] });
});

test('a hundred changes that wait together are applied together and end together', async () => {
  const before = counted('applyDelta');
  let release = (): void => undefined;
  const released = new Promise<void>(resolve => {
    release = resolve;
  });
  server.agent.intercept = (command, _, done) =>
    command === 'applyDelta' && !done ? released : undefined;
  const accepted = await Promise.all(Array.from({ length: 100 }, (_, at) => open(1000 + at)));
  const ids = accepted.map(reply => String(reply.body.jobid));
  const statements = await statementsOf(async () => {
    release();
    const last = server.db
      .selectFrom('jobs')
      .select(eb => eb.fn.countAll<number>().as('pending'))
      .where('status', '=', 0);
    await vi.waitFor(async () => expect((await last.executeTakeFirst())?.pending).toBe(0), {
      timeout: 20_000,
    });
  });
  // The first one alone or with some of the others, then all the rest.
  expect(counted('applyDelta') - before).toBeLessThanOrEqual(2);
  // Each time with their events.
  expect(statements.filter(text => text.includes('update jobs set'))).toHaveLength(2);
  expect(statements.filter(text => text.includes('insert into "events"'))).toHaveLength(0);
  for (const id of ids) await ended(id);
});

test('a change waits for the database fifteen times at most, from the call to the end of its job', async () => {
  await ended(String((await open(1500)).body.jobid));
  let port = 1500;
  const fewest = await fewestStatements(async () => {
    port += 1;
    await open(port);
    await vi.waitFor(
      async () => {
        const pending = sql`/* looking */ select from jobs where status = 0`;
        expect((await pending.execute(server.db)).rows).toHaveLength(0);
      },
      { timeout: 20_000 },
    );
  });
  expect(fewest).toBeLessThanOrEqual(15);
});

test('the first change after a restart is a delta; what the rows do not tell any more is sent whole', async () => {
  await server.restart();
  const before = { delta: counted('applyDelta'), whole: counted('applyConfig') };
  await ended(String((await open(2000)).body.jobid));
  expect(counted('applyConfig')).toBe(before.whole);
  expect(counted('applyDelta')).toBe(before.delta + 1);

  await server.restart();
  const { firewallrule } = (await server.call(alice, 'listFirewallRules', { ipaddressid })).body;
  await server.run(alice, 'deleteFirewallRule', { id: firewallrule[0].id });
  expect(counted('applyConfig')).toBe(before.whole);
  expect(counted('applyDelta')).toBe(before.delta + 2);

  await server.restart();
  await server.db.updateTable('routers').set({ fingerprint: 'another' }).execute();
  await ended(String((await open(2001)).body.jobid));
  expect(counted('applyConfig')).toBe(before.whole + 1);
});
