import { sql } from 'kysely';
import { expect } from 'vitest';
import type { TestServer } from '../http/test-server.ts';
import { expectAgreement } from '../reconciler/test-agreement.ts';

/** Rows and the host say the same, and what is counted is somebody's. */
export async function expectOrder({ db, world }: TestServer): Promise<void> {
  const hosts = [...world.hosts].map(([id, agent]) => ({ id, agent, address: '' }));
  await expectAgreement({ db, hosts });
  const disks = new Set(hosts.flatMap(({ agent }) => [...agent.disks]));
  const made = await db.selectFrom('instances').select(['id', 'last_host_id']).execute();
  expect(disks).toEqual(new Set(made.filter(one => one.last_host_id !== null).map(one => one.id)));
  const { rows } = await sql<{ what: string; id: string }>`
    select 'instances without one root volume' as what, i.id::text as id from instances i
      where (select count(*) from volumes v where v.instance_id = i.id and v.account_id = i.account_id) <> 1
    union all select 'tags of no network', t.network_id::text from vlan_tags t
      where not exists (select from networks n where n.id = t.network_id)
    union all select 'addresses that nobody has as a further one', a.id::text from nic_addresses a
      where a.release_generation is not null or not exists (select from nics n where n.id = a.nic_id)
    union all select 'tags of nothing', t.resource_id::text from tags t
      where t.resource_type = 'UserVm' and not exists (select from instances i where i.id = t.resource_id)
    union all select 'what is counted and is no more', p.resource_id::text from usage_periods p
      where p.ended is null and p.account_id not in (select id from accounts)
    union all select 'accounts and domains that are going', a.id::text from accounts a where a.state = 'removed'
    union all select 'accounts and domains that are going', d.id::text from domains d where d.state = 'Inactive'
    union all select 'deliveries of no webhook', d.webhook_id::text from webhook_deliveries d
      where not exists (select from webhooks w where w.id = d.webhook_id)
    union all select 'NICs that are being plugged', n.id::text from nics n where n.plug is not null`.execute(
    db,
  );
  expect(rows).toEqual([]);
}

/** What grows for ever, or is written periodically. */
const history = [
  'jobs',
  'events',
  'alerts',
  'usage_periods',
  'usage_records',
  'usage_traffic',
  'usage_state',
  'router_traffic',
  'address_quarantines',
  'webhook_deliveries',
];

/** How many rows of each table there are, how many usage periods go on, and what the hosts have. */
export async function holdings({ db, world }: TestServer): Promise<ReadonlyMap<string, number>> {
  const counted = new Map<string, number>();
  const { rows: tables } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' and tablename <> all(${history}::text[])
    order by 1`.execute(db);
  for (const { name } of tables) {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.table(name)}`.execute(db);
    counted.set(name, rows[0]?.count ?? 0);
  }
  const { rows } = await sql<{ periods: number; taken: number }>`
    select (select count(*)::int from usage_periods where ended is null) as periods,
      (select count(*)::int from public_addresses where state <> 'Free') as taken`.execute(db);
  counted.set('usage periods', rows[0]?.periods ?? 0);
  counted.set('public addresses taken', rows[0]?.taken ?? 0);
  const hosts = [...world.hosts.values()];
  for (const what of ['guests', 'routers', 'disks'] as const)
    counted.set(
      what,
      hosts.reduce((sum, host) => sum + host[what].size, 0),
    );
  return counted;
}
