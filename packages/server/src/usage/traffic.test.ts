import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestServer, testServer } from '../http/test-server.ts';
import { recordTraffic } from './traffic.ts';

let server: TestServer;
let routerId: string;
let networkId: string;

beforeAll(async () => {
  server = await testServer();
  const anna = await server.tenant('anna');
  const first = async (command: string, key: string, params = {}): Promise<string> =>
    (await server.call(server.admin, command, params)).body[key][0].id;
  const zoneid = await first('listZones', 'zone');
  const { body } = await server.call(anna, 'createNetwork', {
    name: 'net',
    zoneid,
    networkofferingid: await first('listNetworkOfferings', 'networkoffering', {
      name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    }),
  });
  networkId = body.network.id;
  await server.run(anna, 'deployVirtualMachine', {
    zoneid,
    networkids: networkId,
    serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
    templateid: await first('listTemplates', 'template', { templatefilter: 'executable' }),
  });
  routerId = await first('listRouters', 'router', { listall: 'true' });
});
afterAll(() => server.close());

const counted = async () =>
  (await server.db
    .selectFrom('usage_traffic')
    .select(['sent', 'received'])
    .where('network_id', '=', networkId)
    .executeTakeFirst()) ?? { sent: 0, received: 0 };

test('what counts is the highest of each epoch, in whatever order and however often readings come', async () => {
  const reading = fc.record({
    epoch: fc.constantFrom('a', 'b', 'c'),
    sent: fc.nat(1_000_000),
    received: fc.nat(1_000_000),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(reading, { maxLength: 4 }), { maxLength: 6 }),
      async polls => {
        await server.db.deleteFrom('usage_traffic').execute();
        await server.db.deleteFrom('router_traffic').execute();
        for (const poll of polls)
          await recordTraffic(
            server.db,
            poll.map(one => ({ ...one, routerId })),
          );
        const all = polls.flat();
        const highest = (way: 'sent' | 'received'): number =>
          ['a', 'b', 'c'].reduce(
            (sum, epoch) =>
              sum + Math.max(0, ...all.filter(one => one.epoch === epoch).map(one => one[way])),
            0,
          );
        expect(await counted()).toEqual({ sent: highest('sent'), received: highest('received') });
      },
    ),
    { numRuns: 60 },
  );
});

test('readings at the same time are counted once', async () => {
  await server.db.deleteFrom('usage_traffic').execute();
  const reading = { routerId, epoch: 'race', sent: 700, received: 300 };
  await Promise.all(Array.from({ length: 12 }, () => recordTraffic(server.db, [reading])));
  expect(await counted()).toEqual({ sent: 700, received: 300 });
});

test('a router that is gone counts nothing', async () => {
  await server.db.deleteFrom('usage_traffic').execute();
  await recordTraffic(server.db, [{ routerId: networkId, epoch: 'x', sent: 9, received: 9 }]);
  expect(await counted()).toEqual({ sent: 0, received: 0 });
});
