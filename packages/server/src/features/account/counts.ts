import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';

/** What an account, or all accounts of a domain and those below it, hold. */
export interface ResourceCounts {
  readonly instances: number;
  readonly running: number;
  readonly stopped: number;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly networks: number;
  readonly addresses: number;
  readonly templates: number;
  /** That it owns. */
  readonly projects: number;
}

const none: ResourceCounts = {
  instances: 0,
  running: 0,
  stopped: 0,
  cores: 0,
  memoryMiB: 0,
  networks: 0,
  addresses: 0,
  templates: 0,
  projects: 0,
};

/** Counts of many accounts or domains in one query. The function gives zeros for what it does not know. */
export async function resourceCounts(
  db: Db,
  kind: 'account' | 'domain',
  ids: readonly string[],
): Promise<(id: string) => ResourceCounts> {
  if (ids.length === 0) return () => none;
  const members =
    kind === 'account'
      ? sql`select id as owner, id as account from accounts where id = any(${[...ids]}::uuid[])`
      : sql`select top.id as owner, accounts.id as account from domains top
          join domains part on part.path = top.path or starts_with(part.path, top.path || '/')
          join accounts on accounts.domain_id = part.id where top.id = any(${[...ids]}::uuid[])`;
  const { rows } = await sql<ResourceCounts & { owner: string }>`
    with members as (${members}),
    vms as (
      select i.account_id, count(*) as instances,
        count(*) filter (where i.state = 'Running') as running, count(*) filter (where i.state = 'Stopped') as stopped,
        sum(o.cpu_number) as cores, sum(o.memory_mib) as memory
      from instances i join service_offerings o on o.id = i.service_offering_id
      where i.state not in ('Destroyed', 'Expunging') and i.account_id in (select account from members)
      group by i.account_id),
    nets as (select account_id, count(*) as networks from networks
      where account_id in (select account from members) group by account_id),
    ips as (select account_id, count(*) as addresses from public_addresses
      where account_id in (select account from members) group by account_id),
    images as (select account_id, count(*) as templates from templates
      where state = 'Active' and account_id in (select account from members) group by account_id),
    owned as (select account_id, count(distinct project_id) as projects from project_members
      where role = 'Admin' and account_id in (select account from members) group by account_id)
    select m.owner, coalesce(sum(instances), 0)::bigint as instances, coalesce(sum(running), 0)::bigint as running,
      coalesce(sum(stopped), 0)::bigint as stopped, coalesce(sum(cores), 0)::bigint as cores,
      coalesce(sum(memory), 0)::bigint as "memoryMiB", coalesce(sum(networks), 0)::bigint as networks,
      coalesce(sum(addresses), 0)::bigint as addresses, coalesce(sum(templates), 0)::bigint as templates,
      coalesce(sum(projects), 0)::bigint as projects
    from members m left join vms on vms.account_id = m.account left join nets on nets.account_id = m.account
      left join ips on ips.account_id = m.account left join images on images.account_id = m.account
      left join owned on owned.account_id = m.account
    group by m.owner`.execute(db);
  const byOwner = new Map(rows.map(row => [row.owner, row]));
  return id => byOwner.get(id) ?? none;
}
