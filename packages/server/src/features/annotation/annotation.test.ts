import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type Tenant, type TestServer, testServer } from '../../http/test-server.ts';

let server: TestServer;
let ann: Tenant;
let ben: Tenant;
let network: string;
let zone: string;

beforeAll(async () => {
  server = await testServer();
  ann = await server.tenant('ann');
  ben = await server.tenant('ben');
  zone = (await server.call(ann, 'listZones')).body.zone[0].id;
  const offerings = await server.call(ann, 'listNetworkOfferings', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  const made = await server.call(ann, 'createNetwork', {
    name: 'net',
    zoneid: zone,
    networkofferingid: offerings.body.networkoffering[0].id,
  });
  network = made.body.network.id;
}, 60_000);
afterAll(() => server.close());

const add = (by: Keys, params: Record<string, string>) =>
  server.call(by, 'addAnnotation', {
    entitytype: 'NETWORK',
    entityid: network,
    annotation: 'a note',
    ...params,
  });

async function notes(by: Keys, params: Record<string, string> = {}): Promise<string[]> {
  const { body } = await server.call(by, 'listAnnotations', params);
  return (body.annotation ?? []).map((one: { annotation: string }) => one.annotation);
}

test('notes are written about what is one’s own, and seen by those who see it', async () => {
  const made = await add(ann, { annotation: 'mine' });
  expect(made.body.annotation).toMatchObject({
    annotation: 'mine',
    entityid: network,
    entitytype: 'NETWORK',
    entityname: 'net',
    adminsonly: false,
    userid: ann.userId,
    username: 'ann',
  });
  await add(server.admin, { annotation: 'secret', adminsonly: 'true' });
  await add(server.admin, { annotation: 'about the zone', entitytype: 'zone', entityid: zone });
  expect(await notes(ann)).toEqual(['mine']);
  expect(await notes(ben)).toEqual([]);
  expect(await notes(ben, { entityid: network })).toEqual([]);
  expect(await notes(server.admin)).toEqual(['mine', 'secret', 'about the zone']);
  expect(await notes(server.admin, { annotationfilter: 'self', keyword: 'ZONE' })).toEqual([
    'about the zone',
  ]);
  expect(await notes(server.admin, { entitytype: 'NETWORK', userid: ann.userId })).toEqual([
    'mine',
  ]);
  expect((await server.call(ben, 'removeAnnotation', { id: made.body.annotation.id })).status).toBe(
    531,
  );
  const gone = await server.call(ann, 'removeAnnotation', { id: made.body.annotation.id });
  expect(gone.body.annotation.removed).toEqual(expect.any(String));
  expect(await notes(ann)).toEqual([]);
});

test('a member of a project sees notes about what it owns', async () => {
  const project = await server.run(ann, 'createProject', { name: 'both' });
  const projectid: string = project.body.project.id;
  const key = await server.call(ann, 'createSSHKeyPair', { name: 'key', projectid });
  const about = { entitytype: 'SSH_KEYPAIR', entityid: key.body.keypair.id, annotation: 'ours' };
  expect((await add(ben, about)).status).toBe(531);
  await server.run(ann, 'addAccountToProject', { projectid, account: 'ben' });
  expect((await add(ben, about)).status).toBe(200);
  expect(await notes(ann)).toEqual(['ours']);
  await server.call(ann, 'deleteSSHKeyPair', { name: 'key', projectid });
  expect(
    await server.db
      .selectFrom('annotations')
      .select('id')
      .where('annotation', '=', 'ours')
      .execute(),
  ).toEqual([]);
});

test.each([
  [{ entitytype: 'nonsense' }, 431],
  [{ entityid: 'nonsense' }, 431],
  [{ annotation: '' }, 431],
  [{ adminsonly: 'true' }, 531],
  [{ entitytype: 'ZONE' }, 531],
])('%o is refused', async (params, status) => {
  expect((await add(ann, params)).status).toBe(status);
});

test('a thing tells of the notes about it that the caller may read, and of no others', async () => {
  const { body } = await server.call(server.admin, 'listTemplates', { templatefilter: 'featured' });
  const template: string = body.template[0].id;
  const key: string = (await server.call(ann, 'createSSHKeyPair', { name: 'told' })).body.keypair
    .id;
  const data = await server.call(ann, 'registerUserData', { name: 'told', userdata: 'YQ==' });
  const about = (entitytype: string, entityid: string) => ({ entitytype, entityid });
  const userdata: string = data.body.userdata.id;
  const told = async (by: Keys) => {
    const lists = await Promise.all([
      server.call(by, 'listTemplates', { templatefilter: 'featured', id: template }),
      server.call(by, 'listZones', { id: zone }),
      server.call(by, 'listSSHKeyPairs', { id: key, listall: 'true' }),
      server.call(by, 'listUserData', { id: userdata, listall: 'true' }),
    ]);
    return lists.map(({ body: { template: t, zone: z, sshkeypair: k, userdata: d } }) => {
      const [one] = t ?? z ?? k ?? d ?? [];
      return one?.hasannotations;
    });
  };
  expect(await told(ann)).toEqual([false, false, false, false]);
  await add(server.admin, about('TEMPLATE', template));
  await add(server.admin, about('ZONE', zone));
  await add(server.admin, { ...about('SSH_KEYPAIR', key), adminsonly: 'true' });
  expect((await add(ann, about('USER_DATA', userdata))).status).toBe(200);
  expect(await told(server.admin)).toEqual([true, true, true, true]);
  // The template is shown to all, its notes are its owner's; the note about the key is for administrators.
  expect(await told(ann)).toEqual([false, false, false, true]);
  expect(await told(ben)).toEqual([false, false, undefined, undefined]);
});

test('a host shows the latest note about it', async () => {
  const { id }: { id: string } = (await server.call(server.admin, 'listHosts')).body.host[0];
  const about = { entitytype: 'HOST', entityid: id };
  await add(server.admin, { ...about, annotation: 'first' });
  await add(server.admin, { ...about, annotation: 'last' });
  const { host } = (await server.call(server.admin, 'listHosts', { id })).body;
  expect(host).toMatchObject([
    {
      hasannotations: true,
      annotation: 'last',
      lastannotated: expect.any(String),
      username: 'admin',
    },
  ]);
});
