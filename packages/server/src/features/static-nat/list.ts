import type { ParamsOf, ResultOf } from '@isola/api';
import { type SelectQueryBuilder, sql } from 'kysely';
import { identified, inScope, listScope } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { Database, JobRow } from '../../store/schema.ts';
import { type ShownRule } from '../firewall/repository.ts';
import { ruleState } from '../firewall/response.ts';
import { tagResponse } from '../tag/load.ts';
import { tagsColumn } from '../tag/select.ts';

interface Opening extends ShownRule {
  readonly guest_address: string;
  readonly instance_id: string;
  readonly instance_name: string;
  readonly instance_display_name: string;
}

/**
 * CloudStack's IP forwarding rules: what the firewall lets in to static NAT addresses. Opening a port of such an address is
 * what makes one, so the ids are those of the firewall rules.
 */
export async function listIpForwardingRules(
  call: Call,
  params: ParamsOf<'listIpForwardingRules'>,
): Promise<ResultOf<'listIpForwardingRules'>> {
  const scope = await listScope(call, params);
  let query = selectOpenings(call.tx).where(inScope(scope, 'firewall_rules'));
  if (params.id !== undefined) query = query.where(identified(params.id, 'firewall_rules'));
  if (params.ipaddressid !== undefined)
    query = query.where(identified(params.ipaddressid, 'public_addresses'));
  if (params.virtualmachineid !== undefined)
    query = query.where(identified(params.virtualmachineid, 'instances'));
  if (params.keyword !== undefined)
    query = query.where(containing('firewall_rules.protocol', params.keyword));
  const { count, rows } = await pageOf(call, query.orderBy('firewall_rules.seq'), params);
  return { count, items: rows.map(openingResponse) };
}

function selectOpenings(
  db: Db,
): SelectQueryBuilder<
  Database,
  'firewall_rules' | 'public_addresses' | 'nics' | 'instances',
  Opening
> {
  return db
    .selectFrom('firewall_rules')
    .innerJoin('public_addresses', 'public_addresses.id', 'firewall_rules.public_address_id')
    .innerJoin('nics', 'nics.id', 'public_addresses.static_nat_nic_id')
    .innerJoin('instances', 'instances.id', 'nics.instance_id')
    .selectAll('firewall_rules')
    .select([
      sql<string | null>`public_addresses.address`.as('address'),
      sql<string>`coalesce(public_addresses.static_nat_address, nics.address)`.as('guest_address'),
      'instances.id as instance_id',
      'instances.name as instance_name',
      'instances.display_name as instance_display_name',
      tagsColumn('FirewallRule'),
    ])
    .where('firewall_rules.protocol', 'in', ['tcp', 'udp']);
}

/** The rule that a job made; only its id when it is gone since. */
export async function jobOpening(db: Db, job: JobRow): Promise<ResultOf<'createIpForwardingRule'>> {
  const id = job.object_id ?? '';
  const row = await selectOpenings(db).where('firewall_rules.id', '=', id).executeTakeFirst();
  return row === undefined ? { id } : openingResponse(row);
}

function openingResponse(
  row: Opening,
): NonNullable<ResultOf<'listIpForwardingRules'>['items'][number]> {
  const ports = { first: row.first_port ?? 1, last: row.last_port ?? 65_535 };
  return {
    id: row.id,
    protocol: row.protocol,
    startport: ports.first,
    endport: ports.last,
    publicport: String(ports.first),
    publicendport: String(ports.last),
    privateport: String(ports.first),
    privateendport: String(ports.last),
    cidrlist: row.sources.join(','),
    tags: (row.tags ?? []).map(tagResponse),
    networkid: row.network_id,
    ipaddressid: row.public_address_id ?? undefined,
    ipaddress: row.address ?? undefined,
    vmguestip: row.guest_address,
    virtualmachineid: row.instance_id,
    virtualmachinename: row.instance_name,
    virtualmachinedisplayname: row.instance_display_name,
    fordisplay: row.display,
    state: ruleState(row.state),
  };
}
