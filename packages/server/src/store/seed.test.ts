import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyPassword } from '../identity/password.ts';
import { secretBox } from '../identity/secret.ts';
import { type SeedSettings, seed } from './seed.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

let database: TestDatabase;
const secrets = secretBox(randomBytes(32));

const settings: SeedSettings = {
  zone: {
    name: 'zone1',
    dns: ['192.0.2.53'],
    internalDns: ['192.0.2.53'],
    guestCidr: '10.1.1.0/24',
    networkDomain: 'isola.internal',
  },
  public: {
    gateway: '203.0.113.1',
    prefix: 24,
    first: '203.0.113.1',
    last: '203.0.113.9',
    vlan: 'untagged',
  },
  guestNetwork: { isolation: 'VLAN', first: 100, last: 199 },
  adminPassword: null,
};

const facts = {
  name: 'host1',
  hypervisor: 'LXC' as const,
  cpuCores: 2,
  cpuMHz: 2000,
  memoryBytes: 4 * 2 ** 30,
  kernel: '6.1',
  controlGateway: '169.254.0.1',
  hypervisorVersion: '',
  accelerated: true,
  agentVersion: '',
  underlay: null,
  guestMtu: null,
  reachesPublic: true,
  sharedStorage: null,
  images: {
    router: { name: 'router', checksum: 'def' },
    templates: [
      { name: 'isola-tiny', sizeBytes: 1, checksum: 'abc', osType: 'Debian GNU/Linux 13 (64-bit)' },
    ],
  },
};

const run = (changed: Partial<SeedSettings> = {}) =>
  seed(database.db, { settings: { ...settings, ...changed }, facts, secrets });

const addresses = async () => {
  const rows = await database.db
    .selectFrom('public_addresses')
    .select('address')
    .orderBy('seq')
    .execute();
  return rows.map(row => row.address);
};

const counts = async () => {
  const tables = [
    'domains',
    'accounts',
    'users',
    'zones',
    'pods',
    'clusters',
    'hosts',
    'physical_networks',
    'public_ranges',
    'public_addresses',
    'service_offerings',
    'network_offerings',
    'templates',
  ] as const;
  const found: Record<string, number> = {};
  for (const table of tables) {
    const rows = await database.db.selectFrom(table).select('id').execute();
    found[table] = rows.length;
  }
  return found;
};

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('servers that start together seed once, and a later start changes nothing', async () => {
  const together = await Promise.all([run(), run(), run()]);
  expect(new Set(together.map(one => one.admin.secretKey)).size).toBe(1);
  const made = together.map(one => one.admin.password).filter(password => password !== null);
  expect(made).toHaveLength(1);
  const before = await counts();
  const later = await run();
  expect(later.admin.password).toBeNull();
  expect(await counts()).toEqual(before);
  const user = await database.db
    .selectFrom('users')
    .selectAll()
    .where('id', '=', later.admin.userId)
    .executeTakeFirstOrThrow();
  expect(await verifyPassword(made[0] ?? '', user.password_hash)).toBe(true);
  expect(user.secret_key).not.toContain(later.admin.secretKey);
});

test('a password of the configuration replaces the one in the database', async () => {
  const { admin } = await run({ adminPassword: 'chosen' });
  const user = await database.db
    .selectFrom('users')
    .select('password_hash')
    .where('id', '=', admin.userId)
    .executeTakeFirstOrThrow();
  expect(await verifyPassword('chosen', user.password_hash)).toBe(true);
});

test('the range has a row per address but the gateway; a new range adds some and removes only free ones', async () => {
  expect(await addresses()).toEqual([2, 3, 4, 5, 6, 7, 8, 9].map(last => `203.0.113.${last}`));
  await database.db
    .updateTable('public_addresses')
    .set({ state: 'Allocated' })
    .where('address', '=', '203.0.113.3')
    .execute();
  await run({ public: { ...settings.public, first: '203.0.113.8', last: '203.0.113.11' } });
  expect((await addresses()).toSorted()).toEqual(
    ['203.0.113.10', '203.0.113.11', '203.0.113.3'].concat(['203.0.113.8', '203.0.113.9']),
  );
});

test.each([
  { first: '203.0.113.9', last: '203.0.113.2' },
  { first: '203.0.114.2', last: '203.0.114.9' },
  { first: 'nonsense', last: '203.0.113.9' },
])('refuses the range %o and changes nothing', async part => {
  const before = await addresses();
  await expect(run({ public: { ...settings.public, ...part } })).rejects.toMatchObject({
    status: 431,
  });
  expect(await addresses()).toEqual(before);
});

test('tags and addresses that the API shares out or sets aside are left as they are', async () => {
  const { db } = database;
  const ranges = async () => [
    await db.selectFrom('vlan_ranges').selectAll().orderBy('first_tag').execute(),
    await db.selectFrom('public_ranges').selectAll().orderBy('seq').execute(),
  ];
  const changed = {
    guestNetwork: { isolation: 'VLAN', first: 500, last: 599 },
    public: { ...settings.public, first: '203.0.113.20', last: '203.0.113.29' },
  } as const;
  const untouched = async () => {
    const before = await ranges();
    await run(changed);
    expect(await ranges()).toEqual(before);
  };
  const {
    id: _,
    seq: __,
    ...physical
  } = await db.selectFrom('physical_networks').selectAll().executeTakeFirstOrThrow();
  const {
    id,
    seq: ___,
    ...range
  } = await db.selectFrom('public_ranges').selectAll().executeTakeFirstOrThrow();
  const domain = await db.selectFrom('domains').select('id').executeTakeFirstOrThrow();
  const another = await db
    .insertInto('physical_networks')
    .values({ ...physical, name: 'another' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const more = await db
    .insertInto('public_ranges')
    .values({ ...range, vlan: '77' })
    .returning('id')
    .executeTakeFirstOrThrow();
  await untouched();
  await db.deleteFrom('public_ranges').where('id', '=', more.id).execute();
  await db
    .updateTable('public_ranges')
    .set({ domain_id: domain.id })
    .where('id', '=', id)
    .execute();
  await untouched();
  await db.updateTable('public_ranges').set({ domain_id: null }).where('id', '=', id).execute();
  await db.deleteFrom('physical_networks').where('id', '=', another.id).execute();
  await run(changed);
  expect(await ranges()).toMatchObject([
    [{ first_tag: 500, last_tag: 599 }],
    [{ id, first_address: '203.0.113.20', last_address: '203.0.113.29' }],
  ]);
  await run();
});

test('what the API deleted stays deleted, and what it made is left as it is', async () => {
  const { db } = database;
  await db.updateTable('public_addresses').set({ state: 'Free' }).execute();
  const own = await db.selectFrom('zones').select('id').executeTakeFirstOrThrow();
  const physical = await db.selectFrom('physical_networks').selectAll().executeTakeFirstOrThrow();
  const range = await db.selectFrom('public_ranges').selectAll().executeTakeFirstOrThrow();
  const { id: _, seq: __, ...like } = physical;
  const { id: ___, seq: ____, ...alike } = range;

  // In the place of the range and the physical network that the first start made.
  await db.deleteFrom('public_addresses').execute();
  await db.deleteFrom('public_ranges').execute();
  await db.deleteFrom('physical_networks').execute();
  const other = await db
    .insertInto('physical_networks')
    .values({ ...like, name: 'of the API' })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('vlan_ranges')
    .values({ physical_network_id: other.id, first_tag: 300, last_tag: 310 })
    .execute();
  await db
    .insertInto('public_ranges')
    .values({ ...alike, physical_network_id: other.id, first_address: '203.0.113.100' })
    .execute();
  const contents = async () =>
    Promise.all(
      (
        ['zones', 'pods', 'clusters', 'physical_networks', 'vlan_ranges', 'public_ranges'] as const
      ).map(table => db.selectFrom(table).selectAll().execute()),
    );
  const before = await contents();
  expect((await run()).zoneId).toBe(own.id);
  expect(await contents()).toEqual(before);
  expect(await addresses()).toEqual([]);

  // In the place of the zone.
  await db.deleteFrom('hosts').execute();
  for (const table of [
    'clusters',
    'public_ranges',
    'physical_networks',
    'pods',
    'templates',
  ] as const)
    await db.deleteFrom(table).execute();
  await db.deleteFrom('zones').execute();
  await db
    .insertInto('zones')
    .values({
      name: 'of the API',
      dns: ['192.0.2.1'],
      internal_dns: ['192.0.2.1'],
      guest_cidr: '10.9.0.0/16',
      network_domain: 'theirs.internal',
      zone_token: 'x',
    })
    .execute();
  const left = await contents();
  expect(await run()).toMatchObject({ zoneId: null, hostId: null });
  expect(await contents()).toEqual(left);
});
