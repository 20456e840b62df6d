import { IsolaError } from '@isola/model';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let params: Record<string, string>;

beforeAll(async () => {
  server = await testServer();
  const offering = await server.call(server.admin, 'createNetworkOffering', {
    name: 'persistent',
    displaytext: 'persistent',
    guestiptype: 'Isolated',
    traffictype: 'Guest',
    supportedservices: 'Dhcp,SourceNat',
    ispersistent: 'true',
    enable: 'true',
  });
  const zones = await server.call(server.admin, 'listZones');
  params = {
    name: 'always',
    zoneid: zones.body.zone[0].id,
    networkofferingid: offering.body.networkoffering.id,
  };
});
afterAll(() => server.close());

test('a persistent network that cannot be implemented is refused and leaves nothing behind', async () => {
  server.agent.intercept = command => {
    if (command === 'startRouter')
      throw new IsolaError('insufficient_capacity', { reason: 'no room for a router' });
  };
  const refused = await server.call(server.admin, 'createNetwork', params);
  expect(refused.status).toBe(533);
  await vi.waitFor(async () => {
    expect((await server.call(server.admin, 'listNetworks')).body).toEqual({});
  });
  expect(await server.db.selectFrom('vlan_tags').selectAll().execute()).toEqual([]);
  const held = server.db.selectFrom('public_addresses').select('id').where('state', '<>', 'Free');
  expect(await held.execute()).toEqual([]);
  expect(server.agent.segments.size).toBe(0);

  server.agent.intercept = () => undefined;
  const made = await server.call(server.admin, 'createNetwork', params);
  expect(made.body.network).toMatchObject({ state: 'Implemented', ispersistent: true });
});
