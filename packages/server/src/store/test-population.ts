import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Rows that a copy is made of, by table; each is the row's id. */
export interface Model {
  readonly accounts: string;
  readonly users: string;
  readonly networks: string;
  readonly routers: string;
  readonly instances: string;
}

/** `n` is the number of the copy, `t` the row that is copied. */
type Values = Readonly<Record<string, string>>;

const idOf = (table: string): string => `md5('${table}' || t.id || n)::uuid`;
const copied = (table: string, column: string): string =>
  `md5('${table}' || t.${column} || n)::uuid`;
const mac = (prefix: string): string =>
  `'${prefix}:' || regexp_replace(lpad(to_hex(n), 8, '0'), '(..)(..)(..)(..)', '\\1:\\2:\\3:\\4')`;
const owner: Values = { account_id: copied('accounts', 'account_id') };

/**
 * Copies an account with its user, network, router, instance, public addresses, rules, volume and tags `count` times, as if each copy had been made by
 * commands. Copies run on the hosts in turn, by what rows say; the next comparison starts those that are not there.
 */
export async function populate(db: Db, model: Model, count: number): Promise<void> {
  const inNetwork = `t.network_id = '${model.networks}'`;
  const host = `(select (array_agg(id order by seq))[1 + n % count(*)] from hosts where hypervisor = t.hypervisor)`;
  const steps: readonly (readonly [table: string, where: string, values: Values])[] = [
    ['accounts', `t.id = '${model.accounts}'`, { name: `t.name || '-' || n` }],
    [
      'users',
      `t.id = '${model.users}'`,
      { ...owner, username: `t.username || '-' || n`, api_key: 'null', secret_key: 'null' },
    ],
    [
      'networks',
      `t.id = '${model.networks}'`,
      { ...owner, name: `t.name || '-' || n`, vlan: 't.vlan + n' },
    ],
    ['vlan_tags', inNetwork, { network_id: copied('networks', 'network_id'), tag: 't.tag + n' }],
    [
      'routers',
      inNetwork,
      {
        network_id: copied('networks', 'network_id'),
        name: `'r-c' || n || '-VM'`,
        host_id: hostOf('t.host_id'),
        // Of 65,024 control addresses those after the model's: none is the model's own.
        control_address: `host('169.254.1.0'::inet + (t.control_address::inet - '169.254.1.0'::inet + n) % 65024)`,
        control_mac: mac('0e:00'),
        guest_mac: mac('02:01'),
        public_mac: mac('06:01'),
      },
    ],
    [
      'instances',
      `t.id = '${model.instances}'`,
      {
        ...owner,
        name: `t.name || '-' || n`,
        internal_name: `'i-c-' || n || '-VM'`,
        user_id: copied('users', 'user_id'),
        host_id: hostOf('t.host_id'),
        last_host_id: hostOf('t.last_host_id'),
      },
    ],
    [
      'nics',
      inNetwork,
      {
        network_id: copied('networks', 'network_id'),
        instance_id: copied('instances', 'instance_id'),
        mac: mac('02:02'),
      },
    ],
    [
      'public_addresses',
      inNetwork,
      {
        ...owner,
        network_id: copied('networks', 'network_id'),
        address: `host('100.96.0.0'::inet + n * 8 + dense_rank() over (partition by n order by t.seq)::int)`,
      },
    ],
    [
      'firewall_rules',
      inNetwork,
      {
        ...owner,
        network_id: copied('networks', 'network_id'),
        public_address_id: copied('public_addresses', 'public_address_id'),
      },
    ],
    [
      'port_forwarding_rules',
      inNetwork,
      {
        ...owner,
        network_id: copied('networks', 'network_id'),
        public_address_id: copied('public_addresses', 'public_address_id'),
        nic_id: copied('nics', 'nic_id'),
      },
    ],
    [
      'volumes',
      `t.instance_id = '${model.instances}'`,
      { ...owner, instance_id: copied('instances', 'instance_id') },
    ],
    [
      'tags',
      `t.resource_id = '${model.networks}'`,
      { ...owner, resource_id: copied('networks', 'resource_id') },
    ],
    ['events', `t.account_id = '${model.accounts}'`, { ...owner }],
  ];
  await db.transaction().execute(async tx => {
    for (const [table, where, values] of steps) await copy(tx, { table, where, values, count });
  });
  await sql`analyze`.execute(db);

  function hostOf(column: string): string {
    return `case when ${column} is null then null else ${host.replace('t.hypervisor', `(select hypervisor from hosts where id = ${column})`)} end`;
  }
}

interface Copy {
  readonly table: string;
  readonly where: string;
  readonly values: Values;
  readonly count: number;
}

async function copy(tx: Db, { table, where, values, count }: Copy): Promise<void> {
  const { rows } = await sql<{ name: string; type: string }>`
    select column_name as name, data_type as type from information_schema.columns
    where table_schema = 'public' and table_name = ${table} and is_identity = 'NO'`.execute(tx);
  const names = rows.map(row => row.name);
  const selected = names.map(name => {
    const value = values[name] ?? (name === 'id' ? idOf(table) : `t."${name}"`);
    return `${value} as "${name}"`;
  });
  await sql
    .raw(
      `insert into "${table}" (${names.map(name => `"${name}"`).join(', ')})
       select ${selected.join(', ')} from "${table}" t cross join generate_series(1, ${count}) n where ${where} order by n, 1`,
    )
    .execute(tx);
}

/** Resolves when every router and instance is up and as it should be. */
export async function everythingRuns(db: Db): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waiting: number }>`select
      (select count(*) from instances where state <> desired_state or applied_generation < generation)::int
      + (select count(*) from routers where state <> 'Running')::int
      + (select count(*) from networks where applied_generation < generation)::int as waiting`.execute(
      db,
    );
    if (rows[0]?.waiting === 0) return;
    await new Promise(resolve => setTimeout(resolve, 500));
  }
}

/** Resolves when every job has ended. */
export async function jobsEnded(db: Db): Promise<void> {
  for (;;) {
    const { rows } = await sql`select from jobs where status = 0 limit 1`.execute(db);
    if (rows.length === 0) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
