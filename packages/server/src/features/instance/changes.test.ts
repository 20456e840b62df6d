import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';
import { sshNumber, sshString } from '../ssh-key-pair/wire.ts';

let server: TestServer;
let alice: Tenant;
let bob: Tenant;
let zoneid: string;
let templateid: string;
const sizes: string[] = [];
const networks = new Map<string, string>();

beforeAll(async () => {
  server = await testServer();
  alice = await server.tenant('alice');
  bob = await server.tenant('bob');
  const first = async (command: string, key: string, params = {}) =>
    (await server.call(alice, command, params)).body[key][0].id;
  zoneid = await first('listZones', 'zone');
  templateid = await first('listTemplates', 'template', { templatefilter: 'featured' });
  const offerings = await server.call(alice, 'listServiceOfferings');
  for (const { id } of offerings.body.serviceoffering) sizes.push(id);
  const networkofferingid = await first('listNetworkOfferings', 'networkoffering', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  for (const tenant of [alice, bob]) {
    const wanted = { name: 'net', zoneid, networkofferingid };
    const { body } = await server.call(tenant, 'createNetwork', wanted);
    networks.set(tenant.account, body.network.id);
  }
});
afterAll(() => server.close());

let made = 0;
async function deploy(params: Record<string, string> = {}) {
  made += 1;
  const { body } = await server.run(alice, 'deployVirtualMachine', {
    zoneid,
    templateid,
    serviceofferingid: sizes[0] ?? '',
    networkids: networks.get('alice') ?? '',
    name: `vm${made}`,
    ...params,
  });
  return body.virtualmachine;
}
const stopped = (params: Record<string, string> = {}) => deploy({ startvm: 'false', ...params });
const vm = async (id: string, params = {}) =>
  (await server.call(server.admin, 'listVirtualMachines', { id, ...params })).body
    .virtualmachine?.[0];

test('an update shows what it wrote, tells the router the new name, and is the owner’s alone', async () => {
  const { id } = await deploy({ name: 'before' });
  const update = { id, displayname: 'Shown', group: 'web', name: 'after', 'details[0].a': 'b' };
  expect((await server.call(bob, 'updateVirtualMachine', update)).status).toBe(531);
  const { body } = await server.call(alice, 'updateVirtualMachine', update);
  expect(body.virtualmachine).toMatchObject({
    displayname: 'Shown',
    group: 'web',
    name: 'after',
    details: { a: 'b' },
  });
  await expect
    .poll(() =>
      [...server.agent.routers.values()].flatMap(
        router => router.index?.toConfig().collections.hosts.map(host => host.name) ?? [],
      ),
    )
    .toContain('after');
  await deploy({ name: 'taken' });
  const clash = await server.call(alice, 'updateVirtualMachine', { id, name: 'TAKEN' });
  expect(clash.status).toBe(431);
  const late = await server.call(alice, 'updateVirtualMachine', { id, haenable: 'true' });
  expect(late.status).toBe(431);
  const fresh = await stopped();
  const early = { id: fresh.id, haenable: 'true' };
  const available = await server.call(alice, 'updateVirtualMachine', early);
  expect(available.body.virtualmachine.haenable).toBe(true);
});

test('one that is protected is not destroyed', async () => {
  const { id } = await stopped();
  const protect = (deleteprotection: string) =>
    server.call(alice, 'updateVirtualMachine', { id, deleteprotection });
  expect((await protect('true')).body.virtualmachine.deleteprotection).toBe(true);
  expect((await server.call(alice, 'destroyVirtualMachine', { id })).status).toBe(431);
  await protect('false');
  const { body } = await server.run(alice, 'destroyVirtualMachine', { id });
  expect(body.virtualmachine.state).toBe('Destroyed');
});

test('destroyed ones are recovered and expunged by those who may', async () => {
  const { id } = await deploy();
  expect((await server.call(server.admin, 'recoverVirtualMachine', { id })).status).toBe(431);
  expect((await server.call(server.admin, 'expungeVirtualMachine', { id })).status).toBe(431);
  await server.run(alice, 'destroyVirtualMachine', { id });
  expect((await server.call(alice, 'recoverVirtualMachine', { id })).status).toBe(531);
  const back = await server.call(server.admin, 'recoverVirtualMachine', { id });
  expect(back.body.virtualmachine.state).toBe('Stopped');
  const again = await server.run(alice, 'startVirtualMachine', { id });
  expect(again.body.virtualmachine.state).toBe('Running');
  await server.run(alice, 'destroyVirtualMachine', { id });
  expect((await server.call(alice, 'expungeVirtualMachine', { id })).status).toBe(531);
  const gone = await server.run(server.admin, 'expungeVirtualMachine', { id });
  expect(gone.body.success).toBe(true);
  expect(await vm(id)).toBeUndefined();
  expect(server.agent.guests.has(id)).toBe(false);
});

test('a stopped one gets another size, within the limits of its owner; the guest starts with it', async () => {
  const { id } = await deploy();
  const [small = '', medium = ''] = sizes;
  const grow = { id, serviceofferingid: medium };
  expect((await server.call(alice, 'changeServiceForVirtualMachine', grow)).status).toBe(431);
  await server.run(alice, 'stopVirtualMachine', { id });
  const { body } = await server.call(alice, 'changeServiceForVirtualMachine', grow);
  expect(body.virtualmachine.serviceofferingid).toBe(medium);
  await server.run(alice, 'startVirtualMachine', { id });
  expect(server.agent.guests.get(id)?.spec.limits.memoryMiB).toBe(body.virtualmachine.memory);
  await server.run(alice, 'stopVirtualMachine', { id });
  const shrunk = await server.run(alice, 'scaleVirtualMachine', { id, serviceofferingid: small });
  expect(shrunk.body.success).toBe(true);
  const { body: held } = await server.call(alice, 'listAccounts');
  const limit = { account: 'alice', domainid: held.account[0].domainid, resourcetype: '9' };
  await server.call(server.admin, 'updateResourceLimit', {
    ...limit,
    max: String(held.account[0].memorytotal),
  });
  expect((await server.call(alice, 'scaleVirtualMachine', grow)).status).toBe(535);
  await server.call(server.admin, 'updateResourceLimit', { ...limit, max: '-1' });
});

test('a restored one runs again from a new disk and has another volume', async () => {
  const { id } = await deploy();
  const volumes = async () =>
    (await server.call(alice, 'listVolumes', { virtualmachineid: id })).body.volume;
  const [before] = await volumes();
  expect(before).toMatchObject({ type: 'ROOT', state: 'Ready', vmstate: 'Running', deviceid: 0 });
  const commands: string[] = [];
  server.agent.intercept = (command, _, done) => {
    if (done && command.endsWith('Guest')) commands.push(command);
  };
  const { body } = await server.run(alice, 'restoreVirtualMachine', { virtualmachineid: id });
  server.agent.intercept = () => undefined;
  expect(body.virtualmachine.state).toBe('Running');
  expect(commands).toEqual(['destroyGuest', 'startGuest']);
  const [after] = await volumes();
  expect(after.id).not.toBe(before.id);
  await server.run(alice, 'stopVirtualMachine', { id });
  const restored = await server.run(alice, 'restoreVirtualMachine', { virtualmachineid: id });
  expect(restored.body.virtualmachine.state).toBe('Stopped');
  expect(server.agent.guests.has(id)).toBe(false);
  expect((await volumes())[0].state).toBe('Allocated');
  const foreign = { virtualmachineid: id };
  expect((await server.call(bob, 'restoreVirtualMachine', foreign)).status).toBe(531);
  expect((await server.call(bob, 'listVolumes', foreign)).body).toEqual({});
});

test('a stopped one moves to another account and into its network', async () => {
  const { id, nic } = await deploy({ name: 'moved' });
  const move = { virtualmachineid: id, account: 'bob', domainid: '' };
  move.domainid = (await server.call(bob, 'listAccounts')).body.account[0].domainid;
  expect((await server.call(server.admin, 'assignVirtualMachine', move)).status).toBe(431);
  await server.run(alice, 'stopVirtualMachine', { id });
  expect((await server.call(alice, 'assignVirtualMachine', move)).status).toBe(432);
  const volume = (await server.call(alice, 'listVolumes', { virtualmachineid: id })).body.volume[0];
  for (const [resourcetype, resourceids] of [
    ['UserVm', id],
    ['Volume', volume.id],
  ])
    await server.run(alice, 'createTags', {
      resourcetype,
      resourceids,
      'tags[0].key': 'moves',
      'tags[0].value': 'along',
    });
  const tagged = async (by: Keys) =>
    ((await server.call(by, 'listTags', { key: 'moves' })).body.tag ?? []).map(
      (tag: { resourcetype: string }) => tag.resourcetype,
    );
  expect(await tagged(alice)).toEqual(['UserVm', 'Volume']);
  const registered = await server.call(alice, 'registerUserData', {
    name: 'of alice',
    userdata: Buffer.from('hers').toString('base64'),
  });
  const userdataid: string = registered.body.userdata.id;
  const given = await server.call(alice, 'resetUserDataForVirtualMachine', { id, userdataid });
  expect(given.body.virtualmachine).toMatchObject({ userdataid });
  const networkids = networks.get('alice') ?? '';
  const wrong = await server.call(server.admin, 'assignVirtualMachine', { ...move, networkids });
  expect(wrong.status).toBe(531);
  const { body } = await server.call(server.admin, 'assignVirtualMachine', move);
  expect(body.virtualmachine).toMatchObject({ account: 'bob' });
  // What was alice's own is not bob's, and she may delete it.
  expect(body.virtualmachine.userdataid).toBeUndefined();
  expect((await server.call(alice, 'deleteUserData', { id: userdataid })).status).toBe(200);
  expect(body.virtualmachine.nic).toEqual([
    expect.objectContaining({ networkid: networks.get('bob'), deviceid: '0', isdefault: true }),
  ]);
  expect([await tagged(alice), await tagged(bob)]).toEqual([[], ['UserVm', 'Volume']]);
  const { body: seen } = await server.run(bob, 'startVirtualMachine', { id });
  expect(seen.virtualmachine.state).toBe('Running');
  await expect
    .poll(() =>
      server.db.selectFrom('nics').select('id').where('id', '=', nic[0].id).executeTakeFirst(),
    )
    .toBeUndefined();
});

test('a command that waited for an assignment is asked for its owner again', async () => {
  const { id } = await deploy({ name: 'given' });
  await server.run(alice, 'stopVirtualMachine', { id });
  const started = await server.db.transaction().execute(async tx => {
    await tx
      .updateTable('instances')
      .set({ account_id: bob.accountId })
      .where('id', '=', id)
      .execute();
    const reply = server.call(alice, 'startVirtualMachine', { id });
    const waiting = () =>
      sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
        server.db,
      );
    await expect.poll(async () => (await waiting()).rows.length).toBe(1);
    return { reply };
  });
  expect((await started.reply).status).toBe(531);
});

test('user data is kept inline and registered, plain and compressed, up to 32 KiB', async () => {
  const plain = Buffer.from('#cloud-config\n').toString('base64');
  const { id } = await stopped({ userdata: plain });
  const read = async () =>
    (await server.call(alice, 'getVirtualMachineUserData', { virtualmachineid: id })).body
      .virtualmachineuserdata.userdata;
  expect(await read()).toBe(plain);
  expect((await vm(id, { userdata: 'true' })).userdata).toBe(plain);
  const packed = gzipSync('#cloud-config\nusers: []\n'.repeat(1000)).toString('base64');
  const registered = await server.call(alice, 'registerUserData', {
    name: 'cloud',
    userdata: packed,
    params: 'color, size',
  });
  const { id: userdataid } = registered.body.userdata;
  expect(registered.body.userdata).toMatchObject({ name: 'cloud', params: 'color,size' });
  const twice = { name: 'cloud', userdata: plain };
  expect((await server.call(alice, 'registerUserData', twice)).status).toBe(431);
  const reset = { id, userdataid, 'userdatadetails[0].color': 'red' };
  const given = await server.call(alice, 'resetUserDataForVirtualMachine', reset);
  expect(given.body.virtualmachine).toMatchObject({
    userdataid,
    userdataname: 'cloud',
    userdatadetails: '{"color":"red"}',
  });
  expect(await read()).toBe(packed);
  expect((await server.call(alice, 'deleteUserData', { id: userdataid })).status).toBe(431);
  expect((await server.call(bob, 'deleteUserData', { id: userdataid })).status).toBe(531);
  expect((await server.call(bob, 'listUserData', { id: userdataid })).body).toEqual({});
  const stolen = { id, userdataid };
  expect((await server.call(bob, 'resetUserDataForVirtualMachine', stolen)).status).toBe(531);
  const most = Buffer.alloc(32 * 1024, 'x').toString('base64');
  const post = { id, userdata: most };
  expect((await server.call(alice, 'resetUserDataForVirtualMachine', post)).status).toBe(200);
  const more = Buffer.alloc(32 * 1024 + 1, 'x').toString('base64');
  const tooMuch = { id, userdata: more };
  expect((await server.call(alice, 'resetUserDataForVirtualMachine', tooMuch)).status).toBe(431);
  expect((await server.call(alice, 'deleteUserData', { id: userdataid })).status).toBe(200);
});

test('passwords: made where the template takes one, shown to who asked, encrypted for the key’s owner', async () => {
  await server.db
    .updateTable('templates')
    .set({ password_enabled: true })
    .where('id', '=', templateid)
    .execute();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { e = '', n = '' } = publicKey.export({ format: 'jwk' });
  const blob = Buffer.concat([
    sshString('ssh-rsa'),
    sshNumber(Buffer.from(e, 'base64url')),
    sshNumber(Buffer.from(n, 'base64url')),
  ]);
  const publickey = `ssh-rsa ${blob.toString('base64')}`;
  await server.call(alice, 'registerSSHKeyPair', { name: 'rsa', publickey });
  const { id, password } = await stopped();
  expect(password).toMatch(/^[a-zA-Z2-9]{16}$/);
  expect((await vm(id)).password).toBeUndefined();
  expect((await server.call(alice, 'getVMPassword', { id })).status).toBe(431);
  const keyed = await server.run(alice, 'resetSSHKeyForVirtualMachine', { id, keypair: 'rsa' });
  expect(keyed.body.virtualmachine.keypairs).toBe('rsa');
  const reset = { id, password: 'correct horse' };
  const { body } = await server.run(alice, 'resetPasswordForVirtualMachine', reset);
  expect(body.virtualmachine.password).toBe('correct horse');
  const jobs = await server.db
    .selectFrom('jobs')
    .selectAll()
    .where('command', '=', 'resetPasswordForVirtualMachine')
    .execute();
  expect(JSON.stringify(jobs)).not.toContain('correct horse');
  const { body: kept } = await server.call(alice, 'getVMPassword', { id });
  const secret = Buffer.from(kept.password.encryptedpassword, 'base64');
  // Node does not take PKCS #1 v1.5 off by itself: 0, 2, random bytes, 0, text.
  const padded = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, secret);
  expect(padded.subarray(padded.indexOf(0, 2) + 1).toString()).toBe('correct horse');
  expect((await server.call(bob, 'getVMPassword', { id })).status).toBe(531);
  expect((await server.call(bob, 'resetPasswordForVirtualMachine', { id })).status).toBe(531);
});

test('an interface is plugged out and in, and keeps its address', async () => {
  const { id, nic } = await deploy();
  const [{ id: nicid, ipaddress }] = nic;
  const out = await server.run(alice, 'updateVmNic', { nicid, enabled: 'false' });
  expect(out.body.nic).toMatchObject({ enabled: false, ipaddress });
  expect(server.agent.guests.get(id)?.spec.nics).toEqual([]);
  expect((await server.call(bob, 'updateVmNic', { nicid, enabled: 'true' })).status).toBe(531);
  const back = await server.run(alice, 'updateVmNic', { nicid, enabled: 'true' });
  expect(back.body.nic.enabled).toBe(true);
  expect(server.agent.guests.get(id)?.spec.nics).toHaveLength(1);
});

test('filters: user data, groups, kinds of networks; traffic is what the host said last', async () => {
  const { id } = await deploy({ keyboard: 'de', dynamicscalingenabled: 'true' });
  const listed = async (params: Record<string, string>) =>
    (await server.call(alice, 'listVirtualMachines', { id, ...params })).body.count ?? 0;
  expect(await listed({ forvirtualnetwork: 'true' })).toBe(1);
  expect(await listed({ forvirtualnetwork: 'false' })).toBe(0);
  expect(await listed({ leased: 'true' })).toBe(0);
  expect(await listed({ haenable: 'true' })).toBe(0);
  expect(await listed({ isoid: id })).toBe(0);
  const load = {
    cpuPercent: 1,
    memoryUsedBytes: 1,
    disk: { totalBytes: 1, freeBytes: 1 },
    nics: [{ instanceId: id, device: 'eth0', receivedBytes: 4096, sentBytes: 2048 }],
  };
  await server.db
    .updateTable('hosts')
    .set({ load: JSON.stringify(load) })
    .execute();
  expect(await vm(id)).toMatchObject({
    networkkbsread: 4,
    networkkbswrite: 2,
    isdynamicallyscalable: true,
    details: { keyboard: 'de' },
  });
  const plain = (await vm(id, { details: 'min' })) ?? {};
  expect(plain).not.toHaveProperty('networkkbsread');
});
