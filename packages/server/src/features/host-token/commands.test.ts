import { decodeJoinToken } from '@isola/agent-protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordServerUrl } from '../../fleet/server-url.ts';
import { type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

it('makes tokens for root administrators, when the server listens to agents', async () => {
  const refused = await server.call(server.admin, 'createHostToken');
  expect(refused).toMatchObject({ status: 431 });
  expect(refused.body.errortext).toContain('does not listen to agents');

  await recordServerUrl(server.db, 'https://192.0.2.1:8250');
  const user = await server.tenant('someone');
  expect((await server.call(user, 'createHostToken')).status).toBe(432);

  const { body } = await server.call(server.admin, 'createHostToken', { hosttags: 'ssd,gpu' });
  const token = body.hosttoken;
  expect(token).toMatchObject({
    serverurl: 'https://192.0.2.1:8250',
    hypervisor: 'KVM',
    clustername: 'cluster-kvm',
    hosttags: 'ssd,gpu',
  });
  expect(decodeJoinToken(token.token).id).toBe(token.id);
  const row = await server.db
    .selectFrom('join_tokens')
    .selectAll()
    .where('id', '=', token.id)
    .executeTakeFirstOrThrow();
  expect(row).toMatchObject({ cluster_id: token.clusterid, tags: ['ssd', 'gpu'], used: null });
  expect(JSON.stringify(row)).not.toContain(decodeJoinToken(token.token).secret);

  const again = await server.call(server.admin, 'createHostToken', { podid: token.podid });
  expect(again.body.hosttoken.clusterid).toBe(token.clusterid);
  const lxc = await server.call(server.admin, 'createHostToken', { hypervisor: 'lxc' });
  expect(lxc.body.hosttoken).toMatchObject({ hypervisor: 'LXC', clustername: 'cluster1' });
  const byCluster = { clusterid: lxc.body.hosttoken.clusterid };
  const named = await server.call(server.admin, 'createHostToken', byCluster);
  expect(named.body.hosttoken.hypervisor).toBe('LXC');
  for (const parameter of ['zoneid', 'podid', 'clusterid']) {
    const unknown = { [parameter]: '00000000-0000-4000-8000-000000000000' };
    const { status, body } = await server.call(server.admin, 'createHostToken', unknown);
    expect([status, body.errortext]).toEqual([431, expect.stringContaining(parameter)]);
  }
});
