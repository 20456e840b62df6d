import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobResults } from '../../http/dispatch.ts';
import { type Reply, type TestServer, testServer } from '../../http/test-server.ts';
import { createJobs } from '../../jobs/jobs.ts';
import { finishRemovals } from '../account/removal.ts';
import { handlers } from '../index.ts';
import { releaseNetwork } from '../network/release.ts';

let server: TestServer;
let zone: string;

beforeAll(async () => {
  server = await testServer();
  zone = (await admin('listZones')).body.zone[0].id;
});
afterAll(() => server.close());

const admin = (command: string, params: Record<string, string> = {}): Promise<Reply> =>
  server.call(server.admin, command, params);

/** What is made inside a domain: the command, its parameters, and the table of what it makes. */
const kinds = [
  {
    command: 'createNetwork',
    table: 'networks',
    params: async (at: number, domainid: string) => ({
      name: `shared-${at}`,
      zoneid: zone,
      networkofferingid: (
        await admin('listNetworkOfferings', { name: 'DefaultSharedNetworkOffering' })
      ).body.networkoffering[0].id,
      acltype: 'Domain',
      domainid,
      gateway: `172.${20 + Math.floor(at / 100)}.${at % 100}.1`,
      netmask: '255.255.255.0',
      startip: `172.${20 + Math.floor(at / 100)}.${at % 100}.10`,
      endip: `172.${20 + Math.floor(at / 100)}.${at % 100}.99`,
      vlan: `${2000 + at}`,
    }),
  },
  {
    command: 'createZone',
    table: 'zones',
    params: async (at: number, domainid: string) => ({
      name: `zone of a domain ${at}`,
      dns1: '192.0.2.53',
      internaldns1: '192.0.2.53',
      networktype: 'Advanced',
      domainid,
    }),
  },
  {
    command: 'createDomain',
    table: 'domains',
    params: async (at: number, parentdomainid: string) => ({ name: `child-${at}`, parentdomainid }),
  },
] as const;

test.each(kinds)(
  '$command in a domain that is being deleted is refused, or goes with it',
  async ({ command, table, params }) => {
    const rows = async () =>
      (await server.db.selectFrom(table).select('id').execute()).map(({ id }) => id);
    const before = await rows();
    const ended: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const { body } = await admin('createDomain', { name: `going-${round}` });
      const domainid: string = body.domain.id;
      const wanted = await Promise.all([0, 1, 2].map(at => params(3 * round + at, domainid)));
      const [deleted, ...made] = await Promise.all([
        server.run(server.admin, 'deleteDomain', { id: domainid, cleanup: 'true' }),
        ...wanted.map(one => admin(command, one)),
      ]);
      expect(deleted.body.success).toBe(true);
      ended.push(...made.map(({ status }) => status));
      const left = await server.db
        .selectFrom('domains')
        .select('id')
        .where('id', '=', domainid)
        .execute();
      expect(left).toEqual([]);
    }
    for (const status of ended) expect([200, 431]).toContain(status);
    // Of zones that were a domain's own, what is left is everybody's.
    if (table !== 'zones') expect(await rows()).toEqual(before);
  },
);

test('of the last two networks of a domain that go at once, one takes the domain with it', async () => {
  const { db } = server;
  const jobs = createJobs({ resultOf: jobResults(handlers), log: pino({ level: 'silent' }) });
  const { body } = await admin('createDomain', { name: 'shared by two' });
  const domainid: string = body.domain.id;
  const networks = await Promise.all(
    [100, 101].map(async at => {
      const made = await admin('createNetwork', await kinds[0].params(at, domainid));
      return String(made.body.network.id);
    }),
  );
  await db.updateTable('domains').set({ state: 'Inactive' }).where('id', '=', domainid).execute();
  const going = [];
  for (const id of networks) {
    const tx = await db.startTransaction().execute();
    await releaseNetwork(tx, id);
    going.push(tx);
  }
  const gone = await Promise.all(
    going.map(async tx => {
      const removed = await finishRemovals(tx, jobs);
      await tx.commit().execute();
      return removed;
    }),
  );
  expect(gone.flat()).toEqual([domainid]);
});
