import { type SelectQueryBuilder, sql } from 'kysely';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { Database, InstanceRow } from '../../store/schema.ts';

interface InstanceContext {
  readonly account: string;
  readonly is_project: boolean;
  readonly domain: string;
  readonly domain_path: string;
  readonly zone: string;
  readonly host_name: string | null;
  readonly host_state: string | null;
  readonly username: string | null;
  readonly group_name: string | null;
  readonly offering_name: string;
  readonly cpu_number: number;
  readonly cpu_speed: number;
  readonly memory_mib: number;
  readonly password_enabled: boolean;
  readonly user_data_name: string | null;
  readonly template_name: string;
  readonly template_text: string;
  readonly template_format: string;
  readonly template_type: string;
  readonly hypervisor: string;
  readonly shown_os_type: string;
}

/** An instance with what its answer shows of what it belongs to. */
export type ShownInstance = InstanceRow & InstanceContext;

type JoinedTables =
  | 'instances'
  | 'accounts'
  | 'domains'
  | 'zones'
  | 'service_offerings'
  | 'templates'
  | 'hosts'
  | 'users'
  | 'instance_groups'
  | 'user_data';

/** All instances; callers add conditions and order. The joins are outer ones for `longPageOf`. */
export function selectInstances(db: Db): SelectQueryBuilder<Database, JoinedTables, ShownInstance> {
  return db
    .selectFrom('instances')
    .leftJoin('accounts', 'accounts.id', 'instances.account_id')
    .leftJoin('domains', 'domains.id', 'instances.domain_id')
    .leftJoin('zones', 'zones.id', 'instances.zone_id')
    .leftJoin('service_offerings', 'service_offerings.id', 'instances.service_offering_id')
    .leftJoin('templates', 'templates.id', 'instances.template_id')
    .leftJoin('hosts', 'hosts.id', 'instances.host_id')
    .leftJoin('users', 'users.id', 'instances.user_id')
    .leftJoin('instance_groups', 'instance_groups.id', 'instances.group_id')
    .leftJoin('user_data', 'user_data.id', 'instances.user_data_id')
    .selectAll('instances')
    .select([
      'accounts.name as account',
      'accounts.is_project',
      'domains.name as domain',
      'domains.path as domain_path',
      'zones.name as zone',
      'hosts.name as host_name',
      'hosts.resource_state as host_state',
      'users.username',
      'instance_groups.name as group_name',
      'service_offerings.name as offering_name',
      'service_offerings.cpu_number',
      'service_offerings.cpu_speed',
      'service_offerings.memory_mib',
      'templates.name as template_name',
      'templates.display_text as template_text',
      'templates.format as template_format',
      'templates.type as template_type',
      'templates.hypervisor',
      sql<string>`coalesce(instances.os_type, templates.os_type)`.as('shown_os_type'),
      'templates.password_enabled',
      'user_data.name as user_data_name',
    ])
    .$castTo<ShownInstance>();
}

interface Named {
  readonly parameter: string;
  readonly id: string;
}

/** An instance that the caller may act on. 431 when there is none of that id, 531 when it is a stranger's. */
export async function ownedInstance(call: Call, named: Named): Promise<InstanceRow> {
  const instance = await call.tx
    .selectFrom('instances')
    .selectAll()
    .where(identified(named.id))
    .executeTakeFirst();
  if (instance === undefined) throw unknownId(call, named);
  await requireOwner(call, instance, `instance ${instance.id}`);
  return instance;
}

/** As `ownedInstance`, with its row locked for a change. */
export async function lockInstance(call: Call, named: Named): Promise<InstanceRow> {
  const { id } = await ownedInstance(call, named);
  const instance = await call.tx
    .selectFrom('instances')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (instance === undefined) throw unknownId(call, named);
  // It may have been given to somebody else meanwhile.
  await requireOwner(call, instance, `instance ${instance.id}`);
  return instance;
}
