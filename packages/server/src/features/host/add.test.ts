import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestMachines, testMachines } from '../../http/test-machines.ts';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let machines: TestMachines;
let server: TestServer;
let user: Tenant;
let place: { zoneid: string; podid: string };

beforeAll(async () => {
  machines = testMachines();
  server = await testServer({ installer: machines.installer });
  user = await server.tenant('user');
  const pod = await server.db.selectFrom('pods').selectAll().executeTakeFirstOrThrow();
  place = { zoneid: pod.zone_id, podid: pod.id };
});
afterAll(async () => {
  machines.close();
  await server.close();
});

const call = (command: string, params: Record<string, string>) =>
  server.call(server.admin, command, params);
const addHost = (url: string, params: Record<string, string> = {}) =>
  call('addHost', {
    ...place,
    url,
    hypervisor: 'KVM',
    clustername: 'kvm1',
    password: 'right',
    ...params,
  });
const named = async (name: string) => (await call('listHosts', { name })).body.host?.[0];

test('a machine becomes a host of a new cluster, and the answer waits until it is up', async () => {
  machines.add('192.0.2.11', { name: 'kvm-a', accelerated: false });
  const { status, body } = await addHost('http://192.0.2.11:2222', { hosttags: 'ssd,fast' });
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body.host).toMatchObject([
    {
      name: 'kvm-a',
      state: 'Up',
      resourcestate: 'Enabled',
      hypervisor: 'KVM',
      clustername: 'kvm1',
      hosttags: 'ssd,fast',
      ipaddress: '192.0.2.11',
      details: {
        'Host.accelerated': 'false',
        'Host.public.network': 'false',
        secured: 'true',
      },
    },
  ]);
  const job = await server.db
    .selectFrom('jobs')
    .selectAll()
    .where('command', '=', 'addHost')
    .executeTakeFirstOrThrow();
  expect(JSON.stringify(job)).not.toContain('right');
  const { body: clusters } = await call('listClusters', { hypervisor: 'kvm' });
  expect(clusters.cluster).toMatchObject([{ name: 'kvm1', hypervisortype: 'KVM' }]);
  // The next one goes there without being told.
  machines.add('192.0.2.12', { name: 'kvm-b' });
  const second = await call('addHost', {
    ...place,
    url: '192.0.2.12',
    hypervisor: 'kvm',
    password: 'right',
    allocationstate: 'Disabled',
  });
  expect(second.body.host).toMatchObject([
    { name: 'kvm-b', clustername: 'kvm1', resourcestate: 'Disabled', state: 'Up' },
  ]);
});

test('the traffic types of the zone say which interface carries the public network', async () => {
  machines.add('192.0.2.21', { name: 'kvm-public' });
  const { body: types } = await call('listTrafficTypes', {
    physicalnetworkid: (await call('listPhysicalNetworks', {})).body.physicalnetwork[0].id,
  });
  const { id } = types.traffictype.find(
    (type: { traffictype: string }) => type.traffictype === 'Public',
  );
  await server.run(server.admin, 'updateTrafficType', { id, kvmnetworklabel: 'eth2' });
  const { body } = await addHost('http://192.0.2.21', { clustername: 'public' });
  expect(body.host[0].details).toMatchObject({ 'Host.public.network': 'true' });
});

test('what fails says why and leaves nothing behind', async () => {
  const nothing = async () => {
    const tokens = await server.db
      .selectFrom('join_tokens')
      .select('id')
      .where('used', 'is', null)
      .execute();
    expect(tokens).toEqual([]);
  };
  const failure = async (url: string, params: Record<string, string> = {}) => {
    const { status, body } = await addHost(url, params);
    await nothing();
    return [status, body.errortext];
  };
  expect(await failure('http://192.0.2.99')).toEqual([
    534,
    expect.stringMatching(/192\.0\.2\.99 does not answer/),
  ]);
  machines.add('192.0.2.13', { name: 'kvm-c' });
  expect(await failure('http://192.0.2.13', { password: 'wrong' })).toEqual([
    534,
    expect.stringMatching(/refuses the password/),
  ]);
  machines.add('192.0.2.14', { name: 'KVM-A' });
  expect(await failure('http://192.0.2.14')).toEqual([
    431,
    expect.stringMatching(/KVM-A, and a host of that name is connected/),
  ]);
  expect(await named('kvm-c')).toBeUndefined();
  expect((await named('kvm-a')).state).toBe('Up');
  const { body } = await call('listEvents', { type: 'HOST.CREATE', level: 'ERROR' });
  expect(body.count).toBe(3);
});

test.each([
  { url: 'http://' },
  { url: 'http://host/path' },
  { url: 'http://user@host' },
  { url: 'http://host:99999' },
  { url: 'http://-oProxyCommand=x' },
  { username: 'root -x' },
  { hypervisor: 'XenServer' },
  { podid: randomUUID() },
  { zoneid: randomUUID() },
  { clusterid: randomUUID(), clustername: '' },
  { clustername: 'cluster1' },
  { hosttags: 'a b' },
  { allocationstate: 'Maintenance' },
])('refuses %o', async params => {
  const { status, body } = await addHost('http://192.0.2.50', params);
  expect([status, body.errortext]).toEqual([431, expect.any(String)]);
});

test('an agent that is told to comes back', async () => {
  const { id } = await named('kvm-a');
  const { body } = await server.run(server.admin, 'reconnectHost', { id });
  expect(body.host).toMatchObject({ id, state: 'Up' });
  const local = await server.db
    .selectFrom('hosts')
    .select('id')
    .where('is_local', '=', true)
    .executeTakeFirstOrThrow();
  expect((await call('reconnectHost', { id: local.id })).status).toBe(431);
});

test('a host that is removed is cut off, and can be added again', async () => {
  const { id } = await named('kvm-b');
  await server.run(server.admin, 'prepareHostForMaintenance', { id });
  expect((await call('deleteHost', { id })).body).toMatchObject({ success: 'true' });
  expect(await named('kvm-b')).toBeUndefined();
  const back = await addHost('http://192.0.2.12');
  expect(back.body.host).toMatchObject([{ id, state: 'Up', resourcestate: 'Enabled' }]);
});

test('clusters are made, renamed, disabled and deleted when they are empty', async () => {
  const { body } = await call('addCluster', {
    ...place,
    clustername: 'kvm2',
    clustertype: 'CloudManaged',
    hypervisor: 'KVM',
  });
  const [{ id }] = body.cluster;
  const twice = { ...place, clustername: 'KVM2', clustertype: 'CloudManaged', hypervisor: 'KVM' };
  expect((await call('addCluster', twice)).status).toBe(537);
  const changed = await call('updateCluster', {
    id,
    clustername: 'kvm3',
    allocationstate: 'Disabled',
  });
  expect(changed.body.cluster).toMatchObject({ name: 'kvm3', allocationstate: 'Disabled' });
  const shown = await call('listClusters', { name: 'kvm1', showcapacities: 'true' });
  expect(shown.body.cluster[0].capacity).toContainEqual(
    expect.objectContaining({ name: 'CPU_CORE', capacitytotal: 8, capacityused: 0 }),
  );
  expect((await call('deleteCluster', { id })).status).toBe(200);
  expect((await call('deleteCluster', { id })).status).toBe(431);
  const full = await call('deleteCluster', { id: shown.body.cluster[0].id });
  expect(full.body.errortext).toMatch(/still has host kvm-a/);
  expect(full.status).toBe(536);
});

test('capacity is counted by zone, and of pods and clusters what their hosts have', async () => {
  const kinds = async (params: Record<string, string> = {}) =>
    (await call('listCapacity', params)).body.capacity.map((one: { type: number }) => one.type);
  expect((await kinds()).toSorted((a: number, b: number) => a - b)).toEqual([0, 1, 4, 6, 7, 90]);
  expect(await kinds({ podid: place.podid })).toEqual([0, 1, 90]);
  expect(await kinds({ type: '7' })).toEqual([7]);
  const [vlans] = (await call('listCapacity', { type: '7' })).body.capacity;
  expect(vlans).toMatchObject({ capacitytotal: 900, capacityused: 0, percentused: '0.00' });
});

test('hosts and clusters are not made by tenants', async () => {
  for (const command of [
    'addHost',
    'reconnectHost',
    'findHostsForMigration',
    'addCluster',
    'updateCluster',
    'deleteCluster',
    'listCapacity',
    'migrateVirtualMachine',
  ])
    expect([command, (await server.call(user, command, { id: '1' })).status]).toEqual([
      command,
      432,
    ]);
});

test('a server that listens to no agents adds no hosts', async () => {
  const alone = await testServer();
  const pod = await alone.db.selectFrom('pods').selectAll().executeTakeFirstOrThrow();
  const { status, body } = await alone.call(alone.admin, 'addHost', {
    zoneid: pod.zone_id,
    podid: pod.id,
    url: 'http://192.0.2.1',
    hypervisor: 'KVM',
    clustername: 'kvm',
  });
  expect([status, body.errortext]).toEqual([
    431,
    expect.stringMatching(/does not listen to agents/),
  ]);
  await alone.close();
});

test('what a server was doing when it ended is undone', async () => {
  let begun = () => {};
  const began = new Promise<void>(resolve => {
    begun = resolve;
  });
  const ending = await testServer({
    installer: {
      install() {
        begun();
        return new Promise(() => undefined);
      },
    },
  });
  const pod = await ending.db.selectFrom('pods').selectAll().executeTakeFirstOrThrow();
  const params = {
    zoneid: pod.zone_id,
    podid: pod.id,
    url: 'http://192.0.2.1',
    hypervisor: 'KVM',
    clustername: 'kvm',
  };
  const answer = ending.call(ending.admin, 'addHost', params).catch(() => null);
  await began;
  const pending = await ending.db
    .selectFrom('jobs')
    .selectAll()
    .where('command', '=', 'addHost')
    .executeTakeFirstOrThrow();
  await ending.restart();
  await answer;
  const outcome = async () => ({
    jobs: await ending.db.selectFrom('jobs').select(['status', 'result_code']).execute(),
    tokens: await ending.db.selectFrom('join_tokens').selectAll().execute(),
  });
  expect(await outcome()).toEqual({ jobs: [{ status: 2, result_code: 530 }], tokens: [] });
  // As one that was killed leaves it.
  await ending.db.updateTable('jobs').set({ status: 0, result_code: 0 }).execute();
  await ending.db
    .insertInto('join_tokens')
    .values({
      id: String(pending.waits_id),
      secret_hash: '',
      zone_id: pod.zone_id,
      pod_id: pod.id,
      cluster_id: (await ending.db.selectFrom('clusters').selectAll().executeTakeFirstOrThrow()).id,
      expires: new Date(Date.now() + 1e6),
    })
    .execute();
  await ending.restart();
  expect(await outcome()).toEqual({ jobs: [{ status: 2, result_code: 530 }], tokens: [] });
  await ending.close();
});
